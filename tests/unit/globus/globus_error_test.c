#include "error.h"
#include "globus_unit.h"

#include <string.h>

#define CODE(c) \
    "{\"code\":\"" c "\",\"message\":\"the " \
    "message\",\"request_id\":\"rid12\",\"resource\":\"/x\"}"

/* One answer, judged. */
static enum err judge(struct ctx *c, int status, struct str body, struct globus_demands *demands)
{
    const struct net_response r = {.fault = NET_OK, .status = status, .body = body};

    *demands = (struct globus_demands){0};
    ctx_forgive(c);
    return answer_judge(c, &r, demands);
}

static void answer_judge_knows_every_code_and_status(void **state)
{
    // clang-format off
    static const struct {
        int status;
        const char *body;
        enum err want;
    } rows[] = {
        {200, "", ERR_OK},
        {202, "not even JSON", ERR_OK},
        {400, CODE("ClientError.BadRequest"), ERR_GLOBUS},
        {400, CODE("BadRequest"), ERR_GLOBUS},
        {400, CODE("ClientError.BadRequest.NoTransferItems"), ERR_GLOBUS},
        {400, CODE("ClientError.AuthenticationFailed"), ERR_NOT_SIGNED_IN},
        {401, CODE("ClientError.AuthenticationFailed"), ERR_NOT_SIGNED_IN},
        {401, "", ERR_NOT_SIGNED_IN},
        {401, "{\"error\":\"unauthorized\",\"errors\":[{\"status\":\"401\",\"code\":\"UNAUTHORIZED\"}]}", ERR_NOT_SIGNED_IN},
        {403, CODE("PermissionDenied"), ERR_FORBIDDEN},
        {403, CODE("EndpointPermissionDenied"), ERR_FORBIDDEN},
        {403, CODE("ExternalError.MkdirFailed.PermissionDenied"), ERR_FORBIDDEN},
        {403, CODE("AuthPolicyFailed"), ERR_FORBIDDEN},
        {403, "<html>", ERR_FORBIDDEN},
        {404, CODE("EndpointNotFound"), ERR_NOT_FOUND},
        {404, CODE("EndpointDeleted"), ERR_NOT_FOUND},
        {404, CODE("ClientError.NotFound"), ERR_NOT_FOUND},
        {404, CODE("NotFound"), ERR_NOT_FOUND},
        {404, CODE("TaskNotFound"), ERR_NOT_FOUND},
        {408, "", ERR_GLOBUS_UNAVAILABLE},
        {409, CODE("ClientError.Conflict"), ERR_CONFLICT},
        {409, CODE("Conflict"), ERR_CONFLICT},
        {409, CODE("ClientError.Conflict.TooManyPendingJobs"), ERR_CONFLICT},
        {409, CODE("Exists"), ERR_CONFLICT},
        {409, CODE("LimitExceeded"), ERR_CONFLICT},
        {409, CODE("OperationPaused"), ERR_GLOBUS},
        {403, CODE("OperationPaused"), ERR_GLOBUS},
        {418, "{}", ERR_GLOBUS},
        {429, "", ERR_THROTTLED},
        {429, CODE("ClientError.TooManyRequests"), ERR_THROTTLED},
        {500, "<!doctype html>", ERR_GLOBUS_UNAVAILABLE},
        {500, CODE("InternalError"), ERR_GLOBUS_UNAVAILABLE},
        {502, "Uh-oh!", ERR_GLOBUS_UNAVAILABLE},
        {502, CODE("ExternalError.DirListingFailed.GCDisconnected"), ERR_GLOBUS},
        {502, CODE("ExternalError.DirListingFailed.NotDirectory"), ERR_GLOBUS},
        {502, CODE("ExternalError.DirListingFailed.LoginFailed"), ERR_FORBIDDEN},
        {502, CODE("ExternalError.DirListingFailed.SizeLimit"), ERR_GLOBUS},
        {502, CODE("ExternalError.DirListingFailed.PermissionDenied"), ERR_FORBIDDEN},
        {502, CODE("ExternalError.DirListingFailed.ConnectFailed"), ERR_GLOBUS},
        {502, CODE("ExternalError.DirListingFailed"), ERR_GLOBUS},
        {502, CODE("ExternalError.MkdirFailed.Exists"), ERR_GLOBUS},
        {502, CODE("EndpointError"), ERR_GLOBUS},
        {503, CODE("ServiceUnavailable"), ERR_GLOBUS_UNAVAILABLE},
        {503, "", ERR_GLOBUS_UNAVAILABLE},
        {504, "", ERR_GLOBUS_UNAVAILABLE},
        {599, "[]", ERR_GLOBUS_UNAVAILABLE},
        {302, "", ERR_GLOBUS},
        {400, "{\"code\":7,\"message\":[\"odd\"],\"request_id\":null}", ERR_GLOBUS},
        {400, "{\"code\":\"A\",\"code\":\"B\"}", ERR_GLOBUS},
        {400, "\"text\"", ERR_GLOBUS},
        {400, "null", ERR_GLOBUS},
        {500, "{\"authorization_parameters\":[]}", ERR_GLOBUS_UNAVAILABLE},
        {403, "{\"authorization_parameters\":\"x\",\"errors\":{\"a\":1}}", ERR_FORBIDDEN},
    };
    // clang-format on
    struct ctx *c = unit_ctx(state);
    struct globus_demands d;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum err got = judge(c, rows[i].status, str_of(rows[i].body), &d);

        if (got != rows[i].want)
            fail_msg("%d %s: %s, but expected %s", rows[i].status, rows[i].body, err_code(got),
                     err_code(rows[i].want));
        if (got != ERR_OK)
            assert_true(c->failure.detail.len > 0);
    }
}

