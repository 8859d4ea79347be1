/* needs: database */
#include "support/registry.h"

#include "registry/restore.h"

#include <fcntl.h>

enum { KIB = 1024 };

/* What was found, "kind path problem images;" each, and the report. */
struct told {
    struct buf lines;
    struct restore_report did;
};

static enum err note(struct ctx *c UNUSED, void *arg, const struct restore_finding *f)
{
    struct told *t = arg;

    buf_printf(&t->lines, "%s " STR_FMT " " STR_FMT " " STR_FMT ";", restore_kind_name(f->kind),
               STR_ARG(f->path), STR_ARG(f->problem), STR_ARG(f->images));
    return ERR_OK;
}

static struct told look(struct ctx *c, bool is_quick)
{
    struct told t = {.lines = {.arena = c->arena}};

    assert_ok(c, restore_check(c, is_quick, note, &t, &t.did));
    return t;
}

/* Exactly this is found. */
static void assert_found(struct ctx *c, bool is_quick, const char *kind, struct str path,
                         const char *rest)
{
    struct told t = look(c, is_quick);

    assert_str(buf_str(&t.lines),
               str_printf(c->arena, "%s " STR_FMT " %s;", kind, STR_ARG(path), rest).ptr);
}

static struct str path_of(struct ctx *c, const struct container *k)
{
    return store_path(c->arena, k->collection_id, k->sha256);
}

static const char *full_path(struct ctx *c, const struct container *k)
{
    return str_printf(c->arena, "%s/" STR_FMT, images_root, STR_ARG(path_of(c, k))).ptr;
}

static void flip(struct ctx *c, const struct container *k)
{
    int fd = open(full_path(c, k), O_RDWR);
    char byte;

    assert_true(fd >= 0 && pread(fd, &byte, 1, 700) == 1);
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, 700), 1);
    close(fd);
}

static void a_whole_pair_is_whole(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct told t;

    registry_push(c, alice, "tacos/avocados:v1", images_bytes(c, KIB, 1));
    registry_push(c, alice, "tacos/avocados:v2", images_bytes(c, 700 * KIB, 2));
    t = look(c, false);
    assert_int_equal(t.lines.len, 0);
    assert_int_equal(t.did.images, 2);
    assert_int_equal(t.did.files, 2);
    assert_int_equal(t.did.bytes, 701 * KIB);
    assert_int_equal(look(c, true).did.bytes, 0);
}

/* The same bytes in two collections are one file with two names. */
static void a_file_with_two_names_is_read_once(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k;
    struct told t;

    registry_push(c, alice, "tacos/avocados:v1", images_bytes(c, KIB, 1));
    k = registry_push(c, alice, "other/avocados:v1", images_bytes(c, KIB, 1));
    registry_push(c, alice, "other/avocados:v2", images_bytes(c, KIB, 3));
    t = look(c, false);
    assert_int_equal(t.did.images, 3);
    assert_int_equal(t.did.bytes, 2 * KIB);
    flip(c, &k);
    assert_int_equal(look(c, false).did.found[RESTORE_LOST], 2);
}

static void more_images_than_a_page_are_all_looked_at(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct told t;

    registry_push(c, registry_user(c, "alice"), "tacos/avocados:v1", STR("one"));
    database_run("insert into images (collection_id, sha256, size_bytes) select 1, "
                 "sha256(n::text::bytea), 1 from generate_series(1, 1100) n",
                 NULL, 0);
    t = look(c, true);
    assert_int_equal(t.did.images, 1101);
    assert_int_equal(t.did.found[RESTORE_UNNEEDED], 1100); /* no tag shows these */
    assert_int_equal(t.did.found[RESTORE_LOST], 0);
}

