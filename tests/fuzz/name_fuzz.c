/* References to images: collection/name:tag@version, and the cursors that hold names. */
// modules: registry base
#include "cursor.h"

#include "registry/name.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

/* What may stand in a path of the file system, and cannot leave a directory. */
static void check_safe(struct str s, size_t max, bool with_slash)
{
    struct str rest = s, segment;

    demand(s.len >= 1 && s.len <= max);
    for (size_t i = 0; i < s.len; i++) {
        char b = s.ptr[i];

        demand((b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '.' || b == '_' ||
               b == '-' || b == '+' || (with_slash && b == '/'));
    }
    do {
        str_cut(rest, '/', &segment, &rest);
        demand(segment.len > 0 && segment.ptr[0] != '.' && segment.ptr[0] != '-');
    } while (rest.len);
    demand(s.ptr[s.len - 1] != '/');
}

static void check_name(struct ctx *c, const struct image_name *n)
{
    struct image_name again;

    check_safe(n->collection, COLLECTION_NAME_MAX, true);
    check_safe(n->name, CONTAINER_NAME_MAX, false);
    check_safe(n->tag, TAG_MAX, false);
    demand(collection_name_is_valid(n->collection));
    demand(image_name_parse(c, image_name_uri(c->arena, n), &again) == ERR_OK);
    demand(str_eq(n->collection, again.collection) && str_eq(n->name, again.name) &&
           str_eq(n->tag, again.tag) && again.version.len == 0);
}

static void try_cursor(struct ctx *c, struct str text)
{
    struct str name, name_again;
    int64_t at, id, at_again, id_again;

    if (cursor_read_name(c, text, &name) == ERR_OK && name.len) {
        demand(collection_name_is_valid(name));
        demand(cursor_read_name(c, cursor_of_name(c, name), &name_again) == ERR_OK);
        demand(str_eq(name, name_again));
    }
    if (cursor_read_time(c, text, &at, &id) == ERR_OK && id) {
        demand(at > 0 && id > 0);
        demand(cursor_read_time(c, cursor_of_time(c, at, id), &at_again, &id_again) == ERR_OK);
        demand(at == at_again && id == id_again);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx c = {.arena = arena_create()};
    struct str text = str_view(data, size);
    struct image_name n;

    if (image_name_parse(&c, text, &n) == ERR_OK)
        check_name(&c, &n);
    else
        demand(c.failure.err == ERR_INPUT && c.failure.field && str_is_utf8(c.failure.detail));
    try_cursor(&c, text);
    arena_destroy(c.arena);
    return 0;
}
