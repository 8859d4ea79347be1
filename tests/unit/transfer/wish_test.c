/* needs: database */
#include "fake_globus.h"
#include "support/database.h"

#include "transfer/transfer.h"

#define ENDPOINT "3a8cd1f0-0000-4000-8000-0000000000aa"

/*
 * alice, who owns the public collection tacos and the private collection salsa, with one image
 * each; no transfers.
 */
static struct transfer_wish wish_for(const char *collection)
{
    static const char world[] =
        "delete from transfers;"
        "insert into users (username) values ('alice') on conflict do nothing;"
        "insert into collections (name, is_private) values ('tacos', false), ('salsa', true) on "
        "conflict do nothing;"
        "insert into collection_members (collection_id, user_id, role)"
        " select c.id, u.id, 'owner' from collections c, users u where u.username = 'alice' on "
        "conflict do nothing;"
        "insert into images (collection_id, sha256, size_bytes) select id, sha256('x'), 1000 from "
        "collections on conflict do nothing;"
        "insert into containers (collection_id, name, tag, image_id)"
        " select collection_id, 'avocados', 'latest', id from images on conflict do nothing;"
        "update collections set is_private = name = 'salsa'";
    int64_t user_id;
    char sql[256];

    fake_reset();
    database_run(world, NULL, 0);
    user_id = database_count("select id from users where username = 'alice'");
    snprintf(sql, sizeof sql,
             "select k.id from containers k join collections c on c.id = k.collection_id where "
             "c.name = '%s'",
             collection);
    return (struct transfer_wish){.user_id = user_id,
                                  .viewer = {.user_id = user_id},
                                  .container_id = database_count(sql),
                                  .endpoint_id = STR(ENDPOINT)};
}

static void a_wish_becomes_a_queued_task(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer_wish w = wish_for("tacos");
    struct transfer_result got;

    assert_ok(c, transfer_create(c, &w, &got));
    assert_int_equal(got.transfer.state, TRANSFER_QUEUED);
    assert_str(got.transfer.path, "/scratch/avocados_latest.sif");
    assert_str(got.transfer.endpoint_name, "Sherlock");
    assert_str(got.transfer.uri, "tacos/avocados:latest");
    assert_str(got.message, "The transfer has been accepted");
    assert_true(got.transfer.task_id.len > 0);
}

static void a_double_click_is_one_task(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer_wish w = wish_for("tacos");
    struct transfer_result first, second;

    assert_ok(c, transfer_create(c, &w, &first));
    assert_ok(c, transfer_create(c, &w, &second));
    assert_true(str_eq(first.transfer.id, second.transfer.id));
    assert_int_equal(fake.submits, 1);
}

static void a_lost_answer_is_asked_for_again_with_the_same_id(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer_wish w = wish_for("tacos");
    struct transfer_result lost, again;

    fake.submit_fails_after = ERR_GLOBUS_UNAVAILABLE;
    assert_ok(c, transfer_create(c, &w, &lost));
    assert_int_equal(lost.transfer.state, TRANSFER_WAITING);
    assert_true(lost.message.len > 0);
    assert_ok(c, transfer_create(c, &w, &again));
    assert_int_equal(again.transfer.state, TRANSFER_QUEUED);
    assert_int_equal(fake.submits, 2);
    assert_int_equal(fake.task_count, 1);
    assert_int_equal(fake.ids_given, 1);
}

static void globus_away_from_the_start_keeps_the_wish(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer_wish w = wish_for("tacos");
    struct transfer_result got;

    fake.endpoint_fails = ERR_GLOBUS_UNAVAILABLE;
    assert_ok(c, transfer_create(c, &w, &got));
    assert_int_equal(got.transfer.state, TRANSFER_WAITING);
    assert_str(got.transfer.path, "avocados_latest.sif"); /* its directory is not known yet */

    fake.endpoint_fails = ERR_OK;
    assert_ok(c, transfer_resume(c, w.user_id, got.transfer.id, &got));
    assert_int_equal(got.transfer.state, TRANSFER_QUEUED);
    assert_str(got.transfer.path, "/scratch/avocados_latest.sif");
    assert_str(got.transfer.endpoint_name, "Sherlock");
}

static void a_step_up_keeps_the_wish_and_names_it(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer_wish w = wish_for("tacos");
    struct transfer_result got, resumed;

    fake.submit_fails = ERR_GLOBUS_STEP_UP;
    assert_err(c, transfer_create(c, &w, &got), ERR_GLOBUS_STEP_UP);
    assert_str(got.demands.scopes, "scope");
    assert_int_equal(got.transfer.state, TRANSFER_NEEDS_YOU);

    fake.submit_fails = ERR_OK;
    assert_ok(c, transfer_resume(c, w.user_id, got.transfer.id, &resumed));
    assert_int_equal(resumed.transfer.state, TRANSFER_QUEUED);
    /* the browser came back twice */
    assert_ok(c, transfer_resume(c, w.user_id, got.transfer.id, &resumed));
    assert_int_equal(fake.task_count, 1);
}

