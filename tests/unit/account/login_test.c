/* needs: database */
#include "support/database.h"

#include "account/user.h"

#define PASSWORD STR("correct horse")

static struct user make(struct ctx *c, const char *name)
{
    struct user u;

    assert_ok(c, user_create(c, str_of(name), PASSWORD, false, &u));
    return u;
}

static enum err try_login(struct ctx *c, const char *name, struct str password, const char *address)
{
    struct user u = {.id = -1};
    enum err e = user_authenticate(c, str_of(name), password, str_of(address), &u);

    assert_true((e == ERR_OK) == (u.id > 0));
    return e;
}

static void set_limits(struct ctx *c, int64_t failures, int64_t window_s)
{
    struct settings *s = arena_alloc(c->arena, sizeof *s);

    *s = *c->settings;
    s->login_failures = failures;
    s->login_window_s = window_s;
    c->settings = s;
}

/* Time passes for the counts of wrong passwords. */
static void let_pass(struct ctx *c, int seconds)
{
    database_run(
        str_printf(c->arena,
                   "update login_failures set window_start = window_start - interval '%d s', "
                   "retry_after = retry_after - interval '%d s'",
                   seconds, seconds)
            .ptr,
        NULL, 0);
}

static void login_lets_the_right_password_in(void **state)
{
    struct ctx *c = unit_ctx(state);

    make(c, "right");
    assert_ok(c, try_login(c, "right", PASSWORD, "192.0.2.1"));
}

static void login_says_the_same_of_unknown_wrong_disabled_and_without_password(void **state)
{
    static const char *const names[] = {"no-such-user", "wrong",      "disabled",
                                        "no-password",  "NOT A NAME", ""};
    struct ctx *c = unit_ctx(state);
    struct user u;

    make(c, "wrong");
    u = make(c, "disabled");
    assert_ok(c, user_set_active(c, u.id, false));
    assert_ok(c, user_create(c, STR("no-password"), STR_NONE, false, &u));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_err(c, try_login(c, names[i], i == 1 ? STR("correct horsf") : PASSWORD, "192.0.2.2"),
                   ERR_WRONG_CREDENTIALS);
        assert_str(c->failure.detail, "The user name or the password is wrong.");
    }
}

static void login_makes_an_account_wait_longer_each_time(void **state)
{
    struct ctx *c = unit_ctx(state);

    set_limits(c, 3, 900);
    make(c, "patient");
    for (int i = 0; i < 3; i++)
        assert_err(c, try_login(c, "patient", STR("guess"), "192.0.2.3"), ERR_WRONG_CREDENTIALS);
    /* the right one, from elsewhere */
    assert_err(c, try_login(c, "patient", PASSWORD, "192.0.2.4"), ERR_THROTTLED);
    assert_in_range(c->failure.retry_after_s, 25, 30);
    let_pass(c, 31);
    assert_err(c, try_login(c, "patient", STR("guess"), "192.0.2.3"), ERR_WRONG_CREDENTIALS);
    assert_err(c, try_login(c, "patient", STR("guess"), "192.0.2.3"), ERR_THROTTLED);
    assert_in_range(c->failure.retry_after_s, 55, 60);
    let_pass(c, 61);
    assert_ok(c, try_login(c, "patient", PASSWORD, "192.0.2.3"));
    assert_int_equal(
        database_count("select count(*) from login_failures where subject = 'user:patient'"), 0);
}

static void login_counts_within_a_window(void **state)
{
    struct ctx *c = unit_ctx(state);

    set_limits(c, 2, 60);
    make(c, "slow");
    for (int i = 0; i < 4; i++) {
        assert_err(c, try_login(c, "slow", STR("guess"), "192.0.2.5"), ERR_WRONG_CREDENTIALS);
        let_pass(c, 61);
    }
}

static void login_makes_an_address_wait_whoever_it_tries(void **state)
{
    struct ctx *c = unit_ctx(state);

    set_limits(c, 1, 900); /* an address may fail ten times */
    make(c, "bystander");
    assert_err(c, try_login(c, "guess-1", STR("guess"), "2001:db8::1"), ERR_WRONG_CREDENTIALS);
    database_run("update login_failures set failures = 9 where subject = 'addr:2001:db8::'", NULL,
                 0);
    assert_err(c, try_login(c, "guess-10", STR("guess"), "2001:db8::1"), ERR_WRONG_CREDENTIALS);
    /* the same network */
    assert_err(c, try_login(c, "bystander", PASSWORD, "2001:db8::2"), ERR_THROTTLED);
    assert_ok(c, try_login(c, "bystander", PASSWORD, "2001:db8:0:1::1"));
}

static void login_does_not_count_right_passwords(void **state)
{
    struct ctx *c = unit_ctx(state);

    set_limits(c, 1, 900);
    make(c, "regular");
    for (int i = 0; i < 3; i++)
        assert_ok(c, try_login(c, "regular", PASSWORD, "192.0.2.6"));
    assert_int_equal(
        database_count("select failures from login_failures where subject = 'addr:192.0.2.6'"), 0);
}

static void user_check_password_counts_the_same_way(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct user u = make(c, "changer");

    set_limits(c, 1, 900);
    assert_ok(c, user_check_password(c, &u, PASSWORD, STR("192.0.2.7")));
    assert_err(c, user_check_password(c, &u, STR("guess"), STR("192.0.2.7")),
               ERR_WRONG_CREDENTIALS);
    assert_err(c, user_check_password(c, &u, PASSWORD, STR("192.0.2.7")), ERR_THROTTLED);
}

UNIT_MAIN(UNIT_DB(login_lets_the_right_password_in),
          UNIT_DB(login_says_the_same_of_unknown_wrong_disabled_and_without_password),
          UNIT_DB(login_makes_an_account_wait_longer_each_time),
          UNIT_DB(login_counts_within_a_window),
          UNIT_DB(login_makes_an_address_wait_whoever_it_tries),
          UNIT_DB(login_does_not_count_right_passwords),
          UNIT_DB(user_check_password_counts_the_same_way))
