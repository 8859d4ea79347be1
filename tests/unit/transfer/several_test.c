/* needs: database */
#include "fake_globus.h"
#include "support/database.h"

#include "transfer/several.h"

#define ENDPOINT "3a8cd1f0-0000-4000-8000-0000000000aa"

/*
 * alice, who owns the public collection shelf with three images: a:b_c, a_b:c and d:latest. The
 * first two would arrive as a_b_c.sif.
 */
static struct several_wish wish_for_all(void)
{
    static const char world[] =
        "delete from transfers;"
        "insert into users (username) values ('alice') on conflict do nothing;"
        "insert into collections (name, is_private) values ('shelf', false) on conflict do nothing;"
        "insert into collection_members (collection_id, user_id, role)"
        " select c.id, u.id, 'owner' from collections c, users u where u.username = 'alice' on "
        "conflict do nothing;"
        "delete from containers;"
        "delete from images;"
        "insert into images (collection_id, sha256, size_bytes)"
        " select id, sha256(x::bytea), 1000 from collections, unnest(array['one', 'two', 'three']) "
        "x;"
        "insert into containers (collection_id, name, tag, image_id)"
        " select i.collection_id, v.name, v.tag, i.id from images i"
        " join (values ('one', 'a', 'b_c'), ('two', 'a_b', 'c'), ('three', 'd', 'latest')) v "
        "(content, name, tag) on i.sha256 = sha256(v.content::bytea);"
        "update collections set is_private = false";
    int64_t user_id;

    fake_reset();
    database_run(world, NULL, 0);
    user_id = database_count("select id from users where username = 'alice'");
    return (struct several_wish){
        .user_id = user_id,
        .viewer = {.user_id = user_id},
        .collection_id = database_count("select id from collections where name = 'shelf'"),
        .endpoint_id = STR(ENDPOINT),
        .folder = STR("/scratch/shelf")};
}

static int64_t container(const char *name)
{
    char sql[128];

    snprintf(sql, sizeof sql, "select id from containers where name = '%s'", name);
    return database_count(sql);
}

static void a_collection_is_one_row_and_one_task(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct several_wish w = wish_for_all();
    struct several_result got;
    struct transfer_file *files;
    size_t count;

    assert_ok(c, transfer_create_several(c, &w, &got));
    assert_int_equal(got.result.transfer.state, TRANSFER_QUEUED);
    assert_int_equal(got.result.transfer.files, 3);
    assert_int_equal(got.result.transfer.bytes_total, 3000);
    assert_str(got.result.transfer.path, "/scratch/shelf/");
    assert_int_equal(got.left_out_count, 0);
    assert_int_equal(fake.task_count, 1);

    assert_ok(c, transfer_files(c, &got.result.transfer, &files, &count));
    assert_int_equal(count, 3);
    assert_str(files[0].path, "/scratch/shelf/a_b_c.sif");
    assert_str(files[2].path, "/scratch/shelf/d_latest.sif");
}

static void no_two_files_get_the_same_name(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct several_wish w = wish_for_all();
    struct several_result got;

    /* three that would be x_y_z_w.sif, of the same bytes: the digest alone does not tell them apart
     */
    database_run("insert into containers (collection_id, name, tag, image_id)"
                 " select k.collection_id, v.name, v.tag, k.image_id from containers k,"
                 " (values ('x', 'y_z_w'), ('x_y', 'z_w'), ('x_y_z', 'w')) v (name, tag)"
                 " where k.name = 'd'",
                 NULL, 0);
    assert_ok(c, transfer_create_several(c, &w, &got));
    assert_int_equal(got.result.transfer.files, 6);
    assert_int_equal(database_count("select count(distinct name) from transfer_files"), 6);
    assert_int_equal(database_count("select count(*) from transfer_files where name like '%.sif'"),
                     6);
}

static void the_longest_names_stay_names_and_apart(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct several_wish w = wish_for_all();
    struct several_result got;

    /* names are cut before their tag, so that these three become one */
    database_run("insert into containers (collection_id, name, tag, image_id)"
                 " select k.collection_id, repeat('n', 210) || n, repeat('t', 50), k.image_id"
                 " from containers k, generate_series(1, 3) n where k.name = 'd'",
                 NULL, 0);
    assert_ok(c, transfer_create_several(c, &w, &got));
    assert_int_equal(database_count("select count(distinct name) from transfer_files"), 6);
    assert_int_equal(database_count("select count(*) from transfer_files where name like '%.sif' "
                                    "and octet_length(name) <= 255"),
                     6);
}

