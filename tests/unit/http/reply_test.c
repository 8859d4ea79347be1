#include "reply.h"
#include "support/unit.h"

static struct req request(void **state, enum method m)
{
    return (struct req){.ctx = unit_ctx(state), .method = m};
}

struct thing {
    struct str name;
};
static const struct json_field thing_fields[] = {
    {"name", JSON_STR, offsetof(struct thing, name), 0, 0, NULL},
};
static const struct json_shape thing_shape = JSON_SHAPE(struct thing, thing_fields);

static void json_has_type_and_length(void **state)
{
    struct req r = request(state, GET);
    struct thing thing = {STR("x\r\ny")};

    assert_ok(r.ctx, reply_json(&r, 201, &thing_shape, &thing));
    assert_str(reply_head(&r),
               "Status: 201 Created\r\nContent-Type: application/json\r\nContent-Length: 25\r\n"
               "Cache-Control: no-store\r\n\r\n");
    assert_str(reply_body(&r), "{\"name\":\"x\\u000d\\u000ay\"}");
}

static void head_keeps_the_length_and_drops_the_body(void **state)
{
    struct req r = request(state, HEAD);

    assert_ok(r.ctx, reply_bytes(&r, 200, "text/plain", STR("hello")));
    assert_str(reply_head(&r), "Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
                               "5\r\nCache-Control: no-store\r\n\r\n");
    assert_int_equal(reply_body(&r).len, 0);
}

static void no_content_has_no_length(void **state)
{
    struct req r = request(state, POST);

    assert_ok(r.ctx, reply_empty(&r, 204));
    assert_str(reply_head(&r), "Status: 204 No Content\r\nCache-Control: no-store\r\n\r\n");
}

static void a_redirect_is_303(void **state)
{
    struct req r = request(state, POST);

    assert_ok(r.ctx, reply_redirect(&r, STR("/settings\r\nSet-Cookie: x=y")));
    assert_str(reply_head(&r), "Status: 303 See Other\r\nContent-Length: 0\r\nCache-Control: "
                               "no-store\r\nLocation: /settings\r\n\r\n");
}

static void a_file_is_named_to_nginx_and_nothing_else_is_decided(void **state)
{
    struct req r = request(state, GET);

    assert_ok(r.ctx,
              reply_file(&r, "application/octet-stream", STR("/_images/1/sha256.a?b#c%.sif")));
    assert_str(reply_head(&r), "Status: 200 OK\r\nContent-Type: application/octet-stream\r\n"
                               "X-Accel-Redirect: /_images/1/sha256.a%3Fb%23c%25.sif\r\n\r\n");
    assert_int_equal(reply_body(&r).len, 0);
}

static void what_the_handler_says_of_caching_stands(void **state)
{
    struct req r = request(state, GET);

    reply_header(&r, "cache-control", STR("private, max-age=5"));
    assert_ok(r.ctx, reply_empty(&r, 200));
    assert_str(reply_head(&r),
               "Status: 200 OK\r\nContent-Length: 0\r\ncache-control: private, max-age=5\r\n\r\n");
}

static void a_header_ends_at_a_control_byte(void **state)
{
    static const struct {
        struct str value;
        const char *sent;
    } rows[] = {
        {STR_INIT("plain"),            "plain"      },
        {STR_INIT("a\r\nX-Forged: 1"), "a"          },
        {STR_INIT("a\nb"),             "a"          },
        {STR_INIT("a\0b"),             "a"          },
        {STR_INIT("a\tb\x7f"
                  "c"),
         "a\tb"                                     },
        {STR_INIT("\r\n"),             ""           },
        {STR_INIT("caf\xc3\xa9"),      "caf\xc3\xa9"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct req r = request(state, GET);

        reply_header(&r, "X", rows[i].value);
        assert_str(r.reply.headers[0].value, rows[i].sent);
    }
}

static void a_reason_is_one_line_of_ascii(void **state)
{
    static const struct {
        const char *reason, *sent;
    } rows[] = {
        {"tag latest exists",        "tag latest exists"},
        {"a\r\nX-Forged: 1",         "a  X-Forged: 1"   },
        {"caf\xc3\xa9 \xe2\x82\xac", "caf? ?"           },
        {"  \t ",                    "Conflict"         },
        {"",                         "Conflict"         },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct req r = request(state, GET);

        reply_reason(&r, str_of(rows[i].reason));
        assert_ok(r.ctx, reply_empty(&r, 409));
        assert_true(str_has_prefix(reply_head(&r),
                                   str_printf(r.ctx->arena, "Status: 409 %s\r\n", rows[i].sent)));
    }
}

static void a_long_reason_is_cut(void **state)
{
    struct req r = request(state, GET);
    struct buf text = {.arena = r.ctx->arena};

    while (text.len < 5000)
        buf_add_byte(&text, 'x');
    reply_reason(&r, buf_str(&text));
    assert_int_equal(r.reply.reason.len, 200);
}

static void a_dropped_reply_leaves_nothing(void **state)
{
    struct req r = request(state, GET);

    reply_header(&r, "Set-Cookie", STR("a=b"));
    reply_reason(&r, STR("done"));
    assert_ok(r.ctx, reply_bytes(&r, 200, "text/plain", STR("secret")));
    reply_drop(&r);
    assert_ok(r.ctx, reply_empty(&r, 404));
    assert_str(reply_head(&r),
               "Status: 404 Not Found\r\nContent-Length: 0\r\nCache-Control: no-store\r\n\r\n");
}

UNIT_MAIN(UNIT(json_has_type_and_length), UNIT(head_keeps_the_length_and_drops_the_body),
          UNIT(no_content_has_no_length), UNIT(a_redirect_is_303),
          UNIT(a_file_is_named_to_nginx_and_nothing_else_is_decided),
          UNIT(what_the_handler_says_of_caching_stands), UNIT(a_header_ends_at_a_control_byte),
          UNIT(a_reason_is_one_line_of_ascii), UNIT(a_long_reason_is_cut),
          UNIT(a_dropped_reply_leaves_nothing))
