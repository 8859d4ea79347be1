/* needs: database */
#include "fake_globus.h"
#include "row.h"
#include "support/database.h"

#define SHA256   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ENDPOINT "3a8cd1f0-0000-4000-8000-0000000000aa"

/* A stored wish of alice that no request has got any further with, due now. */
static struct transfer wish(struct ctx *c, const char *path)
{
    struct row_wish w = {.size_bytes = 1000,
                         .uri = STR("tacos/avocados:latest"),
                         .sha256 = STR(SHA256),
                         .source_path = STR("/1/sha256.sif"),
                         .endpoint_id = STR(ENDPOINT),
                         .endpoint_name = STR("Sherlock"),
                         .path = str_of(path)};
    struct transfer t;
    bool is_new;

    w.user_id = database_count("select id from users where username = 'alice'");
    w.container_id = database_count("select id from containers limit 1");
    w.image_id = database_count("select id from images limit 1");
    assert_ok(c, row_store(c, &w, &t, &is_new));
    return t;
}

static void begin(void)
{
    fake_reset();
    database_run(
        "delete from transfers;"
        "insert into users (username) values ('alice') on conflict do nothing;"
        "insert into collections (name, is_private) values ('tacos', false) on conflict do nothing;"
        "insert into images (collection_id, sha256, size_bytes)"
        " select id, sha256('x'), 1000 from collections on conflict do nothing;"
        "insert into containers (collection_id, name, tag, image_id)"
        " select collection_id, 'avocados', 'latest', id from images on conflict do nothing",
        NULL, 0);
}

/* A round of the agent, to which everything open is due. */
static struct follow_report follow(struct ctx *c)
{
    struct follow_report report;

    database_run("update transfers set next_check_at = now() - interval '1 second' where "
                 "finished_at is null",
                 NULL, 0);
    assert_ok(c, transfer_follow(c, &report));
    return report;
}

static struct transfer now(struct ctx *c, const struct transfer *t)
{
    struct transfer out;

    assert_ok(c, transfer_get(c, t->user_id, t->id, &out));
    return out;
}

static void a_wish_is_carried_to_its_end(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer t;

    begin();
    t = wish(c, "/~/a.sif");
    assert_int_equal(follow(c).submitted, 1);
    assert_int_equal(now(c, &t).state, TRANSFER_QUEUED);
    assert_int_equal(follow(c).updated, 1);
    assert_int_equal(now(c, &t).state, TRANSFER_RUNNING);
    assert_int_equal(now(c, &t).bytes_transferred, 500);
    fake.tasks[0].status = "SUCCEEDED";
    assert_int_equal(follow(c).finished, 1);
    assert_int_equal(now(c, &t).state, TRANSFER_DONE);
    assert_int_equal(follow(c).claimed, 0);
    assert_int_equal(fake.task_count, 1);
}

static void a_crash_after_the_submit_leaves_one_task(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer t;

    begin();
    t = wish(c, "/~/a.sif");
    follow(c);
    /* killed before the row was written */
    database_run("update transfers set task_id = null, state = 'waiting'", NULL, 0);
    follow(c);
    assert_int_equal(fake.submits, 2);
    assert_int_equal(fake.task_count, 1);
    assert_true(now(c, &t).task_id.len > 0);
}

static void all_tasks_of_a_user_take_one_call(void **state)
{
    struct ctx *c = unit_ctx(state);

    begin();
    wish(c, "/~/a.sif");
    wish(c, "/~/b.sif");
    wish(c, "/~/c.sif");
    follow(c);
    assert_int_equal(fake.task_count, 3);
    fake.lists = 0;
    assert_int_equal(follow(c).updated, 3);
    assert_int_equal(fake.lists, 1);
}

static void an_outage_is_asked_about_once(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer a, b;

    begin();
    a = wish(c, "/~/a.sif");
    b = wish(c, "/~/b.sif");
    fake.submit_fails = ERR_GLOBUS_UNAVAILABLE;
    follow(c);
    assert_int_equal(fake.submits, 1);
    assert_int_equal(now(c, &a).state, TRANSFER_WAITING);
    assert_int_equal(now(c, &b).state, TRANSFER_WAITING);
    fake.submit_fails = ERR_OK;
    assert_int_equal(follow(c).submitted, 2);
}

static void retry_after_holds_for_each_task_of_the_call(void **state)
{
    struct ctx *c = unit_ctx(state);

    begin();
    wish(c, "/~/a.sif");
    wish(c, "/~/b.sif");
    follow(c);
    fake.list_fails = ERR_THROTTLED;
    fake.retry_after_s = 77;
    follow(c);
    assert_int_equal(database_count("select count(*) from transfers where next_check_at > now() + "
                                    "interval '70 seconds' and not_before = next_check_at"),
                     2);
}

