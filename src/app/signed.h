/** Who asks where the sregistry client signs: its Authorization header, or else the session. */
#ifndef APP_SIGNED_H
#define APP_SIGNED_H

#include "account/signature.h"
#include "http/request.h"
#include "registry/name.h"
#include "registry/rights.h"

/* A signature that was traced to its user; what it covers is still to be asked. */
struct signer {
    struct signature signature;
    struct user user;
    struct str key; /* secret */
};

/** Does the request carry a signature of this client at all? */
bool signed_is_tried(const struct req *r);
/** Trace the Authorization header to a user. ERR_BAD_SIGNATURE, also when there is none. */
MUST_USE enum err signed_by(struct req *r, struct signer *out);
/** Does the signature cover this use of this image? */
bool signed_covers(struct ctx *c, const struct signer *s, struct str type,
                   const struct image_name *n);
/** Both at once, with the names as the client wrote them. ERR_BAD_SIGNATURE. */
MUST_USE enum err signed_viewer(struct req *r, struct str type, const struct image_name *n,
                                struct viewer *out);

/**
 * The same, or from a page of ours: without such a signature the session, which must send its CSRF
 * token. ERR_CSRF.
 */
MUST_USE enum err signed_or_session(struct req *r, struct str type, const struct image_name *n,
                                    struct viewer *out);

#endif
