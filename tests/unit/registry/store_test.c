#include "support/images.h"

#define HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static int begin(void **state)
{
    if (unit_begin(state) != 0)
        return -1;
    images_begin(unit_ctx(state));
    return 0;
}

static int end(void **state)
{
    int status = unit_end(state);

    images_end();
    return status;
}

static void store_path_holds_collection_and_digest(void **state)
{
    assert_str(store_path(unit_ctx(state)->arena, 42, STR(HEX)), "42/sha256." HEX ".sif");
}

static void store_check_says_what_to_do(void **state)
{
    static const struct {
        const char *root, *words;
    } rows[] = {
        {"/nowhere/images", "does not exist" },
        {"/etc/passwd",     "not a directory"},
        {"/proc",           "O_TMPFILE"      },
    };
    struct ctx *c = unit_ctx(state);

    assert_ok(c, store_check(c));
    assert_int_equal(images_count(), 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        images_settings.images_root = rows[i].root;
        assert_err(c, store_check(c), ERR_UNAVAILABLE);
        if (!strstr(c->failure.detail.ptr, rows[i].words))
            fail_msg("%s: " STR_FMT " (" STR_FMT ")", rows[i].root, STR_ARG(c->failure.detail),
                     STR_ARG(c->failure.cause));
    }
}

static void store_remove_takes_one_file_and_does_not_mind_none(void **state)
{
    struct ctx *c = unit_ctx(state);

    images_put("1", "sha256." HEX ".sif", "x");
    images_put("2", "sha256." HEX ".sif", "x");
    assert_ok(c, store_remove(c, 1, STR(HEX)));
    assert_int_equal(images_count(), 1);
    assert_ok(c, store_remove(c, 1, STR(HEX)));
    assert_ok(c, store_remove(c, 3, STR(HEX)));
    assert_int_equal(images_count(), 1);
}

struct seen {
    int count;
    int64_t last_id;
};

static enum err see(struct ctx *c UNUSED, void *arg, int64_t collection_id, struct str sha256)
{
    struct seen *s = arg;

    s->count++;
    s->last_id = collection_id;
    assert_str(sha256, HEX);
    return ERR_OK;
}

static enum err see_and_stop(struct ctx *c, void *arg, int64_t collection_id, struct str sha256)
{
    (void)see(c, arg, collection_id, sha256);
    return FAIL(c, ERR_CONFLICT, "enough");
}

static void store_walk_meets_images_and_nothing_else(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct seen s = {0};

    images_put("12", "sha256." HEX ".sif", "x");
    images_put("12", "notes.txt", "x");
    images_put("12", "sha256..sif", "x");
    images_put("12", "sha256.0.sif", "x");
    images_put("12", "sha256." HEX ".sif.bak", "x");
    images_put("012", "sha256." HEX ".sif", "x");
    images_put("-1", "sha256." HEX ".sif", "x");
    images_put("lost+found", "sha256." HEX ".sif", "x");
    images_put(".", "13", "a file with the name of a collection");
    assert_ok(c, store_walk(c, &(struct store_visitor){.file = see, .arg = &s}));
    assert_int_equal(s.count, 1);
    assert_int_equal(s.last_id, 12);
}

static enum err see_stranger(struct ctx *c UNUSED, void *arg, struct str path)
{
    struct buf *seen = arg;

    buf_printf(seen, "[" STR_FMT "]", STR_ARG(path));
    return ERR_OK;
}

static enum err see_nothing(struct ctx *c UNUSED, void *arg UNUSED, int64_t collection_id UNUSED,
                            struct str sha256 UNUSED)
{
    return ERR_OK;
}

static void store_walk_tells_strangers_apart(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct buf seen = {.arena = c->arena};
    const struct store_visitor v = {see_nothing, see_stranger, &seen};

    images_put("12", "sha256." HEX ".sif", "x");
    images_put("lost+found", "file", "x");
    images_put(".parts", HEX, "x");
    assert_ok(c, store_walk(c, &v));
    assert_int_equal(seen.len, 0);
    images_put("12", "notes.txt", "x");
    assert_ok(c, store_walk(c, &v));
    assert_str(buf_str(&seen), "[12/notes.txt]");
    images_put("backup", "sha256." HEX ".sif", "x"); /* a foreign directory is one finding */
    seen.len = 0;
    images_put(".", "13", "a file with the name of a collection");
    assert_ok(c, store_walk(c, &v));
    assert_true(seen.len == strlen("[12/notes.txt][backup][13]"));
}

static void store_walk_ends_with_what_its_function_says(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct seen s = {0};

    images_put("1", "sha256." HEX ".sif", "x");
    images_put("2", "sha256." HEX ".sif", "x");
    assert_err(c, store_walk(c, &(struct store_visitor){.file = see_and_stop, .arg = &s}),
               ERR_CONFLICT);
    assert_int_equal(s.count, 1);
    images_settings.images_root = "/nowhere";
    assert_err(c, store_walk(c, &(struct store_visitor){.file = see, .arg = &s}), ERR_UNAVAILABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

UNIT_MAIN(TEST(store_path_holds_collection_and_digest), TEST(store_check_says_what_to_do),
          TEST(store_remove_takes_one_file_and_does_not_mind_none),
          TEST(store_walk_meets_images_and_nothing_else), TEST(store_walk_tells_strangers_apart),
          TEST(store_walk_ends_with_what_its_function_says))
