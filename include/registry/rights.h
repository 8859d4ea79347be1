/**
 * Who may do what with a collection: one table, asked in one place.
 *
 *                 read public   read private   push   manage
 *   visitor       yes           no             no     no
 *   stranger      yes           no             no     no
 *   contributor   yes           yes            no     no
 *   owner         yes           yes            yes    yes
 *   admin         yes           yes            yes    yes
 *
 * Lists apply the same rule in SQL (sql/queries: "viewer may read"). What somebody may not read
 * does not exist for him: callers answer ERR_NOT_FOUND, except where a client's protocol needs 403.
 */
#ifndef REGISTRY_RIGHTS_H
#define REGISTRY_RIGHTS_H

#include "base/ctx.h"

enum role { ROLE_VISITOR, ROLE_STRANGER, ROLE_CONTRIBUTOR, ROLE_OWNER, ROLE_ADMIN, ROLE_COUNT };
enum action { ACTION_READ, ACTION_PUSH, ACTION_MANAGE };

/* Who asks. user_id 0 is a visitor. */
struct viewer {
    int64_t user_id;
    bool is_admin;
};

bool role_may(enum role role, enum action action, bool is_private);
/**
 * The role of a viewer whose membership, as stored, is "owner", "contributor" or absent. An admin
 * who owns it is shown as owner.
 */
enum role role_of(struct viewer v, struct str membership);
/** "owner", "contributor", "admin", "reader" for the portal. */
const char *role_name(enum role role);

#endif
