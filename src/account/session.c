#include "account/session.h"

#include "user_row.h"

#include "base/codec.h"
#include "base/secret.h"
#include "base/settings.h"

enum { TOKEN_LEN = 64 }; /* 256 bits in hex: secret_token() */

const char *session_cookie_name(const struct settings *s)
{
    return settings_is_https(s) ? "__Host-transload_session" : "transload_session";
}

struct str session_cookie(struct ctx *c, struct str token)
{
    long long max_age_s = token.len ? (long long)c->settings->session_lifetime_s : 0;

    return str_printf(c->arena, "%s=" STR_FMT "; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s",
                      session_cookie_name(c->settings), STR_ARG(token), max_age_s,
                      settings_is_https(c->settings) ? "; Secure" : "");
}

/*
 * The cookie's value is the key, so who knows the token in a page cannot compute the cookie from
 * it.
 */
static struct session session_of(struct ctx *c, const struct user *u, struct str token)
{
    return (struct session){
        .user = *u,
        .id_hash = secret_sha256(c->arena, token),
        .csrf_token =
            hex_encode(c->arena, secret_hmac(c->arena, token, STR("transload csrf token"))),
    };
}

/* A foreign text that will be shown: printable ASCII, so that a cut never splits a character. */
static struct str printable(struct ctx *c, struct str agent)
{
    struct buf kept = {.arena = c->arena};

    agent = str_take(agent, SESSION_AGENT_MAX);
    for (size_t i = 0; i < agent.len; i++) {
        char byte = agent.ptr[i];

        if (byte < ' ' || byte > '~')
            byte = '?';
        buf_add_byte(&kept, byte);
    }
    return buf_str(&kept);
}

enum err session_create(struct ctx *c, const struct user *u, struct session_origin from,
                        struct str *token, struct session *out)
{
    struct str fresh = secret_token(c->arena);
    struct session s = session_of(c, u, fresh);

    TRY(db_exec(c, SQL_SESSION_CREATE,
                DB_ARGS(db_bytes(s.id_hash), db_int(c, u->id), db_text(c, from.address),
                        db_text(c, printable(c, from.agent)),
                        db_int(c, c->settings->session_lifetime_s)),
                NULL));
    *token = fresh;
    *out = s;
    return ERR_OK;
}

enum err session_find(struct ctx *c, struct str token, bool *found, struct session *out)
{
    struct db_rows rows;
    struct user u;

    *found = false;
    if (token.len != TOKEN_LEN || !str_is_made_of(token, "0123456789abcdef"))
        return ERR_OK; /* none of ours: not worth a question */
    TRY(db_maybe(
        c, SQL_SESSION_FIND,
        DB_ARGS(db_bytes(secret_sha256(c->arena, token)), db_int(c, c->settings->session_idle_s)),
        &rows));
    if (!rows.count)
        return ERR_OK;
    u = user_from_row(&rows, 0);
    *out = session_of(c, &u, token);
    out->has_password = db_get_bool(&rows, 0, "has_password");
    out->is_new = db_get_bool(&rows, 0, "is_new");
    *found = true;
    if (!db_get_bool(&rows, 0, "is_due"))
        return ERR_OK;
    return db_exec(c, SQL_SESSION_TOUCH, DB_ARGS(db_bytes(out->id_hash)), NULL);
}

enum err session_end(struct ctx *c, struct str id_hash)
{
    return db_exec(c, SQL_SESSION_END, DB_ARGS(db_bytes(id_hash)), NULL);
}

enum err session_list(struct ctx *c, const struct session *s, struct sessions_shown *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_SESSION_LIST,
                DB_ARGS(db_int(c, s->user.id), db_int(c, c->settings->session_idle_s),
                        db_bytes(s->id_hash), db_int(c, SESSIONS_SHOWN_MAX)),
                &rows));
    out->count = rows.count;
    out->list = arena_alloc_array(c->arena, rows.count, sizeof *out->list);
    for (size_t i = 0; i < rows.count; i++)
        out->list[i] = (struct session_shown){
            .id = db_get_text(&rows, i, "id"),
            .from = {db_get_text(&rows, i, "address"), db_get_text(&rows, i, "agent")},
            .created_at = db_get_int(&rows, i, "created_at"),
            .last_seen_at = db_get_int(&rows, i, "last_seen_at"),
            .is_this = db_get_bool(&rows, i, "is_this"),
        };
    return ERR_OK;
}

enum err session_end_named(struct ctx *c, int64_t user_id, struct str id)
{
    size_t ended = 0;

    if (id.len == SESSION_ID_LEN && str_is_made_of(id, "0123456789abcdef"))
        TRY(db_exec(c, SQL_SESSION_END_NAMED, DB_ARGS(db_int(c, user_id), db_text(c, id)), &ended));
    return ended ? ERR_OK
                 : FAIL(c, ERR_NOT_FOUND, "There is no such session; it may have ended already.");
}

enum err session_end_all(struct ctx *c, int64_t user_id)
{
    return db_exec(c, SQL_SESSION_END_ALL, DB_ARGS(db_int(c, user_id)), NULL);
}
