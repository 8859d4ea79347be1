/* needs: database */
#include "support/registry.h"

#include "registry/quota.h"

#include <sys/wait.h>

static struct quota user_quota(struct ctx *c, struct viewer v)
{
    struct quota q;

    assert_ok(c, quota_of_user(c, v.user_id, &q));
    return q;
}

static struct quota collection_quota(struct ctx *c, const char *name)
{
    struct quota q;

    assert_ok(c, quota_of_collection(c, str_of(name), &q));
    return q;
}

static enum err reserve(struct ctx *c, struct viewer v, const char *uri, int64_t bytes,
                        int64_t *reservation)
{
    struct image_name n = registry_name(c, uri);

    return quota_reserve(c, v.user_id, &n, bytes, reservation);
}

static void without_a_limit_nothing_is_reserved(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    int64_t reservation;

    assert_ok(c, reserve(c, alice, "tacos/avocados:v1", INT64_MAX / 2, &reservation));
    assert_int_equal(reservation, 0);
    assert_int_equal(database_count("select count(*) from push_reservations"), 0);
    quota_release(c, reservation);
}

static void what_tags_show_is_counted_once(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice"), bob = registry_user(c, "bob");
    struct container k;

    registry_push(c, alice, "tacos/avocados:v1", STR("12345"));
    registry_push(c, alice, "tacos/avocados:v2", STR("12345"));
    registry_push(c, alice, "other/avocados:v1", STR("12345"));
    k = registry_push(c, alice, "tacos/avocados:v3", STR("123"));
    assert_int_equal(user_quota(c, alice).used, 5 + 5 + 3); /* once for each collection */
    assert_int_equal(collection_quota(c, "tacos").used, 5 + 3);
    assert_int_equal(collection_quota(c, "other").used, 5);

    registry_member(c, bob, "tacos", "owner");
    registry_push(c, bob, "tacos/avocados:v3", STR("1234")); /* bob pays from now on */
    assert_int_equal(user_quota(c, alice).used, 5 + 5);
    assert_int_equal(user_quota(c, bob).used, 4);
    assert_int_equal(collection_quota(c, "tacos").used, 5 + 4);

    assert_ok(c, container_delete(c, bob, &k));
    assert_int_equal(user_quota(c, bob).used, 0); /* though the sweep was not there yet */
}

static void a_reservation_counts_until_it_is_released_or_runs_out(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    int64_t first, second;

    assert_ok(c, quota_set_user(c, alice.user_id, 100));
    assert_ok(c, reserve(c, alice, "tacos/avocados:v1", 60, &first));
    assert_int_equal(user_quota(c, alice).reserved, 60);
    assert_err(c, reserve(c, alice, "tacos/avocados:v2", 41, &second), ERR_QUOTA);
    assert_ok(c, reserve(c, alice, "tacos/avocados:v2", 40, &second));
    quota_release(c, second);
    assert_ok(c, reserve(c, alice, "tacos/avocados:v2", 40, &second));

    database_run("update push_reservations set expires_at = now()", NULL, 0); /* all have died */
    assert_int_equal(user_quota(c, alice).reserved, 0);
    assert_ok(c, quota_renew(c, first)); /* this one was only slow */
    assert_int_equal(user_quota(c, alice).reserved, 60);
    assert_err(c, reserve(c, alice, "tacos/avocados:v3", 41, &second), ERR_QUOTA);
}

static void the_sentence_says_whose_limit_and_how_much(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    int64_t reservation;

    registry_push(c, alice, "tacos/avocados:v1", STR("12345"));
    assert_ok(c, quota_set_user(c, alice.user_id, 2 << 20));
    assert_err(c, reserve(c, alice, "tacos/avocados:v2", INT64_C(5) << 29, &reservation),
               ERR_QUOTA);
    assert_non_null(strstr(c->failure.detail.ptr, "You may store 2.0 MiB; 5 bytes are stored, 0 "
                                                  "bytes are being pushed, and this image needs "
                                                  "2.5 GiB."));
    assert_ok(c, quota_set_user(c, alice.user_id, QUOTA_NONE));
    assert_ok(c, quota_set_collection(c, STR("tacos"), 5));
    assert_err(c, reserve(c, alice, "tacos/avocados:v2", 1, &reservation), ERR_QUOTA);
    assert_non_null(strstr(c->failure.detail.ptr, "The collection tacos may store 5 bytes"));
}

