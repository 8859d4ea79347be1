/* Several images as one task: /api/transfers/several, and the images of a transfer. */
#include "transfer/several.h"

#include "handlers.h"
#include "viewer.h"
#include "way.h"

#include "account/audit.h"
#include "base/codec.h"

enum { PATH_MAX_BYTES = 2048, NAMED_MAX = 100 /* an address must stay one */ };

/* ---- what is asked --------------------------------------------------------------------------- */

struct chosen {
    int64_t id;
};
static const struct json_field chosen_fields[] = {
    {"id", JSON_INT, offsetof(struct chosen, id), JSON_REQUIRED, 0, NULL},
};
static const struct json_shape chosen_shape = JSON_SHAPE(struct chosen, chosen_fields);

struct several_input {
    int64_t collection_id;
    bool all;
    struct json_list containers;
    struct str endpoint_id, path;
};
// clang-format off
static const struct json_field several_fields[] = {
    {"collection_id", JSON_INT,  offsetof(struct several_input, collection_id), JSON_REQUIRED, 0,              NULL         },
    {"containers",    JSON_LIST, offsetof(struct several_input, containers),    0,             0,              &chosen_shape},
    {"all",           JSON_BOOL, offsetof(struct several_input, all),           0,             0,              NULL         },
    {"endpoint_id",   JSON_STR,  offsetof(struct several_input, endpoint_id),   JSON_REQUIRED, 36,             NULL         },
    {"path",          JSON_STR,  offsetof(struct several_input, path),          JSON_REQUIRED, PATH_MAX_BYTES, NULL         },
};
// clang-format on
static const struct json_shape several_shape = JSON_SHAPE(struct several_input, several_fields);

static struct several_wish wish_of(struct req *r, const struct several_input *in)
{
    const struct chosen *chosen = in->containers.items;
    int64_t *ids = arena_alloc_array(r->ctx->arena, in->containers.count, sizeof *ids);

    for (size_t i = 0; i < in->containers.count; i++)
        ids[i] = chosen[i].id;
    return (struct several_wish){
        .user_id = app_session(r)->user.id,
        .viewer = app_viewer(r),
        .collection_id = in->collection_id,
        .container_ids = ids,
        .container_count = in->containers.count,
        .endpoint_id = in->endpoint_id,
        .folder = in->path,
    };
}

/* The page with the same images, endpoint and folder chosen; with many images, their collection. */
static struct str choice_page(struct arena *a, const struct several_input *in)
{
    const struct chosen *chosen = in->containers.items;
    struct buf page = {.arena = a};

    buf_printf(&page, ENDPOINTS_PAGE "?collection=%lld", (long long)in->collection_id);
    for (size_t i = 0; i < in->containers.count && in->containers.count <= NAMED_MAX; i++)
        buf_printf(&page, "%s%lld", i ? "," : "&containers=", (long long)chosen[i].id);
    url_add_param(&page, '&', "endpoint", in->endpoint_id);
    url_add_param(&page, '&', "path", in->path);
    return buf_str(&page);
}

/* ---- what is answered ------------------------------------------------------------------------ */

struct left_out_view {
    struct str image, reason;
};
static const struct json_field left_out_fields[] = {
    {"image",  JSON_STR, offsetof(struct left_out_view, image),  0, 0, NULL},
    {"reason", JSON_STR, offsetof(struct left_out_view, reason), 0, 0, NULL},
};
static const struct json_shape left_out_shape = JSON_SHAPE(struct left_out_view, left_out_fields);

struct accepted_view {
    struct str id, state, task_id, task_url, message;
    int64_t files;
    struct json_list left_out;
};
// clang-format off
static const struct json_field accepted_fields[] = {
    {"id",       JSON_STR,  offsetof(struct accepted_view, id),       0,                  0, NULL           },
    {"state",    JSON_STR,  offsetof(struct accepted_view, state),    0,                  0, NULL           },
    {"task_id",  JSON_STR,  offsetof(struct accepted_view, task_id),  JSON_NULL_IF_EMPTY, 0, NULL           },
    {"task_url", JSON_STR,  offsetof(struct accepted_view, task_url), JSON_NULL_IF_EMPTY, 0, NULL           },
    {"message",  JSON_STR,  offsetof(struct accepted_view, message),  0,                  0, NULL           },
    {"files",    JSON_INT,  offsetof(struct accepted_view, files),    0,                  0, NULL           },
    {"left_out", JSON_LIST, offsetof(struct accepted_view, left_out), 0,                  0, &left_out_shape},
};
// clang-format on
static const struct json_shape accepted_shape = JSON_SHAPE(struct accepted_view, accepted_fields);

