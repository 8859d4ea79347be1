/* needs: database */
#include "support/registry.h"

#include <sys/wait.h>

#define HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct sweep_report sweep(struct ctx *c)
{
    struct sweep_report did = {0};

    assert_ok(c, registry_sweep(c, &did));
    return did;
}

/* Past the time in which a stored image is left alone. */
static void age_images(void)
{
    database_run("update images set created_at = now() - interval '2 hours'", NULL, 0);
}

static struct container push_and_delete(struct ctx *c, const char *uri)
{
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, uri, STR("image"));

    assert_ok(c, container_delete(c, alice, &k));
    return k;
}

static void what_a_tag_needs_stays(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct sweep_report did;

    registry_push(c, alice, "tacos/avocados:v1", STR("one"));
    registry_push(c, alice, "tacos/avocados:v2", STR("two"));
    registry_push(c, alice, "other/avocados:v2", STR("two"));
    age_images();
    did = sweep(c);
    assert_int_equal(did.images, 0);
    assert_int_equal(did.files, 0);
    assert_int_equal(images_count(), 3);
}

static void the_image_of_a_deleted_tag_goes_after_a_while(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct sweep_report did;

    push_and_delete(c, "tacos/avocados:v1");
    did = sweep(c);
    assert_int_equal(did.images, 0);
    assert_int_equal(images_count(), 1);
    age_images();
    did = sweep(c);
    assert_int_equal(did.images, 1);
    assert_int_equal(did.files, 1);
    assert_int_equal(images_count(), 0);
    assert_int_equal(database_count("select count(*) from images"), 0);
    assert_int_equal(sweep(c).images, 0);
}

static void a_look_tells_what_would_go_and_takes_nothing(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct sweep_report looked = {0}, did = {0};
    struct container k;

    images_settings.keep_versions = 0;
    k = registry_push(c, alice, "tacos/avocados:v1", STR("old"));
    registry_push(c, alice, "tacos/avocados:v1", STR("new"));
    registry_push(c, alice, "tacos/avocados:v2", STR("kept"));
    age_images();
    images_put(str_printf(c->arena, "%lld", (long long)k.collection_id).ptr, "sha256." HEX ".sif",
               "orphan");
    assert_ok(c, registry_sweep_look(c, &looked));
    assert_int_equal(looked.images, 1);
    assert_int_equal(looked.files, 2);
    assert_int_equal(looked.bytes, strlen("old") + strlen("orphan"));
    assert_int_equal(images_count(), 4);

    assert_ok(c, registry_sweep_all(c, &did));
    assert_memory_equal(&did, &looked, sizeof did);
    assert_int_equal(images_count(), 2);
    assert_ok(c, registry_sweep_look(c, &looked));
    assert_int_equal(looked.files, 0);
}

static void an_overwritten_image_goes_and_the_new_one_stays(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k;
    struct stat s;

    images_settings.keep_versions = 1;
    registry_push(c, alice, "tacos/avocados:v1", STR("old"));
    k = registry_push(c, alice, "tacos/avocados:v1", STR("new"));
    age_images();
    assert_int_equal(sweep(c).images, 0); /* an earlier version still */
    images_settings.keep_versions = 0;
    registry_push(c, alice, "tacos/avocados:v1", STR("new"));
    assert_int_equal(sweep(c).images, 1);
    assert_int_equal(images_count(), 1);
    assert_true(images_stat(store_path(c->arena, k.collection_id, k.sha256), &s));
}

static void an_image_waits_for_its_transfers(void **state)
{
    struct ctx *c = unit_ctx(state);

    push_and_delete(c, "tacos/avocados:v1");
    age_images();
    database_run("insert into transfers (user_id, image_id, uri, sha256, source_path, endpoint_id, "
                 "endpoint_name, path, state_text, bytes_total)"
                 " select u.id, i.id, 'tacos/avocados:v1', i.sha256, '/', gen_random_uuid(), 'e', "
                 "'/p', '', 5 from users u, images i",
                 NULL, 0);
    assert_int_equal(sweep(c).images, 0);
    assert_int_equal(images_count(), 1);
    database_run("update transfers set finished_at = now(), state = 'done'", NULL, 0);
    assert_int_equal(sweep(c).images, 1);
    assert_int_equal(images_count(), 0);
    assert_int_equal(database_count("select count(*) from transfers where image_id is null"), 1);
}

/* What somebody else holds at this moment, in a transaction that ends with the test's word. */
static PGconn *hold(const char *sql)
{
    PGconn *connection = PQconnectdb(database_conninfo());

    PQclear(PQexec(connection, "begin"));
    PQclear(PQexec(connection, sql));
    assert_string_equal(PQerrorMessage(connection), "");
    return connection;
}

/* PQfinish() alone would not wait for the server to let go. */
static void release(PGconn *connection)
{
    PQclear(PQexec(connection, "rollback"));
    PQfinish(connection);
}

static void an_image_that_a_transfer_is_just_taking_is_skipped(void **state)
{
    struct ctx *c = unit_ctx(state);
    PGconn *transfer;

    push_and_delete(c, "tacos/avocados:v1");
    age_images();
    /* what the foreign key of a new transfer does */
    transfer = hold("select from images for key share");
    assert_int_equal(sweep(c).images, 0);
    release(transfer);
    assert_int_equal(sweep(c).images, 1);
}

