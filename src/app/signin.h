/* "Sign in with Globus": the browser's part. */
#ifndef APP_SIGNIN_H
#define APP_SIGNIN_H

#include "way.h"

/** Does this return end a sign-in that began in this browser? */
MUST_USE enum err signin_returns(const struct req *r, const struct returned *in, bool *out);
/** End it: a new session, and on to where the person wanted to be. */
enum err signin_finish(struct req *r, const struct returned *in);

#endif
