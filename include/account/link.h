/**
 * A user's connection to Globus: the way there (state, PKCE, nonce), the link, and the tokens.
 *
 * Tokens are sealed, bound to user, server and kind. A refresh happens once however many workers
 * want it: the first claims the row by a lease, and who waited finds a fresh token (promise P6,
 * docs/adr/0005). A passing fault at Globus drops nothing; invalid_grant marks the link dead:
 * "reconnect". Globus is never called inside a transaction.
 */
#ifndef ACCOUNT_LINK_H
#define ACCOUNT_LINK_H

#include "account/session.h"
#include "globus/transfer.h"

struct link {
    struct str identity_id, username, name, email;
    bool wants_mail; /* of Globus, about tasks */
    bool is_dead;    /* Globus said invalid_grant: the user must reconnect */
    int64_t linked_at;
    struct str consents;  /* scopes granted by step-ups */
    struct str scopes;    /* of the tokens, separated by blanks */
    int64_t last_used_at; /* to the minute; 0: never */
    int64_t expires_at; /* of the access token for Transfer, which is renewed by itself; 0: none */
};

struct link_standing {
    bool is_linked;
    struct link link; /* zero when not linked */
    int64_t news;     /* transfers that need the user, or ended, and they have not seen that */
    bool is_any_open; /* of their transfers */
};
/** What every page shows, in one statement; all zero when there is no such user. */
MUST_USE enum err link_standing(struct ctx *c, int64_t user_id, struct link_standing *out);

/** The link of a user; *found false when there is none. */
MUST_USE enum err link_find(struct ctx *c, int64_t user_id, bool *found, struct link *out);
/** Shall Globus write e-mails about this user's tasks from now on? Kept when the link ends. */
MUST_USE enum err link_set_mail(struct ctx *c, int64_t user_id, bool wants_mail);

/**
 * One of the six paths registered at Globus, byte for byte: with a slash at its end it is another
 * one.
 */
bool link_is_redirect_path(struct str path);

/** The path if it is one of ours, otherwise the other one: browsers take "//host" for a site. */
struct str link_local_path(struct str path, struct str otherwise);

/**
 * Begin a round-trip to Globus: store state, verifier and nonce, and say where the browser must go.
 *
 * @param redirect_path  link_is_redirect_path(); redirect_uri is DOMAIN_NAME and this, and Globus
 * sends the browser exactly there
 * @param next_path      local path to return to; anything else becomes the endpoints page
 * @param demands        what a step-up asks for; NULL at the first connect. Consents given before
 * are asked for again
 * @param transfer_id    the wish to resume afterwards; absent for none
 */
MUST_USE enum err link_begin(struct ctx *c, const struct session *s, struct str redirect_path,
                             struct str next_path, const struct globus_demands *demands,
                             struct str transfer_id, struct str *authorize_url);

struct link_return {
    struct str next_path;
    struct str transfer_id; /* absent: none */
};
/**
 * Complete a round-trip: consume the state (once, of this session, not expired, for this very
 * redirect_uri), exchange the code, store link and tokens in one transaction, replacing older
 * tokens. Tokens that cannot be stored are revoked.
 *
 * @param redirect_path  the path of this very request, unchanged
 * @return ERR_OK; ERR_BAD_STATE state missing, unknown, used, expired or another session's: no link
 * is made; ERR_IDENTITY_TAKEN that Globus identity belongs to another user; ERR_IDENTITY_CHANGED
 * this user is linked to another identity; what globus_code_exchange() says
 */
MUST_USE enum err link_complete(struct ctx *c, const struct session *s, struct str redirect_path,
                                struct str state, struct str code, struct link_return *out);
/** The user declined at Globus: consume the state, say where to return. The same rules. */
MUST_USE enum err link_decline(struct ctx *c, const struct session *s, struct str redirect_path,
                               struct str state, struct link_return *out);

/**
 * A Transfer access token that lives longer than the longest call, refreshed if needed.
 *
 * @param stale  a token that Globus just answered with 401: it is not returned again; absent
 * normally
 * @return ERR_OK; ERR_GLOBUS_NOT_CONNECTED; ERR_GLOBUS_RECONNECT; ERR_GLOBUS_UNAVAILABLE
 */
MUST_USE enum err link_access_token(struct ctx *c, int64_t user_id, struct str stale,
                                    struct str *access_token);

/**
 * Run call(c, session, arg) with the user's token; on 401 refresh once and run it once more.
 *
 * @param[out] demands  filled in with ERR_GLOBUS_STEP_UP, untouched otherwise
 * @return what call returns, what link_access_token() returns; never ERR_NOT_SIGNED_IN: a fresh
 * token refused is ERR_GLOBUS_RECONNECT
 */
MUST_USE enum err link_with_token(struct ctx *c, int64_t user_id,
                                  enum err (*call)(struct ctx *c, struct globus_session *s,
                                                   void *arg),
                                  void *arg, struct globus_demands *demands);

/**
 * Delete the link now and revoke its tokens; those Globus did not confirm are left to
 * link_revoke_pending(). No link is no error.
 */
MUST_USE enum err link_end(struct ctx *c, int64_t user_id);
/** Retry revocations that are due; *left is how many remain. The log tells of those that have
 * failed for three days, once a day. For the agent. */
MUST_USE enum err link_revoke_pending(struct ctx *c, size_t *left);

#endif
