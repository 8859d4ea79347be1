/**
 * What runs: each pool and each agent says once a minute that it lives, and an administrator sees
 * it (docs/adr/0020).
 */
#ifndef ACCOUNT_ALIVE_H
#define ACCOUNT_ALIVE_H

#include "base/ctx.h"

enum { ALIVE_EVERY_S = 60 }; /* process_list.sql takes three times as long for dead */

/**
 * Note that a process lives.
 *
 * @param role     "api", "upload" or "agent"
 * @param pid      which of that role on this host
 * @param workers  how many of its own take requests; 1 for an agent
 */
MUST_USE enum err alive_note(struct ctx *c, const char *role, int64_t pid, int64_t workers);

struct alive_process {
    struct str host, role, version;
    int64_t pid, workers, started_at, seen_at; /* times: Unix seconds */
    bool is_alive;
};
struct alive_list {
    struct alive_process *list;
    size_t count;
};
/** By role and host; one that is not alive is named until another takes its place, or a week. */
MUST_USE enum err alive_find(struct ctx *c, struct alive_list *out);

#endif
