/* What a request that is not about Globus asks of it. Built without Globus there is nothing to ask.
 */
#ifndef APP_GLOBUS_ME_H
#define APP_GLOBUS_ME_H

#include "base/json.h"
#include "http/request.h"

struct globus_view {
    struct str identity_id, username, email;
    bool reconnect, mail;
    int64_t linked_at, last_used_at, expires_at;
    struct json_list scopes;
};

struct globus_me {
    const struct globus_view *link; /* NULL: not connected */
    int64_t news;
    bool is_any_open; /* of their transfers */
};

#ifdef TRANSLOAD_GLOBUS
/**
 * What GET /api/me tells of the user who is signed in; nothing where ENABLE_GLOBUS is false.
 *
 * @param out  all zero before
 */
MUST_USE enum err globus_me(struct req *r, struct globus_me *out);
/** @return ERR_OK; ERR_GLOBUS_NOT_CONNECTED; ERR_GLOBUS_RECONNECT Globus has ended the connection
 */
MUST_USE enum err globus_require_link(struct req *r);
#else
static inline enum err globus_me(struct req *r, struct globus_me *out)
{
    (void)r;
    (void)out;
    return ERR_OK;
}

/* No route asks for it. */
static inline enum err globus_require_link(struct req *r)
{
    (void)r;
    return ERR_OK;
}
#endif

#endif
