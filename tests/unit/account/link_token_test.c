/* needs: database */
#include "fake_globus.h"

#include <sys/wait.h>
#include <unistd.h>

static const char expire_all[] = "update globus_tokens set expires_at = now()";

static void link_access_token_hands_out_what_is_fresh(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "fresh", "00000000-0000-4000-8000-000000000011");
    struct str token;

    assert_ok(c, link_access_token(c, s.user.id, STR_NONE, &token));
    assert_str(token, "first-transfer-access");
    assert_int_equal(fake_globus_calls("refresh"), 0);
}

static void link_access_token_refreshes_before_the_longest_call_could_outlast_it(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "early", "00000000-0000-4000-8000-000000000012");
    struct str token;

    database_run("update globus_tokens set expires_at = now() + interval '119 seconds'", NULL, 0);
    assert_ok(c, link_access_token(c, s.user.id, STR_NONE, &token));
    assert_str(token, "first-refreshed-access");
    assert_int_equal(database_count("select count(*) from fake_calls where name = 'refresh' and "
                                    "argument = 'first-transfer-refresh'"),
                     1);
    assert_ok(c, link_access_token(c, s.user.id, STR_NONE, &token));
    assert_int_equal(fake_globus_calls("refresh"), 1);
}

static void link_access_token_does_not_return_what_globus_refused(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "stale", "00000000-0000-4000-8000-000000000013");
    struct str token;

    assert_ok(c, link_access_token(c, s.user.id, STR("first-transfer-access"), &token));
    assert_str(token, "first-refreshed-access");
    /*
     * Another worker that comes late with the same refused token gets the new one without a second
     * refresh.
     */
    assert_ok(c, link_access_token(c, s.user.id, STR("first-transfer-access"), &token));
    assert_str(token, "first-refreshed-access");
    assert_int_equal(fake_globus_calls("refresh"), 1);
}

static void link_access_token_stores_a_rotated_refresh_token(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "rotates", "00000000-0000-4000-8000-000000000014");
    struct str token;

    fake_globus.rotates = true;
    database_run(expire_all, NULL, 0);
    assert_ok(c, link_access_token(c, s.user.id, STR_NONE, &token));
    database_run(expire_all, NULL, 0);
    assert_ok(c, link_access_token(c, s.user.id, STR_NONE, &token));
    assert_int_equal(database_count("select count(*) from fake_calls where name = 'refresh' and "
                                    "argument = 'first-refreshed-refresh'"),
                     1);
}

static void link_access_token_marks_the_link_dead_on_invalid_grant_only(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "dies", "00000000-0000-4000-8000-000000000015");
    struct link link;
    struct str token;
    bool found;

    database_run(expire_all, NULL, 0);
    fake_globus.refresh = ERR_GLOBUS_UNAVAILABLE;
    assert_err(c, link_access_token(c, s.user.id, STR_NONE, &token), ERR_GLOBUS_UNAVAILABLE);
    fake_globus.refresh = ERR_GLOBUS;
    assert_err(c, link_access_token(c, s.user.id, STR_NONE, &token), ERR_GLOBUS);
    assert_ok(c, link_find(c, s.user.id, &found, &link));
    assert_false(link.is_dead);

    fake_globus.refresh = ERR_GLOBUS_RECONNECT;
    assert_err(c, link_access_token(c, s.user.id, STR_NONE, &token), ERR_GLOBUS_RECONNECT);
    assert_ok(c, link_find(c, s.user.id, &found, &link));
    assert_true(found && link.is_dead);
    assert_err(c, link_access_token(c, s.user.id, STR_NONE, &token), ERR_GLOBUS_RECONNECT);
    assert_int_equal(fake_globus_calls("refresh"), 3); /* a dead link is not tried again */

    fake_globus.refresh = ERR_OK;
    fake_connect(c, &s);
    assert_ok(c, link_access_token(c, s.user.id, STR_NONE, &token));
}

static void link_access_token_says_when_there_is_no_link(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s;
    struct str token;

    fake_globus_reset();
    s = fake_sign_in(c, "unconnected");
    assert_err(c, link_access_token(c, s.user.id, STR_NONE, &token), ERR_GLOBUS_NOT_CONNECTED);
}

static void link_access_token_without_refresh_token_asks_to_reconnect(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s;
    struct str token;

    fake_globus_reset();
    fake_globus.identity = "00000000-0000-4000-8000-000000000016";
    fake_globus.has_refresh_token = false;
    s = fake_sign_in(c, "online-only");
    fake_connect(c, &s);
    assert_ok(c, link_access_token(c, s.user.id, STR_NONE, &token));
    database_run(expire_all, NULL, 0);
    assert_err(c, link_access_token(c, s.user.id, STR_NONE, &token), ERR_GLOBUS_RECONNECT);
}

/* ---- several workers ------------------------------------------------------------------------- */

enum { WORKERS = 8 };

/*
 * A worker of its own: a connection of its own and the real clock. Ends with the outcome, or 100
 * for a wrong token.
 */
