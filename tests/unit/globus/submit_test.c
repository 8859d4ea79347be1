#include "globus_unit.h"

#define ACCEPTED \
    "{\"DATA_TYPE\":\"transfer_result\",\"code\":\"Accepted\",\"message\":\"The transfer has " \
    "been accepted\"," \
    "\"submission_id\":\"" ID_A "\",\"task_id\":\"" ID_B "\",\"task_link\":{\"href\":\"/x\"}}"

static const struct globus_item file = {
    .source_path = STR_INIT("/1/sha256.abc.sif"),
    .destination_path = STR_INIT("/~/avo cados.sif"),
    .sha256_hex = STR_INIT("abc123"),
};
static const struct globus_submit wish = {
    .submission_id = STR_INIT(ID_A),
    .source_endpoint = STR_INIT(ID_B),
    .destination_endpoint = STR_INIT(ID_C),
    .label = STR_INIT("Singularity Registry Transfer tacos/avocados:latest"),
    .items = &file,
    .item_count = 1,
    .verify_checksum = true,
};

static void globus_submission_id_must_be_one(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str id;

    SERVE(c, {.answer = json_answer(c, 200, "{\"value\":\"" ID_A "\"}")},
          {.answer = json_answer(c, 200, "{\"value\":\"x\"}")},
          {.answer = json_answer(c, 200, "{\"value\":7}")});
    assert_ok(c, globus_submission_id(c, &globus_session, &id));
    assert_str(id, ID_A);
    assert_err(c, globus_submission_id(c, &globus_session, &id), ERR_GLOBUS_UNAVAILABLE);
    assert_err(c, globus_submission_id(c, &globus_session, &id), ERR_GLOBUS_UNAVAILABLE);
}

static void globus_submit_sends_the_document(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_accepted a;

    SERVE(c, {.answer = json_answer(c, 202, ACCEPTED)});
    assert_ok(c, globus_submit(c, &globus_session, &wish, &a));
    assert_str(a.task_id, ID_B);
    assert_str(a.message, "The transfer has been accepted");
    assert_false(a.is_duplicate);
    assert_true(loopback_saw(globus, 0, "POST /v0.10/transfer HTTP/1.1\r\n"));
    assert_true(loopback_saw(globus, 0, "\r\nContent-Type: application/json\r\n"));
    assert_true(loopback_saw(
        globus, 0,
        "\r\n\r\n{\"DATA_TYPE\":\"transfer\",\"submission_id\":\"" ID_A
        "\",\"source_endpoint\":\"" ID_B "\",\"destination_endpoint\":\"" ID_C
        "\",\"label\":\"Singularity Registry Transfer "
        "tacos/avocados:latest\",\"sync_level\":3,\"verify_checksum\":true,\"encrypt_data\":true,"
        "\"fail_on_quota_errors\":true,\"skip_source_errors\":false,\"notify_on_succeeded\":false,"
        "\"notify_on_failed\":false,\"notify_on_inactive\":false,\"DATA\":[{\"DATA_TYPE\":"
        "\"transfer_item\",\"source_path\":\"/1/sha256.abc.sif\",\"destination_path\":"
        "\"/~/avo cados.sif\",\"recursive\":false,\"external_checksum\":\"abc123\","
        "\"checksum_algorithm\":\"sha256\"}]}"));
}

static void globus_delete_sends_the_document(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_accepted a;

    SERVE(c, {.answer = json_answer(c, 202, ACCEPTED)},
          {.answer = json_answer(c, 403, "{\"code\":\"PermissionDenied\"}")});
    assert_ok(c, globus_delete(c, &globus_session, STR(ID_A), STR(ID_C), STR("/x/spare"),
                               STR("a label"), &a));
    assert_str(a.task_id, ID_B);
    assert_true(loopback_saw(globus, 0, "POST /v0.10/delete HTTP/1.1\r\n"));
    assert_true(loopback_saw(
        globus, 0,
        "\r\n\r\n{\"DATA_TYPE\":\"delete\",\"submission_id\":\"" ID_A "\",\"endpoint\":\"" ID_C
        "\",\"label\":\"a label\",\"recursive\":false,\"ignore_missing\":false,"
        "\"interpret_globs\":false,\"notify_on_succeeded\":false,\"notify_on_failed\":false,"
        "\"notify_on_inactive\":false,\"DATA\":[{\"DATA_TYPE\":\"delete_item\",\"path\":"
        "\"/x/spare\"}]}"));
    assert_err(c, globus_delete(c, &globus_session, STR(ID_A), STR(ID_C), STR("/x"), STR("l"), &a),
               ERR_FORBIDDEN);
}

