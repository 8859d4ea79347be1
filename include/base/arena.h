/**
 * Memory of one request, one job or one command.
 *
 * Everything a request allocates is taken from its arena and given back at once by arena_reset().
 * Objects of libraries are adopted at birth with arena_defer(), so no function on the way out has
 * to remember them. Not here: limits (they stand where bytes enter) and freeing one allocation.
 * Exhaustion aborts: the process is replaced and the client retries (docs/adr/0004).
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/attrs.h"

#include <stddef.h>

struct arena;

/** A new, empty arena; the caller owns it and ends it with arena_destroy(). */
RETURNS_NONNULL MUST_USE struct arena *arena_create(void);

/** Run what was deferred, newest first, and free everything, the arena too. NULL is allowed. */
void arena_destroy(struct arena *a);

/** Run what was deferred, newest first, and forget all allocations; the arena can be used again. */
void arena_reset(struct arena *a);

/**
 * @return size zeroed bytes, aligned for any type, valid until reset; size 0 gives a valid pointer
 * to nothing.
 */
RETURNS_NONNULL MUST_USE void *arena_alloc(struct arena *a, size_t size);

/** @return count × size zeroed bytes; aborts when the product overflows. */
RETURNS_NONNULL MUST_USE void *arena_alloc_array(struct arena *a, size_t count, size_t size);

/** Call fn(arg) when the arena is reset or destroyed. Later calls run first. */
void arena_defer(struct arena *a, void (*fn)(void *), void *arg);

#endif
