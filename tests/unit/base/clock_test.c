#include "support/unit.h"

#include "base/clock.h"

static void times_are_written_in_utc(void **state)
{
    // clang-format off
    static const struct {
        int64_t at;
        const char *time, *hour;
    } rows[] = {
        {0,            "1970-01-01T00:00:00Z", "19700101T00Z"},
        {951825599,    "2000-02-29T11:59:59Z", "20000229T11Z"},
        {UNIT_NOW_S,   "2026-01-15T09:30:00Z", "20260115T09Z"},
        {4107542399,   "2100-02-28T23:59:59Z", "21000228T23Z"},
        {253402300799, "9999-12-31T23:59:59Z", "99991231T23Z"},
    };
    // clang-format on
    struct arena *a = unit_ctx(state)->arena;
    int64_t hour;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_str(time_format(a, rows[i].at), rows[i].time);
        assert_str(time_format_hour(a, rows[i].at), rows[i].hour);
        assert_true(time_parse_hour(str_of(rows[i].hour), &hour));
        assert_int_equal(hour, rows[i].at - rows[i].at % 3600);
    }
}

static void an_hour_that_is_none_is_refused(void **state UNUSED)
{
    static const char *const wrong[] = {"",
                                        "20260115T09",
                                        "20260115T09ZZ",
                                        "20260115 09Z",
                                        "20260115T9Z",
                                        "20261315T09Z",
                                        "20260015T09Z",
                                        "20260100T09Z",
                                        "20260132T09Z",
                                        "20260115T24Z",
                                        "20260115T-0Z",
                                        "2026-115T09Z",
                                        "20260229T09Z",
                                        "21000229T09Z",
                                        "20260431T09Z",
                                        "19690101T00Z",
                                        "2026011aT09Z",
                                        "+0260115T09Z"};
    int64_t hour;

    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(time_parse_hour(str_of(wrong[i]), &hour));
    assert_false(time_parse_hour(STR_NONE, &hour));
}

static void a_test_clock_does_not_wait(void **state)
{
    clock_pause_ms(unit_ctx(state)->clock, 3600 * 1000);
    assert_int_equal(clock_now_s(unit_ctx(state)->clock), UNIT_NOW_S);
    assert_true(clock_now_s(&clock_real) > UNIT_NOW_S / 2);
    assert_true(clock_mono_ms(&clock_real) <= clock_mono_ms(&clock_real));
}

UNIT_MAIN(UNIT(times_are_written_in_utc), UNIT(an_hour_that_is_none_is_refused),
          UNIT(a_test_clock_does_not_wait))