static NORETURN void work(int64_t user_id)
{
    struct arena *arena = arena_create();
    struct ctx c = database_ctx(arena, &clock_real);
    struct str token = STR_NONE;
    enum err e = link_access_token(&c, user_id, STR_NONE, &token);

    _exit(e == ERR_OK && !str_eq(token, STR("first-refreshed-access")) ? 100 : (int)e);
}

/* How many of the workers ended with this outcome. */
static int run_workers(int64_t user_id, enum err expected)
{
    pid_t pids[WORKERS];
    int count = 0, status;

    for (int i = 0; i < WORKERS; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            work(user_id);
    }
    for (int i = 0; i < WORKERS; i++)
        count += waitpid(pids[i], &status, 0) == pids[i] && WIFEXITED(status) &&
                 WEXITSTATUS(status) == (int)expected;
    return count;
}

static void link_access_token_refreshes_once_however_many_workers_want_it(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "crowd", "00000000-0000-4000-8000-000000000017");

    database_run(expire_all, NULL, 0);
    fake_globus.refresh_takes_ms = 300; /* long enough for all to come while it runs */
    assert_int_equal(run_workers(s.user.id, ERR_OK), WORKERS);
    assert_int_equal(fake_globus_calls("refresh"), 1);
    assert_int_equal(
        database_count("select count(*) from globus_tokens where refresh_until is not null"), 0);
}

static void link_access_token_tells_all_waiting_when_the_refresh_failed(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "crowd-fails", "00000000-0000-4000-8000-000000000018");

    database_run(expire_all, NULL, 0);
    fake_globus.refresh_takes_ms = 1000;
    fake_globus.refresh = ERR_GLOBUS_UNAVAILABLE;
    assert_int_equal(run_workers(s.user.id, ERR_GLOBUS_UNAVAILABLE), WORKERS);
    assert_int_equal(fake_globus_calls("refresh"), 1);
    assert_int_equal(
        database_count("select count(*) from globus_tokens where refresh_until is not null"), 0);
}

static void link_access_token_takes_over_from_a_worker_that_died(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "orphaned", "00000000-0000-4000-8000-000000000019");
    struct str token;

    database_run(
        "update globus_tokens set expires_at = now(), refresh_until = now() - interval '1 second'",
        NULL, 0);
    assert_ok(c, link_access_token(c, s.user.id, STR_NONE, &token));
    assert_str(token, "first-refreshed-access");
}

static void link_access_token_waits_no_longer_than_a_page_can(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "held-up", "00000000-0000-4000-8000-000000000020");
    struct str token;

    database_run(
        "update globus_tokens set expires_at = now(), refresh_until = now() + interval '1 hour'",
        NULL, 0);
    /* the test's clock does not wait */
    assert_err(c, link_access_token(c, s.user.id, STR_NONE, &token), ERR_GLOBUS_UNAVAILABLE);
    assert_int_equal(c->failure.retry_after_s, 5);
    assert_int_equal(fake_globus_calls("refresh"), 0);
}

/* The user disconnects in another process while a refresh runs. */
static void disconnect_meanwhile(struct ctx *c UNUSED)
{
    database_run("delete from globus_links where username = 'alice@globusid.org' "
                 "and user_id = (select id from users where username = 'leaves')",
                 NULL, 0);
}

static void link_access_token_revokes_what_comes_after_the_link_ended(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "leaves", "00000000-0000-4000-8000-000000000021");
    struct str token;

    database_run(expire_all, NULL, 0);
    fake_globus.during_refresh = disconnect_meanwhile;
    assert_err(c, link_access_token(c, s.user.id, STR_NONE, &token), ERR_GLOBUS_NOT_CONNECTED);
    assert_int_equal(database_count("select count(*) from fake_calls where name = 'revoke' and "
                                    "argument = 'first-refreshed-access'"),
                     1);
}

/*
 * The user reconnects in another process while a refresh with the old token runs, and that is
 * refused.
 */
static void reconnect_meanwhile(struct ctx *c)
{
    struct arena *arena = arena_create();
    struct ctx other = database_ctx(arena, c->clock);
    struct session s;

    fake_globus.during_refresh = NULL;
    fake_globus.prefix = "second";
    s = fake_sign_in(&other, "returns");
    fake_connect(&other, &s);
    arena_reset(arena);
    db_close(other.db);
    arena_destroy(arena);
}

static void link_access_token_does_not_kill_a_link_that_was_renewed_meanwhile(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "returns", "00000000-0000-4000-8000-000000000022");
    struct str token;

    database_run(expire_all, NULL, 0);
    fake_globus.during_refresh = reconnect_meanwhile;
    fake_globus.refresh = ERR_GLOBUS_RECONNECT;
    assert_err(c, link_access_token(c, s.user.id, STR_NONE, &token), ERR_GLOBUS_RECONNECT);
    assert_ok(c, link_access_token(c, s.user.id, STR_NONE, &token));
    assert_str(token, "second-transfer-access");
}

