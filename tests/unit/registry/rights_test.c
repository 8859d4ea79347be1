#include "support/unit.h"

#include "registry/rights.h"

/* The table of the header, once more, as what each role may do. */
static const struct right {
    enum role role;
    bool read_public, read_private, push, manage;
    const char *name;
} rights[ROLE_COUNT] = {
    {ROLE_VISITOR,     true, false, false, false, "reader"     },
    {ROLE_STRANGER,    true, false, false, false, "reader"     },
    {ROLE_CONTRIBUTOR, true, true,  false, false, "contributor"},
    {ROLE_OWNER,       true, true,  true,  true,  "owner"      },
    {ROLE_ADMIN,       true, true,  true,  true,  "admin"      },
};

static void role_may_follows_its_table(void **state UNUSED)
{
    for (size_t i = 0; i < COUNT_OF(rights); i++) {
        const struct right *r = &rights[i];

        assert_int_equal(role_may(r->role, ACTION_READ, false), r->read_public);
        assert_int_equal(role_may(r->role, ACTION_READ, true), r->read_private);
        for (int is_private = 0; is_private < 2; is_private++) {
            assert_int_equal(role_may(r->role, ACTION_PUSH, is_private), r->push);
            assert_int_equal(role_may(r->role, ACTION_MANAGE, is_private), r->manage);
        }
        assert_string_equal(role_name(r->role), r->name);
    }
}

static const struct membership {
    struct viewer viewer;
    const char *stored;
    enum role role;
} memberships[] = {
    {{0, false}, NULL,          ROLE_VISITOR    },
    {{0, true},  "owner",       ROLE_VISITOR    }, /* nobody is nobody, whatever else is said */
    {{7, false}, NULL,          ROLE_STRANGER   },
    {{7, false}, "contributor", ROLE_CONTRIBUTOR},
    {{7, false}, "owner",       ROLE_OWNER      },
    {{7, true},  NULL,          ROLE_ADMIN      },
    {{7, true},  "contributor", ROLE_ADMIN      },
    {{7, true},  "owner",       ROLE_OWNER      },
    {{7, false}, "emperor",     ROLE_STRANGER   },
};

static void role_of_knows_members_and_admins(void **state UNUSED)
{
    for (size_t i = 0; i < COUNT_OF(memberships); i++)
        assert_int_equal(role_of(memberships[i].viewer, str_of(memberships[i].stored)),
                         memberships[i].role);
}

UNIT_MAIN(UNIT(role_may_follows_its_table), UNIT(role_of_knows_members_and_admins))
