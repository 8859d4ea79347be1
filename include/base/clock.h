/**
 * Time as a parameter, so that a test can move it.
 *
 * Seconds are Unix time, UTC. Expiry of rows is judged by the database's clock, not by this one
 * (docs/adr/0003).
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/str.h"

struct clock {
    int64_t (*now_s)(const struct clock *self);   /* Unix seconds */
    int64_t (*mono_ms)(const struct clock *self); /* milliseconds that only grow */
    /* NULL: waiting takes no time (tests) */
    void (*pause_ms)(const struct clock *self, int64_t ms);
};

/** The real time. */
extern const struct clock clock_real;

int64_t clock_now_s(const struct clock *c);
int64_t clock_mono_ms(const struct clock *c);
/** Wait, as between two attempts at the same call; a signal ends the wait early. */
void clock_pause_ms(const struct clock *c, int64_t ms);

/** ISO 8601 in UTC, "2026-01-15T09:30:00Z". */
struct str time_format(struct arena *a, int64_t unix_s);
/** "20260115T09Z": the hour in the sregistry client's signature. */
struct str time_format_hour(struct arena *a, int64_t unix_s);
/** The start of the hour written as "20260115T09Z"; false when s is not of that form. */
MUST_USE bool time_parse_hour(struct str s, int64_t *unix_s);

#endif
