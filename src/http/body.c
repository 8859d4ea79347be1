#include "source.h"

#include <string.h>

enum err body_read(struct ctx *c, struct body_source *s, void *bytes, size_t size, size_t *n)
{
    *n = 0;
    if (size == 0)
        return ERR_OK;
    TRY(s->read(c, s, bytes, size, n));
    s->taken += (int64_t)*n;
    /* A record too many is as wrong as one too few: the two ends do not agree on what was sent. */
    if (s->expected >= 0 && (s->taken > s->expected || (*n == 0 && s->taken < s->expected)))
        return FAIL(c, ERR_INPUT, "The body is %s than its Content-Length said.",
                    s->taken > s->expected ? "longer" : "shorter");
    return ERR_OK;
}

enum err body_read_all(struct ctx *c, struct body_source *s, int64_t max, struct str *out)
{
    size_t limit = (size_t)(s->expected >= 0 && s->expected < max ? s->expected : max) + 1;
    char *bytes = arena_alloc(c->arena, limit);
    size_t len = 0, n;

    do {
        TRY(body_read(c, s, bytes + len, limit - len, &n));
        len += n;
    } while (n > 0 && len < limit);
    if ((int64_t)len > max)
        return FAIL(c, ERR_TOO_LARGE, "The body may be at most %lld bytes long.", (long long)max);
    *out = str_view(bytes, len);
    return ERR_OK;
}

struct memory {
    struct body_source source;
    struct str left;
    size_t step;
};

static enum err read_memory(struct ctx *c UNUSED, struct body_source *self, void *bytes,
                            size_t size, size_t *n)
{
    struct memory *m = self->from;

    *n = m->left.len < size ? m->left.len : size;
    if (m->step && *n > m->step)
        *n = m->step;
    if (*n)
        memcpy(bytes, m->left.ptr, *n);
    m->left = str_skip(m->left, *n);
    return ERR_OK;
}

struct body_source *body_from_memory(struct arena *a, struct str bytes, size_t step)
{
    struct memory *m = arena_alloc(a, sizeof *m);

    *m = (struct memory){
        .source = {.read = read_memory, .from = m, .expected = -1},
        .left = bytes,
        .step = step,
    };
    return &m->source;
}
