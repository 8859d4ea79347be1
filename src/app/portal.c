#include "portal.h"

#include "download.h"
#include "handlers.h"
#include "viewer.h"
#include "views.h"

enum { CURSOR_LEN_MAX = 512, RECENT_COLLECTIONS = 6 };

struct collection_answer {
    const struct collection_view *collection;
    const struct page_view *containers;
};
// clang-format off
static const struct json_field collection_answer_fields[] = {
    {"collection", JSON_OBJECT, offsetof(struct collection_answer, collection), 0, 0, &view_collection    },
    {"containers", JSON_OBJECT, offsetof(struct collection_answer, containers), 0, 0, &view_container_page},
};
// clang-format on
static const struct json_shape collection_answer_shape =
    JSON_SHAPE(struct collection_answer, collection_answer_fields);

struct container_answer {
    const struct container_view *container;
};
// clang-format off
static const struct json_field container_answer_fields[] = {
    {"container", JSON_OBJECT, offsetof(struct container_answer, container), 0, 0, &view_container},
};
// clang-format on
static const struct json_shape container_answer_shape =
    JSON_SHAPE(struct container_answer, container_answer_fields);

/* GET /api/portal/recent */
enum err handle_portal_recent(struct req *r)
{
    struct collection_page page;
    struct page_view view;

    TRY(collection_recent(r->ctx, app_viewer(r), RECENT_COLLECTIONS, &page));
    view = collection_page_view(r->ctx, &page);
    return reply_json(r, 200, &view_collection_page, &view);
}

/* GET /api/portal/collections?q=&mine=1&starred=1&cursor= */
enum err handle_portal_collections(struct req *r)
{
    struct collection_query q = {.viewer = app_viewer(r), .limit = PAGE_SIZE};
    struct collection_page page;
    struct page_view view;
    struct str mine, starred;

    TRY(req_query(r, "q", COLLECTION_NAME_MAX, &q.text));
    TRY(req_query(r, "mine", 1, &mine));
    TRY(req_query(r, "starred", 1, &starred));
    TRY(req_query(r, "cursor", CURSOR_LEN_MAX, &q.cursor));
    q.mine = str_eq(mine, STR("1"));
    q.starred = str_eq(starred, STR("1"));
    TRY(collection_list(r->ctx, &q, &page));
    view = collection_page_view(r->ctx, &page);
    return reply_json(r, 200, &view_collection_page, &view);
}

static enum err star(struct req *r, bool starred)
{
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(collection_star(r->ctx, app_viewer(r), id, starred));
    return reply_empty(r, 204);
}

/* PUT /api/portal/collections/{id}/star */
enum err handle_collection_star(struct req *r)
{
    return star(r, true);
}

/* DELETE /api/portal/collections/{id}/star */
enum err handle_collection_unstar(struct req *r)
{
    return star(r, false);
}

/* GET /api/portal/collections/{id}?cursor= */
enum err handle_portal_collection(struct req *r)
{
    struct ctx *c = r->ctx;
    struct collection collection;
    struct container_page page;
    struct collection_view view;
    struct page_view containers;
    struct str cursor;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(req_query(r, "cursor", CURSOR_LEN_MAX, &cursor));
    TRY(collection_get(c, app_viewer(r), id, &collection));
    TRY(container_list(c, &collection, cursor, PAGE_SIZE, &page));
    view = collection_view(&collection);
    containers = container_page_view(c, &page);
    return reply_json(r, 200, &collection_answer_shape,
                      &(struct collection_answer){&view, &containers});
}

enum err app_reply_container(struct req *r, int status, const struct container *k)
{
    struct ctx *c = r->ctx;
    const struct collection_view collection = {
        .id = k->collection_id, .name = k->name.collection, .is_private = k->is_private};
    struct container_view view = container_view(c, k);

    view.collection = &collection;
    view.role = str_of(role_name(k->role));
    if (!k->is_damaged)
        view.download_url = download_url(c, app_viewer(r), k);
    return reply_json(r, status, &container_answer_shape, &(struct container_answer){&view});
}

/* GET /api/portal/containers/{id} */
enum err handle_portal_container(struct req *r)
{
    struct container k;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(container_get(r->ctx, app_viewer(r), id, &k));
    return app_reply_container(r, 200, &k);
}
