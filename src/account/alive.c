#include "account/alive.h"

#include "base/host.h"
#include "db/db.h"

enum err alive_note(struct ctx *c, const char *role, int64_t pid, int64_t workers)
{
    return db_exec(c, SQL_PROCESS_SEEN,
                   DB_ARGS(db_text(c, host_name(c->arena)), db_text(c, str_of(role)),
                           db_int(c, pid), db_int(c, workers), db_text(c, STR(TRANSLOAD_VERSION))),
                   NULL);
}

enum err alive_find(struct ctx *c, struct alive_list *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_PROCESS_LIST, DB_NO_ARGS, &rows));
    *out = (struct alive_list){.count = rows.count};
    out->list = arena_alloc_array(c->arena, rows.count, sizeof *out->list);
    for (size_t i = 0; i < rows.count; i++)
        out->list[i] = (struct alive_process){
            .host = db_get_text(&rows, i, "host"),
            .role = db_get_text(&rows, i, "role"),
            .version = db_get_text(&rows, i, "version"),
            .pid = db_get_int(&rows, i, "pid"),
            .workers = db_get_int(&rows, i, "workers"),
            .started_at = db_get_int(&rows, i, "started_at"),
            .seen_at = db_get_int(&rows, i, "seen_at"),
            .is_alive = db_get_bool(&rows, i, "is_alive"),
        };
    return ERR_OK;
}
