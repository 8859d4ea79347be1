/*
 * A SIF image made in memory, byte by byte as the format says, and not with the names that the
 * parser uses.
 */
#ifndef SUPPORT_SIF_IMAGE_H
#define SUPPORT_SIF_IMAGE_H

#include "support/unit.h"

#include <string.h>

enum { OBJECTS = 8, FILE_MAX = 512 * 1024 };

/* A SIF file that grows in memory: header, room for OBJECTS descriptors, data. */
struct image {
    unsigned char bytes[FILE_MAX];
    size_t len, count;
};

static inline void put(unsigned char *at, int64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (unsigned char)((uint64_t)value >> (8 * i));
}

static inline struct image *image_new(struct ctx *c)
{
    struct image *m = arena_alloc(c->arena, sizeof *m);

    memcpy(m->bytes + 32, "SIF_MAGIC", 10);
    memcpy(m->bytes + 42, "01", 3);
    memcpy(m->bytes + 45, "02", 3);
    put(m->bytes + 64, 1700000000, 8);
    put(m->bytes + 88, OBJECTS, 8);
    put(m->bytes + 96, 128, 8);
    m->len = 128 + OBJECTS * 585;
    return m;
}

/* Returns the descriptor, so that a test may spoil it. */
static inline unsigned char *image_add(struct image *m, int64_t type, const char *name,
                                       struct str data)
{
    unsigned char *at = m->bytes + 128 + m->count * 585;

    m->count++;
    put(at, type, 4);
    at[4] = 1;
    put(at + 5, (int64_t)m->count, 4);
    put(at + 17, (int64_t)m->len, 8);
    put(at + 25, (int64_t)data.len, 8);
    memcpy(at + 73, name, strlen(name));
    if (data.len > 0)
        memcpy(m->bytes + m->len, data.ptr, data.len);
    m->len += data.len;
    return at;
}

static inline struct str image_bytes(const struct image *m)
{
    return str_view(m->bytes, m->len);
}

#endif
