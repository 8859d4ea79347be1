/*
 * What a round-trip to Globus needs on its way and leaves behind, whether it connects somebody who
 * is signed in (link_state.c) or signs somebody in (signin.c).
 */
#ifndef ACCOUNT_GRANT_H
#define ACCOUNT_GRANT_H

#include "globus/auth.h"

enum {
    /* a sign-in at Globus may pass through an institution's login and a second factor */
    STATE_LIFETIME_S = 1800,
    VERIFIER_BYTES = 32, /* 43 characters: RFC 7636 §4.1 */
};

/** DOMAIN_NAME and that path, unchanged. */
struct str grant_redirect_uri(struct ctx *c, struct str path);
/**
 * Connect a user: identity and tokens replace what was there, since a new consent shows only on
 * new tokens. In the caller's transaction.
 *
 * @return ERR_OK; ERR_IDENTITY_TAKEN another user has it (the transaction is lost then);
 * ERR_IDENTITY_CHANGED this user is connected with another one
 */
MUST_USE enum err grant_store(struct ctx *c, int64_t user_id, const struct globus_grant *grant,
                              struct str consents);

#endif
