#include "globus_unit.h"
#include "id_token.h"
#include "token_maker.h"

#define SUBJECT "ae341a98-d274-11e5-b888-dbae3a8ba545"

static EVP_PKEY *old_key, *new_key;

static struct str token_by(struct ctx *c, EVP_PKEY *key)
{
    struct str claims =
        str_printf(c->arena,
                   "{\"iss\":\"%s\",\"aud\":\"" CLIENT_ID
                   "\",\"exp\":%d,\"iat\":%d,\"nonce\":\"n\",\"sub\":\"" SUBJECT "\"}",
                   GLOBUS_URL, UNIT_NOW_S + 172800, UNIT_NOW_S);

    return make_token(c, key, "{\"alg\":\"RS512\"}", claims);
}

/* Answers for count fetches of discovery document and keys; the i-th key set holds keys[i]. */
static void serve_keys(struct ctx *c, EVP_PKEY *const *keys, size_t count)
{
    struct script *empty = arena_alloc_array(c->arena, count * 2, sizeof *empty);

    globus_serve(c, empty, count * 2);
    for (size_t i = 0; i < count; i++) {
        globus_script[2 * i].answer =
            json_answer(c, 200,
                        str_printf(c->arena, "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}",
                                   GLOBUS_URL, GLOBUS_URL)
                            .ptr);
        globus_script[2 * i + 1].answer = json_answer(c, 200, make_jwks(c, keys[i]).ptr);
    }
}

static enum err verify(struct ctx *c, EVP_PKEY *key)
{
    struct globus_identity who;

    return id_token_verify(c, token_by(c, key), STR("n"), &who);
}

static void id_token_verify_fetches_the_keys_once(void **state)
{
    struct ctx *c = unit_ctx(state);

    serve_keys(c, (EVP_PKEY *[]){old_key}, 1);
    assert_ok(c, verify(c, old_key));
    assert_ok(c, verify(c, old_key));
    assert_int_equal(globus->count, 2);
    assert_true(loopback_saw(globus, 1, "GET /keys "));
}

static void id_token_verify_fetches_again_when_globus_changed_its_keys(void **state)
{
    struct ctx *c = unit_ctx(state);

    serve_keys(c, (EVP_PKEY *[]){old_key, new_key}, 2);
    assert_ok(c, verify(c, old_key));
    assert_ok(c, verify(c, new_key));
    assert_int_equal(globus->count, 4);
    assert_ok(c, verify(c, new_key));
    assert_err(c, verify(c, old_key), ERR_GLOBUS);
    assert_int_equal(globus->count, 4);
}

static void id_token_verify_fetches_again_at_most_once_a_minute(void **state)
{
    struct ctx *c = unit_ctx(state);

    serve_keys(c, (EVP_PKEY *[]){old_key, old_key, old_key}, 3);
    assert_err(c, verify(c, new_key), ERR_GLOBUS);
    assert_int_equal(globus->count, 2); /* what was fetched just now is not fetched again */
    assert_err(c, verify(c, new_key), ERR_GLOBUS);
    assert_int_equal(globus->count, 4);
    unit_mono_ms += 59 * 1000;
    assert_err(c, verify(c, new_key), ERR_GLOBUS);
    assert_int_equal(globus->count, 4);
    unit_mono_ms += 1000;
    assert_err(c, verify(c, new_key), ERR_GLOBUS);
    assert_int_equal(globus->count, 6);
    assert_ok(c, verify(c, old_key));
}

static void id_token_verify_keeps_the_old_keys_when_a_fetch_fails(void **state)
{
    struct ctx *c = unit_ctx(state);

    serve_keys(c, (EVP_PKEY *[]){old_key, old_key}, 2);
    globus_script[2] = (struct script){.answer = json_answer(c, 400, "{}")};
    assert_ok(c, verify(c, old_key));
    assert_err(c, verify(c, new_key), ERR_GLOBUS);
    assert_int_equal(globus->count, 3);
    assert_err(c, verify(c, new_key), ERR_GLOBUS); /* a failed attempt counts too */
    assert_int_equal(globus->count, 3);
    assert_ok(c, verify(c, old_key));
}

