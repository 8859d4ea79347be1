#include "row.h"

enum err transfer_news_list(struct ctx *c, int64_t user_id, struct transfer_page *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_TRANSFER_NEWS_LIST,
                DB_ARGS(db_int(c, user_id), db_int(c, TRANSFER_NEWS_MAX)), &rows));
    *out = (struct transfer_page){arena_alloc_array(c->arena, rows.count, sizeof *out->list),
                                  rows.count, STR_NONE};
    for (size_t i = 0; i < rows.count; i++)
        out->list[i] = row_read(&rows, i);
    return ERR_OK;
}

enum err transfer_notice(struct ctx *c, int64_t user_id, struct str id)
{
    if (id.len && !str_is_uuid(id))
        return FAIL(c, ERR_NOT_FOUND, "You have no transfer with this id.");
    return db_exec(c, SQL_TRANSFER_NOTICE, DB_ARGS(db_int(c, user_id), db_text_or_null(c, id)),
                   NULL);
}
