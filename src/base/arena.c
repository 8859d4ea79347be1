#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_SIZE = 16 * 1024, /* one page request fits; larger things get a block of their own */
    ALIGN = 16,
};

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(ALIGN) unsigned char bytes[];
};

struct deferred {
    struct deferred *next;
    void (*fn)(void *);
    void *arg;
};

struct arena {
    struct block *blocks; /* newest first; allocation takes from the first */
    struct deferred *deferred;
};

static NORETURN void out_of_memory(size_t size)
{
    fprintf(stderr, "level=error event=out_of_memory bytes=%zu\n", size);
    abort();
}

struct arena *arena_create(void)
{
    struct arena *a = calloc(1, sizeof *a);

    if (!a)
        out_of_memory(sizeof *a);
    return a;
}

static struct block *block_add(struct arena *a, size_t size)
{
    struct block *b = calloc(1, sizeof *b + size);

    if (!b)
        out_of_memory(size);
    b->size = size;
    b->next = a->blocks;
    a->blocks = b;
    return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX / 2)
        out_of_memory(size);
#ifdef TRANSLOAD_ARENA_MALLOC
    /* A block of exactly this size, so that ASan sees an overrun between neighbours. */
    return block_add(a, size)->bytes;
#else
    size_t need = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct block *b = a->blocks;
    void *p;

    if (!b || b->size - b->used < need)
        b = block_add(a, need > BLOCK_SIZE ? need : BLOCK_SIZE);
    p = b->bytes + b->used;
    b->used += need;
    return p;
#endif
}

void *arena_alloc_array(struct arena *a, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        out_of_memory(SIZE_MAX);
    return arena_alloc(a, count * size);
}

void arena_defer(struct arena *a, void (*fn)(void *), void *arg)
{
    struct deferred *d = arena_alloc(a, sizeof *d);

    *d = (struct deferred){.next = a->deferred, .fn = fn, .arg = arg};
    a->deferred = d;
}

void arena_reset(struct arena *a)
{
    while (a->deferred) {
        struct deferred *d = a->deferred;

        a->deferred = d->next;
        d->fn(d->arg);
    }
    while (a->blocks) {
        struct block *b = a->blocks;

        a->blocks = b->next;
        free(b);
    }
}

void arena_destroy(struct arena *a)
{
    if (!a)
        return;
    arena_reset(a);
    free(a);
}
