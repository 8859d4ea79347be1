#include "globus/auth.h"

struct scope {
    struct str parent;
    struct buf children; /* what stands between the brackets */
};

struct scopes {
    struct scope *list;
    size_t count;
};

/* Take the next scope off *text: blanks separate only outside of brackets. */
static bool next(struct str *text, struct str *out)
{
    int depth = 0;
    size_t len = 0;

    while (text->len && text->ptr[0] == ' ')
        *text = str_skip(*text, 1);
    for (; len < text->len && (depth > 0 || text->ptr[len] != ' '); len++) {
        depth += text->ptr[len] == '[';
        depth -= text->ptr[len] == ']';
    }
    *out = str_take(*text, len);
    *text = str_skip(*text, len);
    return len > 0;
}

static bool holds(struct str list, struct str wanted)
{
    struct str scope;

    while (next(&list, &scope)) {
        if (str_eq(scope, wanted))
            return true;
    }
    return false;
}

static void add_children(struct scope *s, struct str children)
{
    struct str child;

    while (next(&children, &child)) {
        if (holds(buf_str(&s->children), child))
            continue;
        if (s->children.len)
            buf_add_byte(&s->children, ' ');
        buf_add(&s->children, child);
    }
}

/* "parent[children]" apart; anything else is a parent without children. */
static void split(struct str scope, struct str *parent, struct str *children)
{
    *children = STR_NONE;
    if (str_has_suffix(scope, STR("]")) && str_cut(scope, '[', parent, children))
        children->len--;
    else
        *parent = scope;
}

static struct scope *find_or_add(struct scopes *scopes, struct arena *a, struct str parent)
{
    for (size_t i = 0; i < scopes->count; i++) {
        if (str_eq(scopes->list[i].parent, parent))
            return &scopes->list[i];
    }
    scopes->list[scopes->count] = (struct scope){.parent = parent, .children = {.arena = a}};
    return &scopes->list[scopes->count++];
}

static void add_all(struct scopes *scopes, struct arena *a, struct str text)
{
    struct str scope, parent, children;

    while (next(&text, &scope)) {
        split(scope, &parent, &children);
        add_children(find_or_add(scopes, a, parent), children);
    }
}

struct str globus_scope_merge(struct arena *a, struct str base, struct str more)
{
    /* A scope is at least a byte and a blank long. */
    struct scopes scopes = {
        .list = arena_alloc_array(a, (base.len + more.len) / 2 + 2, sizeof(struct scope))};
    struct buf out = {.arena = a};

    add_all(&scopes, a, base);
    add_all(&scopes, a, more);
    for (size_t i = 0; i < scopes.count; i++) {
        const struct scope *s = &scopes.list[i];

        buf_printf(&out, "%s" STR_FMT, i ? " " : "", STR_ARG(s->parent));
        if (s->children.len)
            buf_printf(&out, "[" STR_FMT "]", STR_ARG(buf_str(&s->children)));
    }
    return buf_str(&out);
}
