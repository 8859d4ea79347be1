#include "registry/activity.h"

#include "handlers.h"
#include "usage.h"
#include "viewer.h"

enum { CURSOR_LEN_MAX = 512, ACTIVITY_SHOWN = 20 };

struct activity_view {
    int64_t at;
    struct str user, action, subject;
};
// clang-format off
static const struct json_field activity_fields[] = {
    {"at",      JSON_TIME, offsetof(struct activity_view, at),      0,                  0, NULL},
    {"user",    JSON_STR,  offsetof(struct activity_view, user),    JSON_NULL_IF_EMPTY, 0, NULL},
    {"action",  JSON_STR,  offsetof(struct activity_view, action),  0,                  0, NULL},
    {"subject", JSON_STR,  offsetof(struct activity_view, subject), 0,                  0, NULL},
};
// clang-format on
static const struct json_shape activity_shape = JSON_SHAPE(struct activity_view, activity_fields);

struct answer {
    const struct storage_view *storage;
    struct json_list items;
    struct str next;
};
// clang-format off
static const struct json_field answer_fields[] = {
    {"storage", JSON_OBJECT, offsetof(struct answer, storage), 0,                  0, &view_storage  },
    {"items",   JSON_LIST,   offsetof(struct answer, items),   0,                  0, &activity_shape},
    {"next",    JSON_STR,    offsetof(struct answer, next),    JSON_NULL_IF_EMPTY, 0, NULL           },
};
// clang-format on
static const struct json_shape answer_shape = JSON_SHAPE(struct answer, answer_fields);

/* GET /api/portal/collections/{id}/activity?cursor= */
enum err handle_collection_activity(struct req *r)
{
    struct activity_page page;
    struct activity_view *items;
    struct storage_view storage;
    struct str cursor;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(req_query(r, "cursor", CURSOR_LEN_MAX, &cursor));
    TRY(activity_list(r->ctx, app_viewer(r), id, cursor, ACTIVITY_SHOWN, &page));
    items = arena_alloc_array(r->ctx->arena, page.count, sizeof *items);
    for (size_t i = 0; i < page.count; i++)
        items[i] = (struct activity_view){page.list[i].at, page.list[i].username,
                                          page.list[i].action, page.list[i].subject};
    storage = storage_view(&page.quota);
    return reply_json(r, 200, &answer_shape,
                      &(struct answer){
                          .storage = &storage, .items = {items, page.count},
                               .next = page.next
    });
}
