#include "ask.h"
#include "look.h"
#include "row.h"
#include "submit.h"

#include "base/settings.h"
#include "transfer/transfer.h"

enum {
    CLAIM_MAX = 100, /* one task_list call covers as many */
    /* longer than one batch normally takes; a second look does no harm */
    LEASE_S = 60,
    /* a wish that nobody clears the way for keeps its image from being deleted */
    WISH_LONGEST_S = 7 * 86400,
};

/* One run: what was done, and whether Globus answers at all. */
struct round {
    struct follow_report *report;
    bool is_outage;
};

/* The claimed rows of one user. */
struct batch {
    int64_t user_id;
    struct transfer *list;
    size_t count;
};

/* Trouble of this program or its database, which no row can tell. */
static bool is_ours(enum err e)
{
    return e == ERR_INTERNAL || e == ERR_UNAVAILABLE;
}

/* In an outage the rest is not asked for one by one: each call would wait for its time-out. */
static enum err look_later(struct ctx *c, const struct transfer *t)
{
    return row_postpone(c, t, row_next_look_s(c, t->age_s));
}

static void count_look(struct round *r, bool changed, bool finished)
{
    r->report->updated += changed;
    r->report->finished += finished;
}

/* ---- wishes that have no task yet ------------------------------------------------------------ */

static enum err give_up(struct ctx *c, const struct transfer *t)
{
    const struct row_change change = {
        TRANSFER_FAILED,
        STR("Not sent: what Globus asked for was not done within a week. Send the image again."), 0,
        true};

    return row_settle(c, t, &change);
}

/*
 * Whatever the user or Globus must do stands in the row then, for the user to read; only our own
 * trouble ends the round.
 */
static enum err submit_one(struct ctx *c, struct round *r, const struct transfer *t)
{
    struct transfer_result result = {.transfer = *t};
    enum err e;

    if (t->age_s > WISH_LONGEST_S && t->state == TRANSFER_NEEDS_YOU) {
        count_look(r, true, true);
        return give_up(c, t);
    }
    e = submit_try(c, NULL, &result);
    r->is_outage = submit_is_outage(e);
    if (e != ERR_OK)
        e = submit_settle(c, e, &result);
    r->report->submitted += result.transfer.task_id.len > 0;
    r->report->finished += result.transfer.finished_at > 0;
    if (is_ours(e))
        return e;
    ctx_forgive(c);
    return ERR_OK;
}

static enum err submit_all(struct ctx *c, struct round *r, const struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        if (b->list[i].task_id.len)
            continue;
        if (r->is_outage)
            TRY(look_later(c, &b->list[i]));
        else
            TRY(submit_one(c, r, &b->list[i]));
    }
    return ERR_OK;
}

/* ---- tasks ----------------------------------------------------------------------------------- */

static const struct globus_task *find_task(const struct globus_tasks *tasks, struct str id)
{
    for (size_t i = 0; i < tasks->count; i++) {
        if (str_eq_nocase(tasks->list[i].task_id, id))
            return &tasks->list[i];
    }
    return NULL;
}

/* What an answer without the task means: nothing, an outage, or a connection that is gone. */
static enum err look_failed(struct ctx *c, struct round *r, struct transfer *t, enum err e)
{
    int64_t retry_after_s = c->failure.retry_after_s;

    ctx_forgive(c);
    switch ((int)e) {
    case ERR_GLOBUS_RECONNECT:
    case ERR_GLOBUS_NOT_CONNECTED:
    case ERR_GLOBUS_STEP_UP:
        return look_is_barred(c, t);
    default:
        r->is_outage = submit_is_outage(e);
        return row_postpone(c, t, retry_after_s > 0 ? retry_after_s : row_next_look_s(c, t->age_s));
    }
}

/*
 * Not in the list: finished long ago, or another identity's. Only an answer about this very task
 * tells.
 */
