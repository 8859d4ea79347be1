/**
 * "Sign in with Globus": the same round-trip as connecting (account/link.h), begun by a browser in
 * which nobody is signed in yet.
 *
 * State, PKCE verifier and nonce are stored at the start, bound to a cookie that is made for this
 * one round-trip: an answer from Globus that another browser began signs nobody in (login CSRF).
 * Who it is says the verified ID token's sub alone; names and addresses in it can change hands
 * (docs/adr/0016).
 */
#ifndef ACCOUNT_SIGNIN_H
#define ACCOUNT_SIGNIN_H

#include "account/user.h"

/** "__Host-transload_signin" on https, "transload_signin" on plain http. */
const char *signin_cookie_name(const struct settings *s);
/** Set-Cookie value that carries browser, or one that removes it (browser absent). */
struct str signin_cookie(struct ctx *c, struct str browser);

/**
 * Begin: what the cookie must carry, and where the browser must go.
 *
 * @param redirect_path  link_is_redirect_path()
 * @param next_path      local path to go to when signed in; anything else becomes the collections
 */
MUST_USE enum err signin_begin(struct ctx *c, struct str redirect_path, struct str next_path,
                               struct str *browser, struct str *authorize_url);

/** Was this state made for signing in, in the browser that carries this cookie? */
MUST_USE enum err signin_is_meant(struct ctx *c, struct str browser, struct str state, bool *meant);

struct signin_result {
    struct user user;
    struct str next_path;
};
/**
 * Complete: use the state up, exchange the code, find the identity's user or, where GLOBUS_SIGNUP
 * lets it have one, make an account. The user's name is the part of the identity's name before the
 * "@", in lower case, with "-" for what a name may not hold; with "-2", "-3" … behind it when it is
 * taken: an account that exists is never given away by its name. Who is not connected to Globus is
 * then; a connection that works stays as it is, with the consents it has.
 *
 * @return ERR_OK; ERR_BAD_STATE; ERR_NO_ACCOUNT nobody's identity, and it may not have an account;
 * ERR_FORBIDDEN the user is switched off; what globus_code_exchange() says
 */
MUST_USE enum err signin_complete(struct ctx *c, struct str browser, struct str redirect_path,
                                  struct str state, struct str code, struct signin_result *out);
/** The person declined at Globus: use the state up. The same rules. */
MUST_USE enum err signin_decline(struct ctx *c, struct str browser, struct str redirect_path,
                                 struct str state);

#endif
