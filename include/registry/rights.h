/**
 * Who may do what with a collection and the images in it: one table, asked in one place.
 *
 * Lists apply its first row in SQL (sql/queries: "viewer may read"). What somebody may not read
 * does not exist for him: callers answer ERR_NOT_FOUND, except where a client's protocol needs 403.
 * docs/rights.md shows the table, from `transload rights`. Whether somebody may create a collection
 * is a setting (USER_COLLECTIONS), not a right on one.
 */
#ifndef REGISTRY_RIGHTS_H
#define REGISTRY_RIGHTS_H

#include "base/ctx.h"

enum role { ROLE_VISITOR, ROLE_STRANGER, ROLE_CONTRIBUTOR, ROLE_OWNER, ROLE_ADMIN, ROLE_COUNT };

/* How far a right goes: not at all, to public collections, to all. */
enum reach { RIGHT_NONE, RIGHT_PUBLIC, RIGHT_ALL };

// clang-format off
/* action, word, visitor, stranger, contributor, owner, admin, what it is, as in "may …" */
#define RIGHTS_TABLE(X)                                                                                        \
    X(READ,    "read",    PUBLIC, PUBLIC, ALL,  ALL, ALL, "see it in lists and pages, pull, download, transfer") \
    X(PUSH,    "push",    NONE,   NONE,   NONE, ALL, ALL, "push images, also over a tag that is there")          \
    X(TAG,     "tag",     NONE,   NONE,   NONE, ALL, ALL, "add, move and remove tags")                           \
    X(FREEZE,  "freeze",  NONE,   NONE,   NONE, ALL, ALL, "freeze a tag and let it go again")                    \
    X(DELETE,  "delete",  NONE,   NONE,   NONE, ALL, ALL, "delete images and earlier contents of a tag")         \
    X(SHARE,   "share",   NONE,   NONE,   NONE, ALL, ALL, "make, list and revoke share links")                   \
    X(EDIT,    "edit",    NONE,   NONE,   NONE, ALL, ALL, "rename it, describe it, make it public or private")   \
    X(ACTIVITY, "activity", NONE,  NONE,   NONE, ALL, ALL, "see how full it is and what was done in it")         \
    X(MEMBERS, "members", NONE,   NONE,   NONE, ALL, ALL, "add and remove owners and contributors")              \
    X(DROP,    "drop",    NONE,   NONE,   NONE, ALL, ALL, "delete it with everything in it")
// clang-format on

enum action {
#define RIGHTS_NAME(action, ...) ACTION_##action,
    RIGHTS_TABLE(RIGHTS_NAME)
#undef RIGHTS_NAME
        ACTION_COUNT
};

/* One row of the table as data. */
struct rights {
    const char *word, *what;
    enum reach of[ROLE_COUNT];
};
extern const struct rights rights_table[ACTION_COUNT];

/* Who asks. user_id 0 is a visitor. */
struct viewer {
    int64_t user_id;
    bool is_admin;
};

bool role_may(enum role role, enum action action, bool is_private);
/**
 * The same as an outcome: ERR_NOT_FOUND with the sentence in missing for who may not even read it,
 * ERR_FORBIDDEN saying what he may not do otherwise.
 */
MUST_USE enum err role_require(struct ctx *c, enum role role, enum action action, bool is_private,
                               const char *missing);
/**
 * The role of a viewer whose membership, as stored, is "owner", "contributor" or absent. An admin
 * who owns it is shown as owner.
 */
enum role role_of(struct viewer v, struct str membership);
/** "owner", "contributor", "admin", "reader" for the portal. */
const char *role_name(enum role role);

#endif
