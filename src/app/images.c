#include "download.h"
#include "handlers.h"
#include "portal.h"
#include "viewer.h"
#include "views.h"

#include "base/settings.h"
#include "registry/share.h"
#include "registry/tags.h"

/* ---- tags ------------------------------------------------------------------------------------ */

/* DELETE /api/portal/containers/{id} */
enum err handle_container_delete(struct req *r)
{
    struct ctx *c = r->ctx;
    struct viewer v = app_viewer(r);
    struct container k;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(container_get(c, v, id, &k));
    TRY(role_require(c, k.role, ACTION_DELETE, k.is_private, "There is no such image."));
    TRY(container_delete(c, v, &k));
    return reply_empty(r, 204);
}

struct freeze_input {
    bool frozen;
};
static const struct json_field freeze_fields[] = {
    {"frozen", JSON_BOOL, offsetof(struct freeze_input, frozen), JSON_REQUIRED, 0, NULL},
};
static const struct json_shape freeze_shape = JSON_SHAPE(struct freeze_input, freeze_fields);

/* PUT /api/portal/containers/{id}/frozen */
enum err handle_container_freeze(struct req *r)
{
    struct freeze_input input = {0};
    struct container k;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(req_json(r, &freeze_shape, &input));
    TRY(container_freeze(r->ctx, app_viewer(r), id, input.frozen, &k));
    return app_reply_container(r, 200, &k);
}

struct tag_input {
    struct str tag;
    bool move;
};
static const struct json_field tag_fields[] = {
    {"tag",  JSON_STR,  offsetof(struct tag_input, tag),  JSON_REQUIRED, 0, NULL},
    {"move", JSON_BOOL, offsetof(struct tag_input, move), 0,             0, NULL},
};
static const struct json_shape tag_shape = JSON_SHAPE(struct tag_input, tag_fields);

/* POST /api/portal/containers/{id}/tags */
enum err handle_container_tag(struct req *r)
{
    struct tag_input input = {0};
    struct container k;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(req_json(r, &tag_shape, &input));
    TRY(container_tag(r->ctx, app_viewer(r), id, input.tag, input.move, &k));
    return app_reply_container(r, 201, &k);
}

/* ---- earlier versions ------------------------------------------------------------------------ */

struct version_view {
    struct str sha256, version, download_url;
    int64_t size, pushed_at, moved_at;
};
// clang-format off
static const struct json_field version_fields[] = {
    {"sha256",       JSON_STR,  offsetof(struct version_view, sha256),       0, 0, NULL},
    {"version",      JSON_STR,  offsetof(struct version_view, version),      0, 0, NULL},
    {"size",         JSON_INT,  offsetof(struct version_view, size),         0, 0, NULL},
    {"pushed_at",    JSON_TIME, offsetof(struct version_view, pushed_at),    0, 0, NULL},
    {"moved_at",     JSON_TIME, offsetof(struct version_view, moved_at),     0, 0, NULL},
    {"download_url", JSON_STR,  offsetof(struct version_view, download_url), 0, 0, NULL},
};
static const struct json_shape version_shape = JSON_SHAPE(struct version_view, version_fields);

static const struct json_field version_page_fields[] = {
    {"items", JSON_LIST, offsetof(struct page_view, items), 0,                  0, &version_shape},
    {"next",  JSON_STR,  offsetof(struct page_view, next),  JSON_NULL_IF_EMPTY, 0, NULL          },
};
// clang-format on
static const struct json_shape version_page_shape =
    JSON_SHAPE(struct page_view, version_page_fields);

/* GET /api/portal/containers/{id}/versions */
enum err handle_version_list(struct req *r)
{
    struct ctx *c = r->ctx;
    struct viewer v = app_viewer(r);
    struct version_list all;
    struct version_view *items;
    struct container k;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(container_get(c, v, id, &k));
    TRY(version_list(c, &k, &all));
    items = arena_alloc_array(c->arena, all.count, sizeof *items);
    for (size_t i = 0; i < all.count; i++) {
        const struct version *one = &all.list[i];

        k.image_id = one->image_id;
        items[i] = (struct version_view){.sha256 = one->sha256,
                                         .version = image_version(c->arena, one->sha256),
                                         .download_url = download_url(c, v, &k),
                                         .size = one->size_bytes,
                                         .pushed_at = one->pushed_at,
                                         .moved_at = one->moved_at};
    }
    return reply_json(r, 200, &version_page_shape,
                      &(struct page_view){
                          .items = {items, all.count}
    });
}

