/* needs: database */
#include "row.h"
#include "support/database.h"

#define SHA256   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ENDPOINT "3a8cd1f0-0000-4000-8000-0000000000aa"
#define FIRST_ID "11111111-0000-4000-8000-000000000000"
#define OTHER_ID "22222222-0000-4000-8000-000000000000"
#define TASK     "33333333-0000-4000-8000-000000000000"

/* A user, a collection with one image, and nothing else: each test begins without transfers. */
static int64_t make_user(const char *name)
{
    char sql[1024];

    snprintf(
        sql, sizeof sql,
        "delete from transfers;"
        "insert into users (username) values ('%s') on conflict do nothing;"
        "insert into collections (name, is_private) values ('%s', false) on conflict do nothing;"
        "insert into images (collection_id, sha256, size_bytes)"
        " select id, sha256('%s'), 1000 from collections where name = '%s' on conflict do nothing;"
        "insert into containers (collection_id, name, tag, image_id)"
        " select collection_id, 'avocados', 'latest', i.id from images i join collections c on "
        "c.id = collection_id"
        "  where c.name = '%s' on conflict do nothing;",
        name, name, name, name, name);
    database_run(sql, NULL, 0);
    snprintf(sql, sizeof sql, "select id from users where username = '%s'", name);
    return database_count(sql);
}

static int64_t number_of(const char *what, const char *collection)
{
    char sql[256];

    snprintf(sql, sizeof sql,
             "select k.%s from containers k join collections c on c.id = k.collection_id where "
             "c.name = '%s'",
             what, collection);
    return database_count(sql);
}

static struct row_wish wish_of(const char *name, const char *path)
{
    return (struct row_wish){
        .user_id = make_user(name),
        .container_id = number_of("id", name),
        .image_id = number_of("image_id", name),
        .size_bytes = 1000,
        .uri = STR("tacos/avocados:latest"),
        .sha256 = STR(SHA256),
        .source_path = STR("/1/sha256.ab.sif"),
        .endpoint_id = STR(ENDPOINT),
        .endpoint_name = STR("Sherlock"),
        .path = str_of(path),
    };
}

static struct transfer stored(struct ctx *c, const char *name)
{
    struct row_wish w = wish_of(name, "/~/a.sif");
    struct transfer t;
    bool is_new;

    assert_ok(c, row_store(c, &w, &t, &is_new));
    assert_true(is_new);
    return t;
}

static void an_equal_open_wish_is_the_first(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct row_wish w = wish_of("alice", "/~/a.sif");
    struct transfer first, second, elsewhere;
    bool is_new;

    assert_ok(c, row_store(c, &w, &first, &is_new));
    assert_true(is_new);
    assert_int_equal(first.state, TRANSFER_WAITING);
    assert_str(first.sha256, SHA256);
    assert_ok(c, row_store(c, &w, &second, &is_new));
    assert_false(is_new);
    assert_true(str_eq(first.id, second.id));

    w.path = STR("/~/b.sif");
    assert_ok(c, row_store(c, &w, &elsewhere, &is_new));
    assert_true(is_new);
}

static void a_finished_wish_may_be_made_again(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct row_wish w = wish_of("bob", "/~/a.sif");
    const struct row_change failed = {TRANSFER_FAILED, STR_INIT("Not sent."), 0, true};
    struct transfer first, second;
    bool is_new;

    assert_ok(c, row_store(c, &w, &first, &is_new));
    assert_ok(c, row_settle(c, &first, &failed));
    assert_ok(c, row_store(c, &w, &second, &is_new));
    assert_true(is_new);
    assert_false(str_eq(first.id, second.id));
}

static void the_first_submission_id_wins(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer mine = stored(c, "carol"), theirs = mine;

    assert_ok(c, row_submission(c, &mine, STR(FIRST_ID)));
    assert_ok(c, row_submission(c, &theirs, STR(OTHER_ID)));
    assert_str(mine.submission_id, FIRST_ID);
    assert_str(theirs.submission_id, FIRST_ID);
}

static void a_finished_wish_gets_no_submission_id(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct row_change failed = {TRANSFER_FAILED, STR_INIT("Not sent."), 0, true};
    struct transfer t = stored(c, "dave");

    assert_ok(c, row_settle(c, &t, &failed));
    assert_err(c, row_submission(c, &t, STR(FIRST_ID)), ERR_CONFLICT);
}

static const struct row_limits limits = {.users = 10, .rows = 10, .lease_s = 60};

