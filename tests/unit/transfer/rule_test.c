/* needs: database */
#include "fake_globus.h"
#include "rule.h"
#include "support/database.h"

#define ENDPOINT "3a8cd1f0-0000-4000-8000-0000000000aa"
#define IDENTITY "3a8cd1f0-0000-4000-8000-0000000000dd"

/* Another worker or agent, for what happens while a call is on its way. */
static struct ctx other;
static struct settings per_user;
static struct transfer_wish wish;

/*
 * alice, who is connected to Globus and owns the private collection salsa with one image; a source
 * with read rules, none yet.
 */
static struct ctx *begin(void **state)
{
    struct unit *u = *state;

    fake_reset();
    database_run(
        "delete from transfers; delete from read_rules;"
        "insert into users (username) values ('alice') on conflict do nothing;"
        "update users set is_active = true, is_admin = false;"
        "insert into globus_links (user_id, identity_id, username)"
        " select id, '" IDENTITY "', 'alice@uni.example' from users where username = 'alice'"
        " on conflict do nothing;"
        "insert into collections (name, is_private) values ('salsa', true) on conflict do nothing;"
        "insert into collection_members (collection_id, user_id, role)"
        " select c.id, u.id, 'owner' from collections c, users u where u.username = 'alice'"
        " on conflict do nothing;"
        "insert into images (collection_id, sha256, size_bytes)"
        " select id, sha256('x'), 1000 from collections on conflict do nothing;"
        "insert into containers (collection_id, name, tag, image_id)"
        " select collection_id, 'avocados', 'latest', id from images on conflict do nothing;"
        "update collections set is_private = true",
        NULL, 0);
    other = database_ctx(arena_create(), &u->clock);
    per_user = *other.settings;
    per_user.globus_source_access = SOURCE_PER_USER;
    u->ctx.settings = &per_user;
    other.settings = &per_user;
    wish = (struct transfer_wish){
        .user_id = database_count("select id from users where username = 'alice'"),
        .container_id = database_count("select id from containers limit 1"),
        .endpoint_id = STR(ENDPOINT)};
    wish.viewer = (struct viewer){.user_id = wish.user_id};
    return &u->ctx;
}

static void end(struct ctx *c)
{
    c->settings = NULL;
    arena_reset(other.arena);
    db_close(other.db);
    arena_destroy(other.arena);
}

static struct transfer send_to(struct ctx *c, const char *path)
{
    struct transfer_result got;

    wish.path = str_of(path);
    assert_ok(c, transfer_create(c, &wish, &got));
    return got.transfer;
}

/* A round of the agent; what is kept for requests on their way is old by then. */
static struct withdraw_report pass(struct ctx *c)
{
    struct withdraw_report did;

    database_run("update read_rules set look_at = now()", NULL, 0);
    assert_ok(c, transfer_withdraw_rules(c, &did));
    return did;
}

static void time_passes(void)
{
    database_run("update read_rules set tried_at = now() - interval '1 hour'", NULL, 0);
}

static void finish_all(void)
{
    database_run("update transfers set state = 'done', finished_at = now()", NULL, 0);
}

static long rows(void)
{
    return database_count("select count(*) from read_rules");
}

/* ---- one after the other --------------------------------------------------------------------- */

static void a_private_image_is_sent_under_a_rule_for_its_directory(void **state)
{
    struct ctx *c = begin(state);
    char path[64], expected[64];

    assert_int_equal(send_to(c, "/a/").state, TRANSFER_QUEUED);
    assert_int_equal(fake.rule_count, 1);
    snprintf(path, sizeof path, "%s", fake.rules[0].path);
    snprintf(expected, sizeof expected, "/%ld/",
             database_count("select id from collections where name = 'salsa'"));
    assert_string_equal(path, expected);
    assert_string_equal(fake.rules[0].identity, IDENTITY);
    assert_int_equal(pass(c).withdrawn, 0); /* it is needed */
    finish_all();
    time_passes();
    assert_int_equal(pass(c).withdrawn, 1);
    assert_int_equal(fake.rule_count, 0);
    assert_int_equal(rows(), 0);
    end(c);
}

static void a_stranger_gets_no_rule(void **state)
{
    struct ctx *c = begin(state);
    struct transfer_result got;

    wish.viewer = (struct viewer){.user_id = wish.user_id + 1};
    assert_err(c, transfer_create(c, &wish, &got), ERR_NOT_FOUND);
    assert_int_equal(fake.rule_creates, 0);
    end(c);
}

