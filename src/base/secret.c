#include "base/secret.h"

#include "base/codec.h"

#include <sodium.h>

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

/*
 * A sealed value: form, number of the key, nonce, ciphertext with its tag. The first form had no
 * number: any key may have sealed it.
 */
enum {
    FORM_WITHOUT_NUMBER = 1,
    FORM = 2,
    NUMBER_BYTES = 4,
    /* random: 192 bits never repeat in practice */
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    KEYS_MAX = 1 + SECRET_OTHERS_MAX,
};
_Static_assert(SECRET_PREFIX_BYTES == 1 + NUMBER_BYTES, "form and number");

/* The first is SECRET_KEY. Guarded, locked pages; process-wide because the keys are. */
static unsigned char (*masters)[SECRET_KEY_BYTES];
static size_t master_count;

void secret_init(void)
{
    if (sodium_init() < 0)
        abort();
    /* No core file, whatever the limit says, and no other process of this account that reads our
     * memory or environment. */
    if (prctl(PR_SET_DUMPABLE, 0) != 0)
        abort();
}

static bool read_key(struct str hex, unsigned char key[SECRET_KEY_BYTES])
{
    size_t len;

    return sodium_hex2bin(key, SECRET_KEY_BYTES, hex.ptr, hex.len, NULL, &len, NULL) == 0 &&
           len == SECRET_KEY_BYTES && hex.len == (size_t)2 * SECRET_KEY_BYTES;
}

static bool read_keys(struct str hex, struct str others, unsigned char (*keys)[SECRET_KEY_BYTES],
                      size_t *count)
{
    struct str one;

    if (!read_key(hex, keys[0]))
        return false;
    for (*count = 1; others.len; (*count)++) {
        str_cut(others, ',', &one, &others);
        if (*count == KEYS_MAX || !read_key(str_trim(one), keys[*count]))
            return false;
    }
    return true;
}

bool secret_set_keys(struct str hex, struct str others)
{
    unsigned char keys[KEYS_MAX][SECRET_KEY_BYTES];
    size_t count;
    bool ok = read_keys(hex, others, keys, &count);

    if (ok) {
        if (!masters)
            masters = sodium_malloc(sizeof keys);
        if (!masters)
            abort();
        memcpy(masters, keys, sizeof keys[0] * count);
        master_count = count;
    }
    sodium_memzero(keys, sizeof keys);
    return ok;
}

bool secret_set_key(struct str hex)
{
    return secret_set_keys(hex, STR_NONE);
}

static void derive(unsigned char *key, size_t len, size_t master, enum key_use use)
{
    if (master >= master_count)
        abort(); /* settings are read before any request */
    crypto_kdf_derive_from_key(key, len, (uint64_t)use, "transldk", masters[master]);
}

/* A number that tells the keys apart and nothing about them. */
static void number_of(unsigned char number[NUMBER_BYTES], size_t master)
{
    unsigned char derived[crypto_kdf_BYTES_MIN];

    derive(derived, sizeof derived, master, KEY_NUMBER);
    memcpy(number, derived, NUMBER_BYTES);
}

struct str secret_random(struct arena *a, size_t n)
{
    unsigned char *bytes = arena_alloc(a, n);

    randombytes_buf(bytes, n);
    return str_view(bytes, n);
}

struct str secret_token(struct arena *a)
{
    return hex_encode(a, secret_random(a, 32));
}

struct str secret_sha256(struct arena *a, struct str bytes)
{
    unsigned char *digest = arena_alloc(a, SHA256_BYTES);

    crypto_hash_sha256(digest, (const unsigned char *)bytes.ptr, bytes.len);
    return str_view(digest, SHA256_BYTES);
}

struct str secret_hmac(struct arena *a, struct str key, struct str message)
{
    unsigned char *mac = arena_alloc(a, SHA256_BYTES);
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, (const unsigned char *)key.ptr, key.len);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)message.ptr, message.len);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_memzero(&state, sizeof state);
    return str_view(mac, SHA256_BYTES);
}

static struct str mac_with(struct arena *a, size_t master, enum key_use use, struct str message)
{
    unsigned char key[SECRET_KEY_BYTES];
    struct str mac;

    derive(key, sizeof key, master, use);
    mac = secret_hmac(a, str_view(key, sizeof key), message);
    sodium_memzero(key, sizeof key);
    return mac;
}

