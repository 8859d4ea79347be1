#include "globus_unit.h"

#include "globus/rule.h"

#define RULE "5dcab9c1-48b4-4eaf-b11c-f9861e13e255"

static enum err create(struct ctx *c, enum globus_rule_outcome *outcome, struct str *id)
{
    return globus_rule_create(c, &globus_session, STR(ID_A), STR(ID_B), STR("/12/"), STR("r"),
                              outcome, id);
}

static void a_rule_lets_one_identity_read_one_directory(void **state)
{
    struct ctx *c = unit_ctx(state);
    enum globus_rule_outcome outcome;
    struct str id;

    SERVE(c, {.answer = json_answer(c, 201,
                                    "{\"DATA_TYPE\":\"access_create_result\",\"code\":\"Created\","
                                    "\"access_id\":\"" RULE "\"}")});
    assert_ok(c, create(c, &outcome, &id));
    assert_int_equal(outcome, GLOBUS_RULE_CREATED);
    assert_str(id, RULE);
    assert_true(loopback_saw(globus, 0, "POST /v0.10/endpoint/" ID_A "/access "));
    assert_true(loopback_saw(globus, 0,
                             "{\"DATA_TYPE\":\"access\",\"principal_type\":\"identity\","
                             "\"principal\":\"" ID_B
                             "\",\"path\":\"/12/\",\"permissions\":\"r\"}"));
}

static void an_id_of_another_form_counts_as_none(void **state)
{
    static const char *const ids[] = {"\"a/../b\"", "\"\"", "12", "null", "[]"};
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        enum globus_rule_outcome outcome;
        struct str id;

        SERVE(c, {.answer =
                      json_answer(c, 201, str_printf(c->arena, "{\"access_id\":%s}", ids[i]).ptr)});
        assert_ok(c, create(c, &outcome, &id));
        assert_int_equal(outcome, GLOBUS_RULE_CREATED);
        assert_int_equal(id.len, 0);
    }
}

static void what_409_means_stands_in_its_code(void **state)
{
    struct ctx *c = unit_ctx(state);
    enum globus_rule_outcome outcome;
    struct str id;

    SERVE(c, {.answer = json_answer(c, 409, "{\"code\":\"Exists\",\"message\":\"m\"}")});
    assert_ok(c, create(c, &outcome, &id));
    assert_int_equal(outcome, GLOBUS_RULE_EXISTS);
    SERVE(c, {.answer = json_answer(c, 409, "{\"code\":\"LimitExceeded\",\"message\":\"m\"}")});
    assert_ok(c, create(c, &outcome, &id));
    assert_int_equal(outcome, GLOBUS_RULE_FULL);
    assert_int_equal(c->failure.err, ERR_OK);
    SERVE(c, {.answer = json_answer(c, 409, "{\"code\":\"ClientError.Conflict\"}")});
    assert_err(c, create(c, &outcome, &id), ERR_CONFLICT);
}

static void the_list_tells_ours_from_those_of_roles(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_rules rules;

    SERVE(c, {.answer = json_answer(
                  c, 200,
                  "{\"DATA\":[{\"id\":null,\"principal_type\":\"identity\",\"principal\":\"" ID_B
                  "\",\"path\":\"/12/\",\"permissions\":\"rw\",\"role_id\":\"x\"},"
                  "{\"id\":\"" RULE "\",\"principal_type\":\"identity\",\"principal\":\"" ID_B
                  "\",\"path\":\"/12/\",\"permissions\":\"r\"},null,7]}")});
    assert_ok(c, globus_rule_list(c, &globus_session, STR(ID_A), &rules));
    assert_true(loopback_saw(globus, 0, "GET /v0.10/endpoint/" ID_A "/access_list "));
    assert_int_equal(rules.count, 2);
    assert_int_equal(rules.list[0].id.len, 0);
    assert_str(rules.list[1].id, RULE);
    assert_str(rules.list[1].permissions, "r");
}

static enum err delete_rule(struct ctx *c)
{
    return globus_rule_delete(c, &globus_session, STR(ID_A), STR(RULE));
}

static void what_is_gone_need_not_be_withdrawn(void **state)
{
    struct ctx *c = unit_ctx(state);

    SERVE(c, {.answer = json_answer(c, 200, "{\"code\":\"Deleted\"}")});
    assert_ok(c, delete_rule(c));
    assert_true(loopback_saw(globus, 0, "DELETE /v0.10/endpoint/" ID_A "/access/" RULE " "));
    SERVE(c, {.answer = json_answer(c, 404, "{\"code\":\"ClientError.NotFound\"}")});
    assert_ok(c, delete_rule(c));
    SERVE(c, {.answer = json_answer(c, 404, "{\"code\":\"EndpointDeleted\"}")});
    assert_ok(c, delete_rule(c));
    SERVE(c, {.answer = json_answer(c, 404, "{\"code\":\"EndpointNotFound\"}")});
    assert_err(c, delete_rule(c), ERR_NOT_FOUND); /* hidden from us: the rule may be there */
    SERVE(c, {.answer = http_answer(c, 200, "text/html", "<h1>please sign in</h1>")});
    assert_err(c, delete_rule(c), ERR_GLOBUS_UNAVAILABLE);
    SERVE(c, {.answer = http_answer(c, 404, "text/html", "<h1>no such page</h1>")});
    assert_err(c, delete_rule(c), ERR_NOT_FOUND);
}

static void the_registry_asks_for_a_token_of_its_own(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_token token;

    SERVE(c, {.answer = json_answer(
                  c, 200,
                  "{\"access_token\":\"own\",\"resource_server\":\"transfer.api.globus.org\","
                  "\"expires_in\":172800,\"token_type\":\"Bearer\",\"other_tokens\":[]}")});
    assert_ok(c, globus_client_token(c, &token));
    assert_str(token.access_token, "own");
    assert_true(loopback_saw(globus, 0, "POST /v2/oauth2/token "));
    assert_true(loopback_saw(globus, 0,
                             "grant_type=client_credentials&scope=urn%3Aglobus%3Aauth%3Ascope%3A"
                             "transfer.api.globus.org%3Aall"));
    assert_true(loopback_saw(globus, 0, "Authorization: Basic "));
    SERVE(c, {.answer = json_answer(
                  c, 200, "{\"access_token\":\"own\",\"resource_server\":\"auth.globus.org\"}")});
    assert_err(c, globus_client_token(c, &token), ERR_GLOBUS_UNAVAILABLE);
    SERVE(c, {.answer = json_answer(c, 401, "{\"error\":\"invalid_client\"}")});
    assert_err(c, globus_client_token(c, &token), ERR_GLOBUS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GLOBUS(a_rule_lets_one_identity_read_one_directory),
        GLOBUS(an_id_of_another_form_counts_as_none),
        GLOBUS(what_409_means_stands_in_its_code),
        GLOBUS(the_list_tells_ours_from_those_of_roles),
        GLOBUS(what_is_gone_need_not_be_withdrawn),
        GLOBUS(the_registry_asks_for_a_token_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
