/* needs: database */
#include "fake_globus.h"

static enum err complete(struct ctx *c, const struct session *s, struct str path, struct str state)
{
    struct link_return back;

    return link_complete(c, s, path, state, STR("the-code"), &back);
}

static bool is_connected(struct ctx *c, const struct session *s)
{
    struct link link;
    bool found;

    assert_ok(c, link_find(c, s->user.id, &found, &link));
    return found;
}

static void link_complete_connects_and_returns(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s;
    struct link_return back;
    struct link link;
    struct str url;
    bool found;

    fake_globus_reset();
    fake_globus.identity = "00000000-0000-4000-8000-000000000001";
    s = fake_sign_in(c, "connects");
    assert_ok(
        c, link_begin(c, &s, STR("/complete/globus"), STR("/transfers?x=1"), NULL, STR_NONE, &url));
    assert_str(fake_url_param(url, "redirect_uri"),
               "http%3A%2F%2F127.0.0.1%3A8080%2Fcomplete%2Fglobus");
    assert_str(fake_url_param(url, "code_challenge_method"), "S256");
    assert_ok(c, link_complete(c, &s, STR("/complete/globus"), fake_url_param(url, "state"),
                               STR("the-code"), &back));
    assert_str(back.next_path, "/transfers?x=1");
    assert_int_equal(back.transfer_id.len, 0);
    assert_ok(c, link_find(c, s.user.id, &found, &link));
    assert_true(found && !link.is_dead && link.linked_at > 0);
    assert_str(link.identity_id, "00000000-0000-4000-8000-000000000001");
    assert_str(link.username, "alice@globusid.org");
    assert_int_equal(
        database_count("select count(*) from fake_calls where name = 'exchange' and argument = "
                       "'http://127.0.0.1:8080/complete/globus'"),
        1);
    assert_int_equal(database_count("select count(*) from audit where action = 'globus.connect'"),
                     1);
}

static void link_begin_takes_the_six_registered_paths_and_no_other(void **state)
{
    static const char *const six[] = {"/globus_auth/login", "/globus_auth/login/",
                                      "/complete/globus",   "/complete/globus/",
                                      "/globus/login",      "/globus/login/"};
    static const char *const others[] = {"", "/", "/globus/login//", "/globus/logout",
                                         "https://evil.example/"};
    struct ctx *c = unit_ctx(state);
    struct session s;
    struct str url;

    fake_globus_reset();
    s = fake_sign_in(c, "paths");
    for (size_t i = 0; i < COUNT_OF(six); i++) {
        fake_globus.identity = "00000000-0000-4000-8000-000000000002";
        assert_ok(c, link_begin(c, &s, str_of(six[i]), STR("/"), NULL, STR_NONE, &url));
        assert_ok(c, complete(c, &s, str_of(six[i]), fake_url_param(url, "state")));
    }
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_err(c, link_begin(c, &s, str_of(others[i]), STR("/"), NULL, STR_NONE, &url),
                   ERR_INPUT);
}

static void link_begin_returns_to_local_paths_only(void **state)
{
    static const struct {
        const char *next, *stored;
    } rows[] = {
        {"/containers/3",         "/containers/3"   },
        {"",                      "/globus/transfer"},
        {"//evil.example",        "/globus/transfer"},
        {"/\\evil.example",       "/globus/transfer"},
        {"https://evil.example/", "/globus/transfer"},
        {"/a\r\nSet-Cookie: x=1", "/globus/transfer"},
        {"/\xc3\xa9",             "/globus/transfer"},
        {"/a b",                  "/globus/transfer"},
    };
    struct ctx *c = unit_ctx(state);
    struct session s;

    fake_globus_reset();
    fake_globus.identity = "00000000-0000-4000-8000-000000000003";
    s = fake_sign_in(c, "nexts");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct link_return back;
        struct str url;

        assert_ok(c, link_begin(c, &s, FAKE_PATH, str_of(rows[i].next), NULL, STR_NONE, &url));
        assert_ok(c, link_complete(c, &s, FAKE_PATH, fake_url_param(url, "state"), STR("the-code"),
                                   &back));
        assert_str(back.next_path, rows[i].stored);
    }
}

