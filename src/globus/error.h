/*
 * What an answer of Globus means: an outcome, a sentence for the person, a cause for the log.
 *
 * Pure functions of the answer. The rules are tables; reference/globus-api.md §2.1, §2.4, §2.5 and
 * §2.11 are their source.
 */
#ifndef GLOBUS_ERROR_H
#define GLOBUS_ERROR_H

#include "globus/auth.h"
#include "net/net.h"

/*
 * Judge an answer. A demand for consent or login counts before everything else, on whatever status
 * (§2.10).
 *
 * demands: filled in with ERR_GLOBUS_STEP_UP; NULL when no demand is expected (Globus Auth)
 */
MUST_USE enum err answer_judge(struct ctx *c, const struct net_response *r,
                               struct globus_demands *demands);

/*
 * The OAuth error word of a refused token call, such as "invalid_grant"; absent when there is none.
 */
struct str answer_oauth_error(struct ctx *c, const struct net_response *r);

/* The code of a refused call of Transfer, such as "Exists"; absent when there is none. */
struct str answer_code(struct ctx *c, const struct net_response *r);

#endif
