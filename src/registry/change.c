#include "change.h"

#include "db/db.h"

enum err change_collection(struct ctx *c, struct viewer v, int64_t id, enum action action,
                           struct collection *out)
{
    struct db_rows rows;

    /* The lock first: what is read after it cannot change any more. */
    TRY(db_maybe(c, SQL_COLLECTION_LOCK, DB_ARGS(db_int(c, id)), &rows));
    TRY(collection_get(c, v, id, out));
    return role_require(c, out->role, action, out->is_private, "There is no such collection.");
}

enum err change_container(struct ctx *c, struct viewer v, int64_t id, enum action action,
                          struct container *out)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_COLLECTION_HOLD_OF, DB_ARGS(db_int(c, id)), &rows));
    TRY(container_get(c, v, id, out));
    return role_require(c, out->role, action, out->is_private, "There is no such image.");
}

enum err change_note(struct ctx *c, struct viewer v, int64_t collection_id, const char *action,
                     struct str subject)
{
    return db_exec(c, SQL_AUDIT_NOTE,
                   DB_ARGS(db_int(c, v.user_id), db_text(c, str_of(action)), db_text(c, subject),
                           db_text(c, c->request_id), db_int(c, collection_id),
                           db_text_or_null(c, c->address)),
                   NULL);
}

enum err change_end(struct ctx *c, enum err e)
{
    if (e == ERR_OK)
        return db_commit(c);
    db_rollback(c);
    return e;
}