static void id_token_verify_does_not_believe_keys_for_longer_than_a_day(void **state)
{
    struct ctx *c = unit_ctx(state);

    serve_keys(c, (EVP_PKEY *[]){old_key, new_key}, 2);
    assert_ok(c, verify(c, old_key));
    unit_mono_ms += 24 * 3600 * 1000 + 1;
    assert_err(c, verify(c, old_key), ERR_GLOBUS);
    assert_int_equal(globus->count, 4);
}

static void id_token_verify_says_unavailable_when_no_keys_can_be_had(void **state)
{
    struct ctx *c = unit_ctx(state);

    SERVE(c, {.answer = json_answer(c, 503, "{}")});
    assert_err(c, verify(c, old_key), ERR_GLOBUS_UNAVAILABLE);
    SERVE(c, {.answer = http_answer(c, 200, "text/html", "<h1>hi</h1>")});
    assert_err(c, verify(c, old_key), ERR_GLOBUS_UNAVAILABLE);
}

static void id_token_verify_takes_keys_from_globus_alone(void **state)
{
    static const char *const documents[] = {
        "{\"issuer\":\"%s\",\"jwks_uri\":\"https://evil.example/jwk.json\"}",
        "{\"issuer\":\"%s\",\"jwks_uri\":\"%s.evil.example/jwk.json\"}",
        "{\"issuer\":\"%s\",\"jwks_uri\":\"%s@evil.example/jwk.json\"}",
        "{\"issuer\":\"%s\",\"jwks_uri\":\"/jwk.json\"}",
        "{\"issuer\":\"https://evil.example\",\"jwks_uri\":\"/jwk.json\"}",
        "{\"issuer\":\"%s/\",\"jwks_uri\":\"%s/jwk.json\"}",
    };
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(documents); i++) {
        struct buf body = {.arena = c->arena};
        struct str rest = str_of(documents[i]), head;

        SERVE(c, {.close = false}, {.close = false});
        while (str_cut(rest, '%', &head, &rest)) {
            buf_add(&body, head);
            buf_add(&body, str_of(GLOBUS_URL));
            rest = str_skip(rest, 1);
        }
        buf_add(&body, head);
        globus_script[0].answer = json_answer(c, 200, str_z(c->arena, buf_str(&body)));
        globus_script[1].answer = json_answer(c, 200, make_jwks(c, old_key).ptr);
        assert_err(c, verify(c, old_key), ERR_GLOBUS);
        assert_int_equal(globus->count, 1);
    }
}

static void id_token_verify_finds_the_usual_place_when_none_is_named(void **state)
{
    struct ctx *c = unit_ctx(state);

    serve_keys(c, (EVP_PKEY *[]){old_key}, 1);
    globus_script[0].answer =
        json_answer(c, 200, str_printf(c->arena, "{\"issuer\":\"%s\"}", GLOBUS_URL).ptr);
    assert_ok(c, verify(c, old_key));
    assert_true(loopback_saw(globus, 1, "GET /jwk.json "));
}

static int make_keys(void **state UNUSED)
{
    old_key = make_rsa(2048);
    new_key = make_rsa(2048);
    return 0;
}

static int free_keys(void **state UNUSED)
{
    EVP_PKEY_free(old_key);
    EVP_PKEY_free(new_key);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GLOBUS(id_token_verify_fetches_the_keys_once),
        GLOBUS(id_token_verify_fetches_again_when_globus_changed_its_keys),
        GLOBUS(id_token_verify_fetches_again_at_most_once_a_minute),
        GLOBUS(id_token_verify_keeps_the_old_keys_when_a_fetch_fails),
        GLOBUS(id_token_verify_does_not_believe_keys_for_longer_than_a_day),
        GLOBUS(id_token_verify_says_unavailable_when_no_keys_can_be_had),
        GLOBUS(id_token_verify_takes_keys_from_globus_alone),
        GLOBUS(id_token_verify_finds_the_usual_place_when_none_is_named),
    };

    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
