/* The writing side of http/use.h: for the parent of a pool and its workers. */
#ifndef HTTP_USE_BOARD_H
#define HTTP_USE_BOARD_H

#include "http/use.h"

#include <stddef.h>

/* Before the first fork. False, and nothing is ever in use, when there is no memory for it. */
MUST_USE bool use_share(void);
/* slot: a worker's place among the parent's, below WORKERS_MAX. */
void use_begin(size_t slot, int64_t now_ms);
void use_end(size_t slot);
void use_set_workers(int64_t ready);

#endif
