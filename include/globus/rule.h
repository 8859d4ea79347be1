/**
 * Read rules of a guest collection ("access rules", "permissions"): who may read which directory.
 *
 * Managed with the token of the service's own client identity, which must hold the role
 * access_manager on the collection; never with a user's. The outcomes are those of
 * globus/transfer.h. Nothing here is repeated after it was sent: whoever keeps the books about
 * rules decides (transfer/rule.h). @source reference/globus-api.md §2.8
 */
#ifndef GLOBUS_RULE_H
#define GLOBUS_RULE_H

#include "globus/transfer.h"

struct globus_rule {
    struct str id; /* absent: implied by a role, cannot be withdrawn */
    struct str principal_type, principal, path, permissions;
};

enum globus_rule_outcome {
    GLOBUS_RULE_CREATED, /* *id names it; absent when the answer did not */
    GLOBUS_RULE_EXISTS,  /* the identity has a rule on this very directory */
    GLOBUS_RULE_FULL,    /* the collection, or the identity, has as many rules as Globus allows */
};
/**
 * Let an identity use a directory of a collection, and what is below it.
 *
 * @param path         absolute inside the collection, begins and ends with /
 * @param permissions  "r" or "rw"
 * @return ERR_OK with *outcome; ERR_GLOBUS_UNAVAILABLE also when the answer was lost: the rule may
 * be there
 */
MUST_USE enum err globus_rule_create(struct ctx *c, struct globus_session *s, struct str collection,
                                     struct str identity, struct str path, struct str permissions,
                                     enum globus_rule_outcome *outcome, struct str *id);

/** The same for everybody who has signed in at Globus, to read. */
MUST_USE enum err globus_rule_create_open(struct ctx *c, struct globus_session *s,
                                          struct str collection, struct str path,
                                          enum globus_rule_outcome *outcome);

struct globus_rules {
    struct globus_rule *list;
    size_t count;
};
MUST_USE enum err globus_rule_list(struct ctx *c, struct globus_session *s, struct str collection,
                                   struct globus_rules *out);

/** Withdraw. ERR_OK also when the rule, or the whole collection, was gone before. */
MUST_USE enum err globus_rule_delete(struct ctx *c, struct globus_session *s, struct str collection,
                                     struct str id);

#endif
