/*
 * Verifying ID tokens against the keys that Globus Auth publishes, which are kept as long as the
 * process lives.
 */
#ifndef GLOBUS_ID_TOKEN_H
#define GLOBUS_ID_TOKEN_H

#include "globus/auth.h"

/*
 * Verify signature and claims.
 *
 * The keys come from the jwks_uri of the discovery document, which must lie below GLOBUS_AUTH_URL
 * as must the issuer. They are fetched again when a signature fits none, at most once a minute, so
 * that Globus may change its keys at any time, and once a day.
 *
 * Returns ERR_OK; ERR_GLOBUS refused; ERR_GLOBUS_UNAVAILABLE or ERR_THROTTLED: no keys can be had
 * now.
 */
MUST_USE enum err id_token_verify(struct ctx *c, struct str token, struct str nonce,
                                  struct globus_identity *out);

#endif
