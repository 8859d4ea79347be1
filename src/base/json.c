#include "base/json.h"

#include "base/clock.h"

#include <cjson/cJSON.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 2^53 - 1: the text of a larger one may stand for its neighbour */
static const double EXACT_MAX = 9007199254740991.0;

/* ---- writing --------------------------------------------------------------------------------- */

static void write_escaped(struct buf *out, unsigned char c)
{
    if (c == '"' || c == '\\')
        buf_printf(out, "\\%c", c);
    else if (c < 0x20 || c == 0x7f)
        buf_printf(out, "\\u%04x", c);
    else
        buf_add_byte(out, (char)c);
}

void json_write_str(struct buf *out, struct str s)
{
    bool valid = str_is_utf8(s);

    buf_add_byte(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (!valid && ((unsigned char)s.ptr[i] & 0x80))
            buf_add(out, STR("\xef\xbf\xbd"));
        else
            write_escaped(out, (unsigned char)s.ptr[i]);
    }
    buf_add_byte(out, '"');
}

static void write_list(struct buf *out, const struct json_list *list,
                       const struct json_shape *shape)
{
    buf_add_byte(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            buf_add_byte(out, ',');
        if (shape)
            json_write(out, shape, (const char *)list->items + i * shape->size);
        else
            json_write_str(out, ((const struct str *)list->items)[i]);
    }
    buf_add_byte(out, ']');
}

static void write_time(struct buf *out, int64_t unix_s)
{
    if (unix_s == 0)
        buf_add(out, STR("null"));
    else
        json_write_str(out, time_format(out->arena, unix_s));
}

static void write_value(struct buf *out, const struct json_field *f, const void *p)
{
    const void *object;

    switch (f->type) {
    case JSON_STR:
        if ((f->flags & JSON_NULL_IF_EMPTY) && ((const struct str *)p)->len == 0)
            buf_add(out, STR("null"));
        else
            json_write_str(out, *(const struct str *)p);
        break;
    case JSON_INT:
        buf_printf(out, "%lld", (long long)*(const int64_t *)p);
        break;
    case JSON_BOOL:
        buf_add(out, *(const bool *)p ? STR("true") : STR("false"));
        break;
    case JSON_TIME:
        write_time(out, *(const int64_t *)p);
        break;
    case JSON_OBJECT:
        object = *(const void *const *)p;
        if (object)
            json_write(out, f->shape, object);
        else
            buf_add(out, STR("null"));
        break;
    case JSON_LIST:
    case JSON_STRS:
        write_list(out, p, f->shape);
        break;
    }
}

static bool is_omitted(const struct json_field *f, const void *p)
{
    if (!(f->flags & JSON_OMIT_EMPTY))
        return false;
    if (f->type == JSON_OBJECT)
        return *(const void *const *)p == NULL;
    return f->type == JSON_STR && ((const struct str *)p)->len == 0;
}

void json_write(struct buf *out, const struct json_shape *shape, const void *value)
{
    const char *separator = "";

    buf_add_byte(out, '{');
    for (size_t i = 0; i < shape->count; i++) {
        const struct json_field *f = &shape->fields[i];
        const void *p = (const char *)value + f->offset;

        if (is_omitted(f, p))
            continue;
        buf_printf(out, "%s\"%s\":", separator, f->name);
        write_value(out, f, p);
        separator = ",";
    }
    buf_add_byte(out, '}');
}

/* ---- reading --------------------------------------------------------------------------------- */

static void delete_tree(void *tree)
{
    cJSON_Delete(tree);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * Sorted first: an object of a hundred thousand members must not cost ten thousand million
 * comparisons.
 */
static bool names_repeat(struct arena *a, const cJSON *object)
{
    size_t count = 0;
    const char **names = arena_alloc_array(a, (size_t)cJSON_GetArraySize(object), sizeof *names);

    for (const cJSON *child = object->child; child; child = child->next)
        names[count++] = child->string;
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(names[i - 1], names[i]) == 0)
            return true;
    }
    return false;
}

/*
 * cJSON keeps duplicates and takes the first; another reader may take the last, so neither is
 * acceptable.
 */
static bool has_duplicate_keys(struct arena *a, const cJSON *node)
{
    if (cJSON_IsObject(node) && names_repeat(a, node))
        return true;
    for (const cJSON *child = node->child; child; child = child->next) {
        if (has_duplicate_keys(a, child))
            return true;
    }
    return false;
}

/* cJSON cuts a string at \u0000, so that "admin\u0000x" would read as "admin". */
static bool has_escaped_nul(struct str text)
{
    for (; text.len >= 6; text = str_skip(text, 1)) {
        if (str_has_prefix(text, STR("\\\\")))
            text = str_skip(text, 1); /* an escaped backslash: what follows it is plain text */
        else if (str_has_prefix(text, STR("\\u0000")))
            return true;
    }
    return false;
}

enum err json_parse(struct ctx *c, struct str text, struct cJSON **out)
{
    const char *end = NULL;
    cJSON *tree;

