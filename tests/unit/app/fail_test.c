#include "fail.h"
#include "support/unit.h"

#include "base/settings.h"
#include "http/request.h"

#include <string.h>

static const struct settings settings = {.registry_name = "A & B"};
static const struct route json_route = {.audience = JSON, .pool = POOL_API};
static const struct route page_route = {.audience = PAGE, .pool = POOL_API};
static const struct route upload_route = {.audience = JSON, .pool = POOL_UPLOAD};

static struct req request(void **state, const struct route *route, enum method m, const char *path)
{
    struct ctx *c = unit_ctx(state);

    c->settings = &settings;
    c->request_id = STR("r-1");
    ctx_forgive(c);
    return (struct req){.ctx = c, .route = route, .method = m, .path = str_of(path)};
}

static struct str header_of(const struct req *r, const char *name)
{
    for (size_t i = 0; i < r->reply.header_count; i++) {
        if (strcmp(r->reply.headers[i].name, name) == 0)
            return r->reply.headers[i].value;
    }
    return STR_NONE;
}

static bool holds(struct str text, const char *wanted)
{
    for (; text.len; text = str_skip(text, 1)) {
        if (str_has_prefix(text, str_of(wanted)))
            return true;
    }
    return false;
}

static void a_program_gets_json(void **state)
{
    struct req r = request(state, &json_route, POST, "/api/x");

    ctx_note_field(r.ctx, ERR_INPUT, "name", "name: \"%s\"", "<b>");
    ctx_note_cause(r.ctx, STR("for the log"));
    app_fail(&r);
    assert_int_equal(r.reply.status, 400);
    assert_str(r.reply.body, "{\"detail\":\"name: \\\"<b>\\\"\",\"code\":\"bad_input\","
                             "\"request_id\":\"r-1\",\"field\":\"name\"}");
    assert_true(holds(r.reply.reason, "name: "));
}

static void an_upload_is_told_where_its_client_looks(void **state)
{
    struct req r = request(state, &upload_route, POST, "/upload");

    ctx_note(r.ctx, ERR_NO_SPACE, "The disk is full.");
    app_fail(&r);
    assert_int_equal(r.reply.status, 507);
    assert_true(holds(r.reply.body, "\"message\":\"The disk is full.\""));
}

static void our_own_mistakes_stay_in_the_log(void **state)
{
    struct req r = request(state, &json_route, GET, "/api/x");

    ctx_note(r.ctx, ERR_INTERNAL, "relation \"users\" does not exist");
    app_fail(&r);
    assert_int_equal(r.reply.status, 500);
    assert_false(holds(r.reply.body, "relation"));
    assert_false(holds(r.reply.reason, "relation"));
    assert_true(holds(r.reply.body, "r-1"));
}

static void a_person_gets_a_page_in_which_nothing_is_markup(void **state)
{
    struct req r = request(state, &page_route, GET, "/globus/login");

    ctx_note(r.ctx, ERR_BAD_STATE, "It says <script>alert('x')</script> & \"y\"");
    app_fail(&r);
    assert_int_equal(r.reply.status, 403);
    assert_string_equal(r.reply.content_type, "text/html; charset=utf-8");
    assert_true(
        holds(r.reply.body, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;"));
    assert_true(holds(r.reply.body, "A &amp; B"));
    assert_false(holds(r.reply.body, "<script"));
    assert_str(header_of(&r, "Cache-Control"), "no-store");
}

static void signed_out_people_are_sent_to_sign_in(void **state)
{
    struct req r = request(state, &page_route, GET, "/globus/transfer/7 & 8");

    ctx_note(r.ctx, ERR_NOT_SIGNED_IN, "Sign in first.");
    app_fail(&r);
    assert_int_equal(r.reply.status, 303);
    assert_str(header_of(&r, "Location"), "/login?next=%2Fglobus%2Ftransfer%2F7%20%26%208");

    r = request(state, &page_route, POST, "/globus/login"); /* a form cannot be sent again */
    ctx_note(r.ctx, ERR_NOT_SIGNED_IN, "Sign in first.");
    app_fail(&r);
    assert_int_equal(r.reply.status, 401);

    r = request(state, &json_route, GET, "/api/transfers");
    ctx_note(r.ctx, ERR_NOT_SIGNED_IN, "Sign in first.");
    app_fail(&r);
    assert_int_equal(r.reply.status, 401);
    assert_true(holds(r.reply.body, "\"code\":\"not_signed_in\""));
}

/* No route: who typed it decides. */
static void an_unknown_address_is_told_by_its_place(void **state)
{
    static const struct {
        const char *path;
        bool page;
    } rows[] = {
        {"/nothing",  true },
        {"/api",      true },
        {"/api/x",    false},
        {"/upload",   false},
        {"/upload/x", false},
        {"/apis",     true },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct req r = request(state, NULL, GET, rows[i].path);

        ctx_note(r.ctx, ERR_NOT_FOUND, "There is nothing here.");
        app_fail(&r);
        assert_int_equal(r.reply.status, 404);
        assert_int_equal(holds(r.reply.body, "<!doctype html>"), rows[i].page);
    }
}

static void who_must_wait_is_told_how_long(void **state)
{
    struct req r = request(state, &json_route, POST, "/api/login");

    ctx_note(r.ctx, ERR_THROTTLED, "Wait.");
    r.ctx->failure.retry_after_s = 90;
    app_fail(&r);
    assert_int_equal(r.reply.status, 429);
    assert_str(header_of(&r, "Retry-After"), "90");
}

UNIT_MAIN(UNIT(a_program_gets_json), UNIT(an_upload_is_told_where_its_client_looks),
          UNIT(our_own_mistakes_stay_in_the_log),
          UNIT(a_person_gets_a_page_in_which_nothing_is_markup),
          UNIT(signed_out_people_are_sent_to_sign_in),
          UNIT(an_unknown_address_is_told_by_its_place), UNIT(who_must_wait_is_told_how_long))
