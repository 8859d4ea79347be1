#include "state.h"
#include "support/unit.h"

static struct globus_task task(const char *status, const char *code)
{
    bool failed = str_eq(str_of(status), STR("FAILED"));

    return (struct globus_task){.status = str_of(status),
                                .nice_status = failed ? STR_NONE : str_of(code),
                                .fatal_code = failed ? str_of(code) : STR_NONE};
}

static void every_word_of_globus_has_a_state(void **state)
{
    static const struct {
        const char *status, *code;
        enum transfer_state want;
        bool is_final;
    } rows[] = {
        {"SUCCEEDED", NULL,                TRANSFER_DONE,      true },
        {"FAILED",    NULL,                TRANSFER_FAILED,    true },
        {"FAILED",    "EXPIRED",           TRANSFER_FAILED,    true },
        {"FAILED",    "FILE_NOT_FOUND",    TRANSFER_FAILED,    true },
        {"FAILED",    "SOMETHING_NEW",     TRANSFER_FAILED,    true },
        {"FAILED",    "CANCELED",          TRANSFER_CANCELLED, true },
        {"INACTIVE",  "AUTH",              TRANSFER_NEEDS_YOU, false},
        {"INACTIVE",  NULL,                TRANSFER_NEEDS_YOU, false},
        {"ACTIVE",    NULL,                TRANSFER_RUNNING,   false},
        {"ACTIVE",    "OK",                TRANSFER_RUNNING,   false},
        {"ACTIVE",    "Queued",            TRANSFER_QUEUED,    false},
        {"ACTIVE",    "GC_NOT_CONNECTED",  TRANSFER_NEEDS_YOU, false},
        {"ACTIVE",    "GC_PAUSED",         TRANSFER_PAUSED,    false},
        {"ACTIVE",    "PERMISSION_DENIED", TRANSFER_NEEDS_YOU, false},
        {"ACTIVE",    "CONNECTION_RESET",  TRANSFER_RUNNING,   false},
        {"ACTIVE",    "SOMETHING_NEW",     TRANSFER_RUNNING,   false},
        {"HIBERNATE", NULL,                TRANSFER_RUNNING,   false},
    };
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct globus_task t = task(rows[i].status, rows[i].code);
        struct task_state got = state_of_task(c->arena, &t, 1, false);

        assert_string_equal(transfer_state_name(got.state), transfer_state_name(rows[i].want));
        assert_int_equal(got.is_final, rows[i].is_final);
        assert_true(got.text.len > 0);
    }
}

static void only_succeeded_is_done(void **state)
{
    static const char *const statuses[] = {"ACTIVE", "INACTIVE", "FAILED", "succeeded", "", "DONE"};
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        struct globus_task t = task(statuses[i], "OK");

        t.files_skipped = 1;
        assert_int_not_equal(state_of_task(c->arena, &t, 1, false).state, TRANSFER_DONE);
    }
}

static void a_paused_task_is_paused_whatever_its_code(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_task t = task("ACTIVE", "OK");

    t.is_paused = true;
    assert_int_equal(state_of_task(c->arena, &t, 1, false).state, TRANSFER_PAUSED);
    t.status = STR("INACTIVE");
    assert_int_equal(state_of_task(c->arena, &t, 1, false).state, TRANSFER_PAUSED);
}

static void a_failure_without_a_code_after_a_cancel_is_the_cancel(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_task t = task("FAILED", NULL);

    assert_int_equal(state_of_task(c->arena, &t, 1, true).state, TRANSFER_CANCELLED);
    t.fatal_code = STR("FILE_NOT_FOUND"); /* it failed before the cancel reached it */
    assert_int_equal(state_of_task(c->arena, &t, 1, true).state, TRANSFER_FAILED);
    t = task("SUCCEEDED", NULL); /* too late */
    assert_int_equal(state_of_task(c->arena, &t, 1, true).state, TRANSFER_DONE);
}

static void a_cancel_that_is_not_confirmed_is_not_final(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_task t = task("ACTIVE", "OK");
    struct task_state got = state_of_task(c->arena, &t, 1, true);

    assert_int_equal(got.state, TRANSFER_CANCELLED);
    assert_false(got.is_final);
}

static void an_unknown_error_is_told_in_globus_words(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_task t = task("FAILED", "SOMETHING_NEW");

    t.fatal_text = STR("the moon is full");
    assert_str(state_of_task(c->arena, &t, 1, false).text,
               "Failed. Send it again, or ask for help with what Globus says: the moon is full");
}

static void of_several_images_done_tells_of_all(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct globus_task t = task("SUCCEEDED", NULL);

    assert_str(state_of_task(c->arena, &t, 3, false).text,
               "Done: all files are at their destination.");
    t.files_skipped = 1; /* "the same file was there already" would tell of two that were not */
    assert_str(state_of_task(c->arena, &t, 3, false).text,
               "Done: all files are at their destination. Those that were there already were not "
               "sent again.");
    assert_str(state_of_task(c->arena, &t, 0, false).text,
               "Done: the same file was there already.");
}

static void a_state_comes_back_from_its_name(void **state UNUSED)
{
    for (int s = 0; s < TRANSFER_STATE_COUNT; s++)
        assert_int_equal(state_parse(str_of(transfer_state_name((enum transfer_state)s))), s);
}

UNIT_MAIN(UNIT(every_word_of_globus_has_a_state), UNIT(only_succeeded_is_done),
          UNIT(a_paused_task_is_paused_whatever_its_code),
          UNIT(a_failure_without_a_code_after_a_cancel_is_the_cancel),
          UNIT(a_cancel_that_is_not_confirmed_is_not_final),
          UNIT(an_unknown_error_is_told_in_globus_words), UNIT(of_several_images_done_tells_of_all),
          UNIT(a_state_comes_back_from_its_name))
