/**
 * Users of the registry: names, passwords (Argon2id), client tokens of the sregistry client
 * (sealed; its HMAC needs them in clear).
 */
#ifndef ACCOUNT_USER_H
#define ACCOUNT_USER_H

#include "base/ctx.h"

enum { USERNAME_MAX = 64, PASSWORD_MIN = 8, PASSWORD_MAX = 1024, CLIENT_TOKEN_LEN = 40 };

struct user {
    int64_t id;
    struct str username;
    bool is_admin, is_active;
    int64_t created_at; /* Unix seconds */
};

/** [a-z0-9][a-z0-9._@+-]{0,63}; ERR_INPUT naming the field otherwise. */
MUST_USE enum err user_name_check(struct ctx *c, struct str username);
/**
 * Create with a password, or without (absent: no local login). ERR_CONFLICT when the name is taken.
 * A client token is made too.
 */
MUST_USE enum err user_create(struct ctx *c, struct str username, struct str password,
                              bool is_admin, struct user *out);
/** ERR_NOT_FOUND. */
MUST_USE enum err user_get(struct ctx *c, struct str username, struct user *out);
struct user_list {
    struct user *list;
    size_t count;
};
/** All users, by name; for the command line. */
MUST_USE enum err user_list(struct ctx *c, struct user_list *out);
/** Set a password; ends all sessions of the user. */
MUST_USE enum err user_set_password(struct ctx *c, int64_t user_id, struct str password);
/** Switch on or off; off ends all sessions, and the client token stops working. */
MUST_USE enum err user_set_active(struct ctx *c, int64_t user_id, bool active);
/** Make a new client token, 40 hex digits; the old one stops working. */
MUST_USE enum err user_new_client_token(struct ctx *c, int64_t user_id, struct str *token);

/**
 * Give a user the client token he had at another registry, 40 hex digits; ERR_INPUT when it is
 * something else.
 *
 * @param[out] changed  false: he had this one already
 */
MUST_USE enum err user_adopt_client_token(struct ctx *c, int64_t user_id, struct str token,
                                          bool *changed);

/**
 * Check a password, counting failures per account and per address (settings LOGIN_FAILURES,
 * LOGIN_WINDOW).
 *
 * An attempt counts as a failure until it turned out well, so attempts at once cannot outrun the
 * count. Who has failed too often waits 30 s, then twice as long after each further failure. An
 * unknown user takes as long as a wrong password.
 *
 * @return ERR_OK; ERR_WRONG_CREDENTIALS; ERR_THROTTLED with retry_after_s
 */
MUST_USE enum err user_authenticate(struct ctx *c, struct str username, struct str password,
                                    struct str address, struct user *out);
/** Check the password of a signed-in user who wants to change it; the same counting. */
MUST_USE enum err user_check_password(struct ctx *c, const struct user *u, struct str password,
                                      struct str address);

#endif
