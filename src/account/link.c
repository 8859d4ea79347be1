#include "account/link.h"

#include "revocation.h"
#include "seal.h"

#include "account/audit.h"
#include "base/log.h"
#include "db/db.h"

enum { NEXT_PATH_MAX = 2000 };

/* Browsers take "//host" and "/\host" for another site. */
struct str link_local_path(struct str path, struct str otherwise)
{
    bool is_local = path.len && path.len <= NEXT_PATH_MAX && path.ptr[0] == '/';

    for (size_t i = 0; is_local && i < path.len; i++)
        is_local = path.ptr[i] > ' ' && path.ptr[i] < 0x7f && path.ptr[i] != '\\';
    if (!is_local || str_has_prefix(path, STR("//")))
        return otherwise;
    return path;
}

static struct link link_from_row(const struct db_rows *rows)
{
    return (struct link){
        .identity_id = db_get_text(rows, 0, "identity_id"),
        .username = db_get_text(rows, 0, "username"),
        .name = db_get_text(rows, 0, "name"),
        .email = db_get_text(rows, 0, "email"),
        .is_dead = db_get_bool(rows, 0, "is_dead"),
        .wants_mail = db_get_bool(rows, 0, "globus_mail"),
        .linked_at = db_get_int(rows, 0, "linked_at"),
        .consents = db_get_text(rows, 0, "consents"),
        .scopes = db_get_text(rows, 0, "scopes"),
        .last_used_at = db_get_int(rows, 0, "last_used_at"),
        .expires_at = db_get_int(rows, 0, "expires_at"),
    };
}

enum err link_standing(struct ctx *c, int64_t user_id, struct link_standing *out)
{
    struct db_rows rows;

    *out = (struct link_standing){0};
    TRY(db_maybe(c, SQL_LINK_STANDING, DB_ARGS(db_int(c, user_id)), &rows));
    if (!rows.count)
        return ERR_OK;
    out->news = db_get_int(&rows, 0, "news");
    out->is_any_open = db_get_bool(&rows, 0, "is_any_open");
    out->is_linked = db_get_bool(&rows, 0, "is_linked");
    if (out->is_linked)
        out->link = link_from_row(&rows);
    return ERR_OK;
}

enum err link_find(struct ctx *c, int64_t user_id, bool *found, struct link *out)
{
    struct link_standing standing;

    TRY(link_standing(c, user_id, &standing));
    *found = standing.is_linked;
    *out = standing.link;
    return ERR_OK;
}

enum err link_set_mail(struct ctx *c, int64_t user_id, bool wants_mail)
{
    return db_exec(c, SQL_LINK_MAIL, DB_ARGS(db_int(c, user_id), db_bool(wants_mail)), NULL);
}

/* ---- the end --------------------------------------------------------------------------------- */

/* A token that does not open is left behind: it must not keep anybody from disconnecting. */
static void add_opened(struct ctx *c, struct revocations *r, const char *column, int64_t user_id,
                       struct str server, struct str sealed)
{
    struct str token;

    if (seal_open(c, column, user_id, server, sealed, &token) == ERR_OK) {
        revocation_add(r, token);
        return;
    }
    log_to(LOG_WARN, "globus_token_forgotten", {"why", c->failure.detail});
    ctx_forgive(c);
}

static enum err collect_tokens(struct ctx *c, int64_t user_id, struct revocations *r)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_LINK_TOKENS, DB_ARGS(db_int(c, user_id)), &rows));
    for (size_t i = 0; i < rows.count; i++) {
        struct str server = db_get_text(&rows, i, "resource_server");

        add_opened(c, r, SEAL_REFRESH, user_id, server, db_get_bytes(c, &rows, i, "refresh_token"));
        add_opened(c, r, SEAL_ACCESS, user_id, server, db_get_bytes(c, &rows, i, "access_token"));
    }
    return ERR_OK;
}

/*
 * The link goes and its tokens move to the list of revocations in one transaction, so that no crash
 * leaves a token nobody knows.
 */
static enum err replace_by_revocations(struct ctx *c, int64_t user_id, struct revocations *r)
{
    size_t deleted;

    TRY(db_begin(c));
    TRY(collect_tokens(c, user_id, r));
    TRY(revocation_remember(c, user_id, r));
    TRY(db_exec(c, SQL_LINK_DELETE, DB_ARGS(db_int(c, user_id)), &deleted));
    if (deleted)
        TRY(audit_note(c, user_id, "globus.disconnect", STR("")));
    return db_commit(c);
}

enum err link_end(struct ctx *c, int64_t user_id)
{
    struct revocations r = {.count = 0};
    enum err e = replace_by_revocations(c, user_id, &r);

    if (e != ERR_OK) {
        db_rollback(c);
        return e;
    }
    return revocation_send(c, &r);
}
