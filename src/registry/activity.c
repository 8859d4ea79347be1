#include "registry/activity.h"

#include "cursor.h"

#include "db/db.h"

static struct activity activity_from_row(const struct db_rows *rows, size_t i)
{
    return (struct activity){
        .at = db_get_int(rows, i, "at"),
        .username = db_get_text(rows, i, "username"),
        .action = db_get_text(rows, i, "action"),
        .subject = db_get_text(rows, i, "subject"),
    };
}

/* One row more than the page holds tells whether there is a next page. */
static enum err find_page(struct ctx *c, int64_t collection_id, struct str cursor, int64_t limit,
                          struct activity_page *out)
{
    struct db_rows rows;
    int64_t at, before;

    TRY(cursor_read_time(c, cursor, &at, &before));
    TRY(db_many(c, SQL_ACTIVITY_LIST,
                DB_ARGS(db_int(c, collection_id), before ? db_int(c, before) : db_null(),
                        db_int(c, limit + 1)),
                &rows));
    out->count = rows.count > (size_t)limit ? (size_t)limit : rows.count;
    out->list = arena_alloc_array(c->arena, out->count, sizeof *out->list);
    for (size_t i = 0; i < out->count; i++)
        out->list[i] = activity_from_row(&rows, i);
    if (rows.count > out->count)
        out->next = cursor_of_time(c, out->list[out->count - 1].at,
                                   db_get_int(&rows, out->count - 1, "id"));
    return ERR_OK;
}

enum err activity_list(struct ctx *c, struct viewer v, int64_t collection_id, struct str cursor,
                       int64_t limit, struct activity_page *out)
{
    struct collection k;

    *out = (struct activity_page){.count = 0};
    TRY(collection_get(c, v, collection_id, &k));
    TRY(role_require(c, k.role, ACTION_ACTIVITY, k.is_private, "There is no such collection."));
    TRY(quota_of_collection(c, k.name, &out->quota));
    return find_page(c, collection_id, cursor, limit, out);
}
