/* Header values with parameters: the first line is a Content-Type, the rest the header lines of a
 * part. */
#include "part.h"

#include "http/body.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static bool is_within(struct str part, struct str all)
{
    return part.ptr >= all.ptr && part.ptr + part.len <= all.ptr + all.len;
}

static void try_content_type(struct ctx *c, struct str text)
{
    struct str boundary, again;

    if (multipart_boundary(c, text, &boundary) != ERR_OK) {
        demand(c->failure.err == ERR_INPUT && c->failure.detail.len > 0);
        return;
    }
    demand(boundary.len >= 1 && boundary.len <= 70 && is_within(boundary, text));
    demand(!str_contains(boundary, '\r') && !str_contains(boundary, '"'));
    /* Quoted, as it may need to be, it is the same. */
    text = str_printf(c->arena, "multipart/form-data; boundary=\"" STR_FMT "\"", STR_ARG(boundary));
    demand(multipart_boundary(c, text, &again) == ERR_OK && str_eq(boundary, again));
}

static void try_part(struct ctx *c, struct str lines)
{
    struct part part, again;

    if (part_parse(c, lines, &part) != ERR_OK) {
        demand(c->failure.err == ERR_INPUT && c->failure.detail.len > 0);
        return;
    }
    demand(part.name.len >= 1 && part.name.len <= MULTIPART_NAME_MAX);
    demand(is_within(part.name, lines) && str_is_utf8(part.name));
    lines = str_printf(c->arena, "Content-Disposition: form-data; name=\"" STR_FMT "\"%s",
                       STR_ARG(part.name), part.has_filename ? "; filename=x" : "");
    demand(part_parse(c, lines, &again) == ERR_OK && str_eq(part.name, again.name));
    demand(part.has_filename == again.has_filename);
}

/* Each parameter takes at least "; a=b" away, so the end is reached. */
static void try_params(struct str rest)
{
    struct str name, value;
    size_t left = rest.len;

    while (param_next(&rest, &name, &value)) {
        demand(name.len > 0 && rest.len + 3 <= left);
        left = rest.len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx c = {.arena = arena_create()};
    struct str content_type, lines;

    str_cut(str_view(data, size), '\n', &content_type, &lines);
    try_content_type(&c, content_type);
    try_part(&c, lines);
    try_params(content_type);
    arena_destroy(c.arena);
    return 0;
}