    if (!str_is_utf8(text))
        return FAIL(c, ERR_INPUT, "the JSON text is not valid UTF-8");
    if (has_escaped_nul(text))
        return FAIL(c, ERR_INPUT, "the JSON text holds an escaped NUL");
    tree = cJSON_ParseWithLengthOpts(text.ptr ? text.ptr : "", text.len, &end, 0);
    if (!tree)
        return FAIL(c, ERR_INPUT, "the text is not valid JSON");
    arena_defer(c->arena, delete_tree, tree);
    if (!str_is_made_of(str_skip(text, (size_t)(end - text.ptr)), " \t\r\n"))
        return FAIL(c, ERR_INPUT, "there is text behind the JSON value");
    if (has_duplicate_keys(c->arena, tree))
        return FAIL(c, ERR_INPUT, "a JSON object names the same member twice");
    *out = tree;
    return ERR_OK;
}

static enum err read_str(struct ctx *c, const struct json_field *f, const cJSON *value,
                         struct str *out)
{
    struct str s;

    if (!cJSON_IsString(value))
        return FAIL_FIELD(c, f->name, "%s: must be a string", f->name);
    s = str_of(value->valuestring);
    if (f->max && (int64_t)s.len > f->max)
        return FAIL_FIELD(c, f->name, "%s: %zu bytes, but at most %lld are allowed", f->name, s.len,
                          (long long)f->max);
    *out = s;
    return ERR_OK;
}

static enum err read_int(struct ctx *c, const struct json_field *f, const cJSON *value,
                         int64_t *out)
{
    double d = cJSON_IsNumber(value) ? value->valuedouble : (double)NAN;

    if (!(d >= -EXACT_MAX && d <= EXACT_MAX) || d != (double)(int64_t)d)
        return FAIL_FIELD(c, f->name, "%s: must be a whole number", f->name);
    if (f->max && d > (double)f->max)
        return FAIL_FIELD(c, f->name, "%s: must be at most %lld", f->name, (long long)f->max);
    *out = (int64_t)d;
    return ERR_OK;
}

static enum err read_item(struct ctx *c, const struct json_field *f, const cJSON *value, void *out)
{
    const struct json_field item = {.name = f->name};

    return f->shape ? json_read_tree(c, value, f->shape, out) : read_str(c, &item, value, out);
}

/* *out is written at the end, so that a list which fails is as if it were absent. */
static enum err read_list(struct ctx *c, const struct json_field *f, const cJSON *value,
                          struct json_list *out)
{
    size_t size = f->shape ? f->shape->size : sizeof(struct str);
    size_t count = 0;
    const cJSON *child;
    char *items;

    if (!cJSON_IsArray(value))
        return FAIL_FIELD(c, f->name, "%s: must be a list", f->name);
    if (f->max && cJSON_GetArraySize(value) > f->max)
        return FAIL_FIELD(c, f->name, "%s: at most %lld items are allowed", f->name,
                          (long long)f->max);
    items = arena_alloc_array(c->arena, (size_t)cJSON_GetArraySize(value), size);
    cJSON_ArrayForEach (child, value) {
        enum err e = read_item(c, f, child, items + count * size);

        if (e == ERR_OK) {
            count++;
        } else if (f->flags & JSON_LENIENT) {
            ctx_forgive(c);
            memset(items + count * size, 0, size);
        } else {
            return e;
        }
    }
    *out = (struct json_list){items, count};
    return ERR_OK;
}

static enum err read_object(struct ctx *c, const struct json_field *f, const cJSON *value,
                            void **out)
{
    void *object = arena_alloc(c->arena, f->shape->size);

    TRY(json_read_tree(c, value, f->shape, object));
    *out = object;
    return ERR_OK;
}

static enum err read_value(struct ctx *c, const struct json_field *f, const cJSON *value, void *p)
{
    switch (f->type) {
    case JSON_STR:
        return read_str(c, f, value, p);
    case JSON_INT:
        return read_int(c, f, value, p);
    case JSON_BOOL:
        if (!cJSON_IsBool(value))
            return FAIL_FIELD(c, f->name, "%s: must be true or false", f->name);
        *(bool *)p = cJSON_IsTrue(value);
        return ERR_OK;
    case JSON_OBJECT:
        return read_object(c, f, value, p);
    case JSON_LIST:
    case JSON_STRS:
        return read_list(c, f, value, p);
    case JSON_TIME:
        break;
    }
    return FAIL(c, ERR_INTERNAL, "%s: times are written, not read", f->name);
}

static enum err read_member(struct ctx *c, const struct json_field *f, const cJSON *value, void *p)
{
    enum err e = read_value(c, f, value, p);

    if (e != ERR_OK && (f->flags & (JSON_LENIENT | JSON_REQUIRED)) == JSON_LENIENT) {
        ctx_forgive(c);
        return ERR_OK;
    }
    return e;
}

enum err json_read_tree(struct ctx *c, const struct cJSON *object, const struct json_shape *shape,
                        void *out)
{
    if (!cJSON_IsObject(object))
        return FAIL(c, ERR_INPUT, "expected a JSON object");
    for (size_t i = 0; i < shape->count; i++) {
        const struct json_field *f = &shape->fields[i];
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, f->name);

        if (value && !cJSON_IsNull(value))
            TRY(read_member(c, f, value, (char *)out + f->offset));
        else if (f->flags & JSON_REQUIRED)
            return FAIL_FIELD(c, f->name, "%s: is missing", f->name);
    }
    return ERR_OK;
}

enum err json_read(struct ctx *c, struct str text, const struct json_shape *shape, void *out)
{
    cJSON *tree;

    TRY(json_parse(c, text, &tree));
    return json_read_tree(c, tree, shape, out);
}
