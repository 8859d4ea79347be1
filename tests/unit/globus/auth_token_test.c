#include "globus_unit.h"
#include "token_maker.h"

#define SUBJECT "ae341a98-d274-11e5-b888-dbae3a8ba545"

static EVP_PKEY *key;

static struct str id_token(struct ctx *c, const char *nonce)
{
    struct str claims = str_printf(
        c->arena,
        "{\"iss\":\"%s\",\"aud\":\"" CLIENT_ID "\",\"exp\":%d,\"iat\":%d,\"nonce\":\"%s\","
        "\"sub\":\"" SUBJECT "\",\"preferred_username\":\"alice@uni.example\"}",
        GLOBUS_URL, UNIT_NOW_S + 172800, UNIT_NOW_S, nonce);

    return make_token(c, key, "{\"typ\":\"JWT\",\"alg\":\"RS512\"}", claims);
}

static struct str discovery(struct ctx *c)
{
    return json_answer(c, 200,
                       str_printf(c->arena, "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/jwk.json\"}",
                                  GLOBUS_URL, GLOBUS_URL)
                           .ptr);
}

static struct str key_set(struct ctx *c)
{
    return json_answer(c, 200, make_jwks(c, key).ptr);
}

#define AUTH_TOKEN \
    "\"access_token\":\"auth-access\",\"refresh_token\":\"auth-refresh\",\"scope\":\"email " \
    "openid profile\"," \
    "\"expires_in\":172800,\"token_type\":\"Bearer\",\"resource_server\":\"auth.globus.org\"," \
    "\"state\":\"s\""
#define TRANSFER_TOKEN \
    "\"access_token\":\"transfer-access\",\"refresh_token\":\"transfer-refresh\",\"scope\":" \
    "\"" GLOBUS_TRANSFER_SCOPE "\"," \
    "\"expires_in\":172800,\"token_type\":\"bearer\",\"resource_server\":\"transfer.api.globus." \
    "org\""

static enum err exchange(struct ctx *c, struct globus_grant *out)
{
    return globus_code_exchange(c, STR("the+code"), STR("https://r.example/complete/globus/"),
                                STR("the-verifier"), STR("the-nonce"), out);
}

/* Start a login whose token answer has top and others, then exchange the code. */
static enum err login(struct ctx *c, const char *top, const char *others, const char *nonce,
                      struct globus_grant *out)
{
    struct str token;

    SERVE(c, {.close = false}, {.close = false}, {.close = false});
    token = id_token(c, nonce);
    globus_script[0].answer =
        json_answer(c, 200,
                    str_printf(c->arena, "{%s,\"id_token\":\"" STR_FMT "\",\"other_tokens\":[%s]}",
                               top, STR_ARG(token), others)
                        .ptr);
    globus_script[1].answer = discovery(c);
    globus_script[2].answer = key_set(c);
    return exchange(c, out);
}