static void a_user_whose_list_at_globus_is_full_is_not_asked_for_each_wish(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer a, b;

    begin();
    a = wish(c, "/~/a.sif");
    b = wish(c, "/~/b.sif");
    fake.submit_fails = ERR_CONFLICT;
    follow(c);
    assert_int_equal(fake.submits, 1);
    assert_int_equal(now(c, &a).state, TRANSFER_WAITING);
    assert_int_equal(now(c, &b).state, TRANSFER_WAITING);
    fake.submit_fails = ERR_OK;
    assert_int_equal(follow(c).submitted, 2);
}

static void an_outage_does_not_change_a_running_transfer(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer t;

    begin();
    t = wish(c, "/~/a.sif");
    follow(c);
    follow(c);
    fake.list_fails = ERR_GLOBUS_UNAVAILABLE;
    follow(c);
    assert_int_equal(now(c, &t).state, TRANSFER_RUNNING);
    assert_int_equal(now(c, &t).finished_at, 0);
}

static void a_connection_that_is_gone_needs_the_user_and_heals(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer t;

    begin();
    t = wish(c, "/~/a.sif");
    follow(c);
    fake.list_fails = ERR_GLOBUS_RECONNECT;
    follow(c);
    assert_int_equal(now(c, &t).state, TRANSFER_NEEDS_YOU);
    fake.list_fails = ERR_OK;
    assert_ok(c, transfer_wake(c, t.user_id));
    follow(c);
    assert_int_equal(now(c, &t).state, TRANSFER_RUNNING);
}

static void a_task_globus_does_not_show_is_not_called_failed(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer t;

    begin();
    t = wish(c, "/~/a.sif");
    follow(c);
    fake.tasks[0].is_hidden = true;
    follow(c);
    assert_int_equal(now(c, &t).state, TRANSFER_NEEDS_YOU);
    assert_int_equal(now(c, &t).finished_at, 0);

    database_run("update transfers set created_at = now() - interval '31 days'", NULL, 0);
    follow(c);
    assert_int_equal(now(c, &t).state, TRANSFER_FAILED); /* and says that the outcome is unknown */
}

static void a_cancel_of_what_may_be_a_task_finds_and_cancels_it(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer t, out;

    begin();
    t = wish(c, "/~/a.sif");
    fake.submit_fails_after = ERR_GLOBUS_UNAVAILABLE;
    follow(c);
    assert_int_equal(fake.task_count, 1); /* which nobody here knows of */
    assert_ok(c, transfer_cancel(c, t.user_id, t.id, &out));
    assert_int_equal(out.state, TRANSFER_CANCELLED);
    assert_int_equal(out.finished_at, 0);
    follow(c);
    follow(c);
    assert_int_equal(fake.task_count, 1);
    assert_int_equal(fake.cancels, 1);
    assert_true(now(c, &t).finished_at > 0);
    assert_int_equal(now(c, &t).state, TRANSFER_CANCELLED);
}

static void a_deleted_image_ends_its_wish(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer t;

    begin();
    t = wish(c, "/~/a.sif");
    database_run("update transfers set image_id = null", NULL, 0);
    assert_int_equal(follow(c).finished, 1);
    assert_int_equal(now(c, &t).state, TRANSFER_FAILED);
    assert_int_equal(fake.submits, 0);
}

static void a_wish_nobody_clears_the_way_for_ends_after_a_week(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer t;

    begin();
    t = wish(c, "/~/a.sif");
    fake.submit_fails = ERR_GLOBUS_STEP_UP;
    follow(c);
    assert_int_equal(now(c, &t).state, TRANSFER_NEEDS_YOU);
    database_run("update transfers set created_at = now() - interval '8 days'", NULL, 0);
    follow(c);
    assert_int_equal(now(c, &t).state, TRANSFER_FAILED);
}

UNIT_MAIN(UNIT_DB(a_wish_is_carried_to_its_end), UNIT_DB(a_crash_after_the_submit_leaves_one_task),
          UNIT_DB(all_tasks_of_a_user_take_one_call),
          UNIT_DB(retry_after_holds_for_each_task_of_the_call),
          UNIT_DB(a_user_whose_list_at_globus_is_full_is_not_asked_for_each_wish),
          UNIT_DB(an_outage_is_asked_about_once),
          UNIT_DB(an_outage_does_not_change_a_running_transfer),
          UNIT_DB(a_connection_that_is_gone_needs_the_user_and_heals),
          UNIT_DB(a_task_globus_does_not_show_is_not_called_failed),
          UNIT_DB(a_cancel_of_what_may_be_a_task_finds_and_cancels_it),
          UNIT_DB(a_deleted_image_ends_its_wish),
          UNIT_DB(a_wish_nobody_clears_the_way_for_ends_after_a_week))
