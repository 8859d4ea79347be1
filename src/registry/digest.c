#include "digest.h"

#include "base/codec.h"
#include "base/secret.h"

#include <openssl/err.h>
#include <openssl/evp.h>

enum { HEX_LEN = 2 * SHA256_BYTES };

struct digest {
    EVP_MD *sha256; /* fetched once per image: an implicit fetch would look it up at each reset */
    EVP_MD_CTX *state;
};

static void digest_free(void *arg)
{
    struct digest *d = arg;

    EVP_MD_CTX_free(d->state);
    EVP_MD_free(d->sha256);
}

static enum err openssl_failed(struct ctx *c)
{
    char text[256] = "";

    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    ERR_clear_error();
    ctx_note(c, ERR_INTERNAL, "The image could not be hashed.");
    ctx_note_cause(c, str_of(text));
    return ERR_INTERNAL;
}

enum err digest_begin(struct ctx *c, struct digest **out)
{
    struct digest *d = arena_alloc(c->arena, sizeof *d);

    arena_defer(c->arena, digest_free, d);
    d->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    d->state = EVP_MD_CTX_new();
    if (!d->sha256 || !d->state || !EVP_DigestInit_ex2(d->state, d->sha256, NULL))
        return openssl_failed(c);
    *out = d;
    return ERR_OK;
}

enum err digest_add(struct ctx *c, struct digest *d, struct str bytes)
{
    return EVP_DigestUpdate(d->state, bytes.ptr, bytes.len) ? ERR_OK : openssl_failed(c);
}

enum err digest_end(struct ctx *c, struct digest *d, struct str *hex)
{
    unsigned char bytes[SHA256_BYTES];

    if (!EVP_DigestFinal_ex(d->state, bytes, NULL))
        return openssl_failed(c);
    *hex = hex_encode(c->arena, str_view(bytes, sizeof bytes));
    return ERR_OK;
}

bool digest_is_hex(struct str s)
{
    return s.len == HEX_LEN && str_is_made_of(s, "0123456789abcdef");
}
