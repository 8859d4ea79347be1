#include "ask.h"
#include "look.h"

#include "db/db.h"
#include "transfer/transfer.h"

static enum err mark(struct ctx *c, const struct transfer *t)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_TRANSFER_CANCEL,
                 DB_ARGS(db_text(c, t->id), db_int(c, t->user_id),
                         db_text(c, STR("Cancelled before it was sent.")),
                         db_text(c, STR("Being cancelled at Globus."))),
                 &rows));
    if (rows.count == 0)
        return FAIL(c, ERR_CONFLICT, "This transfer is finished; there is nothing to cancel.");
    return ERR_OK;
}

/* A task that ended meanwhile cannot be cancelled: its real end is the answer, not an error. */
static enum err cancel_task(struct ctx *c, struct transfer *t)
{
    bool changed, finished;

    TRY(ask_cancel(c, t->user_id, t->task_id));
    return look_at_task(c, t, &changed, &finished);
}

enum err transfer_cancel(struct ctx *c, int64_t user_id, struct str id, struct transfer *out)
{
    TRY(transfer_get(c, user_id, id, out));
    TRY(mark(c, out)); /* first, so that the wish survives whatever Globus says now */
    TRY(transfer_get(c, user_id, id, out));
    if (out->finished_at || out->task_id.len == 0)
        return ERR_OK;
    if (cancel_task(c, out) != ERR_OK)
        ctx_forgive(c); /* the agent goes on: the row is due */
    return transfer_get(c, user_id, id, out);
}