/* ---- seals ----------------------------------------------------------------------------------- */

static void link_tokens_open_only_where_they_were_stored(void **state)
{
    // clang-format off
    static const char *const moves[] = {
        "update globus_tokens t set access_token = o.access_token from globus_tokens o "
        "where t.resource_server = 'transfer.api.globus.org' and o.resource_server = 'auth.globus.org' and o.user_id = t.user_id",
        "update globus_tokens set access_token = refresh_token where refresh_token is not null",
        "update globus_tokens t set access_token = o.access_token from globus_tokens o "
        "where t.resource_server = 'transfer.api.globus.org' and o.resource_server = t.resource_server and o.user_id <> t.user_id",
        "update globus_tokens set access_token = set_byte(access_token, 30, (get_byte(access_token, 30) + 1) % 256)",
    };
    // clang-format on
    struct ctx *c = unit_ctx(state);
    struct session s;
    struct str token;

    (void)fake_connected(c, "seal-one", "00000000-0000-4000-8000-000000000023");
    s = fake_connected(c, "seal-two", "00000000-0000-4000-8000-000000000024");
    for (size_t i = 0; i < COUNT_OF(moves); i++) {
        fake_connect(c, &s);
        assert_ok(c, link_access_token(c, s.user.id, STR_NONE, &token));
        database_run(moves[i], NULL, 0);
        assert_err(c, link_access_token(c, s.user.id, STR_NONE, &token), ERR_INTERNAL);
    }
    assert_int_equal(database_count("select count(*) from globus_tokens where position('access' in "
                                    "encode(access_token, 'escape')) > 0"),
                     0);
}

/* ---- calls with a token ---------------------------------------------------------------------- */

struct script {
    enum err answers[2];
    int calls;
};

static enum err call(struct ctx *c, struct globus_session *s, void *arg)
{
    struct script *script = arg;
    enum err e = script->answers[script->calls++];

    assert_true(s->access_token.len > 0);
    if (e == ERR_GLOBUS_STEP_UP)
        s->demands.prompt = STR("login");
    return e == ERR_OK ? ERR_OK : FAIL(c, e, "as told");
}

static void link_with_token_repeats_once_after_a_401(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "repeats", "00000000-0000-4000-8000-000000000025");
    struct script script = {
        {ERR_NOT_SIGNED_IN, ERR_OK},
        0
    };
    struct globus_demands demands = {.mfa = false};

    assert_ok(c, link_with_token(c, s.user.id, call, &script, &demands));
    assert_int_equal(script.calls, 2);
    assert_int_equal(fake_globus_calls("refresh"), 1);
}

static void link_with_token_never_tells_a_browser_to_sign_in(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "twice-401", "00000000-0000-4000-8000-000000000026");
    struct script script = {
        {ERR_NOT_SIGNED_IN, ERR_NOT_SIGNED_IN},
        0
    };
    struct globus_demands demands = {.mfa = false};

    assert_err(c, link_with_token(c, s.user.id, call, &script, &demands), ERR_GLOBUS_RECONNECT);
    assert_int_equal(script.calls, 2);
}

static void link_with_token_hands_demands_out(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "step-up", "00000000-0000-4000-8000-000000000027");
    struct script script = {
        {ERR_GLOBUS_STEP_UP, ERR_OK},
        0
    };
    struct globus_demands demands = {.mfa = false};

    assert_err(c, link_with_token(c, s.user.id, call, &script, &demands), ERR_GLOBUS_STEP_UP);
    assert_str(demands.prompt, "login");
    assert_int_equal(script.calls, 1);
}

UNIT_MAIN(UNIT_DB(link_access_token_hands_out_what_is_fresh),
          UNIT_DB(link_access_token_refreshes_before_the_longest_call_could_outlast_it),
          UNIT_DB(link_access_token_does_not_return_what_globus_refused),
          UNIT_DB(link_access_token_stores_a_rotated_refresh_token),
          UNIT_DB(link_access_token_marks_the_link_dead_on_invalid_grant_only),
          UNIT_DB(link_access_token_says_when_there_is_no_link),
          UNIT_DB(link_access_token_without_refresh_token_asks_to_reconnect),
          UNIT_DB(link_access_token_refreshes_once_however_many_workers_want_it),
          UNIT_DB(link_access_token_tells_all_waiting_when_the_refresh_failed),
          UNIT_DB(link_access_token_takes_over_from_a_worker_that_died),
          UNIT_DB(link_access_token_waits_no_longer_than_a_page_can),
          UNIT_DB(link_access_token_revokes_what_comes_after_the_link_ended),
          UNIT_DB(link_access_token_does_not_kill_a_link_that_was_renewed_meanwhile),
          UNIT_DB(link_tokens_open_only_where_they_were_stored),
          UNIT_DB(link_with_token_repeats_once_after_a_401),
          UNIT_DB(link_with_token_never_tells_a_browser_to_sign_in),
          UNIT_DB(link_with_token_hands_demands_out))
