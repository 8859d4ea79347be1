/* needs: database */
#include "support/database.h"

#include "account/session.h"

#include <string.h>

static struct user make(struct ctx *c, const char *name)
{
    struct user u;

    assert_ok(c, user_create(c, str_of(name), STR_NONE, false, &u));
    return u;
}

static bool is_live(struct ctx *c, struct str token)
{
    struct session s;
    bool found;

    assert_ok(c, session_find(c, token, &found, &s));
    return found;
}

static void session_cookie_is_bound_to_the_host_on_https(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct settings s = *c->settings;

    assert_str(session_cookie(c, STR("abc")),
               "transload_session=abc; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax");
    s.domain_name = "https://registry.example.org";
    c->settings = &s;
    assert_string_equal(session_cookie_name(&s), "__Host-transload_session");
    assert_str(
        session_cookie(c, STR("abc")),
        "__Host-transload_session=abc; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure");
    assert_str(session_cookie(c, STR_NONE),
               "__Host-transload_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
}

static void session_find_finds_what_was_created(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct user u = make(c, "visitor");
    struct session made, found_one;
    struct str token;
    bool found;

    assert_ok(c, session_create(c, &u, (struct session_origin){.address = STR("192.0.2.1")}, &token,
                                &made));
    assert_int_equal(token.len, 64);
    assert_ok(c, session_find(c, token, &found, &found_one));
    assert_true(found);
    assert_str(found_one.user.username, "visitor");
    assert_true(str_eq(found_one.id_hash, made.id_hash));
    assert_true(str_eq(found_one.csrf_token, made.csrf_token));
    /* Nothing in the database is the cookie, or the CSRF token. */
    assert_int_equal(
        database_count(str_printf(c->arena,
                                  "select count(*) from sessions s where s::text like '%%" STR_FMT
                                  "%%' or s::text like '%%" STR_FMT "%%'",
                                  STR_ARG(token), STR_ARG(made.csrf_token))
                           .ptr),
        0);
}

static void session_csrf_token_differs_per_session_and_from_the_cookie(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct user u = make(c, "csrf");
    struct session a, b;
    struct str token_a, token_b;

    assert_ok(c, session_create(c, &u, (struct session_origin){.agent = STR("")}, &token_a, &a));
    assert_ok(c, session_create(c, &u, (struct session_origin){.agent = STR("")}, &token_b, &b));
    assert_int_equal(a.csrf_token.len, 64);
    assert_false(str_eq(a.csrf_token, b.csrf_token));
    assert_false(str_eq(a.csrf_token, token_a));
    assert_false(str_eq(token_a, token_b));
}

static void session_find_refuses_foreign_values(void **state)
{
    static const char *const values[] = {
        "",
        "abc",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000000000000000000000000000000000000000000G",
        "' or true --",
    };
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(values); i++)
        assert_false(is_live(c, str_of(values[i])));
}

static void session_ends_by_logout_idleness_age_and_with_its_user(void **state)
{
    static const char *const endings[] = {
        "update sessions set last_seen_at = now() - interval '12 hours 1 second'",
        "update sessions set expires_at = now()",
        "update users set is_active = false where username = 'ending'",
    };
    struct ctx *c = unit_ctx(state);
    struct user u = make(c, "ending");
    struct session s;
    struct str token;

    assert_ok(c, session_create(c, &u, (struct session_origin){.agent = STR("")}, &token, &s));
    assert_true(is_live(c, token));
    assert_ok(c, session_end(c, s.id_hash));
    assert_false(is_live(c, token));
    assert_ok(c, session_end(c, s.id_hash));
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        assert_ok(c, session_create(c, &u, (struct session_origin){.agent = STR("")}, &token, &s));
        assert_true(is_live(c, token));
        database_run(endings[i], NULL, 0);
        assert_false(is_live(c, token));
    }
}

static void session_idle_limit_moves_at_most_once_a_minute(void **state)
{
    static const char last_seen[] =
        "select extract(epoch from now() - max(last_seen_at))::bigint from sessions s "
        "join users u on u.id = s.user_id where username = 'idle'";
    struct ctx *c = unit_ctx(state);
    struct user u = make(c, "idle");
    struct session s;
    struct str token;

    assert_ok(c, session_create(c, &u, (struct session_origin){.agent = STR("")}, &token, &s));
    database_run("update sessions set last_seen_at = now() - interval '50 seconds'", NULL, 0);
    assert_true(is_live(c, token));
    assert_in_range(database_count(last_seen), 50, 59);
    database_run("update sessions set last_seen_at = now() - interval '70 seconds'", NULL, 0);
    assert_true(is_live(c, token));
    assert_in_range(database_count(last_seen), 0, 9);
}

UNIT_MAIN(UNIT_DB(session_cookie_is_bound_to_the_host_on_https),
          UNIT_DB(session_find_finds_what_was_created),
          UNIT_DB(session_csrf_token_differs_per_session_and_from_the_cookie),
          UNIT_DB(session_find_refuses_foreign_values),
          UNIT_DB(session_ends_by_logout_idleness_age_and_with_its_user),
          UNIT_DB(session_idle_limit_moves_at_most_once_a_minute))
