/* needs: database */
#include "support/registry.h"

#include "base/log.h"
#include "registry/verify.h"

#include <fcntl.h>

enum { MIB = 1024 * 1024, MONTH_S = 30 * 86400 };

/* Compare everything that was compared before this moment, at most max_bytes in one turn. */
static struct verify_report verify_a_turn(struct ctx *c, int64_t max_age_s, int64_t max_bytes)
{
    struct verify_turn turn = {.max_bytes = max_bytes, .max_ms = 60000};
    struct verify_report did = {0};

    assert_ok(c, verify_cutoff(c, max_age_s, &turn.cutoff_us));
    assert_ok(c, verify_some(c, &turn, &did));
    return did;
}

static struct verify_report verify(struct ctx *c)
{
    return verify_a_turn(c, 0, INT64_MAX / 2);
}

/* What a disk that forgets does: one byte of the file is another. */
static void flip(struct ctx *c, const struct container *k, off_t at)
{
    struct str path = store_path(c->arena, k->collection_id, k->sha256);
    const char *full = str_printf(c->arena, "%s/" STR_FMT, images_root, STR_ARG(path)).ptr;
    int fd = open(full, O_RDWR);
    char byte;

    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 4;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

static bool is_damaged(struct ctx *c, struct viewer v, const struct container *k)
{
    struct container now;

    assert_ok(c, container_get(c, v, k->id, &now));
    return now.is_damaged;
}

static void sound_images_stay_sound(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct verify_report did;

    registry_push(c, alice, "tacos/avocados:v1", STR("one"));
    registry_push(c, alice, "tacos/avocados:v2", images_bytes(c, 3 * MIB, 1));
    did = verify(c);
    assert_int_equal(did.images, 2);
    assert_int_equal(did.bytes, 3 + 3 * MIB);
    assert_int_equal(did.damaged, 0);
    assert_true(did.is_done);
    assert_int_equal(verify_a_turn(c, MONTH_S, MIB).images, 0); /* compared a moment ago */
}

static void a_push_counts_as_a_comparison(void **state)
{
    struct ctx *c = unit_ctx(state);

    registry_push(c, registry_user(c, "alice"), "tacos/avocados:v1", STR("one"));
    assert_int_equal(verify_a_turn(c, MONTH_S, MIB).images, 0);
    database_run("update images set checked_at = now() - interval '31 days'", NULL, 0);
    assert_int_equal(verify_a_turn(c, MONTH_S, MIB).images, 1);
}

static void a_flipped_byte_is_found_and_the_image_refused(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", images_bytes(c, MIB, 2));
    struct container other = registry_push(c, alice, "tacos/avocados:v2", STR("two"));
    struct damaged_list damaged;
    struct verify_report did;

    assert_ok(c, container_check_sound(c, &k));
    flip(c, &k, MIB - 1);
    did = verify(c);
    assert_int_equal(did.images, 2);
    assert_int_equal(did.damaged, 1);
    assert_true(is_damaged(c, alice, &k));
    assert_false(is_damaged(c, alice, &other));
    assert_ok(c, container_get(c, alice, k.id, &k));
    assert_err(c, container_check_sound(c, &k), ERR_DAMAGED);

    assert_ok(c, damaged_images(c, 10, &damaged));
    assert_int_equal(damaged.count, 1);
    assert_true(str_eq(damaged.list[0].uris, STR("tacos/avocados:v1")));
}

static void a_missing_and_a_cut_file_are_damage(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container gone = registry_push(c, alice, "tacos/avocados:v1", STR("one"));
    struct container cut = registry_push(c, alice, "tacos/avocados:v2", STR("two"));

    assert_ok(c, store_remove(c, gone.collection_id, gone.sha256));
    images_put(str_printf(c->arena, "%lld", (long long)cut.collection_id).ptr,
               str_printf(c->arena, "sha256." STR_FMT ".sif", STR_ARG(cut.sha256)).ptr, "tw");
    assert_int_equal(verify(c).damaged, 2);
    assert_true(is_damaged(c, alice, &gone) && is_damaged(c, alice, &cut));
}

static void a_file_that_is_not_there_is_found_when_it_is_asked_for(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", STR("one"));
    struct container gone = registry_push(c, alice, "tacos/avocados:v2", STR("two"));

    assert_ok(c, container_check_file(c, &k));
    assert_ok(c, store_remove(c, k.collection_id, k.sha256));
    assert_err(c, container_check_file(c, &k), ERR_DAMAGED);
    assert_true(is_damaged(c, alice, &k));
    assert_ok(c, container_delete(c, alice, &gone));
    database_run("delete from images where id not in (select image_id from containers)", NULL, 0);
    assert_ok(c, store_remove(c, gone.collection_id, gone.sha256));
    assert_err(c, container_check_file(c, &gone), ERR_NOT_FOUND);
}

static void a_store_that_is_not_mounted_damages_nothing(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", STR("one"));
    struct verify_turn turn = {.max_bytes = MIB, .max_ms = 60000};
    struct verify_report did = {0};

    images_each(images_root, true);
    assert_ok(c, verify_cutoff(c, 0, &turn.cutoff_us));
    assert_err(c, verify_some(c, &turn, &did), ERR_UNAVAILABLE);
    assert_err(c, container_check_file(c, &k), ERR_UNAVAILABLE);
    assert_false(is_damaged(c, alice, &k));
    images_settings.images_root = "/nowhere/images";
    assert_err(c, verify_some(c, &turn, &did), ERR_UNAVAILABLE);
    assert_false(is_damaged(c, alice, &k));
}

static void the_same_bytes_pushed_again_heal_it(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct str bytes = images_bytes(c, MIB, 3);
    struct container k = registry_push(c, alice, "tacos/avocados:v1", bytes);

    flip(c, &k, 7);
    assert_int_equal(verify(c).damaged, 1);
    registry_push(c, alice, "tacos/avocados:v2", bytes); /* another tag: the same image */
    assert_false(is_damaged(c, alice, &k));
    assert_int_equal(verify(c).damaged, 0);
}

static void damaged_bytes_are_not_linked_into_another_collection(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", STR("one")), other;

    flip(c, &k, 0);
    assert_int_equal(verify(c).damaged, 1);
    other = registry_push(c, alice, "other/avocados:v1", STR("one"));
    assert_false(is_damaged(c, alice, &other));
    assert_true(is_damaged(c, alice, &k));
    assert_int_equal(verify(c).damaged, 1); /* still that one */
}

static void a_restored_file_is_found_sound(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", STR("one"));
    struct verify_report did;

    flip(c, &k, 0);
    assert_int_equal(verify(c).damaged, 1);
    flip(c, &k, 0);
    did = verify(c);
    assert_int_equal(did.damaged, 0);
    assert_int_equal(did.healed, 1);
    assert_false(is_damaged(c, alice, &k));
}

static void a_long_comparison_goes_on_where_it_stopped(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", images_bytes(c, 5 * MIB, 4));
    struct verify_report did;
    int64_t read = 0;
    int turns = 0;

    for (did = (struct verify_report){0}; did.images == 0; turns++) {
        did = verify_a_turn(c, 0, MIB);
        read += did.bytes;
        assert_true(turns < 10);
    }
    assert_int_equal(read, 5 * MIB);
    assert_int_equal(turns, 5);
    assert_int_equal(did.damaged, 0);

    verify_a_turn(c, 0, MIB); /* the next round: its first piece is behind it */
    flip(c, &k, 5 * MIB - 1);
    assert_int_equal(verify(c).damaged, 1);
}

static void a_state_of_another_library_begins_anew(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");

    registry_push(c, alice, "tacos/avocados:v1", images_bytes(c, 3 * MIB, 5));
    verify_a_turn(c, 0, MIB);
    assert_int_equal(database_count("select check_offset from images"), MIB);
    database_run("update images set check_state = '\\x00'", NULL, 0);
    assert_int_equal(verify(c).damaged, 0);
}

static void a_turn_keeps_its_limit_with_many_small_images(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");

    for (int i = 0; i < 5; i++)
        registry_push(c, alice, str_printf(c->arena, "tacos/avocados:v%d", i).ptr,
                      str_printf(c->arena, "image %d", i));
    assert_int_equal(verify_a_turn(c, 0, 2 * VERIFY_LEAST_COST).images, 2);
    assert_int_equal(verify_a_turn(c, 0, 2 * VERIFY_LEAST_COST).images, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT_REGISTRY(sound_images_stay_sound),
        UNIT_REGISTRY(a_push_counts_as_a_comparison),
        UNIT_REGISTRY(a_flipped_byte_is_found_and_the_image_refused),
        UNIT_REGISTRY(a_missing_and_a_cut_file_are_damage),
        UNIT_REGISTRY(a_file_that_is_not_there_is_found_when_it_is_asked_for),
        UNIT_REGISTRY(a_store_that_is_not_mounted_damages_nothing),
        UNIT_REGISTRY(the_same_bytes_pushed_again_heal_it),
        UNIT_REGISTRY(damaged_bytes_are_not_linked_into_another_collection),
        UNIT_REGISTRY(a_restored_file_is_found_sound),
        UNIT_REGISTRY(a_long_comparison_goes_on_where_it_stopped),
        UNIT_REGISTRY(a_state_of_another_library_begins_anew),
        UNIT_REGISTRY(a_turn_keeps_its_limit_with_many_small_images),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
