/*
 * From a stored wish to a task at Globus: the one place that submits, for requests and for the
 * agent.
 */
#ifndef TRANSFER_SUBMIT_H
#define TRANSFER_SUBMIT_H

#include "transfer/transfer.h"

/**
 * Images of private collections never leave through a source that everybody may read (promise P5).
 * ERR_FORBIDDEN.
 */
MUST_USE enum err submit_check_source(struct ctx *c, bool is_private);

/**
 * Submit a wish that is stored and has no task yet, and bring its row to what came of it.
 *
 * @param known    the destination's document when the caller just read it; NULL: it is read here
 * @param[in,out] out  transfer: the wish; gets the new row, the message, the demands
 * @return as transfer_create()
 */
MUST_USE enum err submit_wish(struct ctx *c, const struct globus_endpoint *known,
                              struct transfer_result *out);

/* Its two halves, for those who must tell an outage from other reasons to wait. */

/** One try; after a failure the row is as it was. */
MUST_USE enum err submit_try(struct ctx *c, const struct globus_endpoint *known,
                             struct transfer_result *out);
/**
 * Bring the row to what a failed try, or another call for this wish, means; c->failure says why.
 * ERR_OK when the wish just waits.
 */
MUST_USE enum err submit_settle(struct ctx *c, enum err e, struct transfer_result *out);

/** Is a wish worth keeping after e: can the user, or time, clear the way? */
bool submit_may_keep(enum err e);
/** Does Globus, as e says, not answer anybody now? */
bool submit_is_outage(enum err e);

#endif
