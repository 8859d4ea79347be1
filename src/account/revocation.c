#include "revocation.h"

#include "seal.h"

#include "account/link.h"
#include "base/log.h"
#include "base/settings.h"
#include "db/db.h"

enum { LATE_S = 3 * 24 * 3600 }; /* Globus is not away for so long: somebody must look */

void revocation_add(struct revocations *r, struct str token)
{
    if (token.len && r->count < REVOCATIONS_MAX)
        r->tokens[r->count++] = token;
}

void revocation_add_grant(struct revocations *r, const struct globus_token *tokens, size_t count)
{
    for (size_t i = 0; i < count; i++)
        revocation_add(r, tokens[i].refresh_token);
    for (size_t i = 0; i < count; i++)
        revocation_add(r, tokens[i].access_token);
}

enum err revocation_remember(struct ctx *c, int64_t user_id, struct revocations *r)
{
    struct db_rows rows;

    for (size_t i = 0; i < r->count; i++) {
        struct str sealed = seal(c, SEAL_REVOCATION, user_id, STR_NONE, r->tokens[i]);

        /* The agent keeps off as long as the call of this process may last. */
        TRY(db_one(c, SQL_REVOCATION_QUEUE,
                   DB_ARGS(db_int(c, user_id), db_bytes(sealed),
                           db_int(c, 2 * c->settings->globus_timeout_s)),
                   "", &rows));
        r->ids[i] = db_get_int(&rows, 0, "id");
    }
    return ERR_OK;
}

enum err revocation_send(struct ctx *c, const struct revocations *r)
{
    bool done[REVOCATIONS_MAX] = {false};

    globus_token_revoke(c, r->tokens, done, r->count);
    for (size_t i = 0; i < r->count; i++) {
        if (done[i])
            TRY(db_exec(c, SQL_REVOCATION_DONE, DB_ARGS(db_int(c, r->ids[i])), NULL));
    }
    return ERR_OK;
}

void revocation_drop(struct ctx *c, int64_t user_id, const struct globus_token *tokens,
                     size_t count)
{
    struct failure noted = c->failure;
    struct revocations r = {.count = 0};
    enum err e;

    revocation_add_grant(&r, tokens, count);
    e = revocation_remember(c, user_id, &r);
    if (e == ERR_OK)
        e = revocation_send(c, &r);
    if (e != ERR_OK)
        log_to(LOG_WARN, "globus_tokens_not_revoked", {"why", c->failure.detail},
               {"cause", c->failure.cause});
    c->failure = noted;
}

/* ---- the agent ------------------------------------------------------------------------------- */

/*
 * A token that does not open was sealed with a key that is gone: nobody can revoke it, or use it.
 */
static enum err open_claimed(struct ctx *c, const struct db_rows *rows, size_t row,
                             struct revocations *r)
{
    int64_t id = db_get_int(rows, row, "id");
    enum err e = seal_open(c, SEAL_REVOCATION, db_get_int(rows, row, "user_id"), STR_NONE,
                           db_get_bytes(c, rows, row, "token"), &r->tokens[r->count]);

    if (e == ERR_OK) {
        r->ids[r->count++] = id;
        return ERR_OK;
    }
    log_to(LOG_WARN, "globus_token_forgotten", {"why", c->failure.detail});
    ctx_forgive(c);
    return db_exec(c, SQL_REVOCATION_DONE, DB_ARGS(db_int(c, id)), NULL);
}

static enum err send_due(struct ctx *c, size_t *claimed)
{
    struct revocations r = {.count = 0};
    struct db_rows rows;

    TRY(db_many(c, SQL_REVOCATION_CLAIM, DB_ARGS(db_int(c, REVOCATIONS_MAX)), &rows));
    for (size_t i = 0; i < rows.count; i++)
        TRY(open_claimed(c, &rows, i, &r));
    *claimed = rows.count;
    return revocation_send(c, &r);
}

/* One line a day, as long as there are such. */
static enum err tell_operator(struct ctx *c)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_REVOCATION_TELL, DB_ARGS(db_int(c, LATE_S)), "", &rows));
    if (db_get_int(&rows, 0, "count") == 0)
        return ERR_OK;
    log_to(LOG_ERROR, "globus_revocations_late",
           {"tokens", str_printf(c->arena, "%lld", (long long)db_get_int(&rows, 0, "count"))},
           {"since", time_format(c->arena, db_get_int(&rows, 0, "since"))},
           {"remedy", STR("Globus takes no revocation: check SOCIAL_AUTH_GLOBUS_KEY and _SECRET "
                          "and the way to GLOBUS_AUTH_URL; their owners can withdraw the consent "
                          "at Globus (docs/troubleshooting.md)")});
    return ERR_OK;
}

enum err link_revoke_pending(struct ctx *c, size_t *left)
{
    struct db_rows rows;
    size_t claimed;

    do /* ends: what was claimed is not due again for a minute */
        TRY(send_due(c, &claimed));
    while (claimed > 0);
    TRY(tell_operator(c));
    TRY(db_one(c, SQL_REVOCATION_COUNT, DB_NO_ARGS, "", &rows));
    *left = (size_t)db_get_int(&rows, 0, "count");
    return ERR_OK;
}
