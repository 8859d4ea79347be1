/**
 * The sregistry client's signature: HMAC-SHA-256 over what is to be done with which image in which
 * hour.
 *
 *     Authorization: SREGISTRY-HMAC-SHA256 Credential=<type>/<b64 username>/<ts>,Signature=<64 hex>
 *     payload = <type>|<collection>|<ts>|<name>|<tag>|
 *
 * Accepted are the current hour, the one before (a request that began at hh:59), and the next
 * within five minutes of the turn (clock skew). Whatever is wrong, the outcome is ERR_BAD_SIGNATURE
 * with a sentence that says what, and the server's time when the hour was wrong. Source:
 * reference/sregistry-api.md part 3.
 */
#ifndef ACCOUNT_SIGNATURE_H
#define ACCOUNT_SIGNATURE_H

#include "account/user.h"

struct signature {
    struct str type, username, timestamp; /* timestamp as written: part of the payload */
    struct str mac;                       /* 32 bytes */
    int64_t hour;                         /* Unix seconds of its start */
};

/** Parse the header; says nothing yet about who sent it. */
MUST_USE enum err signature_parse(struct ctx *c, struct str authorization, struct signature *out);

struct signed_image {
    struct str collection, name, tag; /* as the client wrote them, lower case */
};

/**
 * Who signed, and with which key.
 *
 * @param began_at  when the request began, Unix seconds
 * @param[out] key  the user's client token; pass it to signature_covers() and forget it
 */
MUST_USE enum err signature_user(struct ctx *c, const struct signature *s, int64_t began_at,
                                 struct user *u, struct str *key);
/** Does the signature cover this type and image? Constant time. */
bool signature_covers(struct ctx *c, const struct signature *s, struct str key, struct str type,
                      const struct signed_image *image);

#endif
