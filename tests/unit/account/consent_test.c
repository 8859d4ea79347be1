#include "consent.h"

#include "support/unit.h"

static void consent_union_keeps_brackets_together_and_drops_repetitions(void **state)
{
    struct arena *a = unit_ctx(state)->arena;

    assert_str(consent_union(a, STR_NONE, STR_NONE), "");
    assert_str(consent_union(a, STR("a"), STR_NONE), "a");
    assert_str(consent_union(a, STR("all[*x *y] b"), STR("b  all[*x *y] all[*z]")), "all[*x *y] b all[*z]");
    assert_str(consent_union(a, STR("all[x[p q] y]"), STR("c")), "all[x[p q] y] c");
}

static void consent_union_survives_brackets_that_do_not_match(void **state)
{
    struct arena *a = unit_ctx(state)->arena;

    assert_str(consent_union(a, STR("all[x y"), STR("b")), "all[x y b");
    assert_str(consent_union(a, STR("] ]a b"), STR("")), "] ]a b");
}

static void consent_union_forgets_the_oldest(void **state)
{
    struct arena *a = unit_ctx(state)->arena;

    assert_str(consent_union(a, STR("1 2 3 4 5 6 7 8 9 10"), STR("3 11 12")), "3 4 5 6 7 8 9 10 11 12");
}

UNIT_MAIN(UNIT(consent_union_keeps_brackets_together_and_drops_repetitions), UNIT(consent_union_survives_brackets_that_do_not_match),
          UNIT(consent_union_forgets_the_oldest))