static void two_transfers_share_a_rule_that_the_last_one_ends(void **state)
{
    struct ctx *c = begin(state);

    send_to(c, "/a/");
    send_to(c, "/b/");
    assert_int_equal(fake.rule_creates, 1);
    database_run(
        "update transfers set state = 'failed', finished_at = now() where path like '/a/%'", NULL,
        0);
    assert_int_equal(pass(c).withdrawn, 0);
    assert_int_equal(fake.rule_count, 1);
    finish_all();
    assert_int_equal(pass(c).withdrawn, 1);
    assert_int_equal(fake.rule_count, 0);
    end(c);
}

static void trouble_of_a_running_task_is_no_end(void **state)
{
    struct ctx *c = begin(state);
    struct follow_report report;

    send_to(c, "/a/");
    fake.tasks[0].code = "CONNECT_FAILED";
    database_run("update transfers set next_check_at = now() - interval '1 second'", NULL, 0);
    assert_ok(c, transfer_follow(c, &report));
    assert_int_equal(report.updated, 1);
    assert_int_equal(pass(c).withdrawn, 0);
    assert_int_equal(fake.rule_count, 1);
    end(c);
}

static void an_answer_that_was_lost_leaves_no_rule(void **state)
{
    struct ctx *c = begin(state);
    struct transfer t;

    fake.rule_fails_after = ERR_GLOBUS_UNAVAILABLE;
    t = send_to(c, "/a/");
    assert_int_equal(t.state, TRANSFER_WAITING);
    assert_int_equal(fake.submits, 0); /* never before the rule is known to be there */
    assert_int_equal(fake.rule_count, 1);
    assert_ok(c, transfer_cancel(c, wish.user_id, t.id, &t));
    assert_int_equal(pass(c).withdrawn, 1);
    assert_int_equal(fake.rule_count, 0);
    assert_int_equal(rows(), 1); /* the request might still be on its way */
    time_passes();
    pass(c);
    assert_int_equal(rows(), 0);
    end(c);
}

static void a_request_that_arrives_late_is_found(void **state)
{
    struct ctx *c = begin(state);
    struct transfer t;

    fake.rule_fails = ERR_GLOBUS_UNAVAILABLE;
    t = send_to(c, "/a/");
    assert_ok(c, transfer_cancel(c, wish.user_id, t.id, &t));
    assert_int_equal(pass(c).withdrawn, 0);
    assert_int_equal(rows(), 1);
    fake.rule_fails = ERR_OK;
    fake_rule(IDENTITY, "/1/", "r"); /* a request whose sender is dead */
    snprintf(fake.rules[0].path, sizeof fake.rules[0].path, "/%ld/",
             database_count("select collection_id from images limit 1"));
    time_passes();
    assert_int_equal(pass(c).withdrawn, 1);
    assert_int_equal(fake.rule_count, 0);
    end(c);
}

static void a_lost_answer_to_the_withdrawal_is_asked_again(void **state)
{
    struct ctx *c = begin(state);

    send_to(c, "/a/");
    finish_all();
    time_passes();
    fake.delete_fails_after = ERR_GLOBUS_UNAVAILABLE;
    assert_int_equal(pass(c).withdrawn, 0);
    assert_int_equal(pass(c).withdrawn, 1);
    assert_int_equal(rows(), 0);
    end(c);
}

static void a_withdrawal_that_was_not_finished_is_finished_by_the_next_wish(void **state)
{
    struct ctx *c = begin(state);
    char before[FAKE_ID_SIZE];

    send_to(c, "/a/");
    finish_all();
    snprintf(before, sizeof before, "%s", fake.rules[0].id);
    fake.delete_fails = ERR_GLOBUS_UNAVAILABLE;
    assert_int_equal(pass(c).withdrawn, 0);
    fake.delete_fails = ERR_OK;
    assert_int_equal(send_to(c, "/b/").state, TRANSFER_QUEUED);
    assert_int_equal(fake.rule_count, 1);
    assert_string_not_equal(fake.rules[0].id,
                            before); /* a late withdrawal of the old cannot hit it */
    assert_int_equal(pass(c).withdrawn, 0);
    end(c);
}

/* ---- at the same time ------------------------------------------------------------------------ */

static struct transfer sent_meanwhile;

static void send_meanwhile(void)
{
    struct transfer_result got;

    wish.path = STR("/meanwhile/");
    if (transfer_create(&other, &wish, &got) != ERR_OK)
        fail_msg(STR_FMT, STR_ARG(other.failure.detail));
    sent_meanwhile = got.transfer;
}

