#include "support/unit.h"

#include "base/ctx.h"

#include <string.h>

static void the_last_note_stands(void **state)
{
    struct ctx *c = unit_ctx(state);

    assert_int_equal(FAIL(c, ERR_CONFLICT, "tag %s exists", "v1"), ERR_CONFLICT);
    ctx_note_cause(c, STR("23505"));
    c->failure.retry_after_s = 7;
    assert_str(c->failure.detail, "tag v1 exists");
    assert_int_equal(FAIL_FIELD(c, "name", "%s: is missing", "name"), ERR_INPUT);
    assert_int_equal(c->failure.err, ERR_INPUT);
    assert_string_equal(c->failure.field, "name");
    assert_int_equal(c->failure.cause.len, 0);
    assert_int_equal(c->failure.retry_after_s, 0);
    ctx_forgive(c);
    assert_int_equal(c->failure.err, ERR_OK);
    assert_null(c->failure.field);
}

/* A note may be made of the one before it. */
static void a_note_can_hold_the_one_before(void **state)
{
    struct ctx *c = unit_ctx(state);

    (void)FAIL(c, ERR_INPUT, "inner");
    (void)FAIL(c, ERR_INPUT, "outer: " STR_FMT, STR_ARG(c->failure.detail));
    assert_str(c->failure.detail, "outer: inner");
}

/* Wherever a long sentence is cut, what is left is text. */
static void a_long_note_is_cut_between_characters(void **state)
{
    struct ctx *c = unit_ctx(state);

    for (int before = 0; before < 4; before++) {
        struct buf b = {.arena = c->arena};

        for (int i = 0; i < before; i++)
            buf_add_byte(&b, 'a');
        for (int i = 0; i < 400; i++)
            buf_add(&b, STR("\xf0\x9f\x8c\xae"));
        (void)FAIL(c, ERR_INPUT, STR_FMT, STR_ARG(buf_str(&b)));
        assert_true(c->failure.detail.len >= 1000 && c->failure.detail.len < 1024);
        assert_true(str_is_utf8(c->failure.detail));
    }
}

UNIT_MAIN(UNIT(the_last_note_stands), UNIT(a_note_can_hold_the_one_before),
          UNIT(a_long_note_is_cut_between_characters))
