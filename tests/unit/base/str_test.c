#include "support/unit.h"

#include <string.h>

static void str_cut_splits_at_the_first_separator(void **state UNUSED)
{
    struct str head, tail;

    assert_true(str_cut(STR("a=b=c"), '=', &head, &tail));
    assert_str(head, "a");
    assert_str(tail, "b=c");
    assert_false(str_cut(STR("abc"), '=', &head, &tail));
    assert_str(head, "abc");
    assert_int_equal(tail.len, 0);
}

UNIT_MAIN(UNIT(str_cut_splits_at_the_first_separator))
