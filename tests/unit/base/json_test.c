#include "support/unit.h"

#include "base/json.h"

#include <string.h>

struct item {
    struct str name;
};
static const struct json_field item_fields[] = {
    {"name", JSON_STR, offsetof(struct item, name), JSON_REQUIRED, 4, NULL},
};
static const struct json_shape item_shape = JSON_SHAPE(struct item, item_fields);

struct thing {
    struct str name, note;
    int64_t size, at;
    bool open;
    const void *item;
    struct json_list items, words;
    struct str loose;
};
#define THING(member) offsetof(struct thing, member)
// clang-format off
static const struct json_field thing_fields[] = {
    {"name",  JSON_STR,    THING(name),  JSON_REQUIRED,      8,   NULL       },
    {"note",  JSON_STR,    THING(note),  JSON_NULL_IF_EMPTY, 0,   NULL       },
    {"size",  JSON_INT,    THING(size),  0,                  100, NULL       },
    {"open",  JSON_BOOL,   THING(open),  0,                  0,   NULL       },
    {"item",  JSON_OBJECT, THING(item),  JSON_OMIT_EMPTY,    0,   &item_shape},
    {"items", JSON_LIST,   THING(items), 0,                  2,   &item_shape},
    {"words", JSON_STRS,   THING(words), JSON_LENIENT,       0,   NULL       },
    {"loose", JSON_STR,    THING(loose), JSON_LENIENT,       4,   NULL       },
};
// clang-format on
static const struct json_shape thing_shape = JSON_SHAPE(struct thing, thing_fields);

static enum err read_thing(void **state, struct str text, struct thing *t)
{
    ctx_forgive(unit_ctx(state));
    *t = (struct thing){.size = -7};
    return json_read(unit_ctx(state), text, &thing_shape, t);
}

static void an_object_is_read_by_its_shape(void **state)
{
    struct thing t;

    assert_ok(
        unit_ctx(state),
        read_thing(
            state,
            STR(" {\"name\":\"\\u00e9\\ud83c\\udf2e\",\"size\":1e2,\"open\":true,"
                "\"item\":{\"name\":\"a\"},\"items\":[{\"name\":\"b\"}],\"words\":[\"x\",1,null],"
                "\"loose\":7,\"unknown\":{\"deep\":[1]},\"note\":null}\r\n"),
            &t));
    assert_str(t.name, "\xc3\xa9\xf0\x9f\x8c\xae");
    assert_int_equal(t.size, 100);
    assert_true(t.open);
    assert_str(((const struct item *)t.item)->name, "a");
    assert_int_equal(t.items.count, 1);
    assert_int_equal(t.words.count, 1);
    assert_null(t.loose.ptr);
    assert_null(t.note.ptr);
}

static void defaults_stay_when_nothing_is_said(void **state)
{
    struct thing t;

    assert_ok(unit_ctx(state), read_thing(state, STR("{\"name\":\"\"}"), &t));
    assert_non_null(t.name.ptr);
    assert_int_equal(t.size, -7);
    assert_null(t.item);
}

