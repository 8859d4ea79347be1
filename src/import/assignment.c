#include "assignment.h"

#include <string.h>

enum { FIRST_CAPACITY = 64 };

enum err assignments_add(struct ctx *c, struct assignments *all, struct assignment a)
{
    if (all->count == ASSIGNMENTS_MAX)
        return FAIL(c, ERR_INPUT, "%s:%d: more than %d values; is this the right file?", a.file,
                    a.line, ASSIGNMENTS_MAX);
    if (all->count == all->capacity) {
        size_t capacity = all->capacity ? 2 * all->capacity : FIRST_CAPACITY;
        struct assignment *items = arena_alloc_array(c->arena, capacity, sizeof *items);

        if (all->count)
            memcpy(items, all->items, all->count * sizeof *items);
        all->items = items;
        all->capacity = capacity;
    }
    all->items[all->count++] = a;
    return ERR_OK;
}

bool assignments_replaced(const struct assignments *all, size_t i)
{
    const struct assignment *a = &all->items[i];

    for (size_t k = i + 1; k < all->count; k++) {
        const struct assignment *later = &all->items[k];
        bool is_same_dict = later->statement == a->statement;

        if (later->adds)
            continue;
        if (str_eq(later->name, a->name) || (!is_same_dict && str_eq(later->target, a->target)))
            return true;
    }
    return false;
}
