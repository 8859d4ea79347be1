/* The address of a request, path and query. */
#include "pairs.h"
#include "path.h"

#include "base/codec.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { VALUE_MAX = 40 };

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void check_path(struct ctx *c, struct str path)
{
    struct str rest = path, segment, again, query;

    demand(str_has_prefix(path, STR("/")) && str_is_utf8(path) && path.len <= PATH_MAX_BYTES);
    for (size_t i = 0; i < path.len; i++)
        demand((unsigned char)path.ptr[i] >= ' ' && path.ptr[i] != 0x7f);
    while (rest.len) {
        str_cut(rest, '/', &segment, &rest);
        demand(!str_eq(segment, STR(".")) && !str_eq(segment, STR("..")));
    }
    /* Encoded again, with the slash that was taken off, it is the same path. */
    segment = str_printf(c->arena, STR_FMT "%s", STR_ARG(url_encode(c->arena, path, true)),
                         path.len > 1 ? "/" : "");
    if (segment.len <= PATH_MAX_BYTES)
        demand(path_parse(c, segment, &again, &query) == ERR_OK && str_eq(path, again) &&
               query.len == 0);
}

/* How often the name is in the query, decoded pair by pair. */
static int count_of(struct ctx *c, struct str query, struct str wanted)
{
    struct str pair, name, value, decoded;
    int count = 0;

    while (query.len) {
        str_cut(query, '&', &pair, &query);
        str_cut(pair, '=', &name, &value);
        if (url_decode(c->arena, name, true, &decoded) && str_eq(decoded, wanted))
            count++;
    }
    return count;
}

static void try_name(struct ctx *c, struct str query, const char *name)
{
    struct buf text = {.arena = c->arena};
    struct str value, again;
    int count = count_of(c, query, str_of(name));

    ctx_forgive(c);
    if (pairs_find(c, query, name, VALUE_MAX, &value) != ERR_OK) {
        demand(c->failure.err == ERR_INPUT && c->failure.field && c->failure.detail.len > 0);
        return;
    }
    demand(count == (value.ptr ? 1 : 0));
    if (count == 0)
        return;
    demand(value.len <= VALUE_MAX && str_is_utf8(value));
    url_add_param(&text, '&', name, value);
    demand(pairs_find(c, buf_str(&text), name, VALUE_MAX, &again) == ERR_OK);
    demand(str_eq(value, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx c = {.arena = arena_create()};
    struct str target = str_view(data, size), path, query, head;

    if (path_parse(&c, target, &path, &query) == ERR_OK)
        check_path(&c, path);
    else
        demand(c.failure.err == ERR_INPUT && str_is_utf8(c.failure.detail));
    str_cut(target, '?', &head, &query);
    try_name(&c, query, "q");
    try_name(&c, query, "next");
    arena_destroy(c.arena);
    return 0;
}