/* DELETE /api/portal/containers/{id}/versions/{version} */
enum err handle_version_delete(struct req *r)
{
    struct str sha256;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    (void)version_parse(req_path(r, "version"), &sha256);
    TRY(version_delete(r->ctx, app_viewer(r), id, sha256));
    return reply_empty(r, 204);
}

/* ---- share links ----------------------------------------------------------------------------- */

struct share_view {
    int64_t id, created_at, expires_at;
    struct str sha256, created_by;
    struct str url; /* only of one that was just made */
};
// clang-format off
static const struct json_field share_fields[] = {
    {"id",         JSON_INT,  offsetof(struct share_view, id),         0,               0, NULL},
    {"url",        JSON_STR,  offsetof(struct share_view, url),        JSON_OMIT_EMPTY, 0, NULL},
    {"sha256",     JSON_STR,  offsetof(struct share_view, sha256),     0,               0, NULL},
    {"created_by", JSON_STR,  offsetof(struct share_view, created_by), 0,               0, NULL},
    {"created_at", JSON_TIME, offsetof(struct share_view, created_at), 0,               0, NULL},
    {"expires_at", JSON_TIME, offsetof(struct share_view, expires_at), 0,               0, NULL},
};
static const struct json_shape share_shape = JSON_SHAPE(struct share_view, share_fields);

struct share_answer {
    const struct share_view *share;
};
static const struct json_field share_answer_fields[] = {
    {"share", JSON_OBJECT, offsetof(struct share_answer, share), 0, 0, &share_shape},
};
static const struct json_shape share_answer_shape =
    JSON_SHAPE(struct share_answer, share_answer_fields);

static const struct json_field share_page_fields[] = {
    {"items", JSON_LIST, offsetof(struct page_view, items), 0,                  0, &share_shape},
    {"next",  JSON_STR,  offsetof(struct page_view, next),  JSON_NULL_IF_EMPTY, 0, NULL        },
};
// clang-format on
static const struct json_shape share_page_shape = JSON_SHAPE(struct page_view, share_page_fields);

static struct share_view share_view(const struct share *s)
{
    return (struct share_view){.id = s->id,
                               .sha256 = s->sha256,
                               .created_by = s->created_by,
                               .created_at = s->created_at,
                               .expires_at = s->expires_at};
}

/* GET /api/portal/containers/{id}/shares */
enum err handle_share_list(struct req *r)
{
    struct ctx *c = r->ctx;
    struct share_list all;
    struct share_view *items;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(share_list(c, app_viewer(r), id, &all));
    items = arena_alloc_array(c->arena, all.count, sizeof *items);
    for (size_t i = 0; i < all.count; i++)
        items[i] = share_view(&all.list[i]);
    return reply_json(r, 200, &share_page_shape,
                      &(struct page_view){
                          .items = {items, all.count}
    });
}

struct share_input {
    int64_t days;
};
static const struct json_field share_input_fields[] = {
    {"days", JSON_INT, offsetof(struct share_input, days), JSON_REQUIRED, 0, NULL},
};
static const struct json_shape share_input_shape =
    JSON_SHAPE(struct share_input, share_input_fields);

/* POST /api/portal/containers/{id}/shares */
enum err handle_share_create(struct req *r)
{
    struct ctx *c = r->ctx;
    struct share_input input = {0};
    struct share_view view;
    struct share made;
    struct str secret;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(req_json(r, &share_input_shape, &input));
    TRY(share_create(c, app_viewer(r), id, input.days, &made, &secret));
    view = share_view(&made);
    view.created_by = app_session(r)->user.username;
    view.url = str_printf(c->arena, "%s/containers/%lld/download/share/" STR_FMT,
                          c->settings->domain_name, (long long)id, STR_ARG(secret));
    return reply_json(r, 201, &share_answer_shape, &(struct share_answer){&view});
}

/* DELETE /api/portal/containers/{id}/shares/{share} */
enum err handle_share_revoke(struct req *r)
{
    int64_t id, share;

    TRY(req_path_int(r, "id", &id));
    TRY(req_path_int(r, "share", &share));
    TRY(share_revoke(r->ctx, app_viewer(r), id, share));
    return reply_empty(r, 204);
}
