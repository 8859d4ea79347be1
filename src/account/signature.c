#include "account/signature.h"

#include "user_row.h"

#include "base/codec.h"
#include "base/secret.h"

enum {
    HEADER_MAX = 1024, /* a name of 64 bytes makes about 200 */
    HOUR_S = 3600,
    SKEW_S = 300, /* how early a client's clock may turn the hour */
};

static const char *const types[] = {"push", "upload", "pull", "delete"};

/* ---- header ---------------------------------------------------------------------------------- */

static bool is_type(struct str s)
{
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (str_eq(s, str_of(types[i])))
            return true;
    }
    return false;
}

static enum err malformed(struct ctx *c, const char *what)
{
    return FAIL(c, ERR_BAD_SIGNATURE,
                "The Authorization header has %s; expected SREGISTRY-HMAC-SHA256 "
                "Credential=<type>/<base64 user name>/<hour>,"
                "Signature=<64 hex digits>.",
                what);
}

/* base64 may hold '/': the type ends at the first, the hour begins behind the last. */
static enum err parse_credential(struct ctx *c, struct str credential, struct signature *out)
{
    struct str rest, encoded;

    if (!str_cut(credential, '/', &out->type, &rest) ||
        !str_cut_last(rest, '/', &encoded, &out->timestamp))
        return malformed(c, "a Credential of less than three parts");
    if (!is_type(out->type))
        return malformed(c, "an unknown type");
    if (!base64_decode(c->arena, encoded, &out->username) || out->username.len == 0 ||
        !str_is_utf8(out->username))
        return malformed(c, "a user name that is not base64 of UTF-8");
    if (!time_parse_hour(out->timestamp, &out->hour))
        return malformed(c, "an hour that is not like 20260115T09Z");
    return ERR_OK;
}

static enum err parse_mac(struct ctx *c, struct str hex, struct signature *out)
{
    if (!hex_decode(c->arena, hex, &out->mac) || out->mac.len != SHA256_BYTES)
        return malformed(c, "a Signature that is not 64 hex digits");
    return ERR_OK;
}

/* key=value, split at the first '=': base64 may end in some. */
static enum err parse_part(struct ctx *c, struct str part, struct signature *out)
{
    struct str key, value;

    if (!str_cut(str_trim(part), '=', &key, &value))
        return malformed(c, "a part without '='");
    if (str_eq(key, STR("Credential")) && !out->type.ptr)
        return parse_credential(c, value, out);
    if (str_eq(key, STR("Signature")) && !out->mac.ptr)
        return parse_mac(c, value, out);
    return malformed(c, "an unknown or repeated part");
}

enum err signature_parse(struct ctx *c, struct str authorization, struct signature *out)
{
    struct str scheme, rest, part;
    struct signature s = {0};
    bool more = true;

    if (authorization.len == 0)
        return FAIL(
            c, ERR_BAD_SIGNATURE,
            "This needs a signature: set user name and token in the client's secrets file.");
    if (authorization.len > HEADER_MAX)
        return malformed(c, "too many bytes");
    if (!str_cut(str_trim(authorization), ' ', &scheme, &rest) ||
        !str_eq(scheme, STR("SREGISTRY-HMAC-SHA256")))
        return malformed(c, "another scheme");
    while (more) {
        more = str_cut(rest, ',', &part, &rest);
        TRY(parse_part(c, part, &s));
    }
    if (!s.type.ptr || !s.mac.ptr)
        return malformed(c, "no Credential or no Signature");
    *out = s;
    return ERR_OK;
}

/* ---- who ------------------------------------------------------------------------------------- */

static bool is_acceptable(int64_t hour, int64_t at)
{
    int64_t current = at - at % HOUR_S;

    return hour == current || hour == current - HOUR_S ||
           (hour == current + HOUR_S && at >= hour - SKEW_S);
}

static enum err check_hour(struct ctx *c, const struct signature *s, int64_t began_at)
{
    struct str now = time_format(c->arena, began_at);

    if (is_acceptable(s->hour, began_at))
        return ERR_OK;
    return FAIL(c, ERR_BAD_SIGNATURE,
                "The signature is of the hour " STR_FMT ", but here it is " STR_FMT
                ": check the clock of your machine.",
                STR_ARG(s->timestamp), STR_ARG(now));
}

enum err signature_user(struct ctx *c, const struct signature *s, int64_t began_at, struct user *u,
                        struct str *key)
{
    struct str username = str_lower(c->arena, s->username);
    struct db_rows rows = {0};

    TRY(check_hour(c, s, began_at));
    if (user_name_is_valid(username))
        TRY(db_maybe(c, SQL_USER_SIGNER, DB_ARGS(db_text(c, username)), &rows));
    if (!rows.count)
        return FAIL(c, ERR_BAD_SIGNATURE,
                    "The signature is not valid here; check the user name and token in the "
                    "client's secrets file.");
    *u = user_from_row(&rows, 0);
    return user_open_client_token(c, u->id, db_get_bytes(c, &rows, 0, "client_token"), key);
}

/* ---- what ------------------------------------------------------------------------------------ */

bool signature_covers(struct ctx *c, const struct signature *s, struct str key, struct str type,
                      const struct signed_image *image)
{
    struct str parts[] = {type, image->collection, s->timestamp, image->name, image->tag};
    struct buf payload = {.arena = c->arena};

    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        buf_add(&payload, parts[i]);
        buf_add_byte(&payload, '|');
    }
    return str_eq(s->type, type) &&
           str_eq_secret(secret_hmac(c->arena, key, buf_str(&payload)), s->mac);
}
