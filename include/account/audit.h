/**
 * Who did what, for the operator: one row per deed that changes something or concerns somebody's
 * access.
 */
#ifndef ACCOUNT_AUDIT_H
#define ACCOUNT_AUDIT_H

#include "base/ctx.h"

/**
 * Note a deed; request id and address are added. Inside a transaction the note is stored with it.
 *
 * @param user_id  who; 0 when nobody is signed in (a command, the agent)
 * @param action   noun.verb, such as "user.login" or "image.push"
 * @param subject  what it was done to; never a secret
 */
MUST_USE enum err audit_note(struct ctx *c, int64_t user_id, const char *action,
                             struct str subject);

/* One deed. */
struct audit_row {
    int64_t id, at;
    struct str username; /* empty: nobody who is signed in, or a user who is gone */
    struct str action, subject, request_id;
    struct str address; /* from where; absent: a command, the agent, or not kept then */
};
struct audit_rows {
    struct audit_row *list;
    size_t count;
};
struct audit_filter {
    int64_t after_id;
    struct str username; /* empty: anybody */
    struct str action;   /* empty: any; "image.": each that begins so */
    int64_t since;       /* Unix seconds; 0: from the first */
};
/** Deeds in the order in which they were noted, at most limit. */
MUST_USE enum err audit_list(struct ctx *c, const struct audit_filter *f, int64_t limit,
                             struct audit_rows *out);
/** The same from the newest back, before the one with this id (0: from the newest). */
MUST_USE enum err audit_list_back(struct ctx *c, int64_t before_id, struct str username,
                                  struct str action, int64_t limit, struct audit_rows *out);

#endif
