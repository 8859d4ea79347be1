#include "support/unit.h"

#include "transfer/destination.h"

#include <string.h>

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct container image = {
    .name = {.collection = STR_INIT("lab/tacos"),
             .name = STR_INIT("avocados"),
             .tag = STR_INIT("1.2")},
    .sha256 = STR_INIT(HEX),
};

static void a_pattern_names_the_file(void **state)
{
    static const struct {
        const char *pattern, *want;
    } rows[] = {
        {PATTERN_DEFAULT,              "lab/tacos/avocados_1.2.sif"},
        {"{name}_{tag}.sif",           "avocados_1.2.sif"          },
        {"{name}",                     "avocados"                  },
        {"images/{name}/{tag}/it.sif", "images/avocados/1.2/it.sif"},
        {"{digest}.sif",               HEX ".sif"                  },
        {"{name}{name}-{tag}",         "avocadosavocados-1.2"      },
        {".cache/{name}..sif",         ".cache/avocados..sif"      },
        {"..{name}/..a/{tag}",         "..avocados/..a/1.2"        },
    };
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str path;

        assert_ok(c, pattern_check(c, str_of(rows[i].pattern)));
        assert_ok(c, pattern_expand(c, str_of(rows[i].pattern), &image, &path));
        assert_str(path, rows[i].want);
    }
}

static void a_pattern_that_leaves_the_folder_or_is_none_is_refused(void **state)
{
    // clang-format off
    static const struct str rows[] = {
        STR_INIT("../{name}"),       STR_INIT("{name}/.."),     STR_INIT("a/../{name}"), STR_INIT("./{name}"),
        STR_INIT("/{name}"),         STR_INIT("{name}/"),       STR_INIT("a//{name}"),   STR_INIT(".../{name}"),
        STR_INIT("~/{name}"),        STR_INIT("{name}\\..\\x"), STR_INIT("a b/{name}"),  STR_INIT("{name}\n"),
        STR_INIT("{name}\0"),        STR_INIT("{name"),         STR_INIT("name}"),       STR_INIT("{}{name}"),
        STR_INIT("{user}/{name}"),   STR_INIT("{{name}}"),      STR_INIT("{NAME}"),      STR_INIT("{ name }"),
        STR_INIT("{collection}.sif"), STR_INIT("{tag}.sif"),    STR_INIT("one.sif"),     STR_INIT(""),
        STR_INIT("%2e%2e/{name}"),   STR_INIT("{name}\xc3\xa9"), STR_INIT("*/{name}"),   STR_INIT("{name}:x"),
    };
    // clang-format on
    struct ctx *c = unit_ctx(state);
    char longer[PATTERN_MAX + 2];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_err(c, pattern_check(c, rows[i]), ERR_INPUT);
        assert_string_equal(c->failure.field, "pattern");
    }
    memset(longer, 'a', sizeof longer);
    memcpy(longer, "{name}", 6);
    assert_err(c, pattern_check(c, (struct str){longer, PATTERN_MAX + 1}), ERR_INPUT);
    assert_ok(c, pattern_check(c, (struct str){longer, PATTERN_MAX}));
}

/* Whatever was stored and however an image is called: no part of the path goes up. */
static void no_image_makes_a_path_that_goes_up(void **state)
{
    static const char *const names[] = {"..", ".", "../../etc", "a/../..", "", "/", "x//y"};
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct container odd = image;
        struct str path = STR_NONE;

        odd.name.name = str_of(names[i]);
        odd.name.collection = str_of(names[i]);
        assert_err(c, pattern_expand(c, STR("{collection}/{name}/f"), &odd, &path), ERR_INPUT);
        ctx_forgive(c);
    }
}

static void a_long_name_is_cut_and_the_tag_kept(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct container odd = image;
    char name[250];
    struct str path, file, folder;

    memset(name, 'n', sizeof name);
    odd.name.name = (struct str){name, sizeof name};
    assert_ok(c, pattern_expand(c, STR(PATTERN_DEFAULT), &odd, &path));
    assert_true(str_cut_last(path, '/', &folder, &file));
    assert_int_equal(file.len, 255);
    assert_true(str_has_suffix(file, STR("nn_1.2.sif")));

    assert_ok(c, pattern_expand(c, STR("{name}/{name}x{name}"), &odd, &path));
    assert_true(str_cut_last(path, '/', &folder, &file));
    assert_true(file.len <= 255);

    odd.name.collection = (struct str){name, sizeof name};
    assert_err(c, pattern_expand(c, STR("{collection}_too_long/{name}"), &odd, &path), ERR_INPUT);
}

UNIT_MAIN(UNIT(a_pattern_names_the_file),
          UNIT(a_pattern_that_leaves_the_folder_or_is_none_is_refused),
          UNIT(no_image_makes_a_path_that_goes_up), UNIT(a_long_name_is_cut_and_the_tag_kept))