static enum err look_for_missing(struct ctx *c, struct round *r, struct transfer *t)
{
    bool changed = false, finished = false;
    enum err e = look_at_task(c, t, &changed, &finished);

    if (e == ERR_NOT_FOUND || e == ERR_FORBIDDEN) {
        ctx_forgive(c);
        changed = true;
        e = look_found_nothing(c, t, &finished);
    }
    if (e == ERR_OK) {
        count_look(r, changed, finished);
        return ERR_OK;
    }
    return is_ours(e) ? e : look_failed(c, r, t, e);
}

static enum err look_at_one(struct ctx *c, struct round *r, struct transfer *t,
                            const struct globus_tasks *tasks)
{
    const struct globus_task *task = find_task(tasks, t->task_id);
    bool changed, finished;

    if (!task)
        return look_for_missing(c, r, t);
    TRY(look_apply(c, t, task, &changed, &finished));
    count_look(r, changed, finished);
    return ERR_OK;
}

/*
 * A cancel that was asked for is asked again until the task has ended; a refusal shows in its
 * state.
 */
static void cancel_if_asked(struct ctx *c, const struct transfer *t)
{
    if (t->state == TRANSFER_CANCELLED && ask_cancel(c, t->user_id, t->task_id) != ERR_OK)
        ctx_forgive(c);
}

/* One call for all tasks of the user; what it answered, or why it did not, goes into each row. */
static enum err follow_tasks(struct ctx *c, struct round *r, const struct batch *b)
{
    struct str *ids = arena_alloc_array(c->arena, b->count, sizeof *ids);
    struct globus_tasks tasks = {0};
    size_t count = 0;
    enum err e;

    for (size_t i = 0; i < b->count; i++) {
        if (b->list[i].task_id.len == 0)
            continue;
        cancel_if_asked(c, &b->list[i]);
        ids[count++] = b->list[i].task_id;
    }
    e = count ? ask_tasks(c, b->user_id, ids, count, &tasks) : ERR_OK;
    if (is_ours(e))
        return e;
    for (size_t i = 0; i < b->count; i++) {
        struct transfer *t = &b->list[i];

        if (t->task_id.len)
            TRY(e == ERR_OK ? look_at_one(c, r, t, &tasks) : look_failed(c, r, t, e));
    }
    return ERR_OK;
}

/* ---- a round --------------------------------------------------------------------------------- */

/* Each user has an arena of his own: a round may be long. */
static enum err follow_user(struct ctx *parent, struct round *r, const struct batch *b)
{
    struct ctx c = *parent;
    enum err e;

    c.arena = arena_create();
    e = follow_tasks(&c, r, b);
    if (e == ERR_OK)
        e = submit_all(&c, r, b);
    if (e != ERR_OK) {
        ctx_note(parent, e, STR_FMT, STR_ARG(c.failure.detail));
        ctx_note_cause(parent, c.failure.cause);
    }
    arena_destroy(c.arena);
    return e;
}

static enum err follow_users(struct ctx *c, struct round *r, struct transfer *list, size_t count)
{
    size_t end;

    size_t begin;

    for (begin = 0; begin < count && !r->is_outage; begin = end) {
        struct batch b = {list[begin].user_id, &list[begin], 0};

        for (end = begin; end < count && list[end].user_id == b.user_id; end++)
            b.count++;
        TRY(follow_user(c, r, &b));
    }
    for (; begin < count; begin++)
        TRY(look_later(c, &list[begin]));
    return ERR_OK;
}

enum err transfer_follow(struct ctx *c, struct follow_report *out)
{
    struct round r = {.report = out};
    struct transfer *list;
    size_t count;

    *out = (struct follow_report){0};
    do {
        TRY(row_claim(c, CLAIM_MAX, LEASE_S, &list, &count));
        out->claimed += (int64_t)count;
        TRY(follow_users(c, &r, list, count));
    } while (count == CLAIM_MAX && !r.is_outage);
    return ERR_OK;
}
