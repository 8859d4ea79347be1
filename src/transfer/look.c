#include "look.h"

#include "ask.h"
#include "row.h"
#include "state.h"

enum {
    UNSEEN_LONGEST_S = 30 * 86400, /* Globus forgets the details of a task after 30 days */
    BARRED_PAUSE_S = 3600,         /* reconnecting wakes the row anyway (transfer_wake) */
};

/* Re-sent parts push the count above the size; progress never shows more than there is. */
static int64_t bytes_so_far(const struct transfer *t, const struct globus_task *task,
                            enum transfer_state state)
{
    if (state == TRANSFER_DONE)
        return t->bytes_total;
    return task->bytes_transferred < t->bytes_total ? task->bytes_transferred : t->bytes_total;
}

static enum err store(struct ctx *c, struct transfer *t, const struct row_change *change)
{
    TRY(row_update(c, t, change));
    t->state = change->state;
    t->state_text = change->text;
    return ERR_OK;
}

/* What Globus compared with the image's own digest at both ends has arrived, and nothing else. */
static struct str done_text(const struct transfer *t, const struct task_state *s)
{
    if (s->state != TRANSFER_DONE || !t->is_compared)
        return s->text;
    return t->files ? STR("Done: all files arrived, the sha256 of each verified.")
                    : STR("Done: arrived, sha256 verified.");
}

enum err look_apply(struct ctx *c, struct transfer *t, const struct globus_task *task,
                    bool *changed, bool *finished)
{
    struct task_state s = state_of_task(c->arena, task, t->files, t->state == TRANSFER_CANCELLED);
    struct row_change change = {s.state, done_text(t, &s), row_next_look_s(c, t->age_s),
                                s.is_final};
    int64_t bytes = bytes_so_far(t, task, s.state);

    *finished = s.is_final;
    *changed = s.is_final || s.state != t->state || !str_eq(change.text, t->state_text) ||
               bytes != t->bytes_transferred || task->bytes_per_second != t->bytes_per_second ||
               task->faults != t->faults;
    if (!*changed)
        return row_postpone(c, t, change.next_look_s, false);
    t->bytes_transferred = bytes;
    t->bytes_per_second = task->bytes_per_second;
    t->faults = task->faults;
    return store(c, t, &change);
}

enum err look_at_task(struct ctx *c, struct transfer *t, bool *changed, bool *finished)
{
    struct globus_task task;

    TRY(ask_task(c, t->user_id, t->task_id, &task));
    return look_apply(c, t, &task, changed, finished);
}

/* A cancel that was asked for stays asked for. */
static enum transfer_state needs_you(const struct transfer *t)
{
    return t->state == TRANSFER_CANCELLED ? TRANSFER_CANCELLED : TRANSFER_NEEDS_YOU;
}

enum err look_found_nothing(struct ctx *c, struct transfer *t, bool *finished)
{
    struct row_change change = {needs_you(t),
                                STR("Globus shows this task only to the identity that started it, "
                                    "and not to the one connected now. Open the task at Globus."),
                                row_next_look_s(c, t->age_s), false};

    *finished = t->age_s > UNSEEN_LONGEST_S;
    if (*finished)
        change = (struct row_change){TRANSFER_FAILED,
                                     STR("Globus no longer knows this task, so its outcome is "
                                         "unknown. Look for the file at the destination."),
                                     0, true};
    return store(c, t, &change);
}

/* Else its image could never be deleted, and its read rule never be withdrawn. */
static const struct row_change unseen = {
    TRANSFER_FAILED,
    STR_INIT("Nobody could look at this task for a month, so its outcome is unknown. Look for the "
             "file at the destination."),
    0, true};

enum err look_is_barred(struct ctx *c, struct transfer *t)
{
    const struct row_change change = {
        needs_you(t),
        STR("The transfer goes on at Globus, but the registry may not look. Connect Globus under "
            "Settings, Integrations, to see it here."),
        BARRED_PAUSE_S, false};

    return store(c, t, t->age_s > UNSEEN_LONGEST_S ? &unseen : &change);
}
