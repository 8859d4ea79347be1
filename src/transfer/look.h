/* A look at one task: what Globus says goes into the row. */
#ifndef TRANSFER_LOOK_H
#define TRANSFER_LOOK_H

#include "transfer/transfer.h"

/** Take over what Globus says about t's task; *changed and *finished say whether that was news. */
MUST_USE enum err look_apply(struct ctx *c, struct transfer *t, const struct globus_task *task,
                             bool *changed, bool *finished);

/**
 * Ask for this one task and take over the answer. ERR_NOT_FOUND: Globus does not show it to this
 * user.
 */
MUST_USE enum err look_at_task(struct ctx *c, struct transfer *t, bool *changed, bool *finished);

/**
 * Globus does not show the task to this user. That is no failure of the transfer; after a month the
 * outcome counts as unknown.
 */
MUST_USE enum err look_found_nothing(struct ctx *c, struct transfer *t, bool *finished);

/** The user's connection is gone: the task goes on without us looking. */
MUST_USE enum err look_is_barred(struct ctx *c, struct transfer *t);

#endif
