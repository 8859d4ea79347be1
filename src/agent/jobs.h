/* The table of jobs. */
#ifndef AGENT_JOBS_H
#define AGENT_JOBS_H

#include "base/ctx.h"

#include <stdbool.h>

enum {
    EVERY_AGENT_INTERVAL = 0, /* as often as the setting AGENT_INTERVAL says */
    JOBS_MAX = 16,
};

struct job {
    const char *name; /* in the log */
    int every_s;
    bool alone; /* under a lease: not twice at once, whatever the number of agents */
    /**
     * @param[out] report  what was done, for one line of the log; left absent when there was
     * nothing to do
     */
    enum err (*run)(struct ctx *c, struct str *report);
};
extern const struct job agent_jobs[];
extern const size_t agent_job_count;

#endif
