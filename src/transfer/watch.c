#include "row.h"

#include "base/settings.h"

enum err transfer_watch(struct ctx *c, int64_t user_id, struct str id)
{
    int64_t longest = row_longest_look_s(c);

    if (id.len && !str_is_uuid(id))
        return FAIL(c, ERR_NOT_FOUND, "You have no transfer with this id.");
    return db_exec(c, SQL_TRANSFER_WATCH,
                   DB_ARGS(db_int(c, user_id), db_text_or_null(c, id),
                           db_int(c, c->settings->agent_interval_s), db_int(c, longest)),
                   NULL);
}