static void two_wishes_at_once_make_one_rule(void **state)
{
    struct ctx *c = begin(state);

    fake.before_create = send_meanwhile;
    assert_int_equal(send_to(c, "/a/").state, TRANSFER_QUEUED);
    assert_int_equal(sent_meanwhile.state, TRANSFER_QUEUED);
    assert_int_equal(fake.rule_creates, 2);
    assert_int_equal(fake.rule_count, 1);
    finish_all();
    assert_int_equal(pass(c).withdrawn, 1); /* ours, though Globus said that it was there */
    assert_int_equal(fake.rule_count, 0);
    end(c);
}

static void a_wish_that_comes_while_the_rule_is_withdrawn_has_one(void **state)
{
    struct ctx *c = begin(state);

    send_to(c, "/a/");
    finish_all();
    fake.before_delete = send_meanwhile;
    assert_int_equal(pass(c).withdrawn, 1);
    assert_int_equal(sent_meanwhile.state, TRANSFER_QUEUED);
    assert_int_equal(fake.rule_count, 1);
    assert_int_equal(pass(c).withdrawn, 0);
    assert_int_equal(fake.rule_count, 1);
    finish_all();
    assert_int_equal(pass(c).withdrawn, 1);
    assert_int_equal(fake.rule_count, 0);
    end(c);
}

static void a_wish_that_comes_after_the_list_was_read_keeps_its_rule(void **state)
{
    struct ctx *c = begin(state);
    struct transfer t;

    fake.rule_fails_after = ERR_GLOBUS_UNAVAILABLE; /* nobody knows whether there is a rule */
    t = send_to(c, "/a/");
    assert_ok(c, transfer_cancel(c, wish.user_id, t.id, &t));
    fake.after_list = send_meanwhile;
    assert_int_equal(pass(c).withdrawn, 0);
    assert_int_equal(fake.rule_count, 1);
    assert_int_equal(sent_meanwhile.state, TRANSFER_QUEUED);
    end(c);
}

static void withdraw_meanwhile(void)
{
    finish_all();
    assert_int_equal(pass(&other).withdrawn, 0);
}

static void a_wish_cancelled_while_its_rule_is_made_leaves_none(void **state)
{
    struct ctx *c = begin(state);
    struct transfer_result got;

    fake.before_create = withdraw_meanwhile;
    wish.path = STR("/a/");
    (void)!transfer_create(c, &wish, &got);
    assert_int_equal(pass(c).withdrawn, 1);
    assert_int_equal(fake.rule_count, 0);
    end(c);
}

/* ---- what Globus says ------------------------------------------------------------------------ */

static void a_rule_that_was_there_before_stays(void **state)
{
    struct ctx *c = begin(state);

    fake_rule(IDENTITY, "/1/", "r");
    snprintf(fake.rules[0].path, sizeof fake.rules[0].path, "/%ld/",
             database_count("select collection_id from images limit 1"));
    assert_int_equal(send_to(c, "/a/").state, TRANSFER_QUEUED);
    finish_all();
    assert_int_equal(pass(c).withdrawn, 0);
    assert_int_equal(rows(), 0);
    assert_int_equal(fake.rule_deletes, 0);
    assert_int_equal(fake.rule_count, 1);
    end(c);
}

static void a_full_collection_makes_wishes_wait(void **state)
{
    struct ctx *c = begin(state);
    struct follow_report report;
    struct transfer t;

    fake_rule("somebody", "/else/", "r");
    fake.rules_max = 1;
    t = send_to(c, "/a/");
    assert_int_equal(t.state, TRANSFER_WAITING);
    assert_non_null(strstr(t.state_text.ptr, "no further read rule"));
    assert_int_equal(fake.submits, 0);
    fake.rule_count = 0;
    database_run("update transfers set next_check_at = now() - interval '1 second'", NULL, 0);
    assert_ok(c, transfer_follow(c, &report));
    assert_int_equal(report.submitted, 1);
    assert_int_equal(fake.rule_count, 1);
    end(c);
}

static void a_registry_without_the_role_says_so(void **state)
{
    static const enum err refusals[] = {ERR_FORBIDDEN, ERR_NOT_FOUND, ERR_NOT_SIGNED_IN, ERR_GLOBUS,
                                        ERR_GLOBUS_STEP_UP};

    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct ctx *c = begin(state);
        struct transfer_result got;

        fake.rule_fails = refusals[i];
        assert_err(c, transfer_create(c, &wish, &got), ERR_GLOBUS);
        assert_non_null(strstr(c->failure.detail.ptr, "its administrator"));
        assert_int_equal(got.transfer.state, TRANSFER_FAILED);
        assert_int_equal(fake.submits, 0);
        end(c);
    }
}

