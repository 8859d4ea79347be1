#include "registry/rights.h"

static const struct rights {
    const char *name;
    bool read_private, push, manage;
} table[ROLE_COUNT] = {
    [ROLE_VISITOR] = {"reader",      false, false, false},
    [ROLE_STRANGER] = {"reader",      false, false, false},
    [ROLE_CONTRIBUTOR] = {"contributor", true,  false, false},
    [ROLE_OWNER] = {"owner",       true,  true,  true },
    [ROLE_ADMIN] = {"admin",       true,  true,  true },
};

bool role_may(enum role role, enum action action, bool is_private)
{
    switch (action) {
    case ACTION_READ:
        return !is_private || table[role].read_private;
    case ACTION_PUSH:
        return table[role].push;
    case ACTION_MANAGE:
        return table[role].manage;
    }
    return false;
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
    return table[role].name;
}