static void globus_submit_makes_the_same_document_each_time(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_accepted a;

    SERVE(c, {.answer = json_answer(c, 200, ACCEPTED)},
          {.answer = json_answer(
               c, 200, "{\"code\":\"Duplicate\",\"message\":\"again\",\"task_id\":\"" ID_B "\"}")});
    assert_ok(c, globus_submit(c, &globus_session, &wish, &a));
    assert_ok(c, globus_submit(c, &globus_session, &wish, &a));
    assert_true(a.is_duplicate);
    assert_str(a.task_id, ID_B);
    assert_string_equal(strstr(globus->requests[0].text, "\r\n\r\n"),
                        strstr(globus->requests[1].text, "\r\n\r\n"));
}

static void globus_submit_can_do_without_checksums(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_submit t = wish;
    struct globus_item plain = file;
    struct globus_accepted a;

    SERVE(c, {.answer = json_answer(c, 200, ACCEPTED)});
    plain.sha256_hex = STR_NONE;
    t.items = &plain;
    t.verify_checksum = false;
    assert_ok(c, globus_submit(c, &globus_session, &t, &a));
    assert_true(loopback_saw(globus, 0, "\"verify_checksum\":false"));
    assert_false(loopback_saw(globus, 0, "checksum_algorithm"));
    assert_false(loopback_saw(globus, 0, "external_checksum"));
}

static void globus_submit_sends_several_files_as_one_task(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct globus_item files[] = {
        file, {STR("/1/b.sif"), STR("/x/b.sif"), STR_NONE}
    };
    struct globus_submit t = wish;
    struct globus_accepted a;

    SERVE(c, {.answer = json_answer(c, 200, ACCEPTED)});
    t.items = files;
    t.item_count = 2;
    assert_ok(c, globus_submit(c, &globus_session, &t, &a));
    assert_true(loopback_saw(globus, 0,
                             "\"checksum_algorithm\":\"sha256\"},{\"DATA_TYPE\":"
                             "\"transfer_item\",\"source_path\":\"/1/b.sif\","
                             "\"destination_path\":\"/x/b.sif\",\"recursive\":false}]}"));
}

static void globus_submit_cleans_the_label(void **state)
{
    static const struct {
        const char *label, *sent;
    } rows[] = {
        {"  a\r\nb\t ",     "\"label\":\"a  b\""                                  },
        {"\n\n",            "\"destination_endpoint\":\"" ID_C "\",\"sync_level\""},
        {"",                "\"destination_endpoint\":\"" ID_C "\",\"sync_level\""},
        {"quote \" and \\", "\"label\":\"quote \\\" and \\\\\""                   },
        {"broken \xff",     "\"label\":\"broken \xef\xbf\xbd\""                   },
    };
    struct ctx *c = unit_ctx(state);
    struct globus_accepted a;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct globus_submit t = wish;

        t.label = str_of(rows[i].label);
        SERVE(c, {.answer = json_answer(c, 200, ACCEPTED)});
        assert_ok(c, globus_submit(c, &globus_session, &t, &a));
        if (!loopback_saw(globus, 0, rows[i].sent))
            fail_msg("%s is not in %s", rows[i].sent, globus->requests[0].text);
    }
}

