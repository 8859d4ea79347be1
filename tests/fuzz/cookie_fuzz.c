/* The Cookie header. */
#include "pairs.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char name[] = "transload_session";

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void check_found(struct ctx *c, struct str value)
{
    struct str again;
    struct str header = str_printf(c->arena, "a=b; %s=", name);
    struct buf all = {.arena = c->arena};

    demand(!str_contains(value, ';'));
    buf_add(&all, header);
    buf_add(&all, value);
    buf_add(&all, STR(" ;c"));
    demand(cookie_find(c, buf_str(&all), name, &again) == ERR_OK && str_eq(value, again));
    /* With a second one nobody knows which was meant. */
    buf_add(&all, STR("; "));
    buf_add(&all, str_skip(header, 5));
    demand(cookie_find(c, buf_str(&all), name, &again) == ERR_INPUT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx c = {.arena = arena_create()};
    struct str header = str_view(data, size), value;

    if (cookie_find(&c, header, name, &value) != ERR_OK)
        demand(c.failure.err == ERR_INPUT && c.failure.field == name);
    else if (value.ptr)
        check_found(&c, value);
    arena_destroy(c.arena);
    return 0;
}
