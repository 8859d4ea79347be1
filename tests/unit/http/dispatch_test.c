#include "dispatch.h"
#include "reply.h"
#include "source.h"
#include "support/unit.h"

#include <unistd.h>

static int handled, admitted, failed;
static bool is_admitted;

static enum err answer(struct req *r)
{
    handled++;
    return reply_bytes(r, 200, "text/plain", r->source ? STR("streamed") : r->body);
}

static enum err half_an_answer(struct req *r)
{
    reply_header(r, "Set-Cookie", STR("session=half"));
    (void)reply_bytes(r, 200, "text/plain", STR("half"));
    return FAIL(r->ctx, ERR_CONFLICT, "it is taken");
}

static enum err recover(struct req *r)
{
    ctx_note(r->ctx, ERR_GLOBUS, "tried and failed");
    return reply_empty(r, 204);
}

static enum err say_nothing(struct req *r UNUSED)
{
    return ERR_OK;
}

static enum err fail_without_a_word(struct req *r UNUSED)
{
    return ERR_UNAVAILABLE;
}

#define ROW(methods, path, pool, feature, body, handler) \
    { \
        methods, path, ANYONE, pool, feature, JSON, body, handler, "" \
    }
static const struct route routes[] = {
    ROW(GET, "/get", POOL_API, ALWAYS, NO_BODY, answer),
    ROW(POST, "/post", POOL_API, ALWAYS, 8, answer),
    ROW(POST, "/stream", POOL_API, ALWAYS, BODY_STREAM, answer),
    ROW(GET, "/upload", POOL_UPLOAD, ALWAYS, NO_BODY, answer),
    ROW(GET, "/globus", POOL_API, GLOBUS, NO_BODY, answer),
    ROW(GET, "/half", POOL_API, ALWAYS, NO_BODY, half_an_answer),
    ROW(GET, "/recover", POOL_API, ALWAYS, NO_BODY, recover),
    ROW(GET, "/nothing", POOL_API, ALWAYS, NO_BODY, say_nothing),
    ROW(GET, "/silent", POOL_API, ALWAYS, NO_BODY, fail_without_a_word),
};

static bool has(const struct ctx *c UNUSED, enum feature f)
{
    return f != GLOBUS;
}

static enum err admit(struct req *r)
{
    admitted++;
    return is_admitted ? ERR_OK : FAIL(r->ctx, ERR_NOT_SIGNED_IN, "Sign in first.");
}

static void fail_plainly(struct req *r)
{
    failed++;
    (void)reply_bytes(r, err_http_status(r->ctx->failure.err), "text/plain",
                      r->ctx->failure.detail);
}

static const struct server_program program = {
    .name = "api",
    .pool = POOL_API,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .has = has,
    .admit = admit,
    .fail = fail_plainly,
};

static struct req ask(void **state, enum method m, const char *path, const char *body,
                      int64_t content_length)
{
    struct ctx *c = unit_ctx(state);
    struct req r = {.ctx = c, .method = m, .path = str_of(path), .content_length = content_length};
    struct body_source *source = body_from_memory(c->arena, str_of(body), 0);

    source->expected = content_length;
    handled = admitted = failed = 0;
    is_admitted = true;
    ctx_forgive(c);
    dispatch(&program, &r, ERR_OK, source);
    return r;
}

static void a_request_reaches_its_handler(void **state)
{
    struct req r = ask(state, GET, "/get", "", -1);

    assert_int_equal(r.reply.status, 200);
    assert_int_equal(handled + admitted, 2);
    r = ask(state, POST, "/post", "12345678", 8);
    assert_str(r.reply.body, "12345678");
    r = ask(state, POST, "/post", "1234", -1);
    assert_str(r.reply.body, "1234");
    r = ask(state, POST, "/stream", "anything of any length", 22);
    assert_str(r.reply.body, "streamed");
}

static void what_fails_before_the_handler_never_reaches_it(void **state)
{
    static const struct {
        enum method method;
        const char *path, *body;
        int64_t content_length;
        int status;
    } rows[] = {
        {GET,  "/unknown", "",          -1, 404},
        {GET,  "/globus",  "",          -1, 404},
        {POST, "/globus",  "",          -1, 404},
        {POST, "/get",     "",          -1, 405},
        {GET,  "/upload",  "",          -1, 500},
        {GET,  "/get",     "x",         1,  413},
        {POST, "/post",    "123456789", 9,  413},
        {POST, "/post",    "123456789", -1, 413},
        {POST, "/post",    "123",       4,  400},
        {POST, "/post",    "12345",     4,  400},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct req r =
            ask(state, rows[i].method, rows[i].path, rows[i].body, rows[i].content_length);

        assert_int_equal(r.reply.status, rows[i].status);
        assert_int_equal(handled + admitted, 0);
        assert_int_equal(failed, 1);
    }
}

