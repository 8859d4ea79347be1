#include "registry/rights.h"

// clang-format off
const struct rights rights_table[ACTION_COUNT] = {
#define RIGHTS_ROW(action, word, visitor, stranger, contributor, owner, admin, what) \
    [ACTION_##action] = {word, what, {RIGHT_##visitor, RIGHT_##stranger, RIGHT_##contributor, RIGHT_##owner, RIGHT_##admin}},
    RIGHTS_TABLE(RIGHTS_ROW)
#undef RIGHTS_ROW
};
// clang-format on

bool role_may(enum role role, enum action action, bool is_private)
{
    enum reach right = rights_table[action].of[role];

    return right == RIGHT_ALL || (right == RIGHT_PUBLIC && !is_private);
}

enum err role_require(struct ctx *c, enum role role, enum action action, bool is_private,
                      const char *missing)
{
    if (!role_may(role, ACTION_READ, is_private))
        return FAIL(c, ERR_NOT_FOUND, "%s", missing);
    if (!role_may(role, action, is_private))
        return FAIL(c, ERR_FORBIDDEN, "Only an owner of the collection may %s.",
                    rights_table[action].what);
    return ERR_OK;
}

enum role role_of(struct viewer v, struct str membership)
{
    if (v.user_id == 0)
        return ROLE_VISITOR;
    if (str_eq(membership, STR("owner")))
        return ROLE_OWNER;
    if (v.is_admin)
        return ROLE_ADMIN;
    return str_eq(membership, STR("contributor")) ? ROLE_CONTRIBUTOR : ROLE_STRANGER;
}

const char *role_name(enum role role)
{
    static const char *const names[ROLE_COUNT] = {
        [ROLE_VISITOR] = "reader", [ROLE_STRANGER] = "reader", [ROLE_CONTRIBUTOR] = "contributor",
        [ROLE_OWNER] = "owner",    [ROLE_ADMIN] = "admin",
    };

    return names[role];
}
