#include "call.h"
#include "error.h"

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

/* A file alone comes without a name it could be known by. */
// clang-format off
static const struct json_field stat_fields[] = {
    {"type",          JSON_STR, offsetof(struct file_text, type),          JSON_REQUIRED, 0, NULL},
    {"last_modified", JSON_STR, offsetof(struct file_text, last_modified), JSON_LENIENT,  0, NULL},
    {"size",          JSON_INT, offsetof(struct file_text, size),          JSON_LENIENT,  0, NULL},
};
// clang-format on
static const struct json_shape stat_shape = JSON_SHAPE(struct file_text, stat_fields);

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

static struct globus_file file_from(struct arena *a, const struct file_text *t)
{
    return (struct globus_file){.name = t->name,
                                .type = t->type,
                                .size = t->size > 0 ? t->size : 0,
                                .last_modified = iso_time(a, t->last_modified)};
}

static void read_files(struct arena *a, const struct json_list *data, struct globus_listing *out)
{
    const struct file_text *files = data->items;

    out->list = arena_alloc_array(a, data->count, sizeof *out->list);
    for (size_t i = 0; i < data->count; i++) {
        if (is_name(files[i].name))
            out->list[out->count++] = file_from(a, &files[i]);
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

/* ---- one file -------------------------------------------------------------------------------- */

static struct call stat_call(struct ctx *c, struct globus_session *s, const struct globus_place *p)
{
    struct buf url = {.arena = c->arena};

    buf_printf(&url, "/operation/endpoint/" STR_FMT "/stat", STR_ARG(p->endpoint));
    url_add_param(&url, '?', "path", p->path);
    return call_transfer(c, s, "GET", buf_str(&url));
}

static void read_stat(struct ctx *c, const struct call *call, struct globus_stat *out)
{
    struct file_text t = {0};

    *out = (struct globus_stat){.err = call->err, .detail = call->failure.detail};
    if (call->err != ERR_OK)
        return;
    out->err = call_read(c, call, &stat_shape, &t);
    out->detail = c->failure.detail;
    out->file = file_from(c->arena, &t);
    ctx_forgive(c);
}

enum err globus_stat_all(struct ctx *c, struct globus_session *s, const struct globus_place *places,
                         struct globus_stat *out, size_t count)
{
    struct call *calls = arena_alloc_array(c->arena, count, sizeof *calls);

    for (size_t i = 0; i < count; i++) {
        if (!str_is_uuid(places[i].endpoint))
            return FAIL(c, ERR_NOT_FOUND, "there is no such endpoint");
        calls[i] = stat_call(c, s, &places[i]);
    }
    if (call_send(c, calls, count) != ERR_OK)
        ctx_forgive(c); /* each has its own outcome */
    for (size_t i = 0; i < count; i++) {
        if (calls[i].err == ERR_NOT_SIGNED_IN) {
            c->failure = calls[i].failure;
            return ERR_NOT_SIGNED_IN;
        }
        read_stat(c, &calls[i], &out[i]);
    }
    return ERR_OK;
}

/* ---- directories made, paths changed --------------------------------------------------------- */

/* One of these calls; what is absent is left out. */
struct change_document {
    struct str data_type, path, old_path, new_path;
};
static const struct json_field change_fields[] = {
    {"DATA_TYPE", JSON_STR, offsetof(struct change_document, data_type), 0,               0, NULL},
    {"path",      JSON_STR, offsetof(struct change_document, path),      JSON_OMIT_EMPTY, 0, NULL},
    {"old_path",  JSON_STR, offsetof(struct change_document, old_path),  JSON_OMIT_EMPTY, 0, NULL},
    {"new_path",  JSON_STR, offsetof(struct change_document, new_path),  JSON_OMIT_EMPTY, 0, NULL},
};
static const struct json_shape change_shape = JSON_SHAPE(struct change_document, change_fields);

/* *call keeps the answer. */
static enum err change(struct ctx *c, struct globus_session *s, struct str endpoint,
                       const struct change_document *document, struct call *call)
{
    struct buf body = {.arena = c->arena};

    if (!str_is_uuid(endpoint))
        return FAIL(c, ERR_NOT_FOUND, "there is no such endpoint");
    json_write(&body, &change_shape, document);
    *call = call_transfer(c, s, "POST",
                          str_printf(c->arena, "/operation/endpoint/" STR_FMT "/" STR_FMT,
                                     STR_ARG(endpoint), STR_ARG(document->data_type)));
    call->request.content_type = "application/json";
    call->request.body = buf_str(&body);
    call->request.once = true; /* sent again by libcurl it would meet its own work */
    return call_send(c, call, 1);
}

enum err globus_mkdir(struct ctx *c, struct globus_session *s, struct str endpoint, struct str path)
{
    const struct change_document document = {.data_type = STR("mkdir"), .path = path};
    struct call call = {.is_done = false};
    enum err e = change(c, s, endpoint, &document, &call);

    if (e == ERR_OK || !str_has_suffix(answer_code(c, &call.response), STR(".Exists")))
        return e;
    ctx_forgive(c); /* what was wanted is there */
    return ERR_OK;
}

enum err globus_rename(struct ctx *c, struct globus_session *s, struct str endpoint,
                       struct str from, struct str to)
{
    const struct change_document document = {
        .data_type = STR("rename"), .old_path = from, .new_path = to};
    struct call call;

    return change(c, s, endpoint, &document, &call);
}