static void globus_code_exchange_sends_one_form_and_verifies_the_answer(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_grant g;
    const struct globus_token *t;

    assert_ok(c, login(c, AUTH_TOKEN, "{" TRANSFER_TOKEN "}", "the-nonce", &g));
    assert_str(g.identity.id, SUBJECT);
    assert_str(g.identity.username, "alice@uni.example");
    assert_int_equal(g.token_count, 2);
    t = globus_grant_token(&g, STR(GLOBUS_TRANSFER_SERVER));
    assert_non_null(t);
    assert_str(t->access_token, "transfer-access");
    assert_str(t->refresh_token, "transfer-refresh");
    assert_int_equal(t->expires_in_s, 172800);
    assert_null(globus_grant_token(&g, STR("search.api.globus.org")));

    assert_int_equal(globus->count, 3);
    assert_true(loopback_saw(globus, 0, "POST /v2/oauth2/token HTTP/1.1\r\n"));
    assert_true(loopback_saw(globus, 0, "\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
    assert_true(loopback_saw(
        globus, 0,
        "\r\nAuthorization: Basic "
        "YzExZTAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDBhOnRoZS1jbGllbnQtc2VjcmV0\r\n"));
    assert_true(
        loopback_saw(globus, 0,
                     "\r\n\r\ngrant_type=authorization_code&code=the%2Bcode&redirect_uri="
                     "https%3A%2F%2Fr.example%2Fcomplete%2Fglobus%2F&code_verifier=the-verifier"));
    assert_true(loopback_saw(globus, 1, "GET /.well-known/openid-configuration "));
    assert_true(loopback_saw(globus, 2, "GET /jwk.json "));
}

static void globus_code_exchange_takes_the_tokens_in_either_order(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_grant g;

    assert_ok(c, login(c, TRANSFER_TOKEN, "{" AUTH_TOKEN "}", "the-nonce", &g));
    assert_str(globus_grant_token(&g, STR(GLOBUS_TRANSFER_SERVER))->access_token,
               "transfer-access");
    assert_str(globus_grant_token(&g, STR("auth.globus.org"))->access_token, "auth-access");
}

static void globus_code_exchange_leaves_out_odd_tokens(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_grant g;

    assert_ok(c, login(c, TRANSFER_TOKEN,
                       "null,7,{},{\"access_token\":\"x\"},{\"access_token\":\"a "
                       "b\",\"resource_server\":\"s1\"},"
                       "{\"access_token\":\"x\\r\\ny\",\"resource_server\":\"s2\"},"
                       "{\"access_token\":\"x\",\"resource_server\":\"s3\",\"token_type\":\"mac\"},"
                       "{\"access_token\":\"x\",\"resource_server\":\"s4\",\"expires_in\":\"soon\","
                       "\"refresh_token\":7}",
                       "the-nonce", &g));
    assert_int_equal(g.token_count, 2);
    assert_str(g.tokens[1].resource_server, "s4");
    assert_int_equal(g.tokens[1].expires_in_s, 3600);
    assert_int_equal(g.tokens[1].refresh_token.len, 0);
}

static void globus_code_exchange_refuses_a_grant_without_transfer_or_identity(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_grant g = {.token_count = 77};

    assert_err(c, login(c, AUTH_TOKEN, "", "the-nonce", &g), ERR_GLOBUS);
    assert_err(c, login(c, TRANSFER_TOKEN, "", "another-nonce", &g), ERR_GLOBUS);
    SERVE(c, {.answer = json_answer(c, 200, "{" TRANSFER_TOKEN "}")});
    assert_err(c, exchange(c, &g), ERR_GLOBUS);
    SERVE(c, {.answer = json_answer(c, 200, "{" TRANSFER_TOKEN ",\"id_token\":[]}")});
    assert_err(c, exchange(c, &g), ERR_GLOBUS);
    SERVE(c, {.answer = json_answer(c, 200, "{" TRANSFER_TOKEN ",\"id_token\":\"a.b.c\"}")});
    assert_err(c, exchange(c, &g), ERR_GLOBUS);
    assert_int_equal(g.token_count, 77);
}

/* Every way in which a token call can fail, for a code and for a refresh token. */
static void globus_token_calls_tell_a_refused_grant_from_everything_else(void **state)
{
    struct ctx *c = unit_ctx(state);
    // clang-format off
    const struct {
        struct script script;
        enum err code, refresh;
    } rows[] = {
        {{.answer = json_answer(c, 400, "{\"error\":\"invalid_grant\"}")}, ERR_BAD_STATE, ERR_GLOBUS_RECONNECT},
        {{.answer = json_answer(c, 401, "{\"error\":\"invalid_grant\"}")}, ERR_BAD_STATE, ERR_GLOBUS_RECONNECT},
        {{.answer = json_answer(c, 400, "{\"error\":\"invalid_request\"}")}, ERR_GLOBUS, ERR_GLOBUS},
        {{.answer = json_answer(c, 401, "{\"error\":\"invalid_client\"}")}, ERR_GLOBUS, ERR_GLOBUS},
        {{.answer = json_answer(c, 403, "{}")}, ERR_GLOBUS, ERR_GLOBUS},
        {{.answer = json_answer(c, 404, "{\"error\":\"invalid_grant\"}")}, ERR_GLOBUS, ERR_GLOBUS},
        {{.answer = http_answer(c, 400, "text/html", "<h1>invalid_grant</h1>")}, ERR_GLOBUS, ERR_GLOBUS},
        {{.answer = json_answer(c, 429, "{}")}, ERR_GLOBUS_UNAVAILABLE, ERR_GLOBUS_UNAVAILABLE},
        {{.answer = json_answer(c, 500, "{\"error\":\"invalid_grant\"}")}, ERR_GLOBUS_UNAVAILABLE, ERR_GLOBUS_UNAVAILABLE},
        {{.answer = http_answer(c, 502, "text/plain", "Uh-oh!")}, ERR_GLOBUS_UNAVAILABLE, ERR_GLOBUS_UNAVAILABLE},
        {{.answer = json_answer(c, 503, "{\"code\":\"ServiceUnavailable\"}")}, ERR_GLOBUS_UNAVAILABLE, ERR_GLOBUS_UNAVAILABLE},
        {{.answer = http_answer(c, 200, "text/html", "<h1>hello</h1>")}, ERR_GLOBUS_UNAVAILABLE, ERR_GLOBUS_UNAVAILABLE},
        {{.answer = json_answer(c, 200, "{\"access_token\":\"x\"")}, ERR_GLOBUS_UNAVAILABLE, ERR_GLOBUS_UNAVAILABLE},
        {{.answer = json_answer(c, 200, "{}")}, ERR_GLOBUS_UNAVAILABLE, ERR_GLOBUS_UNAVAILABLE},
        {{.answer = json_answer(c, 200, "[]")}, ERR_GLOBUS_UNAVAILABLE, ERR_GLOBUS_UNAVAILABLE},
        {{.answer = STR("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"acc"), .close = true}, ERR_GLOBUS_UNAVAILABLE,
         ERR_GLOBUS_UNAVAILABLE},
        {{.answer = STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), .flood = 10 * 1024, .close = true}, ERR_GLOBUS,
         ERR_GLOBUS},
        {{.reset = true}, ERR_GLOBUS_UNAVAILABLE, ERR_GLOBUS_UNAVAILABLE},
    };
    // clang-format on
    struct globus_token token = {.expires_in_s = 77};
    struct globus_grant grant;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        globus_serve(c, &rows[i].script, 1);
        assert_err(c, exchange(c, &grant), rows[i].code);
        assert_int_equal(globus->count, 1); /* never repeated */
        globus_serve(c, &rows[i].script, 1);
        assert_err(c, globus_token_refresh(c, STR("rt"), &token), rows[i].refresh);
        assert_int_equal(globus->count, 1);
        assert_int_equal(token.expires_in_s, 77);
        assert_true(c->failure.detail.len > 0);
        assert_int_equal(c->failure.err, rows[i].refresh);
    }
}

static void globus_token_refresh_reads_the_new_token(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_token t;

    SERVE(c, {.answer = json_answer(c, 200, "{" TRANSFER_TOKEN ",\"other_tokens\":[]}")});
    assert_ok(c, globus_token_refresh(c, STR("old/refresh"), &t));
    assert_str(t.access_token, "transfer-access");
    assert_str(t.refresh_token, "transfer-refresh");
    assert_str(t.resource_server, GLOBUS_TRANSFER_SERVER);
    assert_str(t.scope, GLOBUS_TRANSFER_SCOPE);
    assert_true(
        loopback_saw(globus, 0, "\r\n\r\ngrant_type=refresh_token&refresh_token=old%2Frefresh"));
}

static void globus_token_refresh_does_without_a_new_refresh_token_and_clamps_the_life(void **state)
{
    static const struct {
        const char *expires_in;
        int64_t want;
    } rows[] = {
        {"0",          3600  },
        {"-5",         60    },
        {"1",          60    },
        {"1e300",      3600  },
        {"1e15",       864000},
        {"172800",     172800},
        {"\"172800\"", 3600  },
        {"null",       3600  }
    };
    struct ctx *c = unit_ctx(state);
    struct globus_token t;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *body =
            str_printf(c->arena,
                       "{\"access_token\":\"a\",\"resource_server\":\"s\",\"expires_in\":%s}",
                       rows[i].expires_in)
                .ptr;

        SERVE(c, {.answer = json_answer(c, 200, body)});
        assert_ok(c, globus_token_refresh(c, STR("rt"), &t));
        assert_int_equal(t.expires_in_s, rows[i].want);
        assert_int_equal(t.refresh_token.len, 0);
    }
}

static void globus_token_revoke_sends_all_at_once_and_says_which_are_gone(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct str tokens[] = {STR("one/1"), STR("two"), STR("three")};
    struct str inactive = json_answer(c, 200, "{\"active\":false}");
    bool done[3];

    /* By order of arrival, and all held until the last has come; then those that were taken. */
    SERVE(c, {.answer = inactive, .hold_for = 3},
          {.answer = json_answer(c, 400, "{\"error\":\"invalid_token\"}"), .hold_for = 3},
          {.answer = json_answer(c, 401, "{\"error\":\"invalid_client\"}"), .hold_for = 3},
          {.answer = inactive, .hold_for = 5}, {.answer = inactive, .hold_for = 5});
    globus_token_revoke(c, tokens, done, 3);
    assert_int_equal(done[0] + done[1] + done[2], 2);
    assert_int_equal(c->failure.err, ERR_OK);
    assert_int_equal(globus->count, 5);
    assert_true(loopback_saw(globus, 0, "POST /v2/oauth2/token/revoke "));
    assert_true(loopback_saw(globus, 0, "\r\n\r\ntoken="));
    assert_true(loopback_saw(globus, 3, "POST /v2/oauth2/token/introspect "));
    assert_true(loopback_saw(globus, 3, "\r\n\r\ntoken="));

    SERVE(c, {.reset = true});
    globus_token_revoke(c, tokens, done, 2);
    assert_false(done[0] || done[1]);
    globus_token_revoke(c, tokens, done, 0);
}

static void globus_token_revoke_believes_no_answer_but_that_of_introspection(void **state)
{
    static const char *const doubts[] = {"{\"active\":true}", "{}", "{\"active\":\"false\"}",
                                         "[false]", "<html>"};
    struct ctx *c = unit_ctx(state);
    const struct str token = STR("one");
    bool done;

    for (size_t i = 0; i < COUNT_OF(doubts); i++) {
        SERVE(c, {.answer = json_answer(c, 200, "{\"active\":false}")},
              {.answer = json_answer(c, 200, doubts[i])});
        globus_token_revoke(c, &token, &done, 1);
        assert_false(done);
        assert_int_equal(c->failure.err, ERR_OK);
    }
    SERVE(c, {.answer = json_answer(c, 200, "{}")}, {.answer = json_answer(c, 503, "{}")});
    globus_token_revoke(c, &token, &done, 1);
    assert_false(done);
}

static void globus_failures_of_auth_show_no_secret(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_token t;

    SERVE(c, {.answer = json_answer(c, 400, "{\"error\":\"invalid_grant\"}")});
    assert_err(c, globus_token_refresh(c, STR("hush-refresh"), &t), ERR_GLOBUS_RECONNECT);
    assert_null(strstr(c->failure.detail.ptr, "hush"));
    assert_null(strstr(c->failure.cause.ptr, "hush"));
    assert_null(strstr(c->failure.cause.ptr, CLIENT_SECRET));
}

static int make_key(void **state UNUSED)
{
    key = make_rsa(2048);
    return 0;
}

static int free_key(void **state UNUSED)
{
    EVP_PKEY_free(key);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GLOBUS(globus_code_exchange_sends_one_form_and_verifies_the_answer),
        GLOBUS(globus_code_exchange_takes_the_tokens_in_either_order),
        GLOBUS(globus_code_exchange_leaves_out_odd_tokens),
        GLOBUS(globus_code_exchange_refuses_a_grant_without_transfer_or_identity),
        GLOBUS(globus_token_calls_tell_a_refused_grant_from_everything_else),
        GLOBUS(globus_token_refresh_reads_the_new_token),
        GLOBUS(globus_token_refresh_does_without_a_new_refresh_token_and_clamps_the_life),
        GLOBUS(globus_token_revoke_sends_all_at_once_and_says_which_are_gone),
        GLOBUS(globus_token_revoke_believes_no_answer_but_that_of_introspection),
        GLOBUS(globus_failures_of_auth_show_no_secret),
    };

    return cmocka_run_group_tests(tests, make_key, free_key);
}
