#include "create.h"

#include "base/settings.h"
#include "db/db.h"

enum err create_check(struct ctx *c, struct viewer v)
{
    int64_t limit = c->settings->user_collection_limit, owned;
    struct db_rows rows;

    if (v.is_admin)
        return ERR_OK;
    if (!c->settings->user_collections)
        return FAIL(c, ERR_FORBIDDEN, "Only an admin may create a collection here.");
    if (limit == 0)
        return ERR_OK;
    TRY(db_one(c, SQL_COLLECTION_COUNT_OWNED, DB_ARGS(db_int(c, v.user_id)),
               "collection_count_owned", &rows));
    owned = db_get_int(&rows, 0, "owned");
    if (owned >= limit)
        return FAIL(c, ERR_FORBIDDEN,
                    "You own %lld collections, and a user who owns %lld may create no more here.",
                    (long long)owned, (long long)limit);
    return ERR_OK;
}

enum err create_collection(struct ctx *c, struct viewer v, struct str name, struct str description,
                           bool is_private, int64_t *id)
{
    struct db_rows rows;

    if (!v.is_admin) /* two at once count one after the other */
        TRY(db_one(c, SQL_USER_LOCK, DB_ARGS(db_int(c, v.user_id)), "There is no such user.",
                   &rows));
    TRY(create_check(c, v));
    TRY(db_maybe(c, SQL_COLLECTION_CREATE,
                 DB_ARGS(db_text(c, name), db_bool(is_private), db_int(c, v.user_id),
                         db_text(c, description), db_text(c, c->request_id),
                         db_text_or_null(c, c->address)),
                 &rows));
    *id = rows.count ? db_get_int(&rows, 0, "id") : 0;
    return ERR_OK;
}
