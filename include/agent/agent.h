/**
 * Background work: what no request should wait for.
 *
 * One table of jobs (agent/jobs.c), each with its interval. A job that fails is logged and tried
 * again at its next turn; it never stops the others. Several agents may run: transfers are claimed
 * row by row under a lease, and so is a job that should not run twice at once.
 * Not here: what a job does; that is the domain's.
 */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include "base/ctx.h"

/**
 * Work until SIGTERM or SIGINT; a job that has begun is finished first.
 *
 * @param c  settings, clock, db and net of this process; each job gets an arena of its own
 * @return ERR_OK after a clean stop. A database or a Globus that is down is no reason to end.
 */
MUST_USE enum err agent_run(struct ctx *c);

/**
 * Run every job once, whatever its interval. @return the outcome of the first job that failed,
 * ERR_OK when none did.
 */
MUST_USE enum err agent_once(struct ctx *c);

#endif
