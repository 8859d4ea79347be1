#include "consent.h"

#include <string.h>

/* The first scope of *list, which is then what follows it; false at the end. */
static bool next_scope(struct str *list, struct str *scope)
{
    size_t i = 0;
    int depth = 0;

    *list = str_trim(*list);
    for (; i < list->len && (depth > 0 || list->ptr[i] != ' '); i++) {
        depth += list->ptr[i] == '[';
        depth -= list->ptr[i] == ']' && depth > 0;
    }
    *scope = str_take(*list, i);
    *list = str_skip(*list, i);
    return scope->len > 0;
}

struct scopes {
    struct str list[CONSENTS_MAX];
    size_t count;
};

static void add(struct scopes *s, struct str scope)
{
    for (size_t i = 0; i < s->count; i++) {
        if (str_eq(s->list[i], scope))
            return;
    }
    if (s->count == CONSENTS_MAX) {
        s->count--;
        memmove(s->list, s->list + 1, s->count * sizeof s->list[0]);
    }
    s->list[s->count++] = scope;
}

struct str consent_union(struct arena *a, struct str first, struct str second)
{
    struct str lists[] = {first, second}, scope;
    struct scopes s = {.count = 0};
    struct buf out = {.arena = a};

    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        while (next_scope(&lists[i], &scope))
            add(&s, scope);
    }
    for (size_t i = 0; i < s.count; i++) {
        if (i)
            buf_add_byte(&out, ' ');
        buf_add(&out, s.list[i]);
    }
    return buf_str(&out);
}
