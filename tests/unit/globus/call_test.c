#include "call.h"
#include "globus_unit.h"

#define OK_ID "{\"value\":\"" ID_A "\"}"

/* Pauses asked for, by a clock that they move: a test waits for nothing. */
static int64_t paused_ms[8];
static size_t pause_count;

static void note_pause(const struct clock *self UNUSED, int64_t ms)
{
    if (pause_count < COUNT_OF(paused_ms))
        paused_ms[pause_count++] = ms;
    unit_mono_ms += ms;
}

static int call_begin(void **state)
{
    int r = globus_begin(state);
    struct unit *u = *state;

    pause_count = 0;
    u->clock.pause_ms = note_pause;
    return r;
}

static enum err read_id(struct ctx *c)
{
    struct str id;

    return globus_submission_id(c, &globus_session, &id);
}

static void call_send_repeats_a_read_after_a_passing_fault(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct script faults[] = {
        {.answer = json_answer(c, 429,               "{}")},
        {.answer = http_answer(c,                       500,                  "text/html", "<h1>500</h1>")},
        {.answer = http_answer(c,            502,"text/plain", "Uh-oh!")},
        {.answer = json_answer(c, 503,    "{\"code\":\"ServiceUnavailable\"}")},
        {.answer = json_answer(c,              504,                               "")},
        {.reset = true                   },
        {.answer = STR("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), .close = true},
    };

    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        pause_count = 0;
        SERVE(c, faults[i], faults[i], {.answer = json_answer(c, 200, OK_ID)});
        assert_ok(c, read_id(c));
        assert_int_equal(globus->count, 3);
        assert_int_equal(pause_count, 2);
        assert_in_range(paused_ms[0], 250, 760);
        assert_in_range(paused_ms[1], 500, 1520);
        assert_int_equal(c->failure.err, ERR_OK);
    }
}

static void call_send_gives_up_after_three_attempts(void **state)
{
    struct ctx *c = unit_ctx(state);

    SERVE(c, {.answer = json_answer(c, 503, "{}")});
    assert_err(c, read_id(c), ERR_GLOBUS_UNAVAILABLE);
    assert_int_equal(globus->count, 3);
    assert_int_equal(pause_count, 2);
}

static void call_send_does_not_repeat_what_will_not_pass(void **state)
{
    struct ctx *c = unit_ctx(state);
    // clang-format off
    const struct {
        struct str answer;
        enum err want;
    } rows[] = {
        {json_answer(c, 502, "{\"code\":\"ExternalError.DirListingFailed.GCDisconnected\"}"), ERR_GLOBUS},
        {json_answer(c, 502, "{\"code\":\"EndpointError\"}"), ERR_GLOBUS},
        {json_answer(c, 500, "{\"authorization_parameters\":{\"prompt\":\"login\"}}"), ERR_GLOBUS_STEP_UP},
        {json_answer(c, 401, "{}"), ERR_NOT_SIGNED_IN},
        {json_answer(c, 400, "{}"), ERR_GLOBUS},
        {json_answer(c, 404, "{}"), ERR_NOT_FOUND},
        {json_answer(c, 200, "not JSON"), ERR_GLOBUS_UNAVAILABLE},
    };
    // clang-format on

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        SERVE(c, {.answer = rows[i].answer});
        assert_err(c, read_id(c), rows[i].want);
        assert_int_equal(globus->count, 1);
    }
    assert_int_equal(pause_count, 0);
}

static void call_send_waits_as_long_as_globus_asks_within_reason(void **state)
{
    struct ctx *c = unit_ctx(state);

    SERVE(c, {.answer = STR("HTTP/1.1 429 Slow\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n")},
          {.answer = json_answer(c, 200, OK_ID)});
    assert_ok(c, read_id(c));
    assert_int_equal(pause_count, 1);
    assert_int_equal(paused_ms[0], 3000);

    SERVE(c, {.answer = STR("HTTP/1.1 503 Later\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n")});
    assert_err(c, read_id(c), ERR_GLOBUS_UNAVAILABLE);
    assert_int_equal(c->failure.retry_after_s, 60);
    assert_int_equal(globus->count, 1);
    assert_int_equal(pause_count, 1);
}

