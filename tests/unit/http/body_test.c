#include "source.h"
#include "support/unit.h"

static struct body_source *body(void **state, const char *text, int64_t expected, size_t step)
{
    struct body_source *s = body_from_memory(unit_ctx(state)->arena, str_of(text), step);

    s->expected = expected;
    return s;
}

static void a_body_comes_in_pieces_and_ends_with_nothing(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct body_source *s = body(state, "abcdefg", 7, 3);
    char bytes[100];
    size_t n;

    assert_ok(c, body_read(c, s, bytes, sizeof bytes, &n));
    assert_str(str_view(bytes, n), "abc");
    assert_ok(c, body_read(c, s, bytes, 2, &n));
    assert_str(str_view(bytes, n), "de");
    assert_ok(c, body_read(c, s, bytes, sizeof bytes, &n));
    assert_str(str_view(bytes, n), "fg");
    assert_ok(c, body_read(c, s, bytes, sizeof bytes, &n));
    assert_int_equal(n, 0);
    assert_ok(c, body_read(c, s, bytes, 0, &n));
    assert_int_equal(n, 0);
}

static void a_body_of_another_length_than_announced_is_refused(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str all;

    assert_err(c, body_read_all(c, body(state, "abc", 4, 0), 100, &all), ERR_INPUT);
    assert_err(c, body_read_all(c, body(state, "abc", 2, 0), 100, &all), ERR_INPUT);
    assert_err(c, body_read_all(c, body(state, "abc", 2, 1), 100, &all), ERR_INPUT);
    assert_err(c, body_read_all(c, body(state, "", 1, 0), 100, &all), ERR_INPUT);
}

static void a_whole_body_is_read_up_to_its_limit(void **state)
{
    struct ctx *c = unit_ctx(state);

    for (size_t step = 0; step < 5; step++) {
        struct str all;

        assert_ok(c, body_read_all(c, body(state, "abcd", 4, step), 4, &all));
        assert_str(all, "abcd");
        assert_ok(c, body_read_all(c, body(state, "abcd", -1, step), 4, &all));
        assert_str(all, "abcd");
        assert_ok(c, body_read_all(c, body(state, "", -1, step), 4, &all));
        assert_int_equal(all.len, 0);
        assert_err(c, body_read_all(c, body(state, "abcde", -1, step), 4, &all), ERR_TOO_LARGE);
    }
}

UNIT_MAIN(UNIT(a_body_comes_in_pieces_and_ends_with_nothing),
          UNIT(a_body_of_another_length_than_announced_is_refused),
          UNIT(a_whole_body_is_read_up_to_its_limit))