static void link_complete_refuses_missing_and_unknown_states(void **state)
{
    static const char *const states[] = {
        "", "x", "0000000000000000000000000000000000000000000000000000000000000000"};
    struct ctx *c = unit_ctx(state);
    struct session s;

    fake_globus_reset();
    s = fake_sign_in(c, "unknown-state");
    for (size_t i = 0; i < COUNT_OF(states); i++)
        assert_err(c, complete(c, &s, FAKE_PATH, str_of(states[i])), ERR_BAD_STATE);
    assert_int_equal(fake_globus_calls("exchange"), 0);
    assert_false(is_connected(c, &s));
}

static void link_complete_refuses_a_state_that_was_used(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s;
    struct str once;

    fake_globus_reset();
    fake_globus.identity = "00000000-0000-4000-8000-000000000004";
    s = fake_sign_in(c, "used-state");
    once = fake_begin(c, &s);
    assert_ok(c, complete(c, &s, FAKE_PATH, once));
    assert_err(c, complete(c, &s, FAKE_PATH, once), ERR_BAD_STATE);
    assert_non_null(strstr(c->failure.detail.ptr, "already used"));
    assert_int_equal(fake_globus_calls("exchange"), 1);
}

static void link_complete_refuses_a_state_that_expired(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s;
    struct str late;

    fake_globus_reset();
    s = fake_sign_in(c, "late-state");
    late = fake_begin(c, &s);
    database_run("update oauth_states set expires_at = now()", NULL, 0);
    assert_err(c, complete(c, &s, FAKE_PATH, late), ERR_BAD_STATE);
    assert_non_null(strstr(c->failure.detail.ptr, "too long"));
    assert_int_equal(fake_globus_calls("exchange"), 0);
}

static void link_complete_refuses_another_session_even_of_the_same_user(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session mine, other, foreign;
    struct str begun;

    fake_globus_reset();
    fake_globus.identity = "00000000-0000-4000-8000-000000000005";
    mine = fake_sign_in(c, "two-browsers");
    other = fake_sign_in(c, "two-browsers");
    foreign = fake_sign_in(c, "attacker");
    begun = fake_begin(c, &mine);
    assert_err(c, complete(c, &other, FAKE_PATH, begun), ERR_BAD_STATE);
    assert_err(c, complete(c, &foreign, FAKE_PATH, begun), ERR_BAD_STATE);
    assert_int_equal(fake_globus_calls("exchange"), 0);
    assert_ok(c, complete(c, &mine, FAKE_PATH, begun)); /* nobody else could use it up */
}

static void link_complete_refuses_another_redirect_path(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s;
    struct str begun;

    fake_globus_reset();
    s = fake_sign_in(c, "other-path");
    begun = fake_begin(c, &s);
    assert_err(c, complete(c, &s, STR("/globus/login"), begun), ERR_BAD_STATE);
    assert_int_equal(fake_globus_calls("exchange"), 0);
}

static void link_decline_uses_the_state_up(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct link_return back;
    struct session s;
    struct str begun;

    fake_globus_reset();
    s = fake_sign_in(c, "declines");
    begun = fake_begin(c, &s);
    assert_ok(c, link_decline(c, &s, FAKE_PATH, begun, &back));
    assert_str(back.next_path, "/settings/integrations");
    assert_err(c, complete(c, &s, FAKE_PATH, begun), ERR_BAD_STATE);
    assert_false(is_connected(c, &s));
}

static void link_complete_keeps_nothing_when_globus_refuses_the_code(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s;

    fake_globus_reset();
    fake_globus.exchange = ERR_GLOBUS_UNAVAILABLE;
    s = fake_sign_in(c, "refused-code");
    assert_err(c, complete(c, &s, FAKE_PATH, fake_begin(c, &s)), ERR_GLOBUS_UNAVAILABLE);
    assert_false(is_connected(c, &s));
}

static void link_complete_refuses_an_identity_of_another_user_and_revokes_its_tokens(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s;

    (void)fake_connected(c, "owner-of-identity", "00000000-0000-4000-8000-000000000006");
    fake_globus_reset();
    fake_globus.identity = "00000000-0000-4000-8000-000000000006";
    fake_globus.prefix = "stolen";
    s = fake_sign_in(c, "wants-identity");
    assert_err(c, complete(c, &s, FAKE_PATH, fake_begin(c, &s)), ERR_IDENTITY_TAKEN);
    assert_non_null(strstr(c->failure.detail.ptr, "another account"));
    assert_false(is_connected(c, &s));
    assert_int_equal(
        database_count(
            "select count(*) from fake_calls where name = 'revoke' and argument like 'stolen-%'"),
        4);
    assert_int_equal(database_count("select count(*) from globus_revocations"), 0);
}

