#include "cursor.h"
#include "support/unit.h"

#define ID "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0"

static void cursor_comes_back_as_it_was(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct cursor before = {1768469400123456, STR_INIT(ID)};
    struct str text = cursor_format(c->arena, &before);
    struct cursor after;

    assert_str(text, "1768469400123456." ID);
    assert_ok(c, cursor_parse(c, text, &after));
    assert_int_equal(after.created_us, before.created_us);
    assert_str(after.id, ID);
}

static void cursor_parse_refuses_what_no_page_gave(void **state)
{
    static const char *const rows[] = {
        "",       ".",     "1",         "1.",           "." ID,
        "-1." ID, "x." ID, "1." ID "0", "1.not-a-uuid", "99999999999999999999." ID};
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cursor out;

        assert_err(c, cursor_parse(c, str_of(rows[i]), &out), ERR_INPUT);
        assert_string_equal(c->failure.field, "cursor");
    }
}

UNIT_MAIN(UNIT(cursor_comes_back_as_it_was), UNIT(cursor_parse_refuses_what_no_page_gave))
