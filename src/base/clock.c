#include "base/clock.h"

#include "base/fault.h"

#include <time.h>

static int64_t real_now_s(const struct clock *self UNUSED)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec + fault_clock_shift_s();
}

static int64_t real_mono_ms(const struct clock *self UNUSED)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void real_pause_ms(const struct clock *self UNUSED, int64_t ms)
{
    const struct timespec t = {.tv_sec = (time_t)(ms / 1000),
                               .tv_nsec = (long)(ms % 1000) * 1000000};

    nanosleep(&t, NULL);
}

const struct clock clock_real = {real_now_s, real_mono_ms, real_pause_ms};

int64_t clock_now_s(const struct clock *c)
{
    return c->now_s(c);
}

int64_t clock_mono_ms(const struct clock *c)
{
    return c->mono_ms(c);
}

void clock_pause_ms(const struct clock *c, int64_t ms)
{
    if (c->pause_ms && ms > 0)
        c->pause_ms(c, ms);
}

static struct tm utc(int64_t unix_s)
{
    time_t t = (time_t)unix_s;
    struct tm tm = {0};

    gmtime_r(&t, &tm);
    return tm;
}

struct str time_format(struct arena *a, int64_t unix_s)
{
    struct tm tm = utc(unix_s);
    char text[64];

    return str_dup(a, str_view(text, strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm)));
}

struct str time_format_hour(struct arena *a, int64_t unix_s)
{
    struct tm tm = utc(unix_s);
    char text[64];

    return str_dup(a, str_view(text, strftime(text, sizeof text, "%Y%m%dT%HZ", &tm)));
}

/*
 * Days since 1970-01-01 of a Gregorian date (H. Hinnant, "chrono-compatible low-level date
 * algorithms"); timegm() is not POSIX.
 */
static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
    int64_t era, year_of_era, day_of_year, day_of_era;

    y -= m <= 2;
    era = y / 400;
    year_of_era = y - era * 400;
    day_of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

bool time_parse_hour(struct str s, int64_t *unix_s)
{
    int64_t year, month, day, hour, start;
    struct tm tm;

    if (s.len != 12 || s.ptr[8] != 'T' || s.ptr[11] != 'Z' || str_contains(s, '-'))
        return false;
    if (!str_to_int(str_take(s, 4), 1970, 9999, &year) ||
        !str_to_int(str_take(str_skip(s, 4), 2), 1, 12, &month) ||
        !str_to_int(str_take(str_skip(s, 6), 2), 1, 31, &day) ||
        !str_to_int(str_take(str_skip(s, 9), 2), 0, 23, &hour))
        return false;
    start = days_from_civil(year, month, day) * 86400 + hour * 3600;
    /* The 30th of February would be the 2nd of March. */
    tm = utc(start);
    if (tm.tm_mon != month - 1)
        return false;
    *unix_s = start;
    return true;
}
