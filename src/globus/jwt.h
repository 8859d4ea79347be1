/*
 * ID tokens: a JWS in compact form, RS512 and nothing else. Pure functions of the token, the keys
 * and the time.
 *
 * @source RFC 7515, RFC 7519, OpenID Connect Core §3.1.3.7, reference/globus-api.md §1.6
 */
#ifndef GLOBUS_JWT_H
#define GLOBUS_JWT_H

#include "globus/auth.h"

enum { JWT_MAX = 16 * 1024 };

/* A token taken apart; nothing in it is to be believed before the signature was verified. */
struct jwt {
    struct str signed_text; /* header.payload as sent */
    struct str payload;     /* decoded */
    struct str signature;   /* decoded */
    struct str kid;         /* absent: none */
};

/* What the claims must say. */
struct jwt_want {
    struct str issuer, audience, nonce;
    int64_t now_s, leeway_s;
};

/*
 * Take a token apart. ERR_GLOBUS: not of that form, another algorithm, a critical extension, a key
 * of its own.
 */
MUST_USE enum err jwt_parse(struct ctx *c, struct str token, struct jwt *out);

/*
 * Check the claims of a verified token and read who it speaks of. ERR_GLOBUS when one is wrong or
 * missing.
 *
 * A nonce that is there must be ours; one that is missing is accepted, because whether Globus
 * echoes it to confidential clients is not documented, and the code is bound to this browser by
 * state and PKCE anyway.
 */
MUST_USE enum err jwt_check(struct ctx *c, struct str payload, const struct jwt_want *want,
                            struct globus_identity *out);

#endif
