/* The last look at a quota: in the transaction that points a tag at an image. */
#ifndef REGISTRY_QUOTA_COMMIT_H
#define REGISTRY_QUOTA_COMMIT_H

#include "registry/quota.h"

struct quota_commit {
    int64_t user_id;
    struct str collection;
    bool is_limited;
    struct quota user, collection_quota; /* as they were before */
};

/** Before the tag is pointed: takes the locks where there is a limit. */
MUST_USE enum err quota_commit_begin(struct ctx *c, struct quota_commit *q);
/** After it, before the commit: ERR_QUOTA when a limit is exceeded, and more so than before. */
MUST_USE enum err quota_commit_check(struct ctx *c, const struct quota_commit *q);

#endif
