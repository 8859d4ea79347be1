#include "globus_unit.h"

#define RUNNING \
    "{\"DATA_TYPE\":\"task\",\"task_id\":\"" ID_A \
    "\",\"type\":\"TRANSFER\",\"status\":\"ACTIVE\",\"bytes_transferred\":7516192768," \
    "\"effective_bytes_per_second\":1048576,\"faults\":2,\"files_skipped\":0,\"nice_status\":" \
    "\"GC_NOT_CONNECTED\"," \
    "\"nice_status_short_description\":\"gc not " \
    "connected\",\"is_paused\":false,\"fatal_error\":null,\"canceled_by_admin\":null," \
    "\"label\":null,\"a_field_of_tomorrow\":{\"x\":[1]}}"
#define FAILED \
    "{\"task_id\":\"" ID_B \
    "\",\"status\":\"FAILED\",\"nice_status\":null,\"nice_status_short_description\":null," \
    "\"fatal_error\":{\"code\":\"FILE_NOT_FOUND\",\"description\":\"file not " \
    "found\"},\"canceled_by_admin\":\"SOURCE\"}"
#define ODD \
    "{\"task_id\":\"" ID_C "\",\"status\":\"SUCCEEDED\",\"fatal_error\":\"text\",\"bytes_" \
    "transferred\":\"many\",\"faults\":1e300," \
    "\"is_paused\":3,\"nice_status\":[]}"

static void globus_task_get_reads_a_task_beyond_four_gigabytes(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_task t;

    SERVE(c, {.answer = json_answer(c, 200, RUNNING)});
    assert_ok(c, globus_task_get(c, &globus_session, STR(ID_A), &t));
    assert_true(loopback_saw(globus, 0, "GET /v0.10/task/" ID_A " "));
    assert_str(t.status, "ACTIVE");
    assert_str(t.nice_status, "GC_NOT_CONNECTED");
    assert_str(t.nice_status_text, "gc not connected");
    assert_int_equal(t.bytes_transferred, INT64_C(7516192768));
    assert_int_equal(t.bytes_per_second, 1048576);
    assert_int_equal(t.faults, 2);
    assert_int_equal(t.fatal_code.len, 0);
}

static void globus_task_list_asks_once_for_many(void **state)
{
    static const struct str ids[] = {STR_INIT(ID_A), STR_INIT(ID_B), STR_INIT(ID_C)};
    struct ctx *c = unit_ctx(state);
    struct globus_tasks t;

    SERVE(c, {.answer = json_answer(c, 200,
                                    "{\"DATA_TYPE\":\"task_list\",\"total\":3,\"DATA\":[" RUNNING
                                    "," FAILED "," ODD
                                    ",null,{\"task_id\":\"x\"},{\"status\":\"ACTIVE\"}]}")});
    assert_ok(c, globus_task_list(c, &globus_session, ids, 3, &t));
    assert_true(loopback_saw(globus, 0,
                             "GET /v0.10/task_list?limit=3&filter=task_id%3A" ID_A "%2C" ID_B
                             "%2C" ID_C " "));
    assert_int_equal(t.count, 3);
    assert_str(t.list[1].fatal_code, "FILE_NOT_FOUND");
    assert_str(t.list[1].fatal_text, "file not found");
    assert_str(t.list[1].canceled_by_admin, "SOURCE");
    assert_str(t.list[2].status, "SUCCEEDED");
    assert_int_equal(t.list[2].bytes_transferred, 0);
    assert_int_equal(t.list[2].faults, 0);
}

static void globus_task_list_without_tasks_needs_no_call(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_tasks t;

    SERVE(c, {.answer = json_answer(c, 200, "{\"DATA\":[]}")});
    assert_ok(c, globus_task_list(c, &globus_session, NULL, 0, &t));
    assert_int_equal(t.count, 0);
    assert_int_equal(globus->count, 0);
}

static void globus_task_list_does_not_take_a_strange_answer_for_no_tasks(void **state)
{
    static const char *const bodies[] = {
        "{}", "{\"DATA\":null}", "{\"DATA\":{}}", "{\"DATA\":7}", "[]", "<html>", ""};
    static const struct str id = STR_INIT(ID_A);
    struct ctx *c = unit_ctx(state);
    struct globus_tasks t;

    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        SERVE(c, {.answer = json_answer(c, 200, bodies[i])});
        assert_err(c, globus_task_list(c, &globus_session, &id, 1, &t), ERR_GLOBUS_UNAVAILABLE);
    }
}

static void globus_task_calls_take_ids_only(void **state)
{
    static const struct str ids[] = {STR_INIT(ID_A), STR_INIT("x,y/status:ACTIVE")};
    struct ctx *c = unit_ctx(state);
    struct globus_tasks list;
    struct globus_task t;

    SERVE(c, {.answer = json_answer(c, 200, "{}")});
    assert_err(c, globus_task_list(c, &globus_session, ids, 2, &list), ERR_NOT_FOUND);
    assert_err(c, globus_task_get(c, &globus_session, STR("../x"), &t), ERR_NOT_FOUND);
    assert_err(c, globus_task_cancel(c, &globus_session, STR_NONE), ERR_NOT_FOUND);
    assert_int_equal(globus->count, 0);
}

static void globus_task_cancel_is_done_when_globus_says_so_or_it_was_over(void **state)
{
    struct ctx *c = unit_ctx(state);

    SERVE(c, {.answer = json_answer(c, 200, "{\"code\":\"Canceled\"}")},
          {.answer = json_answer(c, 202, "{\"code\":\"CancelAccepted\"}")},
          {.answer = json_answer(c, 200, "{\"code\":\"TaskComplete\"}")},
          {.answer = json_answer(c, 200, "<odd>")},
          {.answer = json_answer(c, 409, "{\"code\":\"Conflict\"}")},
          {.answer = json_answer(c, 404, "{\"code\":\"TaskNotFound\"}")},
          {.answer = json_answer(c, 403, "{\"code\":\"PermissionDenied\"}")});
    for (int i = 0; i < 5; i++) {
        assert_ok(c, globus_task_cancel(c, &globus_session, STR(ID_A)));
        assert_int_equal(c->failure.err, ERR_OK);
    }
    assert_err(c, globus_task_cancel(c, &globus_session, STR(ID_A)), ERR_NOT_FOUND);
    assert_err(c, globus_task_cancel(c, &globus_session, STR(ID_A)), ERR_FORBIDDEN);
    assert_true(loopback_saw(globus, 0, "POST /v0.10/task/" ID_A "/cancel HTTP/1.1\r\n"));
    assert_true(loopback_saw(globus, 0, "\r\nContent-Length: 0\r\n"));
    assert_false(loopback_saw(globus, 0, "Content-Type"));
}

UNIT_MAIN(GLOBUS(globus_task_get_reads_a_task_beyond_four_gigabytes),
          GLOBUS(globus_task_list_asks_once_for_many),
          GLOBUS(globus_task_list_without_tasks_needs_no_call),
          GLOBUS(globus_task_list_does_not_take_a_strange_answer_for_no_tasks),
          GLOBUS(globus_task_calls_take_ids_only),
          GLOBUS(globus_task_cancel_is_done_when_globus_says_so_or_it_was_over))
