#include "support/unit.h"

#include "http/request.h"

struct input {
    struct str name;
    int64_t count;
};
static const struct json_field input_fields[] = {
    {"name",  JSON_STR, offsetof(struct input, name),  JSON_REQUIRED, 10, NULL},
    {"count", JSON_INT, offsetof(struct input, count), 0,             5,  NULL},
};
static const struct json_shape input_shape = JSON_SHAPE(struct input, input_fields);

static struct req request(void **state, const char *content_type, const char *body)
{
    return (struct req){
        .ctx = unit_ctx(state), .content_type = str_of(content_type), .body = str_of(body)};
}

static void json_is_read_whatever_the_parameters_of_its_type(void **state)
{
    static const char *const types[] = {"application/json", "application/json; charset=utf-8",
                                        "Application/JSON ;x=y"};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct req r = request(state, types[i], "{\"name\": \"a\", \"count\": 5, \"unknown\": 1}");
        struct input in = {.count = 1};

        assert_ok(r.ctx, req_json(&r, &input_shape, &in));
        assert_str(in.name, "a");
        assert_int_equal(in.count, 5);
    }
}

static void json_of_another_type_is_refused(void **state)
{
    static const char *const types[] = {"", "text/plain", "application/jsonx",
                                        "application/x-www-form-urlencoded"};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct req r = request(state, types[i], "{\"name\": \"a\"}");
        struct input in = {.count = 1};

        assert_err(r.ctx, req_json(&r, &input_shape, &in), ERR_INPUT);
    }
}

static void json_names_the_field_at_fault(void **state)
{
    struct req r = request(state, "application/json", "{\"name\": \"a\", \"count\": 6}");
    struct input in = {.count = 1};

    assert_err(r.ctx, req_json(&r, &input_shape, &in), ERR_INPUT);
    assert_string_equal(r.ctx->failure.field, "count");
    r.body = STR_NONE;
    assert_err(r.ctx, req_json(&r, &input_shape, &in), ERR_INPUT);
}

static void a_form_needs_its_type(void **state)
{
    struct req r = request(state, "application/x-www-form-urlencoded; charset=UTF-8",
                           "next=%2Fsettings&csrf_token=x");
    struct str next;

    assert_ok(r.ctx, req_form(&r, "next", 100, &next));
    assert_str(next, "/settings");
    assert_err(r.ctx, req_form(&r, "next", 3, &next), ERR_INPUT);
    r.content_type = STR("application/json");
    assert_err(r.ctx, req_form(&r, "next", 100, &next), ERR_INPUT);
}

static void query_and_cookie_are_found(void **state)
{
    struct req r = {.ctx = unit_ctx(state),
                    .query = STR("q=Stanford&cursor="),
                    .cookies = STR("a=1; session=abc")};
    struct str value;

    assert_ok(r.ctx, req_query(&r, "q", 100, &value));
    assert_str(value, "Stanford");
    assert_ok(r.ctx, req_query(&r, "scope", 100, &value));
    assert_null(value.ptr);
    assert_ok(r.ctx, req_cookie(&r, "session", &value));
    assert_str(value, "abc");
}

UNIT_MAIN(UNIT(json_is_read_whatever_the_parameters_of_its_type),
          UNIT(json_of_another_type_is_refused), UNIT(json_names_the_field_at_fault),
          UNIT(a_form_needs_its_type), UNIT(query_and_cookie_are_found))
