/*
 * Tokens that Globus is to be told about: remembered first, told then, forgotten when Globus
 * confirmed.
 */
#ifndef ACCOUNT_REVOCATION_H
#define ACCOUNT_REVOCATION_H

#include "globus/auth.h"

/* An access and a refresh token of each server of a grant. */
enum { REVOCATIONS_MAX = 2 * GLOBUS_TOKENS_MAX };

struct revocations {
    struct str tokens[REVOCATIONS_MAX];
    int64_t ids[REVOCATIONS_MAX]; /* rows, once remembered */
    size_t count;
};

/** Put a token on the list; an absent one is not put there. */
void revocation_add(struct revocations *r, struct str token);
/** Put all tokens of a grant on it, refresh tokens first. */
void revocation_add_grant(struct revocations *r, const struct globus_token *tokens, size_t count);

/** Remember the list in the database, sealed; in the caller's transaction if there is one. */
MUST_USE enum err revocation_remember(struct ctx *c, int64_t user_id, struct revocations *r);
/**
 * Tell Globus all of the list in parallel and forget what it confirmed. Never inside a transaction.
 */
MUST_USE enum err revocation_send(struct ctx *c, const struct revocations *r);

/**
 * For tokens that nobody will use: remember and send. What fails is logged; the failure noted on
 * the context stays what it was.
 */
void revocation_drop(struct ctx *c, int64_t user_id, const struct globus_token *tokens,
                     size_t count);

#endif
