#include "call.h"

#include "base/codec.h"
#include "globus/transfer.h"

/* Globus would give 100000, but that answer is larger than net takes */
enum { LS_LIMIT_MAX = 10000 };

struct file_text {
    struct str name, type, last_modified;
    int64_t size;
};

// clang-format off
static const struct json_field file_fields[] = {
    {"name",          JSON_STR, offsetof(struct file_text, name),          JSON_REQUIRED, 0, NULL},
    {"type",          JSON_STR, offsetof(struct file_text, type),          JSON_LENIENT,  0, NULL},
    {"last_modified", JSON_STR, offsetof(struct file_text, last_modified), JSON_LENIENT,  0, NULL},
    {"size",          JSON_INT, offsetof(struct file_text, size),          JSON_LENIENT,  0, NULL},
};
// clang-format on
static const struct json_shape file_shape = JSON_SHAPE(struct file_text, file_fields);

struct listing_text {
    struct str path;
    int64_t length, total;
    struct json_list data;
};

// clang-format off
static const struct json_field listing_fields[] = {
    {"path",   JSON_STR,  offsetof(struct listing_text, path),   JSON_LENIENT,                 0, NULL},
    {"length", JSON_INT,  offsetof(struct listing_text, length), JSON_LENIENT,                 0, NULL},
    {"total",  JSON_INT,  offsetof(struct listing_text, total),  JSON_LENIENT,                 0, NULL},
    {"DATA",   JSON_LIST, offsetof(struct listing_text, data),   JSON_REQUIRED | JSON_LENIENT, 0, &file_shape},
};
// clang-format on
static const struct json_shape listing_shape = JSON_SHAPE(struct listing_text, listing_fields);

/*
 * "2018-04-04 18:30:26+00:00", as listings have it, becomes "2018-04-04T18:30:26Z"; other forms
 * stay.
 */
static struct str iso_time(struct arena *a, struct str s)
{
    if (s.len != 25 || s.ptr[10] != ' ' || !str_has_suffix(s, STR("+00:00")))
        return s;
    return str_printf(a, STR_FMT "T" STR_FMT "Z", STR_ARG(str_take(s, 10)),
                      STR_ARG(str_take(str_skip(s, 11), 8)));
}

/* Names become part of paths, so one that is not a single component is not shown. */
static bool is_name(struct str s)
{
    return s.len > 0 && !str_contains(s, '/') && !str_eq(s, STR(".")) && !str_eq(s, STR(".."));
}

static void read_files(struct arena *a, const struct json_list *data, struct globus_listing *out)
{
    const struct file_text *files = data->items;

    out->list = arena_alloc_array(a, data->count, sizeof *out->list);
    for (size_t i = 0; i < data->count; i++) {
        if (is_name(files[i].name))
            out->list[out->count++] =
                (struct globus_file){.name = files[i].name,
                                     .type = files[i].type,
                                     .size = files[i].size > 0 ? files[i].size : 0,
                                     .last_modified = iso_time(a, files[i].last_modified)};
    }
}

static struct str with_slash(struct arena *a, struct str path)
{
    if (path.len == 0)
        return STR("/~/");
    return str_has_suffix(path, STR("/")) ? path : str_printf(a, STR_FMT "/", STR_ARG(path));
}

static struct str ls_path(struct ctx *c, struct str endpoint, struct str path, int64_t offset,
                          int64_t limit)
{
    struct buf url = {.arena = c->arena};

    if (limit > LS_LIMIT_MAX)
        limit = LS_LIMIT_MAX;
    buf_printf(&url, "/operation/endpoint/" STR_FMT "/ls?show_hidden=0&limit=%lld&offset=%lld",
               STR_ARG(endpoint), (long long)limit, (long long)offset);
    url_add_param(&url, '&', "orderby", STR("type,name"));
    if (path.len)
        url_add_param(&url, '&', "path", path);
    return buf_str(&url);
}

enum err globus_ls(struct ctx *c, struct globus_session *s, struct str endpoint, struct str path,
                   int64_t offset, int64_t limit, struct globus_listing *out)
{
    struct listing_text t = {0};
    int64_t next;

    if (!str_is_uuid(endpoint))
        return FAIL(c, ERR_NOT_FOUND, "there is no such endpoint");
    TRY(call_get(c, s, ls_path(c, endpoint, path, offset, limit), &listing_shape, &t));
    *out = (struct globus_listing){.path = with_slash(c->arena, t.path.len ? t.path : path),
                                   .next_offset = -1};
    read_files(c->arena, &t.data, out);
    next = offset + (t.length > 0 ? t.length : (int64_t)t.data.count);
    if (next > offset && next < t.total)
        out->next_offset = next;
    return ERR_OK;
}