static void pressed_twice_it_is_one_wish_and_another_list_another(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct several_wish w = wish_for_all();
    struct several_result first, second, other;
    int64_t one = container("d");

    assert_ok(c, transfer_create_several(c, &w, &first));
    assert_ok(c, transfer_create_several(c, &w, &second));
    assert_true(str_eq(first.result.transfer.id, second.result.transfer.id));
    w.container_ids = &one;
    w.container_count = 1;
    assert_ok(c, transfer_create_several(c, &w, &other));
    assert_false(str_eq(first.result.transfer.id, other.result.transfer.id));
    assert_int_equal(fake.task_count, 2);
    assert_int_equal(database_count("select count(*) from transfer_files"), 3);
}

static void a_lost_answer_is_asked_for_again_with_the_same_id(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct several_wish w = wish_for_all();
    struct several_result lost, again;

    fake.submit_fails_after = ERR_GLOBUS_UNAVAILABLE;
    assert_ok(c, transfer_create_several(c, &w, &lost));
    assert_int_equal(lost.result.transfer.state, TRANSFER_WAITING);
    assert_ok(c, transfer_create_several(c, &w, &again));
    assert_int_equal(again.result.transfer.state, TRANSFER_QUEUED);
    assert_int_equal(fake.submits, 2);
    assert_int_equal(fake.task_count, 1);
    assert_int_equal(fake.ids_given, 1);
}

static void one_that_is_left_is_the_wish_of_its_own_page(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct several_wish w = wish_for_all();
    const int64_t one = container("d");
    struct several_result got;
    struct transfer_result single;
    struct transfer_wish same = {.user_id = w.user_id,
                                 .viewer = w.viewer,
                                 .container_id = one,
                                 .endpoint_id = w.endpoint_id,
                                 .path = STR("/scratch/shelf/")};

    w.container_ids = &one;
    w.container_count = 1;
    assert_ok(c, transfer_create_several(c, &w, &got));
    assert_str(got.result.transfer.uri, "shelf/d:latest");
    assert_str(got.result.transfer.path, "/scratch/shelf/d_latest.sif");
    assert_int_equal(got.result.transfer.container_id, one);
    assert_int_equal(database_count("select count(*) from transfers t join images i on i.id = "
                                    "t.image_id and i.sha256 = t.sha256"),
                     1);
    assert_ok(c, transfer_create(c, &same, &single));
    assert_true(str_eq(single.transfer.id, got.result.transfer.id));
    assert_int_equal(fake.task_count, 1);
}

static void what_may_not_go_is_named_and_nothing_at_all_is_refused(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct several_wish w = wish_for_all();
    const int64_t ids[] = {container("a"), container("d"), 999999, 999999};
    struct several_result got;
    struct left_out *stored;
    size_t count;

    w.container_ids = ids;
    w.container_count = COUNT_OF(ids);
    database_run("update images set damaged_at = now() where id = (select image_id from containers "
                 "where name = 'a')",
                 NULL, 0);
    assert_ok(c, transfer_create_several(c, &w, &got));
    assert_str(got.result.transfer.uri, "shelf/d:latest");
    assert_int_equal(got.left_out_count, 3);
    assert_str(got.left_out[0].image, "shelf/a:b_c");
    assert_str(got.left_out[1].image, "image 999999");

    assert_ok(c, transfer_left_out(c, &got.result.transfer, &stored, &count)); /* still known */
    assert_int_equal(count, 3);
    assert_str(stored[0].image, "shelf/a:b_c");
    assert_str(stored[0].reason, "It is damaged: the stored bytes are not what was pushed.");

    w.container_count = 1;
    assert_err(c, transfer_create_several(c, &w, &got), ERR_INPUT);
    assert_int_equal(fake.task_count, 1);
}

static void a_collection_that_became_private_is_not_submitted(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct several_wish w = wish_for_all();
    struct several_result kept;
    struct transfer_result got;

    fake.endpoint_fails = ERR_GLOBUS_UNAVAILABLE;
    assert_ok(c, transfer_create_several(c, &w, &kept));
    assert_int_equal(kept.result.transfer.state, TRANSFER_WAITING);
    fake.endpoint_fails = ERR_OK;
    database_run("update collections set is_private = true", NULL, 0);
    assert_err(c, transfer_resume(c, w.user_id, kept.result.transfer.id, &got), ERR_FORBIDDEN);
    assert_int_equal(got.transfer.state, TRANSFER_FAILED);
    assert_int_equal(fake.submits, 0);
}

UNIT_MAIN(UNIT_DB(a_collection_is_one_row_and_one_task), UNIT_DB(no_two_files_get_the_same_name),
          UNIT_DB(the_longest_names_stay_names_and_apart),
          UNIT_DB(pressed_twice_it_is_one_wish_and_another_list_another),
          UNIT_DB(a_lost_answer_is_asked_for_again_with_the_same_id),
          UNIT_DB(one_that_is_left_is_the_wish_of_its_own_page),
          UNIT_DB(what_may_not_go_is_named_and_nothing_at_all_is_refused),
          UNIT_DB(a_collection_that_became_private_is_not_submitted))
