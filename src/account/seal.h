/*
 * Globus tokens as they are stored: sealed for one user, one server and one kind (docs/adr/0005).
 */
#ifndef ACCOUNT_SEAL_H
#define ACCOUNT_SEAL_H

#include "base/ctx.h"

/* The columns that hold a sealed value: the first part of what a value is bound to. */
/* Each stands in the table of keys.c too, or a change of SECRET_KEY would forget it. */
#define SEAL_CLIENT_TOKEN "users.client_token" /* bound to the user alone: secret_seal() */
#define SEAL_ACCESS       "globus_tokens.access_token"
#define SEAL_REFRESH      "globus_tokens.refresh_token"
#define SEAL_REVOCATION   "globus_revocations.token"
#define SEAL_VERIFIER     "oauth_states.verifier"
#define SEAL_SIGNIN       "signin_states.verifier"

/**
 * @param column   one of the above
 * @param user_id  whose value it is; 0 before anybody is signed in
 * @param detail   what else it is bound to: the resource server, the state's hash in hex; absent
 * for nothing
 */
struct str seal(struct ctx *c, const char *column, int64_t user_id, struct str detail,
                struct str plain);
/**
 * ERR_INTERNAL when it was sealed for another place or with another key. An absent value opens to
 * an absent one.
 */
MUST_USE enum err seal_open(struct ctx *c, const char *column, int64_t user_id, struct str detail,
                            struct str sealed, struct str *plain);

#endif
