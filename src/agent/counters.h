/*
 * What this process counts, stored for /metrics every few seconds: an agent answers no requests.
 */
#ifndef AGENT_COUNTERS_H
#define AGENT_COUNTERS_H

#include "base/ctx.h"

/* From now on counters are stored, under the name of this host. An agent that runs once leaves the
 * counters of the one that runs on alone. */
void counters_begin(void);
/* A run of a job has ended. */
void counters_note_job(size_t job, enum err e, int64_t took_ms);
/* The job. */
enum err counters_store(struct ctx *c, struct str *report);

#endif
