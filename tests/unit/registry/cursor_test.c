#include "cursor.h"
#include "support/unit.h"

#include "base/codec.h"

static void cursors_read_back_what_they_were_made_of(void **state)
{
    struct ctx *c = unit_ctx(state);
    int64_t at_us, id;
    struct str name;

    assert_ok(c, cursor_read_name(c, cursor_of_name(c, STR("a/b.c")), &name));
    assert_str(name, "a/b.c");
    assert_ok(c, cursor_read_time(c, cursor_of_time(c, 1768469400123456, 42), &at_us, &id));
    assert_int_equal(at_us, 1768469400123456);
    assert_int_equal(id, 42);
}

static void an_absent_cursor_is_the_first_page(void **state)
{
    struct ctx *c = unit_ctx(state);
    int64_t at_us, id = 7;
    struct str name = STR("x");

    assert_ok(c, cursor_read_name(c, STR_NONE, &name));
    assert_int_equal(name.len, 0);
    assert_ok(c, cursor_read_time(c, STR_NONE, &at_us, &id));
    assert_int_equal(id, 0);
}

static void a_forged_cursor_names_its_field(void **state)
{
    /* "..", NUL, bad alphabet, blank */
    static const char *const names[] = {"!", "====", "YQ==", "Li4", "AA", "/w", "IA"};
    static const char *const times[] = {"1",
                                        "1.",
                                        ".1",
                                        "1.2.3",
                                        "-1.1",
                                        "1.0",
                                        "0.1",
                                        "1.-1",
                                        "a.b",
                                        "99999999999999999999.1",
                                        "253402300800000000.1",
                                        "1.9223372036854775808",
                                        " 1.1"};
    struct ctx *c = unit_ctx(state);
    int64_t at_us, id;
    struct str name;

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_err(c, cursor_read_name(c, str_of(names[i]), &name), ERR_INPUT);
        assert_string_equal(c->failure.field, "cursor");
    }
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        assert_err(c,
                   cursor_read_time(c, base64url_encode(c->arena, str_of(times[i])), &at_us, &id),
                   ERR_INPUT);
        assert_string_equal(c->failure.field, "cursor");
    }
}

UNIT_MAIN(UNIT(cursors_read_back_what_they_were_made_of), UNIT(an_absent_cursor_is_the_first_page),
          UNIT(a_forged_cursor_names_its_field))
