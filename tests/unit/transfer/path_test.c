#include "path.h"
#include "support/unit.h"

#include <string.h>

static const struct str FILE_NAME = STR_INIT("avocados_latest.sif");

static void path_resolve_takes_folders_and_files(void **state)
{
    static const struct {
        const char *given, *want;
    } rows[] = {
        {"",                    "avocados_latest.sif"                   },
        {"/",                   "/avocados_latest.sif"                  },
        {"/scratch/me/",        "/scratch/me/avocados_latest.sif"       },
        {"/scratch/me/my.sif",  "/scratch/me/my.sif"                    },
        {"/~/",                 "/~/avocados_latest.sif"                },
        {"~/",                  "/~/avocados_latest.sif"                },
        {"~/images/a b.sif",    "/~/images/a b.sif"                     },
        {"/é/\"quoted\"/<x>/", "/é/\"quoted\"/<x>/avocados_latest.sif"},
    };
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str path;

        assert_ok(c, path_resolve(c, str_of(rows[i].given), FILE_NAME, &path));
        assert_str(path, rows[i].want);
    }
}

static void path_resolve_refuses_what_globus_would_not_take(void **state)
{
    // clang-format off
    static const struct str rows[] = {
        STR_INIT("relative/"),  STR_INIT("~"),       STR_INIT("~user/"),       STR_INIT("/two\nlines/"),
        STR_INIT("/cr\r/"),     STR_INIT("/nul\0/"), STR_INIT("/bad\xff\xfe"), STR_INIT(" /blank"),
    };
    // clang-format on
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str path;

        assert_err(c, path_resolve(c, rows[i], FILE_NAME, &path), ERR_INPUT);
        assert_string_equal(c->failure.field, "path");
    }
}

static void path_resolve_counts_the_file_name_too(void **state)
{
    struct ctx *c = unit_ctx(state);
    char *long_path = arena_alloc(c->arena, PATH_BYTES_MAX + 1);
    struct str path;

    memset(long_path, 'a', PATH_BYTES_MAX + 1);
    long_path[0] = '/';
    assert_ok(c, path_resolve(c, str_view(long_path, PATH_BYTES_MAX), FILE_NAME, &path));
    assert_err(c, path_resolve(c, str_view(long_path, PATH_BYTES_MAX + 1), FILE_NAME, &path),
               ERR_INPUT);
    long_path[PATH_BYTES_MAX - 1] = '/';
    assert_err(c, path_resolve(c, str_view(long_path, PATH_BYTES_MAX), FILE_NAME, &path),
               ERR_INPUT);
}

static void path_in_directory_falls_back_to_the_home_directory(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str path;

    assert_ok(c, path_in_directory(c, STR_NONE, FILE_NAME, &path));
    assert_str(path, "/~/avocados_latest.sif");
    assert_ok(c, path_in_directory(c, STR("/data"), FILE_NAME, &path));
    assert_str(path, "/data/avocados_latest.sif");
    assert_false(path_is_bare(path));
    assert_true(path_is_bare(FILE_NAME));
}

static void path_file_name_keeps_the_tag_of_a_long_name(void **state)
{
    struct ctx *c = unit_ctx(state);
    char name[CONTAINER_NAME_MAX] = {0};
    struct image_name n = {.name = str_view(name, sizeof name), .tag = STR("v1.2")};
    struct str file;

    memset(name, 'n', sizeof name);
    file = path_file_name(c->arena, &n);
    assert_int_equal(file.len, FILE_NAME_BYTES_MAX);
    assert_true(str_has_suffix(file, STR("n_v1.2.sif")));

    n.name = STR("avocados");
    assert_str(path_file_name(c->arena, &n), "avocados_v1.2.sif");
}

UNIT_MAIN(UNIT(path_resolve_takes_folders_and_files),
          UNIT(path_resolve_refuses_what_globus_would_not_take),
          UNIT(path_resolve_counts_the_file_name_too),
          UNIT(path_in_directory_falls_back_to_the_home_directory),
          UNIT(path_file_name_keeps_the_tag_of_a_long_name))