static void two_agents_never_claim_the_same_row(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct arena *arena = arena_create();
    struct ctx other = database_ctx(arena, c->clock);
    struct transfer *mine, *theirs;
    size_t my_count, their_count;

    stored(c, "erin");
    database_run("update transfers set next_check_at = now() - interval '1 second'", NULL, 0);

    assert_ok(c, db_begin(c)); /* the first agent is in the middle of its claim */
    assert_ok(c, row_claim(c, &limits, &mine, &my_count));
    assert_int_equal(my_count, 1);
    assert_ok(&other, row_claim(&other, &limits, &theirs, &their_count));
    assert_int_equal(their_count, 0);
    assert_ok(c, db_commit(c));

    /* and then the lease holds */
    assert_ok(&other, row_claim(&other, &limits, &theirs, &their_count));
    assert_int_equal(their_count, 0);
    arena_reset(arena);
    db_close(other.db);
    arena_destroy(arena);
}

static void a_lease_that_ran_out_is_claimed_again(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer *list;
    size_t count;

    stored(c, "frank");
    database_run("update transfers set next_check_at = now() - interval '1 second'", NULL, 0);
    assert_ok(c, row_claim(c, &limits, &list, &count));
    assert_int_equal(count, 1);
    database_run("update transfers set next_check_at = next_check_at - interval '61 seconds'", NULL,
                 0);
    assert_ok(c, row_claim(c, &limits, &list, &count));
    assert_int_equal(count, 1);
}

/* Three tasks of one user and three of another, due in turn. */
static void store_six(struct ctx *c)
{
    static const char *const paths[] = {"/~/a.sif", "/~/b.sif", "/~/c.sif"};
    struct row_wish one = wish_of("mallory", "/"), other = wish_of("niaj", "/");
    struct transfer t;
    bool is_new;

    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        one.path = other.path = str_of(paths[i]);
        assert_ok(c, row_store(c, &one, &t, &is_new));
        assert_ok(c, row_store(c, &other, &t, &is_new));
    }
    database_run("update transfers set task_id = gen_random_uuid(), state = 'running',"
                 " next_check_at = now() - n * interval '1 second'"
                 " from (select id as i, row_number() over (order by path, user_id) as n from "
                 "transfers) k where i = id",
                 NULL, 0);
}

static void the_rows_of_a_user_are_claimed_together(void **state)
{
    const struct row_limits one_user = {.users = 1, .rows = 3, .lease_s = 60};
    const struct row_limits earlier = {.users = 9, .rows = 9, .round_ms = 60000, .lease_s = 60};
    const struct row_limits two_each = {.users = 9, .rows = 2, .lease_s = 60};
    struct ctx *c = unit_ctx(state);
    struct transfer *list;
    size_t count;

    store_six(c);
    assert_ok(c, row_claim(c, &earlier, &list, &count));
    assert_int_equal(count, 0); /* due after that round began */
    assert_ok(c, row_claim(c, &one_user, &list, &count));
    assert_int_equal(count, 3);
    assert_int_equal(list[0].user_id, list[2].user_id);

    store_six(c);
    assert_ok(c, row_claim(c, &two_each, &list, &count));
    assert_int_equal(count, 4);
    assert_int_equal(list[0].user_id, list[1].user_id);
    assert_int_equal(list[2].user_id, list[3].user_id);
}

/* Seconds until the agent looks, to the nearest. */
static long look_in(void)
{
    return database_count("select round(extract(epoch from next_check_at - now())) from transfers");
}

static void who_watches_hastens_the_next_look_but_not_against_globus(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer t = stored(c, "olivia");

    assert_ok(c, row_postpone(c, &t, 100, false));
    assert_ok(c, transfer_watch(c, t.user_id, t.id));
    assert_int_equal(look_in(), 100); /* no task yet: that is another matter */

    assert_ok(c, row_accept(c, &t, STR(TASK), true));
    assert_ok(c, row_postpone(c, &t, 100, false));
    assert_ok(c, transfer_watch(c, t.user_id + 1, t.id));
    assert_int_equal(look_in(), 100); /* not his */
    assert_ok(c, transfer_watch(c, t.user_id, t.id));
    assert_int_equal(look_in(), c->settings->agent_interval_s);

    assert_ok(c, row_postpone(c, &t, 100, true));
    assert_ok(c, transfer_watch(c, t.user_id, STR_NONE));
    assert_int_equal(look_in(), 100); /* Globus asked for patience */
    assert_ok(c, row_postpone(c, &t, 100, false));
    assert_ok(c, transfer_watch(c, t.user_id, STR_NONE));
    assert_int_equal(look_in(), c->settings->agent_interval_s);

    assert_ok(c, row_postpone(c, &t, 3600, false));
    assert_ok(c, transfer_watch(c, t.user_id, t.id));
    assert_int_equal(look_in(), 3600); /* nobody may look at it */
    assert_err(c, transfer_watch(c, t.user_id, STR("x")), ERR_NOT_FOUND);
}

