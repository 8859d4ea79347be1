#include "id_token.h"

#include "call.h"
#include "jwk.h"
#include "jwt.h"

#include "base/settings.h"

enum {
    /* what Globus's own command line allows, to survive clocks that differ */
    LEEWAY_S = 300,
    REFETCH_MIN_MS = 60 * 1000,
    KEYS_MAX_AGE_MS = 24 * 3600 * 1000, /* a key that was withdrawn is not believed for longer */
};

#define KEPT_KEYS    "globus.keys"
#define KEPT_REFETCH "globus.keys.refetch" /* only its time matters */

struct discovery {
    struct str issuer, jwks_uri;
};

static const struct json_field discovery_fields[] = {
    {"issuer",   JSON_STR, offsetof(struct discovery, issuer),   JSON_REQUIRED, 0, NULL},
    {"jwks_uri", JSON_STR, offsetof(struct discovery, jwks_uri), 0,             0, NULL},
};
static const struct json_shape discovery_shape = JSON_SHAPE(struct discovery, discovery_fields);

/*
 * Read what is public at Globus. A refusal is Globus's trouble: 401 here does not mean that the
 * person who comes back from there is signed out, nor 404 that the page they are on is not there.
 */
static enum err send_public(struct ctx *c, struct call *call)
{
    enum err e = call_send(c, call, 1);
    struct str cause = c->failure.cause;

    switch ((int)e) {
    case ERR_OK:
    case ERR_GLOBUS:
    case ERR_GLOBUS_UNAVAILABLE:
        return e;
    case ERR_THROTTLED:
        c->failure.err = ERR_GLOBUS_UNAVAILABLE;
        return ERR_GLOBUS_UNAVAILABLE;
    default:
        ctx_note(c, ERR_GLOBUS,
                 "Globus does not show the keys that prove who signed in; try again in a minute");
        ctx_note_cause(c, cause);
        return ERR_GLOBUS;
    }
}

/* Path of the key set below GLOBUS_AUTH_URL; keys are not taken from anywhere else. */
static enum err discover(struct ctx *c, struct str *path)
{
    struct str base = str_of(c->settings->globus_auth_url);
    struct call call = call_auth(c, "GET", STR("/.well-known/openid-configuration"));
    struct discovery found = {0};

    TRY(send_public(c, &call));
    TRY(call_read(c, &call, &discovery_shape, &found));
    if (!str_eq(found.issuer, base))
        return FAIL(c, ERR_GLOBUS,
                    "GLOBUS_AUTH_URL is %s, but the service there names itself " STR_FMT, base.ptr,
                    STR_ARG(str_take(found.issuer, 200)));
    *path = found.jwks_uri.len ? str_skip(found.jwks_uri, base.len) : STR("/jwk.json");
    if (found.jwks_uri.len &&
        (!str_has_prefix(found.jwks_uri, base) || !str_has_prefix(*path, STR("/"))))
        return FAIL(c, ERR_GLOBUS, "Globus names a key set that is not below %s", base.ptr);
    return ERR_OK;
}

static enum err fetch_keys(struct ctx *c, struct jwk_set *out)
{
    struct str path;
    struct call call;

    TRY(discover(c, &path));
    call = call_auth(c, "GET", path);
    TRY(send_public(c, &call));
    TRY(jwk_set_read(c, call.response.body, out));
    net_keep(c->net, KEPT_KEYS, call.response.body, clock_mono_ms(c->clock));
    return ERR_OK;
}

/* The kept keys; fetched, which *fetched says, when there are none or they are too old. */
static enum err get_keys(struct ctx *c, struct jwk_set *out, bool *fetched)
{
    struct str text;
    int64_t kept_at_ms;

    *fetched = !net_recall(c->net, KEPT_KEYS, &text, &kept_at_ms) ||
               clock_mono_ms(c->clock) - kept_at_ms > KEYS_MAX_AGE_MS;
    return *fetched ? fetch_keys(c, out) : jwk_set_read(c, str_dup(c->arena, text), out);
}

/* Whether the keys may be fetched because a signature did not fit; a failed attempt counts too. */
static bool may_refetch(struct ctx *c)
{
    struct str text;
    int64_t now_ms = clock_mono_ms(c->clock), last_ms;

    if (net_recall(c->net, KEPT_REFETCH, &text, &last_ms) && now_ms - last_ms < REFETCH_MIN_MS)
        return false;
    net_keep(c->net, KEPT_REFETCH, STR("tried"), now_ms);
    return true;
}

/* Find keys that the signature fits, asking Globus again when it may have changed them. */
static enum err verify_signature(struct ctx *c, const struct jwt *jwt)
{
    struct jwk_set keys;
    bool fetched;

    TRY(get_keys(c, &keys, &fetched));
    if (jwk_set_verify(&keys, jwt->kid, jwt->signed_text, jwt->signature))
        return ERR_OK;
    if (!fetched && may_refetch(c)) {
        TRY(fetch_keys(c, &keys));
        if (jwk_set_verify(&keys, jwt->kid, jwt->signed_text, jwt->signature))
            return ERR_OK;
    }
    ctx_note(c, ERR_GLOBUS,
             "the proof of identity that Globus sent is not signed with a key of Globus; try again "
             "in a minute");
    ctx_note_cause(c, STR("id_token: no key fits the signature"));
    return ERR_GLOBUS;
}

enum err id_token_verify(struct ctx *c, struct str token, struct str nonce,
                         struct globus_identity *out)
{
    const struct jwt_want want = {
        .issuer = str_of(c->settings->globus_auth_url),
        .audience = str_of(c->settings->globus_client_id),
        .nonce = nonce,
        .now_s = clock_now_s(c->clock),
        .leeway_s = LEEWAY_S,
    };
    struct jwt jwt;

    TRY(jwt_parse(c, token, &jwt));
    TRY(verify_signature(c, &jwt));
    return jwt_check(c, jwt.payload, &want, out);
}
