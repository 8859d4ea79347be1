/*
 * What every unit test begins with: cmocka with the headers it needs before it, and a context with
 * its own arena.
 *
 *     static void str_trim_takes_blanks_off_both_ends(void **state) { ... }
 *     UNIT_MAIN(UNIT(str_trim_takes_blanks_off_both_ends), ...)
 *
 * Each test gets a fresh struct ctx as *state (unit_ctx(state)) with a clock that a test may move;
 * it is gone after the test.
 */
#ifndef SUPPORT_UNIT_H
#define SUPPORT_UNIT_H

#include "base/ctx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* 2026-01-15T09:30:00Z */
enum { UNIT_NOW_S = 1768469400 };

struct unit {
    struct ctx ctx; /* first, so that *state is the context too */
    struct clock clock;
};

/* The moved clock: process-wide because struct clock has no place for a value of its own. */
static int64_t unit_now_s UNUSED;
static int64_t unit_mono_ms UNUSED;

static int64_t unit_clock_now_s(const struct clock *self UNUSED)
{
    return unit_now_s;
}

static int64_t unit_clock_mono_ms(const struct clock *self UNUSED)
{
    return unit_mono_ms;
}

static inline struct ctx *unit_ctx(void **state)
{
    return *state;
}

static int unit_begin(void **state)
{
    struct unit *u = calloc(1, sizeof *u);

    if (!u)
        return -1;
    unit_now_s = UNIT_NOW_S;
    unit_mono_ms = 1000;
    u->clock = (struct clock){.now_s = unit_clock_now_s, .mono_ms = unit_clock_mono_ms};
    u->ctx = (struct ctx){.arena = arena_create(), .clock = &u->clock};
    *state = u;
    return 0;
}

static int unit_end(void **state)
{
    struct unit *u = *state;

    arena_destroy(u->ctx.arena);
    free(u);
    return 0;
}

/* The text of s must be exactly z. */
static inline void unit_assert_str(struct str s, const char *z, const char *file, int line)
{
    struct str want = str_of(z);

    if (!str_eq(s, want)) {
        print_error("\"" STR_FMT "\" != \"%s\"\n", STR_ARG(s), z);
        _fail(file, line);
    }
}
#define assert_str(s, z) unit_assert_str((s), (z), __FILE__, __LINE__)

/* An outcome, with the detail shown when it is another one. */
static inline void unit_assert_err(const struct ctx *c, enum err got, enum err want,
                                   const char *file, int line)
{
    if (got != want) {
        print_error("%s != %s: " STR_FMT "\n", err_code(got), err_code(want),
                    STR_ARG(c->failure.detail));
        _fail(file, line);
    }
}
#define assert_err(c, got, want) unit_assert_err((c), (got), (want), __FILE__, __LINE__)
#define assert_ok(c, got)        assert_err((c), (got), ERR_OK)

#define UNIT(test)               cmocka_unit_test_setup_teardown(test, unit_begin, unit_end)

#define UNIT_MAIN(...) \
    int main(void) \
    { \
        const struct CMUnitTest tests[] = {__VA_ARGS__}; \
        return cmocka_run_group_tests(tests, NULL, NULL); \
    }

#endif