static void a_cancel_asked_for_meanwhile_survives(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct row_change waits = {TRANSFER_WAITING, STR_INIT("Waiting for Globus."), 10, false};
    struct transfer t = stored(c, "grace"), now;

    assert_ok(c, row_submission(c, &t, STR(FIRST_ID)));
    assert_ok(c, transfer_cancel(c, t.user_id, t.id, &now));
    assert_int_equal(now.state, TRANSFER_CANCELLED);
    assert_int_equal(now.finished_at, 0); /* it may be a task at Globus already */

    assert_ok(c, row_settle(c, &t, &waits)); /* by somebody who read the row before */
    assert_ok(c, transfer_get(c, t.user_id, t.id, &now));
    assert_int_equal(now.state, TRANSFER_CANCELLED);
    assert_ok(c, row_accept(c, &t, STR(TASK), true));
    assert_ok(c, transfer_get(c, t.user_id, t.id, &now));
    assert_int_equal(now.state, TRANSFER_CANCELLED);
    assert_str(now.task_id, TASK);
}

static void a_wish_that_was_never_sent_is_cancelled_at_once(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer t = stored(c, "heidi"), now;

    assert_ok(c, transfer_cancel(c, t.user_id, t.id, &now));
    assert_int_equal(now.state, TRANSFER_CANCELLED);
    assert_true(now.finished_at > 0);
    assert_err(c, transfer_cancel(c, t.user_id, t.id, &now), ERR_CONFLICT);
}

static void a_transfer_is_its_users_alone(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct transfer t = stored(c, "ivan"), out;
    struct transfer_page page;

    assert_err(c, transfer_get(c, t.user_id + 1, t.id, &out), ERR_NOT_FOUND);
    assert_err(c, transfer_cancel(c, t.user_id + 1, t.id, &out), ERR_NOT_FOUND);
    assert_err(c, transfer_get(c, t.user_id, STR("x"), &out), ERR_NOT_FOUND);
    assert_ok(c, transfer_list(c, &(struct transfer_query){.user_id = t.user_id + 1, .limit = 10},
                               &page));
    assert_int_equal(page.count, 0);
}

static void pages_hold_every_transfer_once_newest_first(void **state)
{
    enum { COUNT = 5, PAGE = 2 };
    struct ctx *c = unit_ctx(state);
    struct row_wish w = wish_of("judy", "");
    struct transfer_page page = {.count = 0};
    struct str cursor = STR_NONE;
    size_t seen = 0;

    for (int i = 0; i < COUNT; i++) {
        struct transfer t;
        bool is_new;

        w.path = str_printf(c->arena, "/%d", i);
        assert_ok(c, row_store(c, &w, &t, &is_new));
    }
    do {
        assert_ok(c, transfer_list(c,
                                   &(struct transfer_query){
                                       .user_id = w.user_id, .cursor = cursor, .limit = PAGE},
                                   &page));
        for (size_t i = 0; i < page.count; i++, seen++)
            assert_str(page.list[i].path, str_printf(c->arena, "/%d", COUNT - 1 - (int)seen).ptr);
        cursor = page.next;
    } while (cursor.len);
    assert_int_equal(seen, COUNT);
}

static void a_path_found_late_makes_room_for_the_wish_that_has_it(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct row_wish w = wish_of("kim", "a.sif");
    struct transfer bare, whole;
    bool is_new;

    assert_ok(c, row_store(c, &w, &bare, &is_new));
    w.path = STR("/~/a.sif");
    assert_ok(c, row_store(c, &w, &whole, &is_new));
    assert_err(c, row_locate(c, &bare, STR("Sherlock"), STR("/~/a.sif")), ERR_CONFLICT);
}

UNIT_MAIN(UNIT_DB(an_equal_open_wish_is_the_first), UNIT_DB(a_finished_wish_may_be_made_again),
          UNIT_DB(the_first_submission_id_wins), UNIT_DB(a_finished_wish_gets_no_submission_id),
          UNIT_DB(two_agents_never_claim_the_same_row),
          UNIT_DB(a_lease_that_ran_out_is_claimed_again),
          UNIT_DB(the_rows_of_a_user_are_claimed_together),
          UNIT_DB(who_watches_hastens_the_next_look_but_not_against_globus),
          UNIT_DB(a_cancel_asked_for_meanwhile_survives),
          UNIT_DB(a_wish_that_was_never_sent_is_cancelled_at_once),
          UNIT_DB(a_transfer_is_its_users_alone),
          UNIT_DB(pages_hold_every_transfer_once_newest_first),
          UNIT_DB(a_path_found_late_makes_room_for_the_wish_that_has_it))
