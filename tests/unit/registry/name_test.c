#include "support/unit.h"

#include "registry/name.h"

#include <string.h>

/* What the three parts become; field names the one that is refused. */
// clang-format off
static const struct name_case {
    struct str collection, name, tag;
    const char *field; /* NULL: accepted */
} cases[] = {
#define C(collection, name, tag, field) {STR_INIT(collection), STR_INIT(name), STR_INIT(tag), field}
    /* accepted */
    C("tacos", "avocados", "latest", NULL),
    C("a", "b", "c", NULL),
    C("0", "1", "2", NULL),
    C("my_col", "my-name", "1.0", NULL),
    C("my.col", "name.v1", "v1.2.3-rc1", NULL),
    C("a/b", "c", "t", NULL),
    C("a/b/c/d", "n", "t", NULL),
    C("a.b-c_d", "gcc+cuda", "_tag", NULL),
    C("a--b", "n..m", "t..u", NULL),
    C("a..b", "_n", "1", NULL),
    C("Tacos", "Avocados", "Latest", NULL),
    C("8080/c/n", "localhost", "latest", NULL),
    C("library", "127.0.0.1", "latest", NULL),
    C("x", "n.", "t.", NULL),
    C("x", "n-", "t-", NULL),
    C("x", "avocados.sif", "latest", NULL),
    C("searching", "search", "tags", NULL),
    /* collections */
    C("", "n", "t", "collection"),
    C(".", "n", "t", "collection"),
    C("..", "n", "t", "collection"),
    C("...", "n", "t", "collection"),
    C("/", "n", "t", "collection"),
    C("/a", "n", "t", "collection"),
    C("a/", "n", "t", "collection"),
    C("a//b", "n", "t", "collection"),
    C("a/../b", "n", "t", "collection"),
    C("../a", "n", "t", "collection"),
    C("a/..", "n", "t", "collection"),
    C("a/.", "n", "t", "collection"),
    C("a/./b", "n", "t", "collection"),
    C(".a", "n", "t", "collection"),
    C("a.", "n", "t", "collection"),
    C("-a", "n", "t", "collection"),
    C("a-", "n", "t", "collection"),
    C("_a", "n", "t", "collection"),
    C("a_", "n", "t", "collection"),
    C("a/-b", "n", "t", "collection"),
    C("a b", "n", "t", "collection"),
    C(" a", "n", "t", "collection"),
    C("a\n", "n", "t", "collection"),
    C("a\r\nX: y", "n", "t", "collection"),
    C("a\0b", "n", "t", "collection"),
    C("\0", "n", "t", "collection"),
    C("a\tb", "n", "t", "collection"),
    C("a\x7f", "n", "t", "collection"),
    C("a%2e%2e", "n", "t", "collection"),
    C("%2e", "n", "t", "collection"),
    C("a:b", "n", "t", "collection"),
    C("a@b", "n", "t", "collection"),
    C("a+b", "n", "t", "collection"),
    C("a\\b", "n", "t", "collection"),
    C("a|b", "n", "t", "collection"),
    C("a'b", "n", "t", "collection"),
    C("a\"b", "n", "t", "collection"),
    C("caf\xc3\xa9", "n", "t", "collection"),
    C("\xff\xfe", "n", "t", "collection"),
    C("\xe2\x80\xae" "abc", "n", "t", "collection"), /* right-to-left override */
    C("\xef\xbc\x8e", "n", "t", "collection"),       /* a full-width dot */
    C("K\xe2\x84\xaa", "n", "t", "collection"),      /* the Kelvin sign, a K to some */
    /* names */
    C("a", "", "t", "name"),
    C("a", ".", "t", "name"),
    C("a", "..", "t", "name"),
    C("a", ".n", "t", "name"),
    C("a", "-n", "t", "name"),
    C("a", "+n", "t", "name"),
    C("a", "n/m", "t", "name"),
    C("a", "n:m", "t", "name"),
    C("a", "n@m", "t", "name"),
    C("a", "n m", "t", "name"),
    C("a", "n\n", "t", "name"),
    C("a", "n\0", "t", "name"),
    C("a", "n\0m", "t", "name"),
    C("a", "n%2e", "t", "name"),
    C("a", "n%00", "t", "name"),
    C("a", "\xc3\xbcn", "t", "name"),
    C("a", "n\xf0\x9f\xa5\x91", "t", "name"),
    C("a", "n\"", "t", "name"),
    C("a", "n;rm", "t", "name"),
    C("a", "n$", "t", "name"),
    C("a", "n*", "t", "name"),
    /* tags */
    C("a", "n", "", "tag"),
    C("a", "n", ".", "tag"),
    C("a", "n", "..", "tag"),
    C("a", "n", "-t", "tag"),
    C("a", "n", "t/u", "tag"),
    C("a", "n", "../t", "tag"),
    C("a", "n", "t u", "tag"),
    C("a", "n", "t\t", "tag"),
    C("a", "n", "t\n", "tag"),
    C("a", "n", "t\0", "tag"),
    C("a", "n", "t:u", "tag"),
    C("a", "n", "t@u", "tag"),
    C("a", "n", "t+u", "tag"),
    C("a", "n", "t%2fu", "tag"),
    C("a", "n", "t\xc3\xa9", "tag"),
    /* more than one is wrong: the first is named */
    C("..", "..", "..", "collection"),
    C("a", "..", "..", "name"),
#undef C
};
// clang-format on