static struct json_list left_out_views(struct ctx *c, const struct left_out *list, size_t count)
{
    struct left_out_view *views = arena_alloc_array(c->arena, count, sizeof *views);

    for (size_t i = 0; i < count; i++)
        views[i] = (struct left_out_view){list[i].image, list[i].reason};
    return (struct json_list){views, count};
}

static enum err reply_accepted(struct req *r, const struct several_result *made)
{
    struct ctx *c = r->ctx;
    const struct transfer *t = &made->result.transfer;
    struct accepted_view view = {
        .id = t->id,
        .state = str_of(transfer_state_name(t->state)),
        .task_id = t->task_id,
        .task_url = t->task_id.len ? globus_task_url(c, t->task_id) : STR_NONE,
        .message = made->result.message,
        .files = t->files ? t->files : 1,
        .left_out = left_out_views(c, made->left_out, made->left_out_count),
    };

    return reply_json(r, 201, &accepted_shape, &view);
}

/* POST /api/transfers/several */
enum err handle_transfer_several(struct req *r)
{
    struct several_input in = {0};
    struct several_result made;
    struct several_wish wish;
    enum err e;

    TRY(req_json(r, &several_shape, &in));
    if (in.all != (in.containers.count == 0))
        return FAIL_FIELD(r->ctx, "containers",
                          "containers: name the images, or say \"all\": true for the collection");
    wish = wish_of(r, &in);
    e = transfer_create_several(r->ctx, &wish, &made);
    if (e != ERR_OK)
        return way_through_globus(r, e, &made.result.demands, choice_page(r->ctx->arena, &in),
                                  made.result.transfer.id);
    TRY(audit_note(r->ctx, wish.user_id, "transfer.create", made.result.transfer.id));
    return reply_accepted(r, &made);
}

/* ---- the images of a transfer ---------------------------------------------------------------- */

struct file_view {
    struct str uri, sha256, source_path, path;
    int64_t size_bytes;
};
// clang-format off
static const struct json_field file_fields[] = {
    {"image",       JSON_STR, offsetof(struct file_view, uri),         0, 0, NULL},
    {"sha256",      JSON_STR, offsetof(struct file_view, sha256),      0, 0, NULL},
    {"size_bytes",  JSON_INT, offsetof(struct file_view, size_bytes),  0, 0, NULL},
    {"source_path", JSON_STR, offsetof(struct file_view, source_path), 0, 0, NULL},
    {"path",        JSON_STR, offsetof(struct file_view, path),        0, 0, NULL},
};
// clang-format on
static const struct json_shape file_shape = JSON_SHAPE(struct file_view, file_fields);

struct files_view {
    struct json_list items, left_out;
};
// clang-format off
static const struct json_field files_fields[] = {
    {"items",    JSON_LIST, offsetof(struct files_view, items),    0, 0, &file_shape    },
    {"left_out", JSON_LIST, offsetof(struct files_view, left_out), 0, 0, &left_out_shape},
};
// clang-format on
static const struct json_shape files_shape = JSON_SHAPE(struct files_view, files_fields);

/* GET /api/transfers/{id}/files: at most SEVERAL_MAX, so one page */
enum err handle_transfer_files(struct req *r)
{
    struct ctx *c = r->ctx;
    struct transfer_file *files;
    struct file_view *views;
    struct files_view view;
    struct transfer t;
    struct left_out *left_out;
    size_t count, left_out_count;

    TRY(transfer_get(c, app_session(r)->user.id, req_path(r, "id"), &t));
    TRY(transfer_files(c, &t, &files, &count));
    TRY(transfer_left_out(c, &t, &left_out, &left_out_count));
    views = arena_alloc_array(c->arena, count, sizeof *views);
    for (size_t i = 0; i < count; i++)
        views[i] = (struct file_view){files[i].uri, files[i].sha256, files[i].source_path,
                                      files[i].path, files[i].size_bytes};
    view = (struct files_view){
        .items = {views, count},
        .left_out = left_out_views(c, left_out, left_out_count),
    };
    return reply_json(r, 200, &files_shape, &view);
}
