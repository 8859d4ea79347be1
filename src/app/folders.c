#include "handlers.h"
#include "viewer.h"
#include "way.h"

#include "account/link.h"
#include "transfer/destination.h"

enum { CURSOR_MAX = 40, LS_PATH_MAX = 4096, LS_PAGE = 500, NEXT_MAX = 2000 };

static const int64_t OFFSET_MAX = 1000000;

struct file_view {
    struct str name, type, last_modified;
    int64_t size;
};
// clang-format off
static const struct json_field file_fields[] = {
    {"name",          JSON_STR, offsetof(struct file_view, name),          0,                  0, NULL},
    {"type",          JSON_STR, offsetof(struct file_view, type),          0,                  0, NULL},
    {"size",          JSON_INT, offsetof(struct file_view, size),          0,                  0, NULL},
    {"last_modified", JSON_STR, offsetof(struct file_view, last_modified), JSON_NULL_IF_EMPTY, 0, NULL},
};
// clang-format on
static const struct json_shape file_shape = JSON_SHAPE(struct file_view, file_fields);

struct listing_view {
    struct str path, next;
    struct json_list items;
};
// clang-format off
static const struct json_field listing_fields[] = {
    {"path",  JSON_STR,  offsetof(struct listing_view, path),  0,                  0, NULL       },
    {"items", JSON_LIST, offsetof(struct listing_view, items), 0,                  0, &file_shape},
    {"next",  JSON_STR,  offsetof(struct listing_view, next),  JSON_NULL_IF_EMPTY, 0, NULL       },
};
// clang-format on
static const struct json_shape listing_shape = JSON_SHAPE(struct listing_view, listing_fields);

struct ls_call {
    struct str endpoint, path;
    int64_t offset;
    struct globus_listing found;
};

static enum err call_ls(struct ctx *c, struct globus_session *s, void *arg)
{
    struct ls_call *call = arg;

    return globus_ls(c, s, call->endpoint, call->path, call->offset, LS_PAGE, &call->found);
}

static enum err read_ls(struct req *r, struct ls_call *call)
{
    struct str cursor;

    call->endpoint = req_path(r, "id");
    if (!str_is_uuid(call->endpoint))
        return FAIL(r->ctx, ERR_NOT_FOUND, "There is no endpoint with this id.");
    TRY(req_query(r, "path", LS_PATH_MAX, &call->path));
    if (!str_is_utf8(call->path) || str_contains(call->path, '\n') ||
        str_contains(call->path, '\r'))
        return FAIL_FIELD(r->ctx, "path", "path: must be UTF-8 text of one line");
    if (call->path.len && !str_has_prefix(call->path, STR("/")) &&
        !str_has_prefix(call->path, STR("~/")))
        return FAIL_FIELD(r->ctx, "path", "path: must begin with / or ~/");
    TRY(req_query(r, "cursor", CURSOR_MAX, &cursor));
    if (cursor.len && !str_to_int(cursor, 0, OFFSET_MAX, &call->offset))
        return FAIL_FIELD(r->ctx, "cursor",
                          "cursor: must be the \"next\" of the page before, unchanged");
    return ERR_OK;
}

static struct listing_view listing_view(struct arena *a, const struct globus_listing *found)
{
    struct file_view *views = arena_alloc_array(a, found->count, sizeof *views);

    for (size_t i = 0; i < found->count; i++) {
        const struct globus_file *f = &found->list[i];

        views[i] = (struct file_view){
            .name = f->name, .type = f->type, .last_modified = f->last_modified, .size = f->size};
    }
    return (struct listing_view){
        .path = found->path,
        .items = {views, found->count},
        .next = found->next_offset < 0 ? STR_NONE
                                       : str_printf(a, "%lld", (long long)found->next_offset),
    };
}

/*
 * GET /api/globus/endpoints/{id}/ls?path=&cursor=&next=, where next is the page to come back to
 * when Globus wants to be asked.
 */
enum err handle_endpoint_ls(struct req *r)
{
    struct globus_demands demands = {0};
    struct ls_call call = {.offset = 0};
    struct listing_view view;
    struct str next;
    enum err e;

    TRY(read_ls(r, &call));
    TRY(req_query(r, "next", NEXT_MAX, &next));
    e = link_with_token(r->ctx, app_session(r)->user.id, call_ls, &call, &demands);
    if (e != ERR_OK)
        return way_through_globus(r, e, &demands, next, STR_NONE);
    view = listing_view(r->ctx->arena, &call.found);
    return reply_json(r, 200, &listing_shape, &view);
}

/* ---- a new folder ---------------------------------------------------------------------------- */

struct folder_text {
    struct str path;
};
static const struct json_field folder_fields[] = {
    {"path", JSON_STR, offsetof(struct folder_text, path), JSON_REQUIRED, LS_PATH_MAX, NULL},
};
static const struct json_shape folder_shape = JSON_SHAPE(struct folder_text, folder_fields);

/* POST /api/globus/endpoints/{id}/mkdir?next= */
enum err handle_endpoint_mkdir(struct req *r)
{
    struct globus_demands demands = {0};
    struct folder_text in = {0}, made;
    struct str next;
    enum err e;

    TRY(req_json(r, &folder_shape, &in));
    TRY(req_query(r, "next", NEXT_MAX, &next));
    e = destination_make_folder(r->ctx, app_session(r)->user.id, req_path(r, "id"), in.path,
                                &demands, &made.path);
    if (e != ERR_OK)
        return way_through_globus(r, e, &demands, next, STR_NONE);
    return reply_json(r, 201, &folder_shape, &made);
}
