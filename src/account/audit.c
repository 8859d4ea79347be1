#include "account/audit.h"

#include "db/db.h"

enum err audit_note(struct ctx *c, int64_t user_id, const char *action, struct str subject)
{
    return db_exec(c, SQL_AUDIT_NOTE,
                   DB_ARGS(user_id ? db_int(c, user_id) : db_null(), db_text(c, str_of(action)),
                           db_text(c, subject), db_text(c, c->request_id), db_null(),
                           db_text_or_null(c, c->address)),
                   NULL);
}

static struct audit_rows read_rows(struct ctx *c, const struct db_rows *rows)
{
    struct audit_rows all = {arena_alloc_array(c->arena, rows->count, sizeof *all.list),
                             rows->count};

    for (size_t i = 0; i < rows->count; i++)
        all.list[i] = (struct audit_row){
            .id = db_get_int(rows, i, "id"),
            .at = db_get_int(rows, i, "at"),
            .username = db_get_text(rows, i, "username"),
            .action = db_get_text(rows, i, "action"),
            .subject = db_get_text(rows, i, "subject"),
            .request_id = db_get_text(rows, i, "request_id"),
            .address = db_get_text(rows, i, "address"),
        };
    return all;
}

enum err audit_list(struct ctx *c, const struct audit_filter *f, int64_t limit,
                    struct audit_rows *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_AUDIT_LIST,
                DB_ARGS(db_int(c, f->after_id), db_text(c, f->username), db_text(c, f->action),
                        db_int(c, f->since), db_int(c, limit)),
                &rows));
    *out = read_rows(c, &rows);
    return ERR_OK;
}

enum err audit_list_back(struct ctx *c, int64_t before_id, struct str username, struct str action,
                         int64_t limit, struct audit_rows *out)
{
    struct db_rows rows;

    TRY(db_many(
        c, SQL_AUDIT_LIST_BACK,
        DB_ARGS(db_int(c, before_id), db_text(c, username), db_text(c, action), db_int(c, limit)),
        &rows));
    *out = read_rows(c, &rows);
    return ERR_OK;
}