static void a_file_without_a_row_goes_and_foreign_files_stay(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct sweep_report did;

    registry_push(c, alice, "tacos/avocados:v1", STR("image"));
    images_put("1", "sha256." HEX ".sif", "orphan");
    images_put("77", "sha256." HEX ".sif", "orphan of no collection");
    images_put("1", "README", "by hand");
    did = sweep(c);
    assert_int_equal(did.files, 2);
    assert_int_equal(images_count(), 2);
}

static void a_file_that_a_push_is_just_naming_is_skipped(void **state)
{
    struct ctx *c = unit_ctx(state);
    PGconn *push = hold("select pg_advisory_xact_lock(hashtextextended('5/" HEX "', 0))");

    images_put("5", "sha256." HEX ".sif", "named, not committed");
    assert_int_equal(sweep(c).files, 0);
    assert_int_equal(images_count(), 1);
    release(push);
    assert_int_equal(sweep(c).files, 1);
}

static void a_directory_that_a_push_is_busy_in_is_skipped(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct upload *u;

    images_put("5", "sha256." HEX ".sif", "orphan");
    assert_ok(c, images_upload(c, STR("image"), 5, &u));
    assert_ok(c, upload_publish(c, u, 5, 0)); /* named, its rows not committed yet */
    assert_int_equal(sweep(c).files, 0);
    upload_settle(u);
    assert_int_equal(sweep(c).files, 2);
}

static void more_files_than_one_batch_all_go(void **state)
{
    struct ctx *c = unit_ctx(state);

    for (int i = 0; i < 1203; i++)
        images_put("9", str_printf(c->arena, "sha256.%064x.sif", (unsigned)i).ptr, "");
    assert_int_equal(sweep(c).files, 1203);
    assert_int_equal(images_count(), 0);
}

static void expired_tickets_go(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct image_name n = registry_name(c, "tacos/avocados:v1");
    struct str ticket;

    assert_ok(c, ticket_create(c, alice.user_id, &n, &ticket));
    assert_int_equal(sweep(c).rows, 0);
    database_run("update upload_tickets set expires_at = now() - interval '1 second'", NULL, 0);
    assert_int_equal(sweep(c).rows, 1);
    assert_int_equal(database_count("select count(*) from upload_tickets"), 0);
}

static void a_store_that_is_gone_is_told_and_deletes_no_row(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct sweep_report did;

    registry_push(c, alice, "tacos/avocados:v1", STR("image"));
    age_images();
    images_settings.images_root = "/nowhere";
    assert_err(c, registry_sweep(c, &did), ERR_UNAVAILABLE);
    images_settings.images_root = images_root;
    assert_int_equal(database_count("select count(*) from images"), 1);
}

/* ---- at once --------------------------------------------------------------------------------- */

enum { PUSHERS = 2, ROUNDS = 40 };

/* Push and delete the same few images over and over, on a connection of its own. */
static void churn_in_a_child(struct viewer v, int process)
{
    struct clock clock = {.now_s = unit_clock_now_s,
                          .mono_ms = unit_clock_mono_ms,
                          .pause_ms = clock_real.pause_ms}; /* the sweep is waited for */
    struct ctx c = database_ctx(arena_create(), &clock);

    c.settings = &images_settings;
    for (int i = 0; i < ROUNDS; i++) {
        struct ctx round = c;
        struct container k;
        enum err e;

        round.arena = arena_create();
        e = registry_try_push(&round, v, process ? "tacos/a:v1" : "tacos/b:v1",
                              str_printf(round.arena, "image %d", i % 3), &k);
        if (e == ERR_OK && i + 1 < ROUNDS)
            e = container_delete(&round, v, &k);
        if (e != ERR_OK) {
            print_error(STR_FMT " (" STR_FMT ")\n", STR_ARG(round.failure.detail),
                        STR_ARG(round.failure.cause));
            _exit(1);
        }
        arena_destroy(round.arena);
    }
    _exit(0);
}

static void pushes_during_sweeps_keep_every_row_with_its_file(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    int left = PUSHERS;

    database_run("alter table images alter created_at set default now() - interval '2 hours'", NULL,
                 0);
    for (int i = 0; i < PUSHERS; i++) {
        if (fork() == 0)
            churn_in_a_child(alice, i);
    }
    while (left > 0) {
        int status;

        (void)sweep(c);
        if (waitpid(-1, &status, WNOHANG) > 0) {
            assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
            left--;
        }
    }
    (void)registry_is_whole(c);
    (void)sweep(c);
    assert_true(registry_is_whole(c));
    assert_true(images_count() > 0);
    database_run("alter table images alter created_at set default now()", NULL, 0);
}

UNIT_MAIN(UNIT_REGISTRY(what_a_tag_needs_stays),
          UNIT_REGISTRY(the_image_of_a_deleted_tag_goes_after_a_while),
          UNIT_REGISTRY(a_look_tells_what_would_go_and_takes_nothing),
          UNIT_REGISTRY(an_overwritten_image_goes_and_the_new_one_stays),
          UNIT_REGISTRY(an_image_waits_for_its_transfers),
          UNIT_REGISTRY(an_image_that_a_transfer_is_just_taking_is_skipped),
          UNIT_REGISTRY(a_file_without_a_row_goes_and_foreign_files_stay),
          UNIT_REGISTRY(a_file_that_a_push_is_just_naming_is_skipped),
          UNIT_REGISTRY(a_directory_that_a_push_is_busy_in_is_skipped),
          UNIT_REGISTRY(more_files_than_one_batch_all_go), UNIT_REGISTRY(expired_tickets_go),
          UNIT_REGISTRY(a_store_that_is_gone_is_told_and_deletes_no_row),
          UNIT_REGISTRY(pushes_during_sweeps_keep_every_row_with_its_file))
