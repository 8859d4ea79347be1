#include "path.h"
#include "support/unit.h"

#include <string.h>

static void path_is_decoded_once_and_loses_one_slash(void **state)
{
    static const struct {
        const char *target, *path, *query;
    } rows[] = {
        {"/",             "/",             ""       },
        {"/?",            "/",             ""       },
        {"/a/b",          "/a/b",          ""       },
        {"/a/b/",         "/a/b",          ""       },
        {"/a/b//",        "/a/b/",         ""       },
        {"//",            "/",             ""       },
        {"/a?x=%20&y",    "/a",            "x=%20&y"},
        {"/a/?x=/b/",     "/a",            "x=/b/"  },
        {"/a?b?c",        "/a",            "b?c"    },
        {"/%61%2f%62",    "/a/b",          ""       },
        {"/%2561",        "/%61",          ""       },
        {"/a+b",          "/a+b",          ""       },
        {"/caf%C3%A9",    "/caf\xc3\xa9",  ""       },
        {"/a...b/..c/.d", "/a...b/..c/.d", ""       },
        {"/a:b@c",        "/a:b@c",        ""       },
        {"/a?%zz",        "/a",            "%zz"    },
    };
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str path, query;

        assert_ok(c, path_parse(c, str_of(rows[i].target), &path, &query));
        assert_str(path, rows[i].path);
        assert_str(query, rows[i].query);
    }
}

static void path_refuses_what_means_two_things(void **state)
{
    static const char *const targets[] = {
        "",        "a",      "?x",    "http://x/", "*",       "/..",        "/.",
        "/a/../b", "/a/./b", "/a/.",  "/a/..",     "/%2e%2e", "/%2E./x",    "/a%2f..%2f",
        "/%00",    "/a%0ab", "/a%0d", "/%7f",      "/%",      "/%4",        "/%zz",
        "/%4g",    "/\x01",  "/%c3",  "/%ff",      "/%c0%ae", "/%ed%a0%80",
    };
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        struct str path, query;

        if (path_parse(c, str_of(targets[i]), &path, &query) != ERR_INPUT)
            fail_msg("%s is accepted", targets[i]);
        if (!str_has_prefix(str_of(targets[i]), path))
            fail_msg("%s: not told as it was sent", targets[i]);
    }
}

static void path_is_limited(void **state)
{
    struct ctx *c = unit_ctx(state);
    char *target = arena_alloc(c->arena, PATH_MAX_BYTES + 2);
    struct str path, query;

    memset(target, 'a', PATH_MAX_BYTES + 1);
    target[0] = '/';
    assert_ok(c, path_parse(c, str_view(target, PATH_MAX_BYTES), &path, &query));
    assert_err(c, path_parse(c, str_view(target, PATH_MAX_BYTES + 1), &path, &query), ERR_INPUT);
}

UNIT_MAIN(UNIT(path_is_decoded_once_and_loses_one_slash), UNIT(path_refuses_what_means_two_things),
          UNIT(path_is_limited))
