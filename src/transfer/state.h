/* From what Globus says about a task to one word and one sentence. */
#ifndef TRANSFER_STATE_H
#define TRANSFER_STATE_H

#include "transfer/transfer.h"

struct task_state {
    enum transfer_state state;
    struct str text;
    bool is_final;
};

/**
 * @param files         how many images the task sends; 0 and 1: one
 * @param cancel_asked  the user asked for a cancel: a task that then FAILED without an error is
 * cancelled
 */
struct task_state state_of_task(struct arena *a, const struct globus_task *t, int64_t files,
                                bool cancel_asked);

/**
 * The state with this name; aborts when there is none: the database's enum and ours are the same.
 */
enum transfer_state state_parse(struct str name);
bool state_is_final(enum transfer_state s);

#endif
