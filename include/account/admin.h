/**
 * What an administrator sees of the users and of what they did, and may do about it. Who asks was
 * checked before: these functions trust their caller to be an administrator.
 */
#ifndef ACCOUNT_ADMIN_H
#define ACCOUNT_ADMIN_H

#include "account/alive.h"
#include "account/user.h"

enum { AUDIT_ACTION_MAX = 64 };

/* One user as the list shows him; no token and nothing of the Globus account is in it. */
struct admin_user {
    struct str username;
    bool is_admin, is_active, is_connected; /* connected: a Globus account that still works */
    int64_t created_at;
    int64_t last_seen_at; /* of the sessions there are, Unix seconds; 0 when there is none */
    int64_t stored_bytes;
    int64_t quota_bytes; /* his own, or that of the settings; 0: no limit */
    int64_t collections; /* that he owns */
};
struct admin_users {
    struct admin_user *list;
    size_t count;
    struct str next; /* cursor; empty on the last page */
};
/**
 * Users by name.
 *
 * @param part    of the name, empty for all
 * @param cursor  "next" of the page before, empty for the first
 */
MUST_USE enum err admin_list_users(struct ctx *c, struct str part, struct str cursor, int64_t limit,
                                   struct admin_users *out);

/**
 * Switch a user on or off and note it. Off ends his sessions.
 *
 * Nobody can switch himself off, and who was switched off meanwhile can do nothing: so one
 * administrator always remains.
 *
 * @param actor  the administrator who wants it
 * @return ERR_OK; ERR_NOT_FOUND; ERR_CONFLICT it is himself; ERR_FORBIDDEN he is none any more
 */
MUST_USE enum err admin_set_active(struct ctx *c, const struct user *actor, struct str username,
                                   bool active);

/* How much there is. */
struct admin_counts {
    int64_t users, active_users, collections, containers, images, stored_bytes;
    int64_t damaged;          /* images whose bytes are refused */
    int64_t late_revocations; /* tokens that Globus did not take back for three days */
};
/* Open transfers in one state. */
struct admin_open {
    struct str state;
    int64_t count, bytes, oldest_at; /* oldest_at: Unix seconds */
};
struct admin_storage {
    int64_t id, used;
    struct str name;
};
enum { ADMIN_STORAGE_MAX = 50 };
/* What the doctor found when it looked last, a row for each of its checks. */
struct admin_finding {
    struct str check, result, text, remedy, host; /* result: ok, warning, problem or skipped */
    int64_t found_at;                             /* Unix seconds */
};
struct admin_overview {
    struct admin_counts counts;
    struct admin_open *open;
    size_t open_count;
    struct admin_storage *storage; /* fullest collections first, at most ADMIN_STORAGE_MAX */
    size_t storage_count;
    struct alive_list processes;
    struct admin_finding *findings; /* none: the doctor was never asked */
    size_t finding_count;
};
MUST_USE enum err admin_get_overview(struct ctx *c, struct admin_overview *out);

#endif
