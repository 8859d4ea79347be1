#include "head.h"
#include "support/unit.h"

#include "base/secret.h"

#include <string.h>

struct given {
    struct head_source source;
    const char *const (*pairs)[2];
    size_t count;
};

static const char *lookup(const struct head_source *self, const char *name)
{
    const struct given *g = (const struct given *)(const void *)self;

    for (size_t i = 0; i < g->count; i++) {
        if (strcmp(g->pairs[i][0], name) == 0)
            return g->pairs[i][1];
    }
    return NULL;
}

#define GIVEN(...) \
    (const struct given) \
    { \
        {lookup}, (const char *const[][2]){__VA_ARGS__}, \
            sizeof((const char *const[][2]){__VA_ARGS__}) / sizeof(const char *const[2]) \
    }

static void every_part_of_the_head_is_taken(void **state)
{
    const struct given g =
        GIVEN({"REQUEST_METHOD", "POST"}, {"REQUEST_URI", "/a/b/?q=1"},
              {"CONTENT_TYPE", "application/json"}, {"CONTENT_LENGTH", "17"},
              {"HTTP_AUTHORIZATION", "Bearer x"}, {"HTTP_COOKIE", "a=b"},
              {"HTTP_ORIGIN", "https://x"}, {"HTTP_X_CSRF_TOKEN", "t"}, {"HTTP_RANGE", "bytes=0-"},
              {"REMOTE_ADDR", "::1"}, {"REQUEST_ID", "abc-DEF_123"});
    struct req r = {.ctx = unit_ctx(state)};

    assert_ok(r.ctx, head_read(&r, &g.source));
    assert_int_equal(r.method, POST);
    assert_str(r.path, "/a/b");
    assert_str(r.query, "q=1");
    assert_str(r.content_type, "application/json");
    assert_int_equal(r.content_length, 17);
    assert_str(r.authorization, "Bearer x");
    assert_str(r.cookies, "a=b");
    assert_str(r.origin, "https://x");
    assert_str(r.csrf_header, "t");
    assert_str(r.range, "bytes=0-");
    assert_str(r.remote_address, "::1");
    assert_str(r.ctx->request_id, "abc-DEF_123");
    assert_int_equal(r.began_at, UNIT_NOW_S);
}

static void what_is_empty_counts_as_not_sent(void **state)
{
    const struct given g = GIVEN({"REQUEST_METHOD", "GET"}, {"REQUEST_URI", "/"},
                                 {"CONTENT_TYPE", ""}, {"CONTENT_LENGTH", ""});
    struct req r = {.ctx = unit_ctx(state)};

    assert_ok(r.ctx, head_read(&r, &g.source));
    assert_null(r.content_type.ptr);
    assert_null(r.origin.ptr);
    assert_int_equal(r.content_length, -1);
}

static void a_length_that_is_none_is_refused(void **state)
{
    static const char *const lengths[] = {"-1", "-0", "1 ", "0x10", "1e3", "9223372036854775808",
                                          "1,1"};

    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        const struct given g =
            GIVEN({"REQUEST_METHOD", "POST"}, {"REQUEST_URI", "/"}, {"CONTENT_LENGTH", lengths[i]});
        struct req r = {.ctx = unit_ctx(state)};

        assert_err(r.ctx, head_read(&r, &g.source), ERR_INPUT);
        assert_int_equal(r.content_length, -1);
    }
}

static void a_request_id_is_made_where_none_fits(void **state)
{
    static const char *const ids[] = {
        NULL,
        "",
        "a b",
        "x\"y",
        "a=b",
        "a\nb",
        "0123456789012345678901234567890123456789012345678901234567890123456789"};
    struct str last = STR_NONE;

    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        const struct given g =
            GIVEN({"REQUEST_METHOD", "GET"}, {"REQUEST_URI", "/"}, {"REQUEST_ID", ids[i]});
        struct req r = {.ctx = unit_ctx(state)};

        assert_ok(r.ctx, head_read(&r, &g.source));
        assert_int_equal(r.ctx->request_id.len, 32);
        assert_true(str_is_made_of(r.ctx->request_id, "0123456789abcdef"));
        assert_false(str_eq(r.ctx->request_id, last));
        last = r.ctx->request_id;
    }
}

static void a_bad_path_still_leaves_an_id_to_answer_with(void **state)
{
    const struct given g =
        GIVEN({"REQUEST_METHOD", "GET"}, {"REQUEST_URI", "/%"}, {"REQUEST_ID", "abc"});
    struct req r = {.ctx = unit_ctx(state)};

    assert_err(r.ctx, head_read(&r, &g.source), ERR_INPUT);
    assert_str(r.ctx->request_id, "abc");
    assert_int_equal(r.method, GET);
}

UNIT_MAIN(UNIT(every_part_of_the_head_is_taken), UNIT(what_is_empty_counts_as_not_sent),
          UNIT(a_length_that_is_none_is_refused), UNIT(a_request_id_is_made_where_none_fits),
          UNIT(a_bad_path_still_leaves_an_id_to_answer_with))
