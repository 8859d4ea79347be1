/* Who may have an account at the first sign-in with Globus, and under which name. */
#ifndef ACCOUNT_SIGNUP_H
#define ACCOUNT_SIGNUP_H

#include "account/user.h"
#include "globus/auth.h"

/** Does GLOBUS_SIGNUP let somebody of this name at Globus have an account? */
bool signup_allows(const struct settings *s, struct str globus_username);
/** The name an account should have; always a valid one. */
struct str signup_name(struct arena *a, struct str globus_username);
/** Make the account under the first free name, without a password. In the caller's transaction. */
MUST_USE enum err signup_user(struct ctx *c, struct str globus_username, struct user *out);

#endif
