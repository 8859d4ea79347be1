#include "jwt.h"

#include "base/codec.h"
#include "base/json.h"

#include <cjson/cJSON.h>

struct header {
    struct str alg, typ, kid;
};

static const struct json_field header_fields[] = {
    {"alg", JSON_STR, offsetof(struct header, alg), JSON_REQUIRED, 0, NULL},
    {"typ", JSON_STR, offsetof(struct header, typ), 0,             0, NULL},
    {"kid", JSON_STR, offsetof(struct header, kid), 0,             0, NULL},
};
static const struct json_shape header_shape = JSON_SHAPE(struct header, header_fields);

struct claims {
    struct str iss, azp, nonce;
    int64_t exp, iat, nbf;
    struct globus_identity identity;
};

/* Strict where it decides, lenient where it is only shown. */
// clang-format off
static const struct json_field claim_fields[] = {
    {"iss",                JSON_STR, offsetof(struct claims, iss),                   JSON_REQUIRED, 0, NULL},
    {"exp",                JSON_INT, offsetof(struct claims, exp),                   JSON_REQUIRED, 0, NULL},
    {"iat",                JSON_INT, offsetof(struct claims, iat),                   JSON_REQUIRED, 0, NULL},
    {"nbf",                JSON_INT, offsetof(struct claims, nbf),                   0,             0, NULL},
    {"azp",                JSON_STR, offsetof(struct claims, azp),                   0,             0, NULL},
    {"nonce",              JSON_STR, offsetof(struct claims, nonce),                 0,             0, NULL},
    {"sub",                JSON_STR, offsetof(struct claims, identity.id),           JSON_REQUIRED, 0, NULL},
    {"preferred_username", JSON_STR, offsetof(struct claims, identity.username),     JSON_LENIENT,  0, NULL},
    {"name",               JSON_STR, offsetof(struct claims, identity.name),         JSON_LENIENT,  0, NULL},
    {"email",              JSON_STR, offsetof(struct claims, identity.email),        JSON_LENIENT,  0, NULL},
    {"organization",       JSON_STR, offsetof(struct claims, identity.organization), JSON_LENIENT,  0, NULL},
};
// clang-format on
static const struct json_shape claim_shape = JSON_SHAPE(struct claims, claim_fields);

/* One sentence for the person whatever was wrong; the log learns what. */
static enum err refuse(struct ctx *c, const char *reason)
{
    ctx_note(c, ERR_GLOBUS,
             "the proof of identity that Globus sent cannot be accepted; try again, and tell the "
             "administrator");
    ctx_note_cause(c, str_printf(c->arena, "id_token: %s", reason));
    return ERR_GLOBUS;
}

static enum err check_header(struct ctx *c, struct str bytes, struct jwt *out)
{
    /* Extensions that must be understood, and keys that the token brings along or points to. */
    static const char *const forbidden[] = {"crit", "jwk", "jku", "x5u", "x5c"};
    struct header header = {0};
    cJSON *tree;

    if (json_parse(c, bytes, &tree) != ERR_OK ||
        json_read_tree(c, tree, &header_shape, &header) != ERR_OK)
        return refuse(c, "the header is no JSON object of the right form");
    for (size_t i = 0; i < COUNT_OF(forbidden); i++) {
        if (cJSON_GetObjectItemCaseSensitive(tree, forbidden[i]))
            return refuse(c, "the header holds a forbidden member");
    }
    if (!str_eq(header.alg, STR("RS512")))
        return refuse(c, "the algorithm is not RS512");
    if (header.typ.len && !str_eq_nocase(header.typ, STR("JWT")))
        return refuse(c, "the type is not JWT");
    out->kid = header.kid;
    return ERR_OK;
}

enum err jwt_parse(struct ctx *c, struct str token, struct jwt *out)
{
    struct str header, payload, signature, rest;

    if (token.len > JWT_MAX)
        return refuse(c, "longer than 16 KiB");
    if (!str_cut(token, '.', &header, &rest) || !str_cut(rest, '.', &payload, &signature))
        return refuse(c, "not three parts");
    *out = (struct jwt){.signed_text = str_take(token, header.len + 1 + payload.len)};
    /* A further dot is no base64url, so more than three parts end here. */
    if (!base64url_decode(c->arena, header, &header) ||
        !base64url_decode(c->arena, payload, &out->payload) ||
        !base64url_decode(c->arena, signature, &out->signature) || out->signature.len == 0)
        return refuse(c, "a part is not base64url");
    return check_header(c, header, out);
}

/* One string, or a list in which ours is among others; *several then says so. */
static bool is_audience(const cJSON *aud, struct str want, bool *several)
{
    const cJSON *item;
    bool found = false;

    *several = cJSON_GetArraySize(aud) > 1;
    if (cJSON_IsString(aud))
        return str_eq(str_of(aud->valuestring), want);
    if (!cJSON_IsArray(aud))
        return false;
    cJSON_ArrayForEach (item, aud) {
        if (!cJSON_IsString(item))
            return false;
        found |= str_eq(str_of(item->valuestring), want);
    }
    return found;
}

static const char *wrong_party(const cJSON *tree, const struct claims *claims,
                               const struct jwt_want *want)
{
    bool several;

    if (!str_eq(claims->iss, want->issuer))
        return "another issuer";
    if (!is_audience(cJSON_GetObjectItemCaseSensitive(tree, "aud"), want->audience, &several))
        return "another audience";
    if ((several || claims->azp.len) && !str_eq(claims->azp, want->audience))
        return "another authorized party";
    if (claims->nonce.len && !str_eq_secret(claims->nonce, want->nonce))
        return "another nonce";
    if (!str_is_uuid(claims->identity.id))
        return "the subject is not a UUID";
    return NULL;
}

/* All numbers are whole and at most 2^53, so the sums cannot overflow. */
static const char *wrong_time(const struct claims *claims, const struct jwt_want *want)
{
    if (claims->exp + want->leeway_s <= want->now_s)
        return "expired";
    if (claims->iat - want->leeway_s > want->now_s || claims->nbf - want->leeway_s > want->now_s)
        return "not valid yet";
    if (claims->exp <= claims->iat || claims->iat <= 0)
        return "expired before it was issued";
    return NULL;
}

enum err jwt_check(struct ctx *c, struct str payload, const struct jwt_want *want,
                   struct globus_identity *out)
{
    struct claims claims = {0};
    const char *wrong;
    cJSON *tree;

    if (json_parse(c, payload, &tree) != ERR_OK ||
        json_read_tree(c, tree, &claim_shape, &claims) != ERR_OK)
        return refuse(c, c->failure.detail.ptr);
    wrong = wrong_party(tree, &claims, want);
    if (!wrong)
        wrong = wrong_time(&claims, want);
    if (wrong)
        return refuse(c, wrong);
    *out = claims.identity;
    return ERR_OK;
}
