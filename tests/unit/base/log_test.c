#include "support/unit.h"

#include "base/log.h"

#include <string.h>
#include <unistd.h>

/* What one event writes to standard error. */
static struct str captured(struct arena *a, enum log_level level, const struct log_pair *pairs,
                           size_t count)
{
    enum { LIMIT = 16 * 1024 };
    int ends[2], saved = dup(STDERR_FILENO);
    char *bytes = arena_alloc(a, LIMIT);
    ssize_t n;

    assert_true(saved >= 0);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    log_event(level, "tried", pairs, count);
    dup2(saved, STDERR_FILENO);
    close(saved);
    n = read(ends[0], bytes, LIMIT);
    close(ends[0]);
    assert_true(n >= 0);
    return str_view(bytes, (size_t)n);
}

#define CAPTURED(state, level, ...) \
    captured(unit_ctx(state)->arena, (level), (const struct log_pair[]){__VA_ARGS__}, \
             sizeof((const struct log_pair[]){__VA_ARGS__}) / sizeof(struct log_pair))

static size_t count_of(struct str s, char byte)
{
    size_t count = 0;

    for (size_t i = 0; i < s.len; i++)
        count += s.ptr[i] == byte;
    return count;
}

static struct str filled(struct arena *a, char byte, size_t len)
{
    char *bytes = arena_alloc(a, len);

    memset(bytes, byte, len);
    return str_view(bytes, len);
}

static void values_are_quoted_when_they_must_be(void **state)
{
    // clang-format off
    static const struct {
        struct str value;
        const char *shown;
    } rows[] = {
        {STR_INIT("plain"), "plain"},
        {STR_INIT("a/b:c@d+é"), "a/b:c@d+é"},
        {STR_INIT(""), "\"\""},
        {{NULL, 0}, "\"\""},
        {STR_INIT("two words"), "\"two words\""},
        {STR_INIT("a=b"), "\"a=b\""},
        {STR_INIT("say \"hi\""), "\"say \\\"hi\\\"\""},
        {STR_INIT("back\\slash"), "\"back\\\\slash\""},
        {STR_INIT("\nlevel=error event=forged"), "\"\\x0alevel=error event=forged\""},
        {STR_INIT("\r\t\0\x1b[2J\x7f"), "\"\\x0d\\x09\\x00\\x1b[2J\\x7f\""},
    };
    // clang-format on

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str line = CAPTURED(state, LOG_INFO, {"k", rows[i].value});
        struct str want =
            str_printf(unit_ctx(state)->arena, "level=info event=tried k=%s\n", rows[i].shown);

        assert_str(line, want.ptr);
    }
}

static void lines_carry_the_request_until_it_is_taken_away(void **state)
{
    log_set_request(STR("r-1"));
    assert_str(CAPTURED(state, LOG_WARN, {"k", STR("v")}),
               "level=warn event=tried request=r-1 k=v\n");
    log_set_request(STR_NONE);
    assert_str(CAPTURED(state, LOG_WARN, {"k", STR("v")}), "level=warn event=tried k=v\n");
}

static void levels_above_the_set_one_are_dropped(void **state)
{
    for (int set = LOG_ERROR; set < LOG_LEVEL_COUNT; set++) {
        log_set_level((enum log_level)set);
        for (int level = LOG_ERROR; level < LOG_LEVEL_COUNT; level++) {
            struct str line = CAPTURED(state, (enum log_level)level, {"k", STR("v")});

            assert_int_equal(line.len > 0, level <= set);
        }
    }
    log_set_level(LOG_INFO);
}

static void level_names_are_read_back(void **state UNUSED)
{
    enum log_level level;

    for (int i = LOG_ERROR; i < LOG_LEVEL_COUNT; i++) {
        assert_true(log_level_parse(str_of(log_level_name((enum log_level)i)), &level));
        assert_int_equal(level, i);
    }
    assert_false(log_level_parse(STR("INFO"), &level));
    assert_false(log_level_parse(STR(""), &level));
    assert_false(log_level_parse(STR_NONE, &level));
}

/* Whatever the lengths: one line, no longer than one write, closed as it was opened. */
static void long_values_are_cut_and_the_line_stays_one(void **state)
{
    static const char fillers[] = {'x', ' ', '\n', '"'};
    struct arena *a = unit_ctx(state)->arena;

    for (size_t f = 0; f < sizeof fillers; f++) {
        struct str long_value = filled(a, fillers[f], 4200);

        for (size_t n = 960; n <= 4200; n += n >= 4000 && n < 4110 ? 1 : 32) {
            struct str value = str_take(long_value, n);
            struct str line = CAPTURED(state, LOG_INFO, {"first", value}, {"second", value},
                                       {"third", STR("a b")}, {"fourth", STR("v")});

            assert_true(line.len > 0 && line.len <= 4096);
            assert_int_equal(count_of(line, '\n'), 1);
            assert_int_equal(line.ptr[line.len - 1], '\n');
        }
    }
}

UNIT_MAIN(UNIT(values_are_quoted_when_they_must_be),
          UNIT(lines_carry_the_request_until_it_is_taken_away),
          UNIT(levels_above_the_set_one_are_dropped), UNIT(level_names_are_read_back),
          UNIT(long_values_are_cut_and_the_line_stays_one))
