/* needs: database */
#include "fake_globus.h"

#include "account/signin.h"

/* The settings of a test, with people signing in by Globus. */
static struct settings *let_in(struct ctx *c, const char *who)
{
    struct settings *s = arena_alloc(c->arena, sizeof *s);

    *s = *c->settings;
    s->login_methods = LOGIN_BOTH;
    s->globus_signup = who;
    c->settings = s;
    return s;
}

struct begun {
    struct str browser, state;
};

static struct begun begin(struct ctx *c)
{
    struct begun b;
    struct str url;

    assert_ok(c, signin_begin(c, FAKE_PATH, STR("/collections/1"), &b.browser, &url));
    b.state = fake_url_param(url, "state");
    assert_str(fake_url_param(url, "code_challenge_method"), "S256");
    assert_int_equal(fake_url_param(url, "nonce").len, 64);
    return b;
}

static enum err complete(struct ctx *c, const struct begun *b, struct signin_result *out)
{
    return signin_complete(c, b->browser, FAKE_PATH, b->state, STR("the-code"), out);
}

static void signin_makes_an_account_once_and_finds_it_again(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct signin_result first, again;
    struct begun b;

    fake_globus_reset();
    fake_globus.identity = "00000000-0000-4000-8000-000000000101";
    let_in(c, "globusid.org");
    b = begin(c);
    assert_ok(c, complete(c, &b, &first));
    assert_str(first.next_path, "/collections/1");
    assert_true(str_has_prefix(first.user.username, STR("alice")));
    assert_int_equal(
        database_count("select count(*) from globus_tokens t join globus_links l using (user_id) "
                       "where l.identity_id = '00000000-0000-4000-8000-000000000101'"),
        2);
    b = begin(c);
    assert_ok(c, complete(c, &b, &again));
    assert_int_equal(again.user.id, first.user.id);
}

static void signin_leaves_a_connection_that_works_as_it_is(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "works", "00000000-0000-4000-8000-000000000102");
    struct signin_result in;
    struct str before, after;
    struct begun b;

    let_in(c, "nobody");
    fake_globus.prefix = "second";
    b = begin(c);
    assert_ok(c, link_access_token(c, s.user.id, STR_NONE, &before));
    assert_ok(c, complete(c, &b, &in));
    assert_int_equal(in.user.id, s.user.id);
    assert_ok(c, link_access_token(c, s.user.id, STR_NONE, &after));
    assert_true(str_eq(before, after));
    assert_int_equal(fake_globus_calls("revoke"), 0);

    database_run("update globus_links set is_dead = true where identity_id = "
                 "'00000000-0000-4000-8000-000000000102'",
                 NULL, 0);
    b = begin(c);
    assert_ok(c, complete(c, &b, &in));
    assert_ok(c, link_access_token(c, s.user.id, STR_NONE, &after));
    assert_str(after, "second-transfer-access");
}

static void signin_refuses_who_may_have_no_account(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct signin_result in;
    struct begun b;
    long users;

    fake_globus_reset();
    fake_globus.identity = "00000000-0000-4000-8000-000000000103";
    users = database_count("select count(*) from users");
    let_in(c, "elsewhere.example");
    b = begin(c);
    assert_err(c, complete(c, &b, &in), ERR_NO_ACCOUNT);
    assert_int_equal(database_count("select count(*) from users"), users);
    assert_int_equal(fake_globus_calls("revoke"), 4);
}

static void signin_refuses_a_user_who_is_switched_off(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "off", "00000000-0000-4000-8000-000000000104");
    struct signin_result in;
    struct begun b;

    let_in(c, "everybody");
    assert_ok(c, user_set_active(c, s.user.id, false));
    b = begin(c);
    assert_err(c, complete(c, &b, &in), ERR_FORBIDDEN);
}

static void signin_belongs_to_one_browser_one_path_and_one_time(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct signin_result in;
    struct begun mine, other;
    bool meant;

    fake_globus_reset();
    fake_globus.identity = "00000000-0000-4000-8000-000000000105";
    let_in(c, "everybody");
    mine = begin(c);
    other = begin(c);
    assert_err(c, signin_complete(c, other.browser, FAKE_PATH, mine.state, STR("the-code"), &in),
               ERR_BAD_STATE);
    assert_err(c, signin_complete(c, STR(""), FAKE_PATH, mine.state, STR("the-code"), &in),
               ERR_BAD_STATE);
    assert_err(
        c, signin_complete(c, mine.browser, STR("/globus/login"), mine.state, STR("the-code"), &in),
        ERR_BAD_STATE);
    assert_int_equal(fake_globus_calls("exchange"), 0);
    assert_ok(c, signin_is_meant(c, other.browser, mine.state, &meant));
    assert_false(meant);
    assert_ok(c, complete(c, &mine, &in));
    assert_err(c, complete(c, &mine, &in), ERR_BAD_STATE);
    assert_non_null(strstr(c->failure.detail.ptr, "already used"));
    database_run("update signin_states set expires_at = now()", NULL, 0);
    assert_err(c, complete(c, &other, &in), ERR_BAD_STATE);
    assert_non_null(strstr(c->failure.detail.ptr, "too long"));
    assert_int_equal(fake_globus_calls("exchange"), 1);
}

static void signin_and_connecting_take_no_state_of_each_other(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct link_return back;
    struct signin_result in;
    struct session s;
    struct begun b;
    struct str begun;

    fake_globus_reset();
    let_in(c, "everybody");
    s = fake_sign_in(c, "either-or");
    b = begin(c);
    begun = fake_begin(c, &s);
    assert_err(c, link_complete(c, &s, FAKE_PATH, b.state, STR("the-code"), &back), ERR_BAD_STATE);
    assert_err(c, signin_complete(c, b.browser, FAKE_PATH, begun, STR("the-code"), &in),
               ERR_BAD_STATE);
    assert_int_equal(fake_globus_calls("exchange"), 0);
}

static void signin_is_refused_where_it_is_switched_off(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct signin_result in;
    struct str browser, url;
    struct begun b;

    fake_globus_reset();
    let_in(c, "everybody");
    b = begin(c);
    let_in(c, "everybody")->login_methods = LOGIN_LOCAL;
    assert_err(c, signin_begin(c, FAKE_PATH, STR("/"), &browser, &url), ERR_FORBIDDEN);
    assert_err(c, complete(c, &b, &in), ERR_FORBIDDEN);
}

static void signin_cookie_is_bound_to_the_host_on_https(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct settings s = *c->settings;

    assert_str(signin_cookie(c, STR("abc")),
               "transload_signin=abc; Path=/; Max-Age=1800; HttpOnly; SameSite=Lax");
    s.domain_name = "https://registry.example.org";
    c->settings = &s;
    assert_str(signin_cookie(c, STR_NONE),
               "__Host-transload_signin=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
}

UNIT_MAIN(UNIT_DB(signin_makes_an_account_once_and_finds_it_again),
          UNIT_DB(signin_leaves_a_connection_that_works_as_it_is),
          UNIT_DB(signin_refuses_who_may_have_no_account),
          UNIT_DB(signin_refuses_a_user_who_is_switched_off),
          UNIT_DB(signin_belongs_to_one_browser_one_path_and_one_time),
          UNIT_DB(signin_and_connecting_take_no_state_of_each_other),
          UNIT_DB(signin_is_refused_where_it_is_switched_off),
          UNIT_DB(signin_cookie_is_bound_to_the_host_on_https))
