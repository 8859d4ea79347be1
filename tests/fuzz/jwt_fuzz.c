/*
 * ID tokens and key sets: the input is tried as a token, as its claims and as a key set.
 * modules: globus
 */
#include "jwk.h"
#include "jwt.h"

#include "base/secret.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An RSA key of which nobody has the private part: no token may ever fit it. */
#define MODULUS_PART \
    "zzXnUVY0mGgBgFJu2Yw2H5CzZ0ZpnM3kT4vSxXcUq0Jt8s1aR6bVdLqKfWgE7hNiOyPuA5rDwBlM9jC3xvTz"
#define MODULUS MODULUS_PART MODULUS_PART MODULUS_PART MODULUS_PART "zXnUVQ"

static const struct str key_set =
    STR_INIT("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" MODULUS "\",\"e\":\"AQAB\"}]}");

static int64_t now_s(const struct clock *self UNUSED)
{
    return 1768469400;
}

static void try_claims(struct ctx *c, struct str payload)
{
    const struct jwt_want want = {.issuer = STR("https://auth.globus.org"),
                                  .audience = STR("client"),
                                  .nonce = STR("nonce"),
                                  .now_s = now_s(NULL),
                                  .leeway_s = 300};
    struct globus_identity who;

    if (jwt_check(c, payload, &want, &who) == ERR_OK && !str_is_uuid(who.id))
        abort();
}

static void try_token(struct ctx *c, struct str token)
{
    struct jwk_set keys;
    struct jwt jwt;

    if (jwk_set_read(c, key_set, &keys) != ERR_OK)
        abort();
    if (jwt_parse(c, token, &jwt) != ERR_OK)
        return;
    if (jwk_set_verify(&keys, jwt.kid, jwt.signed_text, jwt.signature))
        abort();
    try_claims(c, jwt.payload);
}

static void try_keys(struct ctx *c, struct str text)
{
    struct jwk_set keys;

    if (jwk_set_read(c, text, &keys) == ERR_OK && jwk_set_verify(&keys, STR("1"), text, text))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct clock clock = {.now_s = now_s};
    struct ctx c = {.arena = arena_create(), .clock = &clock};
    struct str input = str_view(data, size);

    secret_init();
    try_token(&c, input);
    try_claims(&c, input);
    try_keys(&c, input);
    arena_destroy(c.arena);
    return 0;
}
