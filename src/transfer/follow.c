#include "ask.h"
#include "look.h"
#include "pace.h"
#include "row.h"
#include "submit.h"

#include "base/settings.h"
#include "transfer/transfer.h"

enum {
    CLAIM_USERS = 20,
    CLAIM_ROWS = 100, /* of each; one task_list call covers as many */
    /* longer than a round takes; a second look does no harm */
    LEASE_S = 60,
    ROUND_LONGEST_MS = 15000, /* the other jobs wait for no longer; the rest is due in the next */
    ALONE_MAX = 20,           /* tasks of a batch that are asked for one by one */
    SUBMIT_CALLS = 3,         /* endpoint, submission id, submit */
    /* a wish that nobody clears the way for keeps its image from being deleted */
    WISH_LONGEST_S = 7 * 86400,
};

/* One run: what was done, and whether Globus answers at all. */
struct round {
    struct follow_report *report;
    struct pace pace;
    int64_t begin_ms;
    bool is_outage;
};

/* The claimed rows of one user. */
struct batch {
    int64_t user_id;
    struct transfer *list;
    size_t count;
    size_t alone; /* tasks that were asked for one by one */
    bool is_full; /* Globus takes no more of this user for now */
};

/* Trouble of this program or its database, which no row can tell. */
static bool is_ours(enum err e)
{
    return e == ERR_INTERNAL || e == ERR_UNAVAILABLE;
}

static int64_t round_ms(const struct ctx *c, const struct round *r)
{
    return clock_mono_ms(c->clock) - r->begin_ms;
}

/* In an outage the rest is not asked for one by one: each call would wait for its time-out. */
static bool is_over(const struct ctx *c, const struct round *r)
{
    return r->is_outage || round_ms(c, r) > ROUND_LONGEST_MS;
}

static enum err look_later(struct ctx *c, const struct transfer *t)
{
    return row_postpone(c, t, row_next_look_s(c, t->age_s), false);
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
static enum err submit_one(struct ctx *c, struct round *r, struct batch *b,
                           const struct transfer *t)
{
    struct transfer_result result = {.transfer = *t};
    enum err e;

    if (t->age_s > WISH_LONGEST_S && t->state == TRANSFER_NEEDS_YOU) {
        count_look(r, true, true);
        return give_up(c, t);
    }
    pace_wait(c, &r->pace, t->user_id, SUBMIT_CALLS);
    e = submit_try(c, NULL, &result);
    r->is_outage = submit_is_outage(e);
    b->is_full = e == ERR_CONFLICT;
    if (e != ERR_OK)
        e = submit_settle(c, e, &result);
    r->report->submitted += result.transfer.task_id.len > 0;
    r->report->finished += result.transfer.finished_at > 0;
    if (is_ours(e))
        return e;
    ctx_forgive(c);
    return ERR_OK;
}

static enum err submit_all(struct ctx *c, struct round *r, struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        if (b->list[i].task_id.len)
            continue;
        if (b->is_full || is_over(c, r))
            TRY(look_later(c, &b->list[i]));
        else
            TRY(submit_one(c, r, b, &b->list[i]));
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
        return retry_after_s > 0 ? row_postpone(c, t, retry_after_s, true) : look_later(c, t);
    }
}

/*
 * Not in the list: finished long ago, or another identity's. Only an answer about this very task
 * tells.
 */
static enum err look_for_missing(struct ctx *c, struct round *r, struct transfer *t)
{
    bool changed = false, finished = false;
    enum err e;