static void a_wrong_method_is_told_the_right_ones(void **state)
{
    struct req r = ask(state, DELETE, "/get", "", -1);

    assert_int_equal(r.reply.header_count, 1);
    assert_string_equal(r.reply.headers[0].name, "Allow");
    assert_str(r.reply.headers[0].value, "GET, HEAD");
}

static void who_is_not_admitted_is_not_handled(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct req r = {.ctx = c, .method = GET, .path = STR("/get"), .content_length = -1};

    handled = 0;
    is_admitted = false;
    dispatch(&program, &r, ERR_OK, body_from_memory(c->arena, STR_NONE, 0));
    assert_int_equal(r.reply.status, 401);
    assert_int_equal(handled, 0);
}

static void an_error_never_follows_half_an_answer(void **state)
{
    struct req r = ask(state, GET, "/half", "", -1);

    assert_int_equal(r.reply.status, 409);
    assert_str(r.reply.body, "it is taken");
    assert_int_equal(r.reply.header_count, 0);
}

static void a_failure_that_was_dealt_with_is_forgotten(void **state)
{
    struct req r = ask(state, GET, "/recover", "", -1);

    assert_int_equal(r.reply.status, 204);
    assert_int_equal(r.ctx->failure.err, ERR_OK);
}

static void a_handler_that_says_nothing_is_our_mistake(void **state)
{
    assert_int_equal(ask(state, GET, "/nothing", "", -1).reply.status, 500);
    assert_int_equal(ask(state, GET, "/silent", "", -1).reply.status, 503);
}

static void a_head_that_could_not_be_read_is_answered(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct req r = {.ctx = c, .method = GET, .content_length = -1};

    failed = 0;
    dispatch(&program, &r, FAIL(c, ERR_INPUT, "no path"), body_from_memory(c->arena, STR_NONE, 0));
    assert_int_equal(r.reply.status, 400);
    assert_int_equal(failed, 1);
}

/* The lines that go to standard error while fn runs. */
static struct str captured(struct arena *a, void (*fn)(const struct req *), const struct req *r)
{
    char *text = arena_alloc(a, 4096);
    int saved = dup(STDERR_FILENO), ends[2];
    ssize_t n;

    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    fn(r);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(ends[1]);
    n = read(ends[0], text, 4096);
    close(ends[0]);
    return str_view(text, n > 0 ? (size_t)n : 0);
}

static void log_it(const struct req *r)
{
    dispatch_log(r, 12, 34);
}

static void the_log_has_one_line_without_query_or_secret(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct req r = {
        .ctx = c,
        .method = GET,
        .path = STR("/things/planted"),
        .query = STR("planted"),
        .cookies = STR("planted"),
        .authorization = STR("planted"),
        .route = &(const struct route)ROW(GET, "/things/{id}", POOL_API, ALWAYS, NO_BODY, answer),
        .reply = {.status = 200}};

    assert_str(
        captured(c->arena, log_it, &r),
        "level=info event=request method=GET route=/things/{id} status=200 ms=12 bytes=34\n");
    ctx_note(c, ERR_GLOBUS, "Globus said \"no\"\nand more");
    ctx_note_cause(c, STR("HTTP 500"));
    r.reply.status = 502;
    r.route = NULL;
    assert_str(
        captured(c->arena, log_it, &r),
        "level=warn event=request method=GET route=- status=502 ms=12 bytes=34 code=globus_error "
        "detail=\"Globus said \\\"no\\\"\\x0aand more\" cause=\"HTTP 500\"\n");
}

UNIT_MAIN(UNIT(a_request_reaches_its_handler), UNIT(what_fails_before_the_handler_never_reaches_it),
          UNIT(a_wrong_method_is_told_the_right_ones), UNIT(who_is_not_admitted_is_not_handled),
          UNIT(an_error_never_follows_half_an_answer),
          UNIT(a_failure_that_was_dealt_with_is_forgotten),
          UNIT(a_handler_that_says_nothing_is_our_mistake),
          UNIT(a_head_that_could_not_be_read_is_answered),
          UNIT(the_log_has_one_line_without_query_or_secret))