static void image_name_check_follows_its_table(void **state)
{
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct image_name n = {cases[i].collection, cases[i].name, cases[i].tag, STR_NONE};
        enum err e = image_name_check(c, &n);

        if (cases[i].field ? e != ERR_INPUT || strcmp(c->failure.field, cases[i].field) != 0
                           : e != ERR_OK)
            fail_msg("case %zu: " STR_FMT " | " STR_FMT " | " STR_FMT " gives %s", i,
                     STR_ARG(cases[i].collection), STR_ARG(cases[i].name), STR_ARG(cases[i].tag),
                     err_code(e));
        ctx_forgive(c);
    }
}

static struct str repeat(struct ctx *c, const char *text, size_t times)
{
    struct buf b = {.arena = c->arena};

    for (size_t i = 0; i < times; i++)
        buf_add(&b, str_of(text));
    return buf_str(&b);
}

static void image_name_check_knows_the_longest_of_each(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct image_name longest = {repeat(c, "a", 250), repeat(c, "b", 250), repeat(c, "c", 128),
                                 STR_NONE};
    struct image_name nested = {repeat(c, "a/", 124), STR("n"), STR("t"), STR_NONE};
    struct image_name n;

    assert_ok(c, image_name_check(c, &longest));
    nested.collection = str_printf(c->arena, STR_FMT "bc", STR_ARG(nested.collection));
    assert_int_equal(nested.collection.len, 250);
    assert_ok(c, image_name_check(c, &nested));

    n = longest;
    n.collection = repeat(c, "a", 251);
    assert_err(c, image_name_check(c, &n), ERR_INPUT);
    n = longest;
    n.name = repeat(c, "b", 255);
    assert_err(c, image_name_check(c, &n), ERR_INPUT);
    n = longest;
    n.tag = repeat(c, "c", 129);
    assert_err(c, image_name_check(c, &n), ERR_INPUT);
    n = longest;
    n.name = repeat(c, "b", 100000);
    assert_err(c, image_name_check(c, &n), ERR_INPUT);
}

static void image_name_check_makes_lower_case(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct image_name n = {STR("My.Col"), STR("NAME"), STR("V1.0-RC"), STR_NONE};

    assert_ok(c, image_name_check(c, &n));
    assert_str(image_name_uri(c->arena, &n), "my.col/name:v1.0-rc");
}

/*
 * The table of reference/sregistry-api.md part 2, from where the client has taken the registry off,
 * and what a URL may hold besides.
 */
static const struct parse_case {
    const char *path, *uri, *version; /* uri NULL: refused */
} parses[] = {
    {"library/hello",              "library/hello:latest",              ""          },
    {"Col/Name:Tag",               "col/name:tag",                      ""          },
    {"my_col/my-name:1.0",         "my_col/my-name:1.0",                ""          },
    {"col/name:t@sha256.abc",      "col/name:t",                        "sha256.abc"},
    {"col/name@sha256.abc",        "col/name:latest",                   "sha256.abc"},
    {"col/name.v1:t",              "col/name.v1:t",                     ""          },
    {"a/b/n:t",                    "a/b/n:t",                           ""          },
    {"a/b/c/d/n",                  "a/b/c/d/n:latest",                  ""          },
    {"col/name:t@sha256:abc",      "col/name:t",                        "sha256:abc"},
    {"search/collection/c/name/n", "search/collection/c/name/n:latest", ""          },
    {"hello",                      NULL,                                NULL        },
    {"",                           NULL,                                NULL        },
    {"/",                          NULL,                                NULL        },
    {"/name",                      NULL,                                NULL        },
    {"col/",                       NULL,                                NULL        },
    {"col/:tag",                   NULL,                                NULL        },
    {"col/name:",                  NULL,                                NULL        },
    {"col/name:t:u",               NULL,                                NULL        },
    {"col/name@",                  NULL,                                NULL        },
    {"col/name:t@",                NULL,                                NULL        },
    {"col:8080/name:t",            NULL,                                NULL        },
    {"../name",                    NULL,                                NULL        },
    {"col/..",                     NULL,                                NULL        },
    {"col/name:..",                NULL,                                NULL        },
    {"col//name",                  NULL,                                NULL        },
};

static void image_name_parse_splits_at_the_last_slash(void **state)
{
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(parses); i++) {
        const struct parse_case *p = &parses[i];
        struct image_name n;
        enum err e = image_name_parse(c, str_of(p->path), &n);

        if ((p->uri ? ERR_OK : ERR_INPUT) != e)
            fail_msg("%s gives %s", p->path, err_code(e));
        if (p->uri) {
            assert_str(image_name_uri(c->arena, &n), p->uri);
            assert_str(n.version, p->version);
        }
    }
}

static void image_version_is_the_digest_with_its_kind(void **state)
{
    assert_str(image_version(unit_ctx(state)->arena, STR("00ff")), "sha256.00ff");
}

UNIT_MAIN(UNIT(image_name_check_follows_its_table),
          UNIT(image_name_check_knows_the_longest_of_each), UNIT(image_name_check_makes_lower_case),
          UNIT(image_name_parse_splits_at_the_last_slash),
          UNIT(image_version_is_the_digest_with_its_kind))