static void a_refusal_ends_the_wish_with_its_reason(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer_wish w = wish_for("tacos");
    struct transfer_result got;

    fake.submit_fails = ERR_FORBIDDEN;
    assert_err(c, transfer_create(c, &w, &got), ERR_FORBIDDEN);
    assert_str(c->failure.detail, "Globus says no (forbidden)");
    assert_int_equal(got.transfer.state, TRANSFER_FAILED);
    assert_str(got.transfer.state_text, "Not sent: Globus says no (forbidden)");
    assert_true(got.transfer.finished_at > 0);
}

static void an_unknown_endpoint_changes_nothing(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer_wish w = wish_for("tacos");
    struct transfer_result got;

    fake.endpoint_fails = ERR_NOT_FOUND;
    assert_err(c, transfer_create(c, &w, &got), ERR_NOT_FOUND);
    assert_int_equal(got.transfer.id.len, 0);
    assert_int_equal(database_count("select count(*) from transfers"), 0);
}

static void a_private_image_is_not_sent_from_an_open_source(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer_wish w = wish_for("salsa");
    struct transfer_result got;

    assert_err(c, transfer_create(c, &w, &got), ERR_FORBIDDEN);
    assert_int_equal(database_count("select count(*) from transfers"), 0);
    w.viewer = (struct viewer){.user_id = w.user_id + 1}; /* for a stranger it does not exist */
    assert_err(c, transfer_create(c, &w, &got), ERR_NOT_FOUND);
}

static void a_collection_made_private_meanwhile_is_not_sent(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer_wish w = wish_for("tacos");
    struct transfer_result got;

    fake.submit_fails = ERR_GLOBUS_UNAVAILABLE;
    assert_ok(c, transfer_create(c, &w, &got));
    database_run("update collections set is_private = true", NULL, 0);
    fake.submit_fails = ERR_OK;
    assert_err(c, transfer_resume(c, w.user_id, got.transfer.id, &got), ERR_FORBIDDEN);
    assert_int_equal(got.transfer.state, TRANSFER_FAILED);
    assert_int_equal(fake.task_count, 0);
}

static void the_source_itself_is_no_destination(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer_wish w = wish_for("tacos");
    struct transfer_result got;

    w.endpoint_id = str_of(c->settings->globus_source);
    assert_err(c, transfer_create(c, &w, &got), ERR_INPUT);
    assert_string_equal(c->failure.field, "endpoint_id");
    w.endpoint_id = STR("Stanford");
    assert_err(c, transfer_create(c, &w, &got), ERR_INPUT);
}

static void a_cancel_reaches_globus(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer_wish w = wish_for("tacos");
    struct transfer_result got;
    struct transfer t;

    assert_ok(c, transfer_create(c, &w, &got));
    assert_ok(c, transfer_cancel(c, w.user_id, got.transfer.id, &t));
    assert_int_equal(t.state, TRANSFER_CANCELLED);
    assert_true(t.finished_at > 0);
    assert_int_equal(fake.cancels, 1);
}

static void a_cancel_too_late_shows_the_real_end(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer_wish w = wish_for("tacos");
    struct transfer_result got;
    struct transfer t;

    assert_ok(c, transfer_create(c, &w, &got));
    fake.tasks[0].status = "SUCCEEDED";
    assert_ok(c, transfer_cancel(c, w.user_id, got.transfer.id, &t));
    assert_int_equal(t.state, TRANSFER_DONE);
    assert_int_equal(t.bytes_transferred, 1000);
}

UNIT_MAIN(UNIT_DB(a_wish_becomes_a_queued_task), UNIT_DB(a_double_click_is_one_task),
          UNIT_DB(a_lost_answer_is_asked_for_again_with_the_same_id),
          UNIT_DB(globus_away_from_the_start_keeps_the_wish),
          UNIT_DB(a_step_up_keeps_the_wish_and_names_it),
          UNIT_DB(a_refusal_ends_the_wish_with_its_reason),
          UNIT_DB(an_unknown_endpoint_changes_nothing),
          UNIT_DB(a_private_image_is_not_sent_from_an_open_source),
          UNIT_DB(a_collection_made_private_meanwhile_is_not_sent),
          UNIT_DB(the_source_itself_is_no_destination), UNIT_DB(a_cancel_reaches_globus),
          UNIT_DB(a_cancel_too_late_shows_the_real_end))