static void link_complete_refuses_a_change_of_identity(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s =
        fake_connected(c, "changes-identity", "00000000-0000-4000-8000-000000000007");
    struct link link;
    struct str token;
    bool found;

    fake_globus.identity = "00000000-0000-4000-8000-000000000008";
    fake_globus.prefix = "second";
    assert_err(c, complete(c, &s, FAKE_PATH, fake_begin(c, &s)), ERR_IDENTITY_CHANGED);
    assert_non_null(strstr(c->failure.detail.ptr, "another identity"));
    assert_int_equal(
        database_count(
            "select count(*) from fake_calls where name = 'revoke' and argument like 'second-%'"),
        4);
    assert_ok(c, link_find(c, s.user.id, &found, &link));
    assert_str(link.identity_id, "00000000-0000-4000-8000-000000000007");
    assert_ok(c, link_access_token(c, s.user.id, STR_NONE, &token));
    assert_str(token, "first-transfer-access"); /* the connection that was there goes on */
}

static void link_begin_asks_again_for_consents_given_before(void **state)
{
    static const struct globus_demands demands = {
        .scopes = STR_INIT(GLOBUS_TRANSFER_SCOPE "[*https://auth.globus.org/scopes/x/data_access]"),
        .mfa = true};
    struct ctx *c = unit_ctx(state);
    struct session s = fake_connected(c, "consents", "00000000-0000-4000-8000-000000000009");
    const char *wish = "11111111-2222-4333-8444-555555555555";
    struct link_return back;
    struct link link;
    struct str url;
    bool found;

    assert_ok(c, link_begin(c, &s, FAKE_PATH, STR("/a"), &demands, str_of(wish), &url));
    assert_non_null(strstr(url.ptr, "data_access"));
    assert_ok(
        c, link_complete(c, &s, FAKE_PATH, fake_url_param(url, "state"), STR("the-code"), &back));
    assert_str(back.transfer_id, wish);
    assert_ok(c, link_find(c, s.user.id, &found, &link));
    assert_non_null(strstr(link.consents.ptr, "/scopes/x/data_access"));
    assert_ok(c, link_begin(c, &s, FAKE_PATH, STR("/a"), NULL, STR_NONE, &url));
    assert_non_null(strstr(url.ptr, "data_access"));
}

static void link_state_keeps_verifier_sealed_and_bound_to_its_row(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session s;
    struct str first, second;

    fake_globus_reset();
    s = fake_sign_in(c, "verifier");
    first = fake_begin(c, &s);
    second = fake_begin(c, &s);
    database_run("update oauth_states a set verifier = b.verifier from oauth_states b, users u "
                 "where u.username = 'verifier' and a.user_id = u.id and b.user_id = u.id and "
                 "a.state_hash <> b.state_hash",
                 NULL, 0);
    assert_err(c, complete(c, &s, FAKE_PATH, first), ERR_INTERNAL);
    assert_err(c, complete(c, &s, FAKE_PATH, second), ERR_INTERNAL);
}

UNIT_MAIN(UNIT_DB(link_complete_connects_and_returns),
          UNIT_DB(link_begin_takes_the_six_registered_paths_and_no_other),
          UNIT_DB(link_begin_returns_to_local_paths_only),
          UNIT_DB(link_complete_refuses_missing_and_unknown_states),
          UNIT_DB(link_complete_refuses_a_state_that_was_used),
          UNIT_DB(link_complete_refuses_a_state_that_expired),
          UNIT_DB(link_complete_refuses_another_session_even_of_the_same_user),
          UNIT_DB(link_complete_refuses_another_redirect_path),
          UNIT_DB(link_decline_uses_the_state_up),
          UNIT_DB(link_complete_keeps_nothing_when_globus_refuses_the_code),
          UNIT_DB(link_complete_refuses_an_identity_of_another_user_and_revokes_its_tokens),
          UNIT_DB(link_complete_refuses_a_change_of_identity),
          UNIT_DB(link_begin_asks_again_for_consents_given_before),
          UNIT_DB(link_state_keeps_verifier_sealed_and_bound_to_its_row))