static void answer_judge_calls_a_lost_answer_a_passing_fault(void **state)
{
    static const struct {
        enum net_fault fault;
        enum err want;
    } rows[] = {
        {NET_CONNECT, ERR_GLOBUS_UNAVAILABLE},
        {NET_TIMEOUT, ERR_GLOBUS_UNAVAILABLE},
        {NET_BROKEN,  ERR_GLOBUS_UNAVAILABLE},
        {NET_TOO_BIG, ERR_GLOBUS            }
    };
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct net_response r = {.fault = rows[i].fault, .fault_text = STR("curl 7: no")};

        assert_err(c, answer_judge(c, &r, NULL), rows[i].want);
        assert_str(c->failure.cause, "curl 7: no");
    }
}

static void answer_judge_tells_the_person_one_line_and_the_log_the_rest(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_demands d;

    assert_err(c,
               judge(c, 502,
                     STR("{\"code\":\"EndpointError\",\"message\":\"Command Failed: Error "
                         "(x)\\nEndpoint: Lab\\n---\\nDetails: "
                         "500-secret dump\\r\\n\",\"request_id\":\"rid12\"}"),
                     &d),
               ERR_GLOBUS);
    assert_str(c->failure.detail,
               "the endpoint reports a fault: Command Failed: Error (x); Endpoint: Lab");
    assert_non_null(strstr(c->failure.cause.ptr, "globus_request=rid12"));
    assert_non_null(strstr(c->failure.cause.ptr, "500-secret dump"));

    assert_err(c, judge(c, 400, STR(CODE("BadRequest")), &d), ERR_GLOBUS);
    assert_str(c->failure.detail, "Globus says: the message");
    assert_err(c, judge(c, 400, STR("{\"code\":\"BadRequest\"}"), &d), ERR_GLOBUS);
    assert_str(c->failure.detail, "Globus refused with status 400 BadRequest");
    assert_err(c, judge(c, 502, STR("{\"code\":\"EndpointError\"}"), &d), ERR_GLOBUS);
    assert_str(c->failure.detail, "the endpoint reports a fault");
}

static void answer_judge_cuts_a_long_message_between_characters(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct buf body = {.arena = c->arena};
    struct globus_demands d;

    buf_add(&body, STR("{\"message\":\"x"));
    for (int i = 0; i < 3000; i++)
        buf_add(&body, STR("ü"));
    buf_add(&body, STR("\"}"));
    assert_err(c, judge(c, 400, buf_str(&body), &d), ERR_GLOBUS);
    assert_true(c->failure.detail.len < 400);
    assert_true(str_is_utf8(c->failure.detail));
    assert_true(str_is_utf8(c->failure.cause));
}

static void answer_judge_hands_on_how_long_to_wait(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct net_response r = {.fault = NET_OK, .status = 429, .retry_after_s = 9};

    assert_err(c, answer_judge(c, &r, NULL), ERR_THROTTLED);
    assert_int_equal(c->failure.retry_after_s, 9);
}

static void answer_oauth_error_is_the_word_of_a_refusal(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct net_response r = {
        .fault = NET_OK, .status = 400, .body = STR("{\"error\":\"invalid_grant\"}")};

    assert_str(answer_oauth_error(c, &r), "invalid_grant");
    r.status = 200;
    assert_int_equal(answer_oauth_error(c, &r).len, 0);
    r.status = 400;
    r.body = STR("{\"error\":[\"invalid_grant\"]}");
    assert_int_equal(answer_oauth_error(c, &r).len, 0);
    r.body = STR("<html>invalid_grant");
    assert_int_equal(answer_oauth_error(c, &r).len, 0);
}

UNIT_MAIN(GLOBUS(answer_judge_knows_every_code_and_status),
          GLOBUS(answer_judge_calls_a_lost_answer_a_passing_fault),
          GLOBUS(answer_judge_tells_the_person_one_line_and_the_log_the_rest),
          GLOBUS(answer_judge_cuts_a_long_message_between_characters),
          GLOBUS(answer_judge_hands_on_how_long_to_wait),
          GLOBUS(answer_oauth_error_is_the_word_of_a_refusal))
