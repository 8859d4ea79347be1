#include "status.h"
#include "support/unit.h"

#include "base/err.h"

static void every_outcome_has_standard_words(void **state UNUSED)
{
    for (enum err e = ERR_OK; e < ERR_COUNT; e++)
        assert_string_not_equal(status_reason(err_http_status(e)), "Unknown");
}

static void a_code_outside_the_table_is_unknown(void **state UNUSED)
{
    assert_string_equal(status_reason(404), "Not Found");
    assert_string_equal(status_reason(299), "Unknown");
    assert_string_equal(status_reason(0), "Unknown");
}

UNIT_MAIN(UNIT(every_outcome_has_standard_words), UNIT(a_code_outside_the_table_is_unknown))
