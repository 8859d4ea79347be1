/* Where a transfer goes: the path that a person wrote, and the cursor of the list of transfers. */
// modules: transfer registry base
#include "cursor.h"
#include "path.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void check_path(struct str path, struct str file_name, struct str given)
{
    demand(str_has_prefix(path, STR("/")) && path.len <= PATH_BYTES_MAX && str_is_utf8(path));
    demand(!str_contains(path, '\n') && !str_contains(path, '\r'));
    demand(!str_has_suffix(path, STR("/")));
    if (given.len == 0 || str_has_suffix(given, STR("/")))
        demand(str_has_suffix(path, file_name));
}

static void try_path(struct ctx *c, struct str given, struct str file_name)
{
    struct str path, full;

    if (path_resolve(c, given, file_name, &path) != ERR_OK) {
        demand(c->failure.err == ERR_INPUT && c->failure.field && c->failure.detail.len);
        return;
    }
    demand(path_is_bare(path) == (given.len == 0));
    if (!path_is_bare(path))
        check_path(path, file_name, given);
    if (path_in_directory(c, given, file_name, &full) == ERR_OK)
        check_path(full, file_name, STR_NONE);
}

static void try_cursor(struct ctx *c, struct str text)
{
    struct cursor cur, again;

    if (cursor_parse(c, text, &cur) != ERR_OK)
        return;
    demand(cur.created_us >= 0 && str_is_uuid(cur.id));
    demand(cursor_parse(c, cursor_format(c->arena, &cur), &again) == ERR_OK);
    demand(cur.created_us == again.created_us && str_eq(cur.id, again.id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct image_name image = {.name = STR_INIT("avocados"), .tag = STR_INIT("1.0")};
    struct ctx c = {.arena = arena_create()};
    struct str text = str_view(data, size);
    struct str file_name = path_file_name(c.arena, &image);

    try_path(&c, text, file_name);
    try_cursor(&c, text);
    arena_destroy(c.arena);
    return 0;
}