static void settings_hold_where_nobody_has_a_limit_of_his_own(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");

    images_settings.user_quota = 10;
    images_settings.collection_quota = 20;
    assert_int_equal(user_quota(c, alice).limit, 10);
    assert_int_equal(collection_quota(c, "tacos").limit, 20); /* that nobody made yet */
    assert_ok(c, quota_set_user(c, alice.user_id, 30));
    assert_int_equal(user_quota(c, alice).limit, 30);
    assert_ok(c, quota_set_user(c, alice.user_id, QUOTA_NONE));
    assert_int_equal(user_quota(c, alice).limit, 0);
    assert_ok(c, quota_set_user(c, alice.user_id, QUOTA_STANDARD));
    assert_int_equal(user_quota(c, alice).limit, 10);
    assert_err(c, quota_set_collection(c, STR("nowhere"), 1), ERR_NOT_FOUND);
}

static void the_commit_counts_the_true_size(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k;

    images_settings.user_quota = 10;
    registry_push(c, alice, "tacos/avocados:v1", STR("123456"));
    assert_err(c, registry_try_push(c, alice, "tacos/avocados:v2", STR("12345"), &k), ERR_QUOTA);
    assert_int_equal(database_count("select count(*) from containers"), 1);
    registry_push(c, alice, "tacos/avocados:v2", STR("1234"));
    registry_push(c, alice, "tacos/avocados:v3", STR("1234")); /* the same bytes: no more room */
    assert_int_equal(user_quota(c, alice).used, 10);
}

static void what_a_push_replaces_makes_room_for_it(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct image_name n = registry_name(c, "tacos/avocados:v1");
    int64_t reservation;

    images_settings.user_quota = images_settings.collection_quota = 10;
    registry_push(c, alice, "tacos/avocados:v1", STR("0123456789"));
    assert_ok(c, quota_check(c, alice.user_id, &n));
    assert_ok(c, reserve(c, alice, "tacos/avocados:v1", 10, &reservation));
    quota_release(c, reservation);
    registry_push(c, alice, "tacos/avocados:v1", STR("9876543210"));
    assert_err(c, reserve(c, alice, "tacos/avocados:v1", 11, &reservation), ERR_QUOTA);
    n.tag = STR("v2");
    assert_err(c, quota_check(c, alice.user_id, &n), ERR_QUOTA);
    assert_err(c, push_check(c, alice, &n), ERR_QUOTA);

    assert_ok(c, quota_set_user(c, alice.user_id, 5)); /* over it by decree: may shrink, not grow */
    registry_push(c, alice, "tacos/avocados:v1", STR("012345678"));
    assert_int_equal(user_quota(c, alice).used, 9);
}

static void what_another_tag_shows_too_makes_no_room(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    int64_t reservation;

    images_settings.user_quota = 10;
    registry_push(c, alice, "tacos/avocados:v1", STR("01234567"));
    registry_push(c, alice, "tacos/avocados:v2", STR("01234567"));
    assert_err(c, reserve(c, alice, "tacos/avocados:v1", 8, &reservation), ERR_QUOTA);
}

/* ---- at once --------------------------------------------------------------------------------- */

enum { PROCESSES = 6, TRIES = 10, LIMIT = 7 };

/* Exit code: how many reservations of one byte were given. */
static void reserve_in_a_child(struct viewer alice)
{
    struct arena *a = arena_create();
    struct ctx c = database_ctx(a, &clock_real);
    int64_t reservation;
    int given = 0;

    for (int i = 0; i < TRIES; i++)
        given += reserve(&c, alice, "tacos/avocados:v1", 1, &reservation) == ERR_OK;
    arena_destroy(a);
    db_close(c.db);
    _exit(given);
}

static void reservations_at_once_do_not_exceed_the_limit_together(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    int given = 0;

    assert_ok(c, quota_set_user(c, alice.user_id, LIMIT));
    for (int i = 0; i < PROCESSES; i++) {
        if (fork() == 0)
            reserve_in_a_child(alice);
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status;

        assert_true(wait(&status) > 0 && WIFEXITED(status));
        given += WEXITSTATUS(status);
    }
    assert_int_equal(given, LIMIT);
    assert_int_equal(user_quota(c, alice).reserved, LIMIT);
}

UNIT_MAIN(UNIT_REGISTRY(without_a_limit_nothing_is_reserved),
          UNIT_REGISTRY(what_tags_show_is_counted_once),
          UNIT_REGISTRY(a_reservation_counts_until_it_is_released_or_runs_out),
          UNIT_REGISTRY(the_sentence_says_whose_limit_and_how_much),
          UNIT_REGISTRY(settings_hold_where_nobody_has_a_limit_of_his_own),
          UNIT_REGISTRY(the_commit_counts_the_true_size),
          UNIT_REGISTRY(what_a_push_replaces_makes_room_for_it),
          UNIT_REGISTRY(what_another_tag_shows_too_makes_no_room),
          UNIT_REGISTRY(reservations_at_once_do_not_exceed_the_limit_together))
