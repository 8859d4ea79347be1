/** What was done in a collection, for those who may see it (ACTION_ACTIVITY), and how full it is.
 */
#ifndef REGISTRY_ACTIVITY_H
#define REGISTRY_ACTIVITY_H

#include "registry/collection.h"
#include "registry/quota.h"

/** One thing that was done. */
struct activity {
    int64_t at;          /* Unix seconds */
    struct str username; /* absent: a user who is gone, or the operator */
    struct str action;   /* "image.push", as the audit has it */
    struct str subject;  /* to what */
};
struct activity_page {
    struct activity *list; /* last first */
    size_t count;
    struct str next; /* cursor; absent at the end */
    struct quota quota;
};

/**
 * One page. ERR_NOT_FOUND and ERR_FORBIDDEN by the right; a cursor that none of our pages gave is
 * ERR_INPUT.
 */
MUST_USE enum err activity_list(struct ctx *c, struct viewer v, int64_t collection_id,
                                struct str cursor, int64_t limit, struct activity_page *out);

#endif
