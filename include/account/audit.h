/**
 * Who did what, for the operator: one row per deed that changes something or concerns somebody's
 * access.
 */
#ifndef ACCOUNT_AUDIT_H
#define ACCOUNT_AUDIT_H

#include "base/ctx.h"

/**
 * Note a deed; the request id is added. Inside a transaction the note is stored with it.
 *
 * @param user_id  who; 0 when nobody is signed in (a command, the agent)
 * @param action   noun.verb, such as "user.login" or "image.push"
 * @param subject  what it was done to; never a secret
 */
MUST_USE enum err audit_note(struct ctx *c, int64_t user_id, const char *action,
                             struct str subject);

#endif