static void call_send_stays_within_the_time_of_one_call(void **state)
{
    struct ctx *c = unit_ctx(state);

    globus_settings.globus_timeout_s = 1;
    SERVE(c, {.answer = STR("HTTP/1.1 429 Slow\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")});
    assert_err(c, read_id(c), ERR_THROTTLED);
    assert_int_equal(globus->count, 1);
    assert_int_equal(pause_count, 0);
}

static void call_send_never_repeats_a_write(void **state)
{
    struct ctx *c = unit_ctx(state);

    SERVE(c, {.answer = json_answer(c, 503, "{}")});
    assert_err(c, globus_task_cancel(c, &globus_session, STR(ID_A)), ERR_GLOBUS_UNAVAILABLE);
    assert_int_equal(globus->count, 1);
}

static void call_send_repeats_only_those_of_several_that_failed(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct call calls[2];

    SERVE(c, {.answer = json_answer(c, 200, "{}"), .hold_for = 2},
          {.answer = json_answer(c, 503, "{}"), .hold_for = 2},
          {.answer = json_answer(c, 200, "{}")});
    calls[0] = call_transfer(c, &globus_session, "GET", STR("/a"));
    calls[1] = call_transfer(c, &globus_session, "GET", STR("/b"));
    assert_ok(c, call_send(c, calls, 2));
    assert_int_equal(globus->count, 3);
    assert_int_equal(calls[0].response.status, 200);
    assert_int_equal(calls[1].response.status, 200);
}

static void call_send_returns_the_first_failure_and_keeps_each(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct call calls[2];

    SERVE(c, {.answer = json_answer(c, 404, "{\"message\":\"no\"}")});
    calls[0] = call_transfer(c, &globus_session, "GET", STR("/a"));
    calls[1] = call_transfer(c, &globus_session, "GET", STR("/b"));
    calls[1].request.url = STR("http://192.0.2.1/");
    assert_err(c, call_send(c, calls, 2), ERR_NOT_FOUND);
    assert_int_equal(calls[0].err, ERR_NOT_FOUND);
    assert_int_equal(calls[1].err, ERR_GLOBUS_UNAVAILABLE);
    assert_int_equal(c->failure.err, ERR_NOT_FOUND);
}

static void call_send_reuses_the_connection_between_calls(void **state)
{
    struct ctx *c = unit_ctx(state);

    SERVE(c, {.answer = json_answer(c, 200, OK_ID)});
    for (int i = 0; i < 4; i++)
        assert_ok(c, read_id(c));
    assert_int_equal(globus->count, 4);
    assert_int_equal(globus->accepted, 1);
}

static void call_transfer_sends_the_token_and_asks_for_json(void **state)
{
    struct ctx *c = unit_ctx(state);

    SERVE(c, {.answer = json_answer(c, 200, OK_ID)});
    assert_ok(c, read_id(c));
    assert_true(loopback_saw(globus, 0, "GET /v0.10/submission_id HTTP/1.1\r\n"));
    assert_true(loopback_saw(globus, 0, "\r\nAuthorization: Bearer transfer-token\r\n"));
    assert_true(loopback_saw(globus, 0, "\r\nAccept: application/json\r\n"));
}

#define CALL(test) cmocka_unit_test_setup_teardown(test, call_begin, globus_end)

UNIT_MAIN(CALL(call_send_repeats_a_read_after_a_passing_fault),
          CALL(call_send_gives_up_after_three_attempts),
          CALL(call_send_does_not_repeat_what_will_not_pass),
          CALL(call_send_waits_as_long_as_globus_asks_within_reason),
          CALL(call_send_stays_within_the_time_of_one_call), CALL(call_send_never_repeats_a_write),
          CALL(call_send_repeats_only_those_of_several_that_failed),
          CALL(call_send_returns_the_first_failure_and_keeps_each),
          CALL(call_send_reuses_the_connection_between_calls),
          CALL(call_transfer_sends_the_token_and_asks_for_json))
