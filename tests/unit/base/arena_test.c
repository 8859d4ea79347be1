#include "support/unit.h"

#include "base/arena.h"

#include <string.h>

static void allocations_are_zeroed_aligned_and_apart(void **state)
{
    static const size_t sizes[] = {0,     1, 15, 16, 17, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1,
                                   100000};
    struct arena *a = unit_ctx(state)->arena;
    unsigned char *all[COUNT_OF(sizes)];

    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            all[i] = arena_alloc(a, sizes[i]);
            assert_int_equal((uintptr_t)all[i] % 16, 0);
            for (size_t k = 0; k < sizes[i]; k++)
                assert_int_equal(all[i][k], 0);
            memset(all[i], (int)i + 1, sizes[i]);
        }
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            for (size_t k = 0; k < sizes[i]; k++)
                assert_int_equal(all[i][k], i + 1);
        }
        arena_reset(a);
    }
}

struct trace {
    char text[8];
    size_t len;
};
struct step {
    struct trace *trace;
    char name;
};

static void note(void *arg)
{
    const struct step *s = arg;

    s->trace->text[s->trace->len++] = s->name;
}

static void what_was_deferred_runs_once_and_newest_first(void **state UNUSED)
{
    struct arena *a = arena_create();
    struct trace trace = {.len = 0};
    struct step steps[] = {
        {&trace, 'a'},
        {&trace, 'b'},
        {&trace, 'c'}
    };

    arena_defer(a, note, &steps[0]);
    arena_defer(a, note, &steps[1]);
    arena_reset(a);
    assert_string_equal(trace.text, "ba");
    arena_reset(a);
    arena_defer(a, note, &steps[2]);
    arena_destroy(a);
    assert_string_equal(trace.text, "bac");
    arena_destroy(NULL);
}

UNIT_MAIN(UNIT(allocations_are_zeroed_aligned_and_apart),
          UNIT(what_was_deferred_runs_once_and_newest_first))