static void globus_submit_cuts_the_label_at_128_characters(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct buf label = {.arena = c->arena}, want = {.arena = c->arena};
    struct globus_submit t = wish;
    struct globus_accepted a;

    for (int i = 0; i < 200; i++)
        buf_add(&label, STR("ü"));
    buf_add(&want, STR("\"label\":\""));
    buf_add(&want, str_take(buf_str(&label), 256));
    buf_add(&want, STR("\""));
    t.label = buf_str(&label);
    SERVE(c, {.answer = json_answer(c, 200, ACCEPTED)});
    assert_ok(c, globus_submit(c, &globus_session, &t, &a));
    assert_true(loopback_saw(globus, 0, str_z(c->arena, buf_str(&want))));
}

/* After these the task may exist: the caller must submit the same again. */
static void globus_submit_calls_every_lost_answer_unavailable(void **state)
{
    struct ctx *c = unit_ctx(state);
    // clang-format off
    const struct script lost[] = {
        {.reset = true},
        {.close = true},
        {.answer = STR("HTTP/1.1 202 Accepted\r\nContent-Length: 400\r\n\r\n{\"code\":\"Acc"), .close = true},
        {.answer = json_answer(c, 202, "{\"code\":\"Accepted\",\"task_id\":\"" ID_B)},
        {.answer = json_answer(c, 202, "{\"code\":\"Accepted\"}")},
        {.answer = json_answer(c, 202, "{\"code\":\"Accepted\",\"task_id\":\"x\"}")},
        {.answer = http_answer(c, 200, "text/html", "<h1>gateway</h1>")},
        {.answer = json_answer(c, 200, "")},
        {.answer = STR("HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n"), .flood = 10 * 1024, .close = true},
        {.answer = json_answer(c, 500, "{}")},
        {.answer = http_answer(c, 502, "text/plain", "Uh-oh!")},
        {.answer = json_answer(c, 503, "{\"code\":\"ServiceUnavailable\"}")},
        {.answer = json_answer(c, 504, "")},
    };
    // clang-format on
    struct globus_accepted a = {.message = STR("untouched")};

    for (size_t i = 0; i < COUNT_OF(lost); i++) {
        globus_serve(c, &lost[i], 1);
        assert_err(c, globus_submit(c, &globus_session, &wish, &a), ERR_GLOBUS_UNAVAILABLE);
        assert_int_equal(globus->count, 1);
        assert_str(a.message, "untouched");
    }
}

static void globus_submit_hands_on_refusals(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct {
        int status;
        const char *body;
        enum err want;
    } rows[] = {
        {400, "{\"code\":\"ClientError.BadRequest.NoTransferItems\"}",      ERR_GLOBUS        },
        {401, "{\"code\":\"ClientError.AuthenticationFailed\"}",            ERR_NOT_SIGNED_IN },
        {403, "{\"code\":\"PermissionDenied\"}",                            ERR_FORBIDDEN     },
        {403, "{\"code\":\"ConsentRequired\",\"required_scopes\":[\"a\"]}", ERR_GLOBUS_STEP_UP},
        {404, "{\"code\":\"EndpointDeleted\"}",                             ERR_NOT_FOUND     },
        {409, "{\"code\":\"ClientError.Conflict.TooManyPendingJobs\"}",     ERR_CONFLICT      },
        {429, "{}",                                                         ERR_THROTTLED     },
        {502, "{\"code\":\"ExternalError.X\"}",                             ERR_GLOBUS        },
    };
    struct globus_accepted a;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        SERVE(c, {.answer = json_answer(c, rows[i].status, rows[i].body)});
        assert_err(c, globus_submit(c, &globus_session, &wish, &a), rows[i].want);
    }
    assert_str(globus_session.demands.scopes, "a");
}

UNIT_MAIN(GLOBUS(globus_delete_sends_the_document), GLOBUS(globus_submission_id_must_be_one),
          GLOBUS(globus_submit_sends_the_document),
          GLOBUS(globus_submit_makes_the_same_document_each_time),
          GLOBUS(globus_submit_can_do_without_checksums),
          GLOBUS(globus_submit_sends_several_files_as_one_task),
          GLOBUS(globus_submit_cleans_the_label),
          GLOBUS(globus_submit_cuts_the_label_at_128_characters),
          GLOBUS(globus_submit_calls_every_lost_answer_unavailable),
          GLOBUS(globus_submit_hands_on_refusals))
