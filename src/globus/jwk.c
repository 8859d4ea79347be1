#include "jwk.h"

#include "base/codec.h"
#include "base/json.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

enum {
    MODULUS_MIN_BITS = 2048,
    MODULUS_MAX_BYTES = 1024, /* 8192 bits: more would only cost time */
    EXPONENT_MAX_BYTES = 8,
};

struct jwk_text {
    struct str kty, use, alg, kid, n, e;
};

static const struct json_field jwk_fields[] = {
    {"kty", JSON_STR, offsetof(struct jwk_text, kty), JSON_REQUIRED, 0, NULL},
    {"use", JSON_STR, offsetof(struct jwk_text, use), 0,             0, NULL},
    {"alg", JSON_STR, offsetof(struct jwk_text, alg), 0,             0, NULL},
    {"kid", JSON_STR, offsetof(struct jwk_text, kid), 0,             0, NULL},
    {"n",   JSON_STR, offsetof(struct jwk_text, n),   JSON_REQUIRED, 0, NULL},
    {"e",   JSON_STR, offsetof(struct jwk_text, e),   JSON_REQUIRED, 0, NULL},
};
static const struct json_shape jwk_shape = JSON_SHAPE(struct jwk_text, jwk_fields);

struct set_text {
    struct json_list keys;
};

/* Lenient: a key of a kind invented later has other members, and is not for us. */
static const struct json_field set_fields[] = {
    {"keys", JSON_LIST, offsetof(struct set_text, keys), JSON_LENIENT, 0, &jwk_shape},
};
static const struct json_shape set_shape = JSON_SHAPE(struct set_text, set_fields);

static bool is_absent_or(struct str value, struct str want)
{
    return value.len == 0 || str_eq(value, want);
}

static struct str without_leading_zeros(struct str number)
{
    while (number.len && number.ptr[0] == '\0')
        number = str_skip(number, 1);
    return number;
}

static bool is_odd(struct str number)
{
    return number.len && (number.ptr[number.len - 1] & 1);
}

static size_t bits(struct str number)
{
    size_t n = number.len * 8;

    for (unsigned mask = 0x80; number.len && !((unsigned char)number.ptr[0] & mask); mask >>= 1)
        n--;
    return n;
}

static bool read_numbers(struct arena *a, const struct jwk_text *t, struct jwk *out)
{
    if (!base64url_decode(a, t->n, &out->modulus) || !base64url_decode(a, t->e, &out->exponent))
        return false;
    out->modulus = without_leading_zeros(out->modulus);
    out->exponent = without_leading_zeros(out->exponent);
    if (bits(out->modulus) < MODULUS_MIN_BITS || out->modulus.len > MODULUS_MAX_BYTES ||
        !is_odd(out->modulus))
        return false;
    return out->exponent.len <= EXPONENT_MAX_BYTES && is_odd(out->exponent) &&
           !str_eq(out->exponent, STR("\x01"));
}

static bool is_for_rs512(const struct jwk_text *t)
{
    return str_eq(t->kty, STR("RSA")) && is_absent_or(t->use, STR("sig")) &&
           is_absent_or(t->alg, STR("RS512"));
}

enum err jwk_set_read(struct ctx *c, struct str text, struct jwk_set *out)
{
    struct set_text set = {0};
    const struct jwk_text *texts;

    if (json_read(c, text, &set_shape, &set) != ERR_OK)
        return FAIL(c, ERR_GLOBUS, "the key set of Globus cannot be read");
    *out = (struct jwk_set){0};
    texts = set.keys.items;
    for (size_t i = 0; i < set.keys.count && out->count < JWK_MAX; i++) {
        struct jwk key = {.kid = texts[i].kid};

        if (is_for_rs512(&texts[i]) && read_numbers(c->arena, &texts[i], &key))
            out->keys[out->count++] = key;
    }
    if (out->count == 0)
        return FAIL(c, ERR_GLOBUS, "the key set of Globus holds no key for RS512");
    return ERR_OK;
}

/* ---- OpenSSL --------------------------------------------------------------------------------- */

static BIGNUM *number(struct str bytes)
{
    return BN_bin2bn((const unsigned char *)bytes.ptr, (int)bytes.len, NULL);
}

static EVP_PKEY *from_parameters(OSSL_PARAM_BLD *builder)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY *key = NULL;

    if (!context || !parameters || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        key = NULL;
    OSSL_PARAM_free(parameters);
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *to_openssl(const struct jwk *key)
{
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *n = number(key->modulus), *e = number(key->exponent);
    EVP_PKEY *made = NULL;

    if (builder && n && e && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        made = from_parameters(builder);
    BN_free(n);
    BN_free(e);
    OSSL_PARAM_BLD_free(builder);
    return made;
}

static bool verify(const struct jwk *key, struct str text, struct str signature)
{
    EVP_PKEY *made = to_openssl(key);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    /* Success is exactly 1: 0 is a wrong signature, a negative number an error. */
    bool good = made && context &&
                EVP_DigestVerifyInit_ex(context, NULL, "SHA512", NULL, NULL, made, NULL) == 1 &&
                EVP_DigestVerify(context, (const unsigned char *)signature.ptr, signature.len,
                                 (const unsigned char *)text.ptr, text.len) == 1;

    EVP_MD_CTX_free(context);
    EVP_PKEY_free(made);
    ERR_clear_error(); /* libcurl reads the same queue of errors */
    return good;
}

bool jwk_set_verify(const struct jwk_set *set, struct str kid, struct str text,
                    struct str signature)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct jwk *key = &set->keys[i];
        bool other = kid.len && key->kid.len && !str_eq(kid, key->kid);

        if (!other && verify(key, text, signature))
            return true;
    }
    return false;
}
