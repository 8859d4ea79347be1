/*
 * Read rules on the source collection, granted while a transfer needs them (promise P5,
 * docs/adr/0011).
 *
 * The books are the tables read_rules and transfer_rules. A rule is needed by the open transfers
 * that are written down there, so nothing counts up or down and nothing can be miscounted. Each
 * call to Globus is preceded by a row that says so, and whatever the call did, someone later finds
 * the row and goes on. Who needs a rule writes that down first; who withdraws one writes that down
 * only while nobody needs it: PostgreSQL puts the two into an order.
 */
#ifndef TRANSFER_RULE_H
#define TRANSFER_RULE_H

#include "globus/rule.h"
#include "transfer/transfer.h"

/**
 * See that the user may read the transfer's image at Globus. Nothing to do where all may
 * (GLOBUS_SOURCE_ACCESS=public).
 *
 * @return ERR_OK; ERR_NO_SPACE Globus allows no further rule now; ERR_GLOBUS_UNAVAILABLE,
 * ERR_THROTTLED: try again; ERR_GLOBUS this registry may not manage rules there, which only its
 * administrator can change; ERR_GLOBUS_NOT_CONNECTED; ERR_CONFLICT the transfer is finished
 */
MUST_USE enum err rule_obtain(struct ctx *c, const struct transfer *t);

/* ---- shared with the withdrawal -------------------------------------------------------------- */

/** How long a request to Globus may still take effect: its own time, and that of what lies between.
 */
int64_t rule_flight_s(const struct ctx *c);
/** A token of the registry's own identity. Outcomes as of rule_obtain(). */
MUST_USE enum err rule_session(struct ctx *c, struct globus_session *out);
/**
 * What a failed call with that token means for a wish: an outage stays one, all else is for the
 * administrator, whom the log tells.
 */
MUST_USE enum err rule_failure(struct ctx *c, enum err e);
/** The rule of an identity on this very directory; NULL when there is none. */
const struct globus_rule *rule_find(const struct globus_rules *rules, struct str identity,
                                    struct str path);
/** Withdraw what is marked so, and write down that it is gone. */
MUST_USE enum err rule_remove(struct ctx *c, struct globus_session *s, struct str source,
                              int64_t rule_id, struct str access_id);

#endif
