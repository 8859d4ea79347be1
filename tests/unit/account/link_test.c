/* needs: database */
#include "fake_globus.h"

static bool is_connected(struct ctx *c, const struct session *s)
{
    struct link link;
    bool found;

    assert_ok(c, link_find(c, s->user.id, &found, &link));
    return found;
}

static void link_end_revokes_every_token_of_every_server(void **state)
{
    static const char *const tokens[] = {"first-auth-refresh", "first-auth-access",
                                         "first-transfer-refresh", "first-transfer-access"};
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "ends", "00000000-0000-4000-8000-000000000031");

    assert_ok(c, link_end(c, s.user.id));
    assert_false(is_connected(c, &s));
    assert_int_equal(fake_globus_calls("revoke"), 4);
    for (size_t i = 0; i < COUNT_OF(tokens); i++) {
        const char *sql =
            str_printf(c->arena,
                       "select count(*) from fake_calls where name = 'revoke' and argument = '%s'",
                       tokens[i])
                .ptr;

        assert_int_equal(database_count(sql), 1);
    }
    assert_int_equal(database_count("select count(*) from globus_revocations"), 0);
    assert_int_equal(database_count("select count(*) from globus_tokens"), 0);
    assert_int_equal(
        database_count("select count(*) from audit where action = 'globus.disconnect'"), 1);
}

static void link_end_without_a_link_is_no_error(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s;

    fake_globus_reset();
    s = fake_sign_in(c, "never-connected");
    assert_ok(c, link_end(c, s.user.id));
    assert_int_equal(fake_globus_calls("revoke"), 0);
}

static void link_end_leaves_to_the_agent_what_globus_did_not_confirm(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "globus-down", "00000000-0000-4000-8000-000000000032");
    size_t left;

    fake_globus.revokes = false;
    assert_ok(c, link_end(c, s.user.id));
    assert_false(is_connected(c, &s));
    assert_int_equal(database_count("select count(*) from globus_revocations"), 4);
    assert_ok(c, link_revoke_pending(c, &left)); /* not due yet: the first call may still run */
    assert_int_equal(left, 4);
    assert_int_equal(fake_globus_calls("revoke"), 4);

    database_run("update globus_revocations set next_try_at = now()", NULL, 0);
    assert_ok(c, link_revoke_pending(c, &left));
    assert_int_equal(left, 4);
    assert_int_equal(fake_globus_calls("revoke"), 8);
    assert_int_equal(
        database_count("select count(*) from globus_revocations where attempts = 1 and "
                       "next_try_at between now() + interval '50 s' and now() + interval '60 s'"),
        4);

    fake_globus.revokes = true;
    database_run("update globus_revocations set next_try_at = now()", NULL, 0);
    assert_ok(c, link_revoke_pending(c, &left));
    assert_int_equal(left, 0);
    assert_int_equal(database_count("select count(*) from fake_calls where name = 'revoke' and "
                                    "argument = 'first-transfer-refresh'"),
                     3);
}

static void link_revoke_pending_works_through_more_than_one_batch(void **state)
{
    struct ctx *c = unit_ctx(state);
    size_t left;

    for (int i = 0; i < 3; i++) {
        struct session s = fake_connected(
            c, str_printf(c->arena, "batch-%d", i).ptr,
            str_printf(c->arena, "00000000-0000-4000-8000-0000000000%d", 40 + i).ptr);

        fake_globus.revokes = false;
        assert_ok(c, link_end(c, s.user.id));
    }
    fake_globus.revokes = true;
    database_run("update globus_revocations set next_try_at = now()", NULL, 0);
    assert_ok(c, link_revoke_pending(c, &left));
    assert_int_equal(left, 0);
}

static void link_end_disconnects_even_when_a_token_does_not_open(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "lost-key", "00000000-0000-4000-8000-000000000033");

    database_run("update globus_tokens set access_token = '\\x0102' where resource_server = "
                 "'auth.globus.org'",
                 NULL, 0);
    assert_ok(c, link_end(c, s.user.id));
    assert_false(is_connected(c, &s));
    assert_int_equal(fake_globus_calls("revoke"), 3);
}

static void link_revoke_pending_forgets_what_nobody_can_open(void **state)
{
    struct ctx *c = unit_ctx(state);
    size_t left;

    fake_globus_reset();
    database_run("insert into globus_revocations (user_id, token) values (1, '\\x0102')", NULL, 0);
    assert_ok(c, link_revoke_pending(c, &left));
    assert_int_equal(left, 0);
    assert_int_equal(fake_globus_calls("revoke"), 0);
}

/* An identity that was given up is free for another user. */
static void link_end_frees_the_identity(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "gives-up", "00000000-0000-4000-8000-000000000034");

    assert_ok(c, link_end(c, s.user.id));
    (void)fake_connected(c, "takes-over", "00000000-0000-4000-8000-000000000034");
}

UNIT_MAIN(UNIT_DB(link_end_revokes_every_token_of_every_server),
          UNIT_DB(link_end_without_a_link_is_no_error),
          UNIT_DB(link_end_leaves_to_the_agent_what_globus_did_not_confirm),
          UNIT_DB(link_revoke_pending_works_through_more_than_one_batch),
          UNIT_DB(link_end_disconnects_even_when_a_token_does_not_open),
          UNIT_DB(link_revoke_pending_forgets_what_nobody_can_open),
          UNIT_DB(link_end_frees_the_identity))
