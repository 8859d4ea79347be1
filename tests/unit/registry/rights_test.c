#include "support/unit.h"

#include "registry/rights.h"

/* The table of the header, once more, as what each role may do. */
static const struct right {
    enum role role;
    bool read_public, read_private, change;
    const char *name;
} rights[ROLE_COUNT] = {
    {ROLE_VISITOR,     true, false, false, "reader"     },
    {ROLE_STRANGER,    true, false, false, "reader"     },
    {ROLE_CONTRIBUTOR, true, true,  false, "contributor"},
    {ROLE_OWNER,       true, true,  true,  "owner"      },
    {ROLE_ADMIN,       true, true,  true,  "admin"      },
};

static void role_may_follows_its_table(void **state UNUSED)
{
    for (size_t i = 0; i < COUNT_OF(rights); i++) {
        const struct right *r = &rights[i];

        assert_int_equal(role_may(r->role, ACTION_READ, false), r->read_public);
        assert_int_equal(role_may(r->role, ACTION_READ, true), r->read_private);
        for (int is_private = 0; is_private < 2; is_private++) {
            for (enum action action = ACTION_PUSH; action < ACTION_COUNT; action++)
                assert_int_equal(role_may(r->role, action, is_private), r->change);
        }
        assert_string_equal(role_name(r->role), r->name);
    }
}

/* What he may not read, he is not told of; what he may read, he is told why he may not change. */
static void role_require_tells_no_stranger_of_what_is_private(void **state)
{
    struct ctx *c = unit_ctx(state);

    assert_err(c, role_require(c, ROLE_STRANGER, ACTION_FREEZE, true, "none"), ERR_NOT_FOUND);
    assert_str(c->failure.detail, "none");
    assert_err(c, role_require(c, ROLE_STRANGER, ACTION_FREEZE, false, "none"), ERR_FORBIDDEN);
    assert_err(c, role_require(c, ROLE_CONTRIBUTOR, ACTION_DROP, true, "none"), ERR_FORBIDDEN);
    assert_str(c->failure.detail,
               "Only an owner of the collection may delete it with everything in it.");
    assert_ok(c, role_require(c, ROLE_CONTRIBUTOR, ACTION_READ, true, "none"));
    assert_ok(c, role_require(c, ROLE_OWNER, ACTION_DROP, true, "none"));
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

UNIT_MAIN(UNIT(role_may_follows_its_table), UNIT(role_require_tells_no_stranger_of_what_is_private),
          UNIT(role_of_knows_members_and_admins))
