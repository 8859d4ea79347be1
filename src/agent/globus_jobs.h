/* The jobs that speak to Globus; where ENABLE_GLOBUS is false they do nothing. */
#ifndef AGENT_GLOBUS_JOBS_H
#define AGENT_GLOBUS_JOBS_H

#include "base/ctx.h"
#include "base/str.h"

/* Submit wishes, and look what became of tasks. */
MUST_USE enum err follow_transfers(struct ctx *c, struct str *report);
/* Take back read rules that no transfer needs any more. */
MUST_USE enum err withdraw_rules(struct ctx *c, struct str *report);
/* Take back tokens that Globus could not take back at once. */
MUST_USE enum err revoke_tokens(struct ctx *c, struct str *report);

#endif
