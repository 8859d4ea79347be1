#include "usage.h"

#include "handlers.h"
#include "viewer.h"

enum { COLLECTIONS_MAX = 50 }; /* shown; the fullest come first */

static const struct json_field storage_fields[] = {
    {"limit",    JSON_INT, offsetof(struct storage_view, limit),    0, 0, NULL},
    {"used",     JSON_INT, offsetof(struct storage_view, used),     0, 0, NULL},
    {"reserved", JSON_INT, offsetof(struct storage_view, reserved), 0, 0, NULL},
};
const struct json_shape view_storage = JSON_SHAPE(struct storage_view, storage_fields);

struct storage_view storage_view(const struct quota *q)
{
    return (struct storage_view){q->limit, q->used, q->reserved};
}

struct downloads_view {
    int64_t limit, used, remaining, resets_at;
};
static const struct json_field downloads_fields[] = {
    {"limit",     JSON_INT,  offsetof(struct downloads_view, limit),     0, 0, NULL},
    {"used",      JSON_INT,  offsetof(struct downloads_view, used),      0, 0, NULL},
    {"remaining", JSON_INT,  offsetof(struct downloads_view, remaining), 0, 0, NULL},
    {"resets_at", JSON_TIME, offsetof(struct downloads_view, resets_at), 0, 0, NULL},
};
static const struct json_shape downloads_shape =
    JSON_SHAPE(struct downloads_view, downloads_fields);

struct collection_use_view {
    int64_t id, limit, used;
    struct str name;
};
static const struct json_field collection_use_fields[] = {
    {"id",    JSON_INT, offsetof(struct collection_use_view, id),    0, 0, NULL},
    {"name",  JSON_STR, offsetof(struct collection_use_view, name),  0, 0, NULL},
    {"limit", JSON_INT, offsetof(struct collection_use_view, limit), 0, 0, NULL},
    {"used",  JSON_INT, offsetof(struct collection_use_view, used),  0, 0, NULL},
};
static const struct json_shape collection_use_shape =
    JSON_SHAPE(struct collection_use_view, collection_use_fields);

struct usage_view {
    const struct storage_view *storage;
    const struct downloads_view *downloads;
    struct json_list collections;
};
// clang-format off
static const struct json_field usage_fields[] = {
    {"storage",     JSON_OBJECT, offsetof(struct usage_view, storage),     0, 0, &view_storage       },
    {"downloads",   JSON_OBJECT, offsetof(struct usage_view, downloads),   0, 0, &downloads_shape     },
    {"collections", JSON_LIST,   offsetof(struct usage_view, collections), 0, 0, &collection_use_shape},
};
// clang-format on
static const struct json_shape usage_shape = JSON_SHAPE(struct usage_view, usage_fields);

struct downloader usage_downloader(const struct req *r, int64_t user_id)
{
    return (struct downloader){.user_id = user_id, .address = r->remote_address};
}

static int64_t remaining(const struct download_allowance *a)
{
    return a->limit > a->used ? a->limit - a->used : 0;
}

static struct str number(struct req *r, int64_t n)
{
    return str_printf(r->ctx->arena, "%lld", (long long)n);
}

void usage_headers(struct req *r, const struct download_allowance *a)
{
    if (a->limit == 0)
        return;
    reply_header(r, "RateLimit-Limit", number(r, a->limit));
    reply_header(r, "RateLimit-Remaining", number(r, remaining(a)));
    reply_header(r, "RateLimit-Reset", number(r, a->resets_s));
}

static enum err find_collections(struct ctx *c, int64_t user_id, struct json_list *out)
{
    struct collection_quotas own;
    struct collection_use_view *views;

    TRY(quota_of_own_collections(c, user_id, COLLECTIONS_MAX, &own));
    views = arena_alloc_array(c->arena, own.count, sizeof *views);
    for (size_t i = 0; i < own.count; i++)
        views[i] = (struct collection_use_view){.id = own.list[i].id,
                                                .name = own.list[i].name,
                                                .limit = own.list[i].quota.limit,
                                                .used = own.list[i].quota.used};
    *out = (struct json_list){views, own.count};
    return ERR_OK;
}

/* GET /api/me/usage */
enum err handle_me_usage(struct req *r)
{
    struct ctx *c = r->ctx;
    int64_t user_id = app_session(r)->user.id;
    const struct downloader downloader = usage_downloader(r, user_id);
    struct download_allowance a;
    struct downloads_view downloads;
    struct storage_view storage;
    struct usage_view view = {
        &storage, &downloads, {NULL, 0}
    };
    struct quota q;

    TRY(quota_of_user(c, user_id, &q));
    TRY(download_allowance(c, &downloader, &a));
    TRY(find_collections(c, user_id, &view.collections));
    storage = storage_view(&q);
    downloads = (struct downloads_view){a.limit, a.used, remaining(&a), a.resets_at};
    return reply_json(r, 200, &usage_shape, &view);
}
