/*
 * A push's body: the first byte is how many bytes arrive at once, the rest a multipart body with
 * the boundary "B".
 */
#include "http/body.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct str delimiter = STR_INIT("\r\n--B");

/* What one reading of the body gave. */
struct seen {
    struct ctx ctx;
    enum err err;
    struct multipart_fields fields;
    struct buf file;
    int begins;
};

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static enum err begin(struct ctx *c UNUSED, void *arg, const struct multipart_fields *fields)
{
    struct seen *seen = arg;

    demand(fields == &seen->fields);
    seen->begins++;
    return ERR_OK;
}

static enum err data(struct ctx *c UNUSED, void *arg, struct str piece)
{
    struct seen *seen = arg;

    demand(piece.len > 0 && seen->begins == 1);
    buf_add(&seen->file, piece);
    return ERR_OK;
}

static void read_body(struct arena *a, struct str body, size_t step, struct seen *seen)
{
    const struct multipart_file file = {"file1", begin, data, seen};

    *seen = (struct seen){.ctx = {.arena = a}, .file = {.arena = a}};
    seen->err =
        multipart_read(&seen->ctx, body_from_memory(a, body, step), STR("B"), &file, &seen->fields);
}

/* True when the text stands in s and a delimiter follows it. */
static bool is_delimited(struct str s, struct str text)
{
    for (; s.len >= text.len + delimiter.len; s = str_skip(s, 1)) {
        if (str_has_prefix(s, text) && str_has_prefix(str_skip(s, text.len), delimiter))
            return true;
    }
    return false;
}

static bool holds_delimiter(struct str s)
{
    for (; s.len >= delimiter.len; s = str_skip(s, 1)) {
        if (str_has_prefix(s, delimiter))
            return true;
    }
    return false;
}

static void check_field(const struct seen *seen, struct str body, size_t i)
{
    const struct multipart_field *f = &seen->fields.list[i];

    demand(f->name.len >= 1 && f->name.len <= MULTIPART_NAME_MAX);
    demand(f->value.len <= MULTIPART_VALUE_MAX && str_is_utf8(f->value));
    demand(is_delimited(body, f->value) && !holds_delimiter(f->value));
    for (size_t k = 0; k < i; k++)
        demand(!str_eq(f->name, seen->fields.list[k].name));
}

/* What was accepted is in the body, and lies between two of its delimiters. */
static void check_accepted(const struct seen *seen, struct str body)
{
    struct str file = buf_str(&seen->file);

    demand(seen->begins == 1 && seen->fields.count <= MULTIPART_FIELDS_MAX);
    demand(is_delimited(body, file) && !holds_delimiter(file));
    for (size_t i = 0; i < seen->fields.count; i++)
        check_field(seen, body, i);
}

static void check_same(const struct seen *a, const struct seen *b)
{
    demand(a->err == b->err && a->begins == b->begins && a->fields.count == b->fields.count);
    demand(str_eq(a->ctx.failure.detail, b->ctx.failure.detail));
    for (size_t i = 0; i < a->fields.count; i++) {
        demand(str_eq(a->fields.list[i].name, b->fields.list[i].name));
        demand(str_eq(a->fields.list[i].value, b->fields.list[i].value));
    }
    if (a->err == ERR_OK)
        demand(str_eq(buf_str(&a->file), buf_str(&b->file)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *a = arena_create();
    struct str body = str_skip(str_view(bytes, size), 1);
    struct seen whole, pieces;

    read_body(a, body, 0, &whole);
    read_body(a, body, size ? bytes[0] + (size_t)1 : 1, &pieces);
    check_same(&whole, &pieces);
    if (whole.err == ERR_OK)
        check_accepted(&whole, body);
    else
        demand(whole.err == ERR_INPUT && whole.ctx.failure.detail.len > 0);
    arena_destroy(a);
    return 0;
}
