#include "base/secret.h"

#include "base/codec.h"

#include <sodium.h>

#include <stdlib.h>
#include <string.h>

enum {
    VERSION = 1, /* first byte of a sealed value */
    /* random: 192 bits never repeat in practice */
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    HEADER_BYTES = 1 + NONCE_BYTES,
};

/* Guarded, locked pages; process-wide because there is one SECRET_KEY. */
static unsigned char *master;

void secret_init(void)
{
    if (sodium_init() < 0)
        abort();
}

bool secret_set_key(struct str hex)
{
    unsigned char key[SECRET_KEY_BYTES];
    size_t len;
    bool ok = sodium_hex2bin(key, sizeof key, hex.ptr, hex.len, NULL, &len, NULL) == 0 &&
              len == sizeof key;

    if (ok) {
        if (!master)
            master = sodium_malloc(sizeof key);
        if (!master)
            abort();
        memcpy(master, key, sizeof key);
    }
    sodium_memzero(key, sizeof key);
    return ok;
}

static void derive(unsigned char key[SECRET_KEY_BYTES], enum key_use use)
{
    if (!master)
        abort(); /* settings are read before any request */
    crypto_kdf_derive_from_key(key, SECRET_KEY_BYTES, (uint64_t)use, "transldk", master);
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

struct str secret_mac(struct arena *a, enum key_use use, struct str message)
{
    unsigned char key[SECRET_KEY_BYTES];
    struct str mac;

    derive(key, use);
    mac = secret_hmac(a, str_view(key, sizeof key), message);
    sodium_memzero(key, sizeof key);
    return mac;
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
    unsigned char *sealed = arena_alloc(a, HEADER_BYTES + plain.len + TAG_BYTES);
    unsigned char key[SECRET_KEY_BYTES];
    unsigned long long len;

    sealed[0] = VERSION;
    randombytes_buf(sealed + 1, NONCE_BYTES);
    derive(key, KEY_SEAL);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        sealed + HEADER_BYTES, &len, (const unsigned char *)plain.ptr, plain.len,
        (const unsigned char *)bound.ptr, bound.len, NULL, sealed + 1, key);
    sodium_memzero(key, sizeof key);
    return str_view(sealed, HEADER_BYTES + (size_t)len);
}

enum err secret_open(struct ctx *c, const char *purpose, struct str subject, struct str sealed,
                     struct str *plain)
{
    struct str bound = binding(c->arena, purpose, subject);
    const unsigned char *bytes = (const unsigned char *)sealed.ptr;
    unsigned char key[SECRET_KEY_BYTES];
    unsigned char *out;
    unsigned long long len;
    int result;

    if (sealed.len < HEADER_BYTES + TAG_BYTES || bytes[0] != VERSION)
        return FAIL(c, ERR_INTERNAL, "a stored secret (%s) has an unknown form", purpose);
    out = arena_alloc(c->arena, sealed.len - HEADER_BYTES);
    derive(key, KEY_SEAL);
    result = crypto_aead_xchacha20poly1305_ietf_decrypt(
        out, &len, NULL, bytes + HEADER_BYTES, sealed.len - HEADER_BYTES,
        (const unsigned char *)bound.ptr, bound.len, bytes + 1, key);
    sodium_memzero(key, sizeof key);
    if (result != 0)
        return FAIL(c, ERR_INTERNAL, "a stored secret (%s) does not open: was SECRET_KEY changed?",
                    purpose);
    *plain = str_view(out, (size_t)len);
    return ERR_OK;
}