static void what_is_not_strict_json_is_refused(void **state)
{
    // clang-format off
    static const struct {
        struct str text;
        const char *says;
    } rows[] = {
        {STR_INIT(""),                                  "the text is not valid JSON"},
        {{NULL, 0},                                     "the text is not valid JSON"},
        {STR_INIT("{\"name\":\"a\"} x"),                "there is text behind the JSON value"},
        {STR_INIT("{\"name\":\"a\"}{}"),                "there is text behind the JSON value"},
        {STR_INIT("{\"name\":\"a\"}\0"),                "the JSON text is not valid UTF-8"},
        {STR_INIT("{\"name\":\"\xff\"}"),               "the JSON text is not valid UTF-8"},
        {STR_INIT("{\"name\":\"\xed\xa0\x80\"}"),       "the JSON text is not valid UTF-8"},
        {STR_INIT("{\"name\":\"a\\u0000b\"}"),          "the JSON text holds an escaped NUL"},
        {STR_INIT("{\"na\\u0000me\":\"a\"}"),           "the JSON text holds an escaped NUL"},
        {STR_INIT("{\"name\":\"\\ud83c\"}"),            "the text is not valid JSON"},
        {STR_INIT("{\"name\":\"a\",\"name\":\"b\"}"),   "a JSON object names the same member twice"},
        {STR_INIT("{\"name\":\"a\",\"\\u006eame\":1}"), "a JSON object names the same member twice"},
        {STR_INIT("{\"x\":[{\"y\":1,\"y\":1}]}"),       "a JSON object names the same member twice"},
        {STR_INIT("[]"),                                "expected a JSON object"},
        {STR_INIT("{}"),                                "name: is missing"},
        {STR_INIT("{\"name\":null}"),                   "name: is missing"},
        {STR_INIT("{\"name\":1}"),                      "name: must be a string"},
        {STR_INIT("{\"name\":\"123456789\"}"),          "name: 9 bytes, but at most 8 are allowed"},
        {STR_INIT("{\"name\":\"a\",\"size\":1.5}"),     "size: must be a whole number"},
        {STR_INIT("{\"name\":\"a\",\"size\":\"1\"}"),   "size: must be a whole number"},
        {STR_INIT("{\"name\":\"a\",\"size\":1e999}"),   "size: must be a whole number"},
        {STR_INIT("{\"name\":\"a\",\"size\":-9007199254740993}"), "size: must be a whole number"},
        {STR_INIT("{\"name\":\"a\",\"size\":101}"),     "size: must be at most 100"},
        {STR_INIT("{\"name\":\"a\",\"open\":0}"),       "open: must be true or false"},
        {STR_INIT("{\"name\":\"a\",\"item\":[]}"),      "expected a JSON object"},
        {STR_INIT("{\"name\":\"a\",\"items\":{}}"),     "items: must be a list"},
        {STR_INIT("{\"name\":\"a\",\"items\":[{\"name\":\"a\"},{}]}"), "name: is missing"},
        {STR_INIT("{\"name\":\"a\",\"items\":[1,2,3]}"), "items: at most 2 items are allowed"},
    };
    // clang-format on
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct thing t;

        assert_err(c, read_thing(state, rows[i].text, &t), ERR_INPUT);
        assert_str(c->failure.detail, rows[i].says);
    }
}

static void an_escaped_backslash_before_u0000_is_text(void **state)
{
    struct thing t;

    assert_ok(unit_ctx(state), read_thing(state, STR("{\"name\":\"\\\\u0000\"}"), &t));
    assert_str(t.name, "\\u0000");
}

static void an_object_is_written_by_its_shape(void **state)
{
    static const struct item items[] = {{STR_INIT("a")}, {STR_INIT("b")}};
    static const struct str words[] = {STR_INIT("x"), STR_INIT("")};
    struct buf b = {.arena = unit_ctx(state)->arena};
    struct thing t = {
        .name = STR("n"), .size = INT64_MIN, .items = {items, 2},
                .words = {words, 2}
    };

    json_write(&b, &thing_shape, &t);
    assert_str(
        buf_str(&b),
        "{\"name\":\"n\",\"note\":null,\"size\":-9223372036854775808,\"open\":false,"
        "\"items\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"words\":[\"x\",\"\"],\"loose\":\"\"}");
}

static void strings_are_escaped_and_always_text(void **state)
{
    struct buf b = {.arena = unit_ctx(state)->arena};

    json_write_str(&b, STR("\"\\\n\x1f\x7f/\xc3\xa9</script>"));
    json_write_str(&b, STR("a\xff\0"));
    json_write_str(&b, STR_NONE);
    assert_str(buf_str(&b),
               "\"\\\"\\\\\\u000a\\u001f\\u007f/\xc3\xa9</script>\"\"a\xef\xbf\xbd\\u0000\"\"\"");
}

/* Time must not grow with the square of what a stranger sends. */
static void a_large_object_is_read_in_time(void **state)
{
    struct buf b = {.arena = unit_ctx(state)->arena};
    struct thing t;

    buf_add(&b, STR("{\"name\":\"a\""));
    for (int i = 0; i < 20000; i++)
        buf_printf(&b, ",\"%d\":0", i);
    buf_add(&b, STR("}"));
    assert_ok(unit_ctx(state), read_thing(state, buf_str(&b), &t));
}

UNIT_MAIN(UNIT(an_object_is_read_by_its_shape), UNIT(defaults_stay_when_nothing_is_said),
          UNIT(what_is_not_strict_json_is_refused), UNIT(an_escaped_backslash_before_u0000_is_text),
          UNIT(an_object_is_written_by_its_shape), UNIT(strings_are_escaped_and_always_text),
          UNIT(a_large_object_is_read_in_time))
