#include "support/unit.h"

#include "http/request.h"

static enum err handle(struct req *r)
{
    return reply_empty(r, 204);
}

#define ROW(methods, path, feature) \
    { \
        methods, path, ANYONE, POOL_API, feature, JSON, NO_BODY, handle, "" \
    }
static const struct route routes[] = {
    ROW(GET, "/", ALWAYS),
    ROW(GET, "/things", ALWAYS),
    ROW(POST, "/things", ALWAYS),
    ROW(GET, "/things/new", ALWAYS),
    ROW(GET | DELETE, "/things/{id}", ALWAYS),
    ROW(PUT, "/things/{id}/parts/{part}", ALWAYS),
    ROW(GET, "/files/{path...}", ALWAYS),
    ROW(GET, "/globus", GLOBUS),
    ROW(POST, "/globus", GLOBUS),
};

static bool without_globus(const struct ctx *c UNUSED, enum feature f)
{
    return f != GLOBUS;
}

static enum route_result find(void **state, enum method m, const char *path, struct req *r,
                              unsigned *allow)
{
    *r = (struct req){.ctx = unit_ctx(state), .method = m, .path = str_of(path)};
    *allow = 0;
    return route_find(routes, COUNT_OF(routes), without_globus, r, allow);
}

static void a_path_finds_its_row(void **state)
{
    static const struct {
        enum method method;
        const char *path;
        size_t row;
    } rows[] = {
        {GET,    "/",                 0},
        {HEAD,   "/",                 0},
        {GET,    "/things",           1},
        {POST,   "/things",           2},
        {GET,    "/things/new",       3},
        {GET,    "/things/newer",     4},
        {DELETE, "/things/new",       4},
        {PUT,    "/things/1/parts/2", 5},
        {GET,    "/files/a",          6},
        {GET,    "/files/a/b/c",      6},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct req r;
        unsigned allow;

        assert_int_equal(find(state, rows[i].method, rows[i].path, &r, &allow), ROUTE_FOUND);
        assert_ptr_equal(r.route, &routes[rows[i].row]);
    }
}

static void a_path_without_row_is_not_found(void **state)
{
    static const char *const paths[] = {
        "",
        "/thing",
        "/things/",
        "/things/1/2",
        "/things//parts/1",
        "/files",
        "/files/",
        "/files//x",
        "/Things",
        "/things/1/parts",
        "things",
        "/things/1/parts/2/3",
        "/globus",
        "//things",
    };

    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct req r;
        unsigned allow;

        if (find(state, GET, paths[i], &r, &allow) != ROUTE_NO_PATH)
            fail_msg("%s is found", paths[i]);
        assert_null(r.route);
        assert_int_equal(r.param_count, 0);
    }
}

static void a_method_without_row_tells_those_there_are(void **state)
{
    struct req r;
    unsigned allow;

    assert_int_equal(find(state, PUT, "/things", &r, &allow), ROUTE_NO_METHOD);
    assert_str(route_methods(r.ctx->arena, allow), "GET, HEAD, POST");
    assert_int_equal(find(state, METHOD_OTHER, "/things/1", &r, &allow), ROUTE_NO_METHOD);
    assert_str(route_methods(r.ctx->arena, allow), "GET, HEAD, DELETE");
    assert_int_equal(find(state, HEAD, "/things/1/parts/2", &r, &allow), ROUTE_NO_METHOD);
    assert_str(route_methods(r.ctx->arena, allow), "PUT");
}

static void parameters_are_those_of_the_row_that_won(void **state)
{
    struct req r;
    unsigned allow;
    int64_t id;

    (void)find(state, PUT, "/things/17/parts/x y", &r, &allow);
    assert_int_equal(r.param_count, 2);
    assert_str(req_path(&r, "part"), "x y");
    assert_ok(r.ctx, req_path_int(&r, "id", &id));
    assert_int_equal(id, 17);
    (void)find(state, GET, "/files/a/b.sif", &r, &allow);
    assert_int_equal(r.param_count, 1);
    assert_str(req_path(&r, "path"), "a/b.sif");
}

static void an_id_has_one_spelling(void **state)
{
    static const char *const ids[] = {"0",  "01",  "+1", "-1",
                                      "1 ", "1.0", "x",  "9223372036854775808"};

    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        struct req r;
        unsigned allow;
        int64_t id = 5;
        const char *path =
            str_z(unit_ctx(state)->arena, str_printf(unit_ctx(state)->arena, "/things/%s", ids[i]));

        assert_int_equal(find(state, GET, path, &r, &allow), ROUTE_FOUND);
        assert_err(r.ctx, req_path_int(&r, "id", &id), ERR_NOT_FOUND);
        assert_int_equal(id, 5);
    }
}

static void method_names_are_exact(void **state UNUSED)
{
    assert_int_equal(method_parse(STR("DELETE")), DELETE);
    assert_int_equal(method_parse(STR("get")), METHOD_OTHER);
    assert_int_equal(method_parse(STR("")), METHOD_OTHER);
    assert_string_equal(method_name(PATCH), "PATCH");
    assert_string_equal(method_name(METHOD_OTHER), "OTHER");
}

UNIT_MAIN(UNIT(a_path_finds_its_row), UNIT(a_path_without_row_is_not_found),
          UNIT(a_method_without_row_tells_those_there_are),
          UNIT(parameters_are_those_of_the_row_that_won), UNIT(an_id_has_one_spelling),
          UNIT(method_names_are_exact))
