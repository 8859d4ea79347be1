/* Public RSA keys as Globus Auth publishes them. @source RFC 7517, RFC 7518 §6.3 */
#ifndef GLOBUS_JWK_H
#define GLOBUS_JWK_H

#include "base/ctx.h"

enum { JWK_MAX = 16 };

/* A key fit for RS512; numbers are big-endian bytes without leading zeros. */
struct jwk {
    struct str kid; /* absent: the key has no id */
    struct str modulus, exponent;
};

struct jwk_set {
    struct jwk keys[JWK_MAX];
    size_t count;
};

/*
 * Read a key set. Keys of another kind, use, algorithm or strength are left out; ERR_GLOBUS when
 * none remains.
 */
MUST_USE enum err jwk_set_read(struct ctx *c, struct str text, struct jwk_set *out);

/*
 * Whether signature is RSASSA-PKCS1-v1_5 with SHA-512 of text by one of the keys. With a kid only
 * keys of that id, or without any, are tried.
 */
MUST_USE bool jwk_set_verify(const struct jwk_set *set, struct str kid, struct str text,
                             struct str signature);

#endif
