#include "grant.h"

#include "seal.h"

#include "base/settings.h"
#include "db/db.h"

struct str grant_redirect_uri(struct ctx *c, struct str path)
{
    return str_printf(c->arena, "%s" STR_FMT, c->settings->domain_name, STR_ARG(path));
}

/* ---- what is stored ---------------------------------------------------------------------------
 */

static enum err store_token(struct ctx *c, int64_t user_id, const struct globus_token *t)
{
    struct str access = seal(c, SEAL_ACCESS, user_id, t->resource_server, t->access_token);
    struct str refresh = seal(c, SEAL_REFRESH, user_id, t->resource_server, t->refresh_token);

    return db_exec(c, SQL_LINK_TOKEN_ADD,
                   DB_ARGS(db_int(c, user_id), db_text(c, t->resource_server), db_bytes(access),
                           t->refresh_token.len ? db_bytes(refresh) : db_null(),
                           db_text(c, t->scope), db_int(c, t->expires_in_s)),
                   NULL);
}

static enum err store_identity(struct ctx *c, int64_t user_id, const struct globus_identity *i,
                               struct str consents)
{
    struct db_rows rows;
    enum err e = db_maybe(c, SQL_LINK_STORE,
                          DB_ARGS(db_int(c, user_id), db_text(c, i->id), db_text(c, i->username),
                                  db_text_or_null(c, i->name), db_text_or_null(c, i->email),
                                  db_text_or_null(c, i->organization), db_text(c, consents)),
                          &rows);

    if (e == ERR_CONFLICT)
        return FAIL(
            c, ERR_IDENTITY_TAKEN,
            "The Globus identity " STR_FMT
            " is connected to another account of this registry. Disconnect it there first, or "
            "sign in at Globus with another identity.",
            STR_ARG(i->username));
    TRY(e);
    if (!rows.count)
        return FAIL(c, ERR_IDENTITY_CHANGED,
                    "You are connected to Globus with another identity than " STR_FMT
                    ". Sign in at Globus with the one you connected, "
                    "or disconnect Globus first.",
                    STR_ARG(i->username));
    return ERR_OK;
}

enum err grant_store(struct ctx *c, int64_t user_id, const struct globus_grant *grant,
                     struct str consents)
{
    TRY(store_identity(c, user_id, &grant->identity, consents));
    TRY(db_exec(c, SQL_LINK_TOKENS_DROP, DB_ARGS(db_int(c, user_id)), NULL));
    for (size_t i = 0; i < grant->token_count; i++)
        TRY(store_token(c, user_id, &grant->tokens[i]));
    return ERR_OK;
}
