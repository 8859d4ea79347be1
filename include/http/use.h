/**
 * How much of a pool is in use: which workers have a request in hand, and since when.
 *
 * One slot per worker in memory that a pool shares. A worker writes its own; the parent clears
 * those of workers that died with a request in hand. A process that is no pool has none in use.
 */
#ifndef HTTP_USE_H
#define HTTP_USE_H

#include "base/clock.h"

struct pool_use {
    int64_t workers;   /* that are ready */
    int64_t busy;      /* of them and of those that are leaving: with a request in hand */
    int64_t oldest_ms; /* since when the oldest of these is; 0: none is */
};
struct pool_use pool_use_now(const struct clock *clock);

#endif
