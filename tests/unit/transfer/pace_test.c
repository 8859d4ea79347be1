#include "pace.h"
#include "support/unit.h"

/* A clock that stands still but for the pauses. */
static int64_t now_ms;

static int64_t mono(const struct clock *self UNUSED)
{
    return now_ms;
}

static void pause_for(const struct clock *self UNUSED, int64_t ms)
{
    now_ms += ms;
}

static struct ctx *with_clock(void **state)
{
    static const struct clock still = {.mono_ms = mono, .pause_ms = pause_for};
    struct ctx *c = unit_ctx(state);

    now_ms = 1000;
    c->clock = &still;
    return c;
}

/* Most calls within any second that begins with one. */
static int most_in_a_second(const int64_t *at, const int *calls, int count)
{
    int most = 0;

    for (int i = 0; i < count; i++) {
        int sum = 0;

        for (int k = i; k < count && at[k] <= at[i] + 1000; k++)
            sum += calls[k];
        if (sum > most)
            most = sum;
    }
    return most;
}

static void one_user_is_asked_for_less_than_twenty_times_a_second(void **state)
{
    struct ctx *c = with_clock(state);
    struct pace p = {0};
    int64_t at[300];
    int calls[300];

    for (int i = 0; i < 300; i++) {
        calls[i] = i % 7 < 4 ? 1 : 3;
        pace_wait(c, &p, 5, calls[i]);
        at[i] = now_ms;
    }
    assert_in_range(most_in_a_second(at, calls, 300), 15, 20);
    assert_in_range(now_ms, 30000, 40000);
}

static void users_do_not_wait_for_each_other(void **state)
{
    struct ctx *c = with_clock(state);
    struct pace p = {0};

    for (int64_t user = 1; user <= 100; user++)
        pace_wait(c, &p, user, 3);
    assert_int_equal(now_ms, 1000);
    pace_wait(c, &p, 100, 1);
    assert_int_equal(now_ms, 1180);
}

UNIT_MAIN(UNIT(one_user_is_asked_for_less_than_twenty_times_a_second),
          UNIT(users_do_not_wait_for_each_other))
