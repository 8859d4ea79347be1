#include "path.h"

struct str path_file_name(struct arena *a, const struct image_name *n)
{
    size_t around = n->tag.len + sizeof "_.sif" - 1;
    /* a tag has at most TAG_MAX bytes */
    struct str name = str_take(n->name, FILE_NAME_BYTES_MAX - around);

    return str_printf(a, STR_FMT "_" STR_FMT ".sif", STR_ARG(name), STR_ARG(n->tag));
}
_Static_assert(TAG_MAX + 5 < FILE_NAME_BYTES_MAX, "a part of the name is left");

/* Before anything is made of it: printf would end at a NUL. */
static enum err check_text(struct ctx *c, struct str path)
{
    if (!str_is_utf8(path) || str_contains(path, '\r') || str_contains(path, '\n'))
        return FAIL_FIELD(c, "path", "path: must be UTF-8 text of one line");
    return ERR_OK;
}

/* Globus takes /… and /~/…; ~/… is the same as /~/…. */
static enum err check(struct ctx *c, struct str path)
{
    if (path.len > PATH_BYTES_MAX)
        return FAIL_FIELD(c, "path", "path: %zu bytes, but at most %d are allowed", path.len,
                          PATH_BYTES_MAX);
    if (!str_has_prefix(path, STR("/")))
        return FAIL_FIELD(c, "path", "path: must begin with / or with /~/ for the home directory");
    return ERR_OK;
}

enum err path_resolve(struct ctx *c, struct str given, struct str file_name, struct str *out)
{
    struct str path = given;

    if (given.len == 0) {
        *out = file_name;
        return ERR_OK;
    }
    TRY(check_text(c, given));
    if (str_has_prefix(given, STR("~/")))
        path = str_printf(c->arena, "/" STR_FMT, STR_ARG(given));
    TRY(check(c, path));
    if (str_has_suffix(path, STR("/")))
        path = str_printf(c->arena, STR_FMT STR_FMT, STR_ARG(path), STR_ARG(file_name));
    TRY(check(c, path));
    *out = path;
    return ERR_OK;
}

static bool goes_up(struct str path)
{
    struct str part;

    while (str_cut(path, '/', &part, &path)) {
        if (str_eq(part, STR("..")))
            return true;
    }
    return str_eq(part, STR(".."));
}

enum err path_folder(struct ctx *c, struct str given, struct str *out)
{
    struct str path = str_trim(given);

    if (path.len && !str_has_suffix(path, STR("/")))
        path = str_printf(c->arena, STR_FMT "/", STR_ARG(path));
    if (path.len)
        TRY(path_resolve(c, path, STR_NONE, &path));
    if (goes_up(path))
        return FAIL_FIELD(c, "path", "path: write the folder without \"..\"");
    *out = path;
    return ERR_OK;
}

bool path_is_bare(struct str path)
{
    return !str_has_prefix(path, STR("/"));
}

enum err path_in_directory(struct ctx *c, struct str directory, struct str file_name,
                           struct str *out)
{
    struct str d = directory.len ? directory : STR("/~/");

    TRY(check_text(c, d));
    if (!str_has_suffix(d, STR("/")))
        d = str_printf(c->arena, STR_FMT "/", STR_ARG(d));
    return path_resolve(c, d, file_name, out);
}
