/*
 * Calls to Globus with the user's own token (promise P4); an access token that ran out is refreshed
 * once.
 */
#ifndef TRANSFER_ASK_H
#define TRANSFER_ASK_H

#include "account/link.h"

MUST_USE enum err ask_endpoint(struct ctx *c, int64_t user_id, struct str id,
                               struct globus_endpoint *out, struct globus_demands *demands);
MUST_USE enum err ask_stat(struct ctx *c, int64_t user_id, const struct globus_place *places,
                           struct globus_stat *out, size_t count);
MUST_USE enum err ask_mkdir(struct ctx *c, int64_t user_id, struct str endpoint_id, struct str path,
                            struct globus_demands *demands);
MUST_USE enum err ask_submission_id(struct ctx *c, int64_t user_id, struct str *out,
                                    struct globus_demands *demands);
MUST_USE enum err ask_submit(struct ctx *c, int64_t user_id, const struct globus_submit *t,
                             struct globus_accepted *out, struct globus_demands *demands);
/** At most 100 ids. */
MUST_USE enum err ask_tasks(struct ctx *c, int64_t user_id, const struct str *ids, size_t count,
                            struct globus_tasks *out);
MUST_USE enum err ask_task(struct ctx *c, int64_t user_id, struct str id, struct globus_task *out);
MUST_USE enum err ask_cancel(struct ctx *c, int64_t user_id, struct str id);

#endif