static void a_refused_withdrawal_is_tried_again_later(void **state)
{
    struct ctx *c = begin(state);
    struct withdraw_report did;

    send_to(c, "/a/");
    finish_all();
    fake.delete_fails = ERR_FORBIDDEN;
    assert_int_equal(pass(c).refused, 1);
    assert_ok(c, transfer_withdraw_rules(c, &did));
    assert_int_equal(fake.rule_deletes, 1); /* not again at once */
    fake.delete_fails = ERR_OK;
    assert_int_equal(pass(c).withdrawn, 1);
    assert_int_equal(fake.rule_count, 0);
    end(c);
}

/* ---- rights that end ------------------------------------------------------------------------- */

static void assert_ended(void **state, const char *how)
{
    struct ctx *c = begin(state);
    struct transfer t;

    t = send_to(c, "/a/");
    assert_int_equal(pass(c).withdrawn, 0);
    database_run(how, NULL, 0);
    assert_int_equal(pass(c).withdrawn, 1);
    assert_int_equal(fake.rule_count, 0);
    assert_ok(c, transfer_get(c, wish.user_id, t.id, &t));
    assert_int_equal(t.state, TRANSFER_CANCELLED);
    end(c);
}

static void whose_right_ends_loses_the_rule_and_the_transfer(void **state)
{
    struct transfer_result got;
    struct transfer t;
    struct ctx *c;

    assert_ended(state, "delete from collection_members");
    assert_ended(state, "update users set is_active = false");

    c = begin(state); /* before it is sent: it is not sent at all */
    fake.endpoint_fails = ERR_GLOBUS_UNAVAILABLE;
    t = send_to(c, "/a/");
    fake.endpoint_fails = ERR_OK;
    database_run("delete from collection_members", NULL, 0);
    assert_err(c, transfer_resume(c, wish.user_id, t.id, &got), ERR_FORBIDDEN);
    assert_int_equal(fake.rule_creates + fake.submits, 0);
    end(c);
}

static void a_stranger_keeps_his_rule_only_while_the_collection_is_public(void **state)
{
    struct ctx *c = begin(state);

    database_run("delete from collection_members; update collections set is_private = false", NULL,
                 0);
    send_to(c, "/a/");
    assert_int_equal(pass(c).withdrawn, 0);
    database_run("update collections set is_private = true", NULL, 0);
    assert_int_equal(pass(c).withdrawn, 1);
    assert_int_equal(fake.rule_count, 0);
    end(c);
}

static void where_all_may_read_no_rule_is_made(void **state)
{
    struct ctx *c = begin(state);

    database_run("update collections set is_private = false", NULL, 0);
    per_user.globus_source_access = SOURCE_PUBLIC;
    assert_int_equal(send_to(c, "/a/").state, TRANSFER_QUEUED);
    assert_int_equal(fake.rule_creates + fake.tokens, 0);
    assert_int_equal(rows(), 0);
    end(c);
}

UNIT_MAIN(UNIT_DB(a_private_image_is_sent_under_a_rule_for_its_directory),
          UNIT_DB(a_stranger_gets_no_rule),
          UNIT_DB(two_transfers_share_a_rule_that_the_last_one_ends),
          UNIT_DB(trouble_of_a_running_task_is_no_end),
          UNIT_DB(an_answer_that_was_lost_leaves_no_rule),
          UNIT_DB(a_request_that_arrives_late_is_found),
          UNIT_DB(a_lost_answer_to_the_withdrawal_is_asked_again),
          UNIT_DB(a_withdrawal_that_was_not_finished_is_finished_by_the_next_wish),
          UNIT_DB(two_wishes_at_once_make_one_rule),
          UNIT_DB(a_wish_that_comes_while_the_rule_is_withdrawn_has_one),
          UNIT_DB(a_wish_that_comes_after_the_list_was_read_keeps_its_rule),
          UNIT_DB(a_wish_cancelled_while_its_rule_is_made_leaves_none),
          UNIT_DB(a_rule_that_was_there_before_stays), UNIT_DB(a_full_collection_makes_wishes_wait),
          UNIT_DB(a_registry_without_the_role_says_so),
          UNIT_DB(a_refused_withdrawal_is_tried_again_later),
          UNIT_DB(whose_right_ends_loses_the_rule_and_the_transfer),
          UNIT_DB(a_stranger_keeps_his_rule_only_while_the_collection_is_public),
          UNIT_DB(where_all_may_read_no_rule_is_made))
