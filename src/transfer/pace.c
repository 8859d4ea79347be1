#include "pace.h"

enum { CALL_EVERY_MS = 60 }; /* a burst of a submit's three calls included, never 20 in a second */

/* The user's place, or that of whoever was asked longest ago: nobody waits for that one any more.
 */
static size_t place_of(const struct pace *p, int64_t user_id)
{
    size_t oldest = 0;

    for (size_t i = 0; i < PACE_USERS; i++) {
        if (p->users[i].user_id == user_id)
            return i;
        if (p->users[i].next_ms < p->users[oldest].next_ms)
            oldest = i;
    }
    return oldest;
}

void pace_wait(struct ctx *c, struct pace *p, int64_t user_id, int calls)
{
    size_t i = place_of(p, user_id);
    int64_t now = clock_mono_ms(c->clock);

    if (p->users[i].user_id == user_id && p->users[i].next_ms > now) {
        clock_pause_ms(c->clock, p->users[i].next_ms - now);
        now = clock_mono_ms(c->clock);
    }
    p->users[i].user_id = user_id;
    p->users[i].next_ms = now + (int64_t)calls * CALL_EVERY_MS;
}