struct str secret_mac(struct arena *a, enum key_use use, struct str message)
{
    return mac_with(a, 0, use, message);
}

bool secret_mac_fits(struct arena *a, enum key_use use, struct str message, struct str mac)
{
    bool fits = false;

    for (size_t k = 0; k < master_count; k++)
        fits |= str_eq_secret(mac, hex_encode(a, mac_with(a, k, use, message)));
    return fits;
}

struct str secret_prefix(struct arena *a)
{
    unsigned char *prefix = arena_alloc(a, SECRET_PREFIX_BYTES);

    prefix[0] = FORM;
    number_of(prefix + 1, 0);
    return str_view(prefix, SECRET_PREFIX_BYTES);
}

/* "purpose NUL subject": no purpose holds a NUL, so the pair is unambiguous. */
static struct str binding(struct arena *a, const char *purpose, struct str subject)
{
    struct buf b = {.arena = a};

    buf_add(&b, str_of(purpose));
    buf_add_byte(&b, '\0');
    buf_add(&b, subject);
    return buf_str(&b);
}

struct str secret_seal(struct arena *a, const char *purpose, struct str subject, struct str plain)
{
    struct str bound = binding(a, purpose, subject);
    unsigned char *sealed =
        arena_alloc(a, SECRET_PREFIX_BYTES + NONCE_BYTES + plain.len + TAG_BYTES);
    unsigned char *nonce = sealed + SECRET_PREFIX_BYTES;
    unsigned char key[SECRET_KEY_BYTES];
    unsigned long long len;

    memcpy(sealed, secret_prefix(a).ptr, SECRET_PREFIX_BYTES);
    randombytes_buf(nonce, NONCE_BYTES);
    derive(key, sizeof key, 0, KEY_SEAL);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        nonce + NONCE_BYTES, &len, (const unsigned char *)plain.ptr, plain.len,
        (const unsigned char *)bound.ptr, bound.len, NULL, nonce, key);
    sodium_memzero(key, sizeof key);
    return str_view(sealed, SECRET_PREFIX_BYTES + NONCE_BYTES + (size_t)len);
}

/* What stands between the form and the nonce, by the first byte; 0 for a form nobody knows. */
static size_t header_bytes(struct str sealed)
{
    if (sealed.len && sealed.ptr[0] == FORM_WITHOUT_NUMBER)
        return 1;
    return sealed.len && sealed.ptr[0] == FORM ? SECRET_PREFIX_BYTES : 0;
}

static bool may_have_sealed(size_t master, struct str sealed)
{
    unsigned char number[NUMBER_BYTES];

    if (sealed.ptr[0] == FORM_WITHOUT_NUMBER)
        return true;
    number_of(number, master);
    return memcmp(number, sealed.ptr + 1, NUMBER_BYTES) == 0;
}

static bool open_with(size_t master, struct str boxed, struct str bound, unsigned char *out,
                      unsigned long long *len)
{
    const unsigned char *nonce = (const unsigned char *)boxed.ptr;
    unsigned char key[SECRET_KEY_BYTES];
    int result;

    derive(key, sizeof key, master, KEY_SEAL);
    result = crypto_aead_xchacha20poly1305_ietf_decrypt(
        out, len, NULL, nonce + NONCE_BYTES, boxed.len - NONCE_BYTES,
        (const unsigned char *)bound.ptr, bound.len, nonce, key);
    sodium_memzero(key, sizeof key);
    return result == 0;
}

enum err secret_open(struct ctx *c, const char *purpose, struct str subject, struct str sealed,
                     struct str *plain)
{
    struct str bound = binding(c->arena, purpose, subject);
    size_t header = header_bytes(sealed);
    unsigned char *out;
    unsigned long long len;

    if (!header || sealed.len < header + NONCE_BYTES + TAG_BYTES)
        return FAIL(c, ERR_INTERNAL, "a stored secret (%s) has an unknown form", purpose);
    out = arena_alloc(c->arena, sealed.len);
    for (size_t k = 0; k < master_count; k++) {
        if (may_have_sealed(k, sealed) &&
            open_with(k, str_skip(sealed, header), bound, out, &len)) {
            *plain = str_view(out, (size_t)len);
            return ERR_OK;
        }
    }
    return FAIL(c, ERR_INTERNAL, "a stored secret (%s) does not open: was SECRET_KEY changed?",
                purpose);
}
