/**
 * Login sessions of the portal.
 *
 * The cookie holds 256 random bits in hex, the database their SHA-256. A session ends by idleness,
 * by age, by logout, with its user. The CSRF token is derived from the cookie's value, so it needs
 * no storage and differs per session.
 */
#ifndef ACCOUNT_SESSION_H
#define ACCOUNT_SESSION_H

#include "account/user.h"

struct session {
    struct user user;
    struct str id_hash;    /* SHA-256 of the cookie's value: key of the row */
    struct str csrf_token; /* hex */
    /* both false in what session_create() gives: it was not asked */
    bool has_password; /* the user has a password of this registry */
    bool is_new;       /* signed in within the last ten minutes */
};

/** "__Host-transload_session" on https, "transload_session" on plain http. */
const char *session_cookie_name(const struct settings *s);
/** Set-Cookie value that carries token, or one that removes it (token absent). */
struct str session_cookie(struct ctx *c, struct str token);

/** Where a session began, as its user may recognise it. */
struct session_origin {
    struct str address; /* as nginx says */
    struct str agent; /* raw User-Agent; kept as far as it is printable, SESSION_AGENT_MAX bytes */
};
enum { SESSION_AGENT_MAX = 256 };

/** Start a session; *token is what the cookie carries. */
MUST_USE enum err session_create(struct ctx *c, const struct user *u, struct session_origin from,
                                 struct str *token, struct session *out);
/**
 * Find a live session by the cookie's value; *found false when there is none. Moves its idle limit
 * (at most once a minute).
 */
MUST_USE enum err session_find(struct ctx *c, struct str token, bool *found, struct session *out);
/** End it; no session is no error. */
MUST_USE enum err session_end(struct ctx *c, struct str id_hash);

/** A session as its user is shown it. */
struct session_shown {
    struct str id; /* SESSION_ID_LEN hex digits: names it, opens nothing */
    struct session_origin from;
    int64_t created_at, last_seen_at; /* Unix seconds */
    bool is_this;                     /* the one that asks */
};
enum { SESSION_ID_LEN = 16, SESSIONS_SHOWN_MAX = 100 };

struct sessions_shown {
    struct session_shown *list; /* last used first; at most SESSIONS_SHOWN_MAX */
    size_t count;
};

/** The live sessions of the user of s. */
MUST_USE enum err session_list(struct ctx *c, const struct session *s, struct sessions_shown *out);
/** End the session of that name; ERR_NOT_FOUND when the user has none such. */
MUST_USE enum err session_end_named(struct ctx *c, int64_t user_id, struct str id);
/** End all of a user. */
MUST_USE enum err session_end_all(struct ctx *c, int64_t user_id);

#endif