    pace_wait(c, &r->pace, t->user_id, 1);
    e = look_at_task(c, t, &changed, &finished);
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

static enum err look_for_all_missing(struct ctx *c, struct round *r, struct batch *b,
                                     const struct globus_tasks *tasks)
{
    for (size_t i = 0; i < b->count; i++) {
        struct transfer *t = &b->list[i];

        if (t->task_id.len == 0 || find_task(tasks, t->task_id))
            continue;
        if (b->alone++ < ALONE_MAX && !is_over(c, r))
            TRY(look_for_missing(c, r, t));
        else
            TRY(look_later(c, t));
    }
    return ERR_OK;
}

/* What the one call said of the tasks it named, or why it said nothing. */
static enum err store_looks(struct ctx *c, struct round *r, const struct batch *b, enum err asked,
                            const struct globus_tasks *tasks)
{
    struct failure why = c->failure;

    for (size_t i = 0; i < b->count; i++) {
        struct transfer *t = &b->list[i];
        const struct globus_task *task = find_task(tasks, t->task_id);
        bool changed = false, finished = false;

        if (t->task_id.len == 0 || (asked == ERR_OK && !task))
            continue;
        c->failure = why;
        if (asked == ERR_OK)
            TRY(look_apply(c, t, task, &changed, &finished));
        else
            TRY(look_failed(c, r, t, asked));
        count_look(r, changed, finished);
    }
    return ERR_OK;
}

/* All rows of a call in one transaction: one write to the disk, not one for each. */
static enum err store_all_looks(struct ctx *c, struct round *r, const struct batch *b,
                                enum err asked, const struct globus_tasks *tasks)
{
    enum err e;

    TRY(db_begin(c));
    e = store_looks(c, r, b, asked, tasks);
    if (e == ERR_OK)
        return db_commit(c);
    db_rollback(c);
    return e;
}

/*
 * A cancel that was asked for is asked again until the task has ended; a refusal shows in its
 * state.
 */
static void cancel_if_asked(struct ctx *c, struct round *r, const struct transfer *t)
{
    if (t->state != TRANSFER_CANCELLED)
        return;
    pace_wait(c, &r->pace, t->user_id, 1);
    if (ask_cancel(c, t->user_id, t->task_id) != ERR_OK)
        ctx_forgive(c);
}

/* One call for all tasks of the user; what it answered, or why it did not, goes into each row. */
static enum err follow_tasks(struct ctx *c, struct round *r, struct batch *b)
{
    struct str *ids = arena_alloc_array(c->arena, b->count, sizeof *ids);
    struct globus_tasks tasks = {0};
    size_t count = 0;
    enum err e;

    for (size_t i = 0; i < b->count; i++) {
        if (b->list[i].task_id.len == 0)
            continue;
        cancel_if_asked(c, r, &b->list[i]);
        ids[count++] = b->list[i].task_id;
    }
    if (count == 0)
        return ERR_OK;
    pace_wait(c, &r->pace, b->user_id, 1);
    e = ask_tasks(c, b->user_id, ids, count, &tasks);
    if (is_ours(e))
        return e;
    TRY(store_all_looks(c, r, b, e, &tasks));
    return e == ERR_OK ? look_for_all_missing(c, r, b, &tasks) : ERR_OK;
}

/* ---- a round --------------------------------------------------------------------------------- */

/* Each user has an arena of his own: a round may be long. */
static enum err follow_user(struct ctx *parent, struct round *r, struct batch *b)
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
    size_t begin, end;

    for (begin = 0; begin < count && !is_over(c, r); begin = end) {
        struct batch b = {.user_id = list[begin].user_id, .list = &list[begin]};

        for (end = begin; end < count && list[end].user_id == b.user_id; end++)
            b.count++;
        TRY(follow_user(c, r, &b));
    }
    for (; begin < count; begin++)
        TRY(look_later(c, &list[begin]));
    return ERR_OK;
}

/* One claim, in an arena of its own. */
static enum err follow_some(struct ctx *parent, struct round *r, size_t *count)
{
    const struct row_limits limits = {CLAIM_USERS, CLAIM_ROWS, round_ms(parent, r), LEASE_S};
    struct ctx c = *parent;
    struct transfer *list;
    enum err e;

    c.arena = arena_create();
    e = row_claim(&c, &limits, &list, count);
    if (e == ERR_OK)
        e = follow_users(&c, r, list, *count);
    if (e != ERR_OK) {
        ctx_note(parent, e, STR_FMT, STR_ARG(c.failure.detail));
        ctx_note_cause(parent, c.failure.cause);
    }
    arena_destroy(c.arena);
    return e;
}

enum err transfer_follow(struct ctx *c, struct follow_report *out)
{
    struct round r = {.report = out, .begin_ms = clock_mono_ms(c->clock)};
    size_t count;

    *out = (struct follow_report){0};
    do {
        TRY(follow_some(c, &r, &count));
        out->claimed += (int64_t)count;
    } while (count > 0 && !is_over(c, &r));
    return ERR_OK;
}
