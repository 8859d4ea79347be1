/* Makes keys, key sets and ID tokens, right and wrong, as Globus Auth or an attacker would. */
#ifndef TOKEN_MAKER_H
#define TOKEN_MAKER_H

#include "support/unit.h"

#include "base/codec.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <string.h>

/* A key pair that lives until the program ends. */
static inline EVP_PKEY *make_rsa(unsigned bits)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);

    assert_non_null(key);
    return key;
}

static inline struct str rsa_number(struct ctx *c, const EVP_PKEY *key, const char *name)
{
    BIGNUM *n = NULL;
    unsigned char *bytes;
    int len;

    assert_int_equal(EVP_PKEY_get_bn_param(key, name, &n), 1);
    bytes = arena_alloc(c->arena, (size_t)BN_num_bytes(n));
    len = BN_bn2bin(n, bytes);
    BN_free(n);
    return base64url_encode(c->arena, str_view(bytes, (size_t)len));
}

/* {"kty":"RSA",…} with further members, such as "\"kid\":\"1\",". */
static inline const char *make_jwk(struct ctx *c, const EVP_PKEY *key, const char *members)
{
    struct str n = rsa_number(c, key, OSSL_PKEY_PARAM_RSA_N),
               e = rsa_number(c, key, OSSL_PKEY_PARAM_RSA_E);

    return str_printf(c->arena, "{%s\"kty\":\"RSA\",\"n\":\"" STR_FMT "\",\"e\":\"" STR_FMT "\"}",
                      members, STR_ARG(n), STR_ARG(e))
        .ptr;
}

static inline struct str make_jwks(struct ctx *c, const EVP_PKEY *key)
{
    return str_printf(c->arena, "{\"keys\":[%s]}",
                      make_jwk(c, key, "\"alg\":\"RS512\",\"use\":\"sig\","));
}

static inline struct str signed_part(struct ctx *c, struct str header, struct str payload)
{
    struct str h = base64url_encode(c->arena, header), p = base64url_encode(c->arena, payload);

    return str_printf(c->arena, STR_FMT "." STR_FMT, STR_ARG(h), STR_ARG(p));
}

static inline struct str with_signature(struct ctx *c, struct str text, struct str signature)
{
    struct str s = base64url_encode(c->arena, signature);

    return str_printf(c->arena, STR_FMT "." STR_FMT, STR_ARG(text), STR_ARG(s));
}

/* RSA signature of text; padding RSA_PKCS1_PADDING or RSA_PKCS1_PSS_PADDING. */
static inline struct str rsa_sign(struct ctx *c, EVP_PKEY *key, const char *digest, int padding,
                                  struct str text)
{
    EVP_MD_CTX *m = EVP_MD_CTX_new();
    EVP_PKEY_CTX *k = NULL;
    unsigned char *bytes = arena_alloc(c->arena, 1024);
    size_t len = 1024;

    assert_int_equal(EVP_DigestSignInit_ex(m, &k, digest, NULL, NULL, key, NULL), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(k, padding), 1);
    assert_int_equal(EVP_DigestSign(m, bytes, &len, (const unsigned char *)text.ptr, text.len), 1);
    EVP_MD_CTX_free(m);
    return str_view(bytes, len);
}

static inline struct str hmac_sign(struct ctx *c, struct str key, const char *digest,
                                   struct str text)
{
    unsigned char *bytes = arena_alloc(c->arena, EVP_MAX_MD_SIZE);
    unsigned len = 0;

    assert_non_null(HMAC(EVP_get_digestbyname(digest), key.ptr, (int)key.len,
                         (const unsigned char *)text.ptr, text.len, bytes, &len));
    return str_view(bytes, len);
}

/* A token with any header and payload, signed as RS512 demands. */
static inline struct str make_token(struct ctx *c, EVP_PKEY *key, const char *header,
                                    struct str payload)
{
    struct str text = signed_part(c, str_of(header), payload);

    return with_signature(c, text, rsa_sign(c, key, "SHA512", RSA_PKCS1_PADDING, text));
}

#endif