static void each_damage_is_told_apart(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct container k =
        registry_push(c, registry_user(c, "alice"), "tacos/avocados:v1", images_bytes(c, KIB, 1));

    registry_push(c, registry_user(c, "bob"), "other/sound:v1", STR("sound"));
    flip(c, &k);
    assert_found(c, false, "lost", path_of(c, &k), "its bytes have changed tacos/avocados:v1");
    assert_int_equal(look(c, true).lines.len, 0); /* sizes say nothing of bytes */
    assert_int_equal(truncate(full_path(c, &k), 100), 0);
    assert_found(c, true, "lost", path_of(c, &k), "its file has another size tacos/avocados:v1");
    assert_found(c, false, "lost", path_of(c, &k), "its file has another size tacos/avocados:v1");
    assert_int_equal(unlink(full_path(c, &k)), 0);
    assert_found(c, false, "lost", path_of(c, &k), "its file is missing tacos/avocados:v1");
    assert_int_equal(symlink("/etc/passwd", full_path(c, &k)), 0);
    assert_found(c, false, "lost", path_of(c, &k), "its file is missing tacos/avocados:v1");
}

static void nothing_is_changed(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", images_bytes(c, KIB, 1));

    flip(c, &k);
    look(c, false);
    assert_ok(c, container_get(c, alice, k.id, &k));
    assert_false(k.is_damaged);
}

static void an_image_nothing_needs_is_no_loss(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", STR("one"));

    registry_push(c, alice, "tacos/other:v1", STR("two"));
    assert_ok(c, container_delete(c, alice, &k));
    assert_int_equal(unlink(full_path(c, &k)), 0);
    assert_found(c, false, "unneeded", path_of(c, &k), "its file is missing ");
}

static void an_earlier_version_is_needed_and_named(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", STR("one"));

    images_settings.keep_versions = 3;
    registry_push(c, alice, "tacos/avocados:v1", STR("two"));
    assert_int_equal(unlink(full_path(c, &k)), 0);
    assert_found(c, false, "lost", path_of(c, &k),
                 str_printf(c->arena, "its file is missing tacos/avocados@sha256." STR_FMT,
                            STR_ARG(k.sha256))
                     .ptr);
}

static void what_is_sound_and_refused_is_told(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct container k =
        registry_push(c, registry_user(c, "alice"), "tacos/avocados:v1", STR("one"));

    database_run("update images set damaged_at = now()", NULL, 0);
    assert_found(c, false, "refused", path_of(c, &k),
                 "it is marked damaged, and its bytes are right tacos/avocados:v1");
}

static void files_nobody_knows_are_named(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct container k =
        registry_push(c, registry_user(c, "alice"), "tacos/avocados:v1", STR("one"));
    const char *directory = str_printf(c->arena, "%lld", (long long)k.collection_id).ptr;
    const char *orphan =
        "sha256.0000000000000000000000000000000000000000000000000000000000000000.sif";

    images_put(directory, orphan, "two");
    assert_found(c, false, "orphan", str_printf(c->arena, "%s/%s", directory, orphan),
                 "no row knows it ");
    assert_ok(c, store_remove(c, k.collection_id, str_take(str_skip(str_of(orphan), 7), 64)));
    images_put(directory, "a\nb\x1b[1m\xff", "x"); /* one line, whatever its name */
    assert_found(c, false, "foreign", str_printf(c->arena, "%s/a\\x0ab\\x1b[1m\\xff", directory),
                 "this program did not put it there ");
}

static void a_store_that_is_not_mounted_is_no_loss(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct restore_report did;
    struct told t = {.lines = {.arena = c->arena}};

    registry_push(c, registry_user(c, "alice"), "tacos/avocados:v1", STR("one"));
    images_end();
    assert_int_equal(mkdir(images_root, 0700), 0);
    assert_err(c, restore_check(c, false, note, &t, &did), ERR_UNAVAILABLE);
}

UNIT_MAIN(UNIT_REGISTRY(a_whole_pair_is_whole), UNIT_REGISTRY(a_file_with_two_names_is_read_once),
          UNIT_REGISTRY(more_images_than_a_page_are_all_looked_at),
          UNIT_REGISTRY(each_damage_is_told_apart), UNIT_REGISTRY(nothing_is_changed),
          UNIT_REGISTRY(an_image_nothing_needs_is_no_loss),
          UNIT_REGISTRY(an_earlier_version_is_needed_and_named),
          UNIT_REGISTRY(what_is_sound_and_refused_is_told),
          UNIT_REGISTRY(files_nobody_knows_are_named),
          UNIT_REGISTRY(a_store_that_is_not_mounted_is_no_loss))
