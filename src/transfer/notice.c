#include "db/db.h"
#include "transfer/transfer.h"

enum err transfer_news(struct ctx *c, int64_t user_id, int64_t *count)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_TRANSFER_NEWS, DB_ARGS(db_int(c, user_id)), "transfer_news", &rows));
    *count = db_get_int(&rows, 0, "news");
    return ERR_OK;
}

enum err transfer_notice(struct ctx *c, int64_t user_id, struct str id)
{
    if (id.len && !str_is_uuid(id))
        return FAIL(c, ERR_NOT_FOUND, "You have no transfer with this id.");
    return db_exec(c, SQL_TRANSFER_NOTICE, DB_ARGS(db_int(c, user_id), db_text_or_null(c, id)),
                   NULL);
}
