/* Searches: by words for people, and in the forms that clients of the predecessor know. */
#include "registry/search.h"

#include "handlers.h"
#include "viewer.h"
#include "views.h"

#include "registry/facts.h"

enum { CURSOR_LEN_MAX = 512, LIST_ROWS = 100 };

/* ---- the portal's ---------------------------------------------------------------------------- */

struct hit_view {
    int64_t id, size, updated_at;
    struct str name, tag, uri;
    bool damaged, frozen;
    const struct collection_view *collection;
    struct json_list labels;
};
// clang-format off
static const struct json_field hit_fields[] = {
    {"id",         JSON_INT,    offsetof(struct hit_view, id),         0, 0, NULL               },
    {"name",       JSON_STR,    offsetof(struct hit_view, name),       0, 0, NULL               },
    {"tag",        JSON_STR,    offsetof(struct hit_view, tag),        0, 0, NULL               },
    {"uri",        JSON_STR,    offsetof(struct hit_view, uri),        0, 0, NULL               },
    {"size",       JSON_INT,    offsetof(struct hit_view, size),       0, 0, NULL               },
    {"damaged",    JSON_BOOL,   offsetof(struct hit_view, damaged),    0, 0, NULL               },
    {"frozen",     JSON_BOOL,   offsetof(struct hit_view, frozen),     0, 0, NULL               },
    {"updated_at", JSON_TIME,   offsetof(struct hit_view, updated_at), 0, 0, NULL               },
    {"collection", JSON_OBJECT, offsetof(struct hit_view, collection), 0, 0, &view_collection_of},
    {"labels",     JSON_LIST,   offsetof(struct hit_view, labels),     0, 0, &sif_label_shape   },
};
static const struct json_shape hit_shape = JSON_SHAPE(struct hit_view, hit_fields);

static const struct json_field hit_page_fields[] = {
    {"items", JSON_LIST, offsetof(struct page_view, items), 0,                  0, &hit_shape},
    {"next",  JSON_STR,  offsetof(struct page_view, next),  JSON_NULL_IF_EMPTY, 0, NULL      },
};
// clang-format on
static const struct json_shape hit_page_shape = JSON_SHAPE(struct page_view, hit_page_fields);

static struct hit_view hit_view(struct ctx *c, const struct search_hit *hit)
{
    const struct container *k = &hit->container;
    struct collection_view *of = arena_alloc(c->arena, sizeof *of);

    *of = (struct collection_view){
        .id = k->collection_id, .name = k->name.collection, .is_private = k->is_private};
    return (struct hit_view){
        .id = k->id,
        .name = k->name.name,
        .tag = k->name.tag,
        .uri = image_name_uri(c->arena, &k->name),
        .size = k->size_bytes,
        .damaged = k->is_damaged,
        .frozen = k->is_frozen,
        .updated_at = k->updated_at,
        .collection = of,
        .labels = hit->labels,
    };
}

/* GET /api/portal/search?q=&cursor= */
enum err handle_search(struct req *r)
{
    struct search_query q = {.viewer = app_viewer(r), .limit = PAGE_SIZE};
    struct search_page page;
    struct hit_view *items;

    TRY(req_query(r, "q", SEARCH_TEXT_MAX, &q.text));
    TRY(req_query(r, "cursor", CURSOR_LEN_MAX, &q.cursor));
    TRY(search_containers(r->ctx, &q, &page));
    items = arena_alloc_array(r->ctx->arena, page.count, sizeof *items);
    for (size_t i = 0; i < page.count; i++)
        items[i] = hit_view(r->ctx, &page.list[i]);
    return reply_json(r, 200, &hit_page_shape,
                      &(struct page_view){
                          .items = {items, page.count},
                            .next = page.next
    });
}

/* ---- the predecessor's ----------------------------------------------------------------------- */

/* [...], as these routes always answered. */
static enum err reply_list(struct req *r, const struct json_shape *shape, const void *items,
                           size_t count)
{
    struct buf text = {.arena = r->ctx->arena};

    buf_add_byte(&text, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_byte(&text, ',');
        json_write(&text, shape, (const char *)items + i * shape->size);
    }
    buf_add_byte(&text, ']');
    return reply_bytes(r, 200, "application/json", buf_str(&text));
}

/* The last two segments of a path, which loses them. */
static bool take_pair(struct str *path, struct str *key, struct str *value)
{
    struct str rest;

    if (!str_cut_last(*path, '/', &rest, value))
        return false;
    if (str_cut_last(rest, '/', path, key))
        return true;
    *key = rest;
    *path = STR_NONE;
    return true;
}

/*
 * "collection/<c>/name/<n>[/tag/<t>]" or "name/<n>[/tag/<t>]". Only the collection may hold
 * slashes, so it is read from its end.
 */
static bool parse_names(struct arena *a, struct str path, struct image_name *out)
{
    static const struct str collection = STR_INIT("collection/");
    struct str key, value;

    path = str_lower(a, path);
    *out = (struct image_name){.collection = STR_NONE};
    if (!take_pair(&path, &key, &value))
        return false;
    if (str_eq(key, STR("tag"))) {
        out->tag = value;
        if (!take_pair(&path, &key, &value))
            return false;
    }
    out->name = value;
    if (str_has_prefix(path, collection))
        out->collection = str_skip(path, collection.len);
    return str_eq(key, STR("name")) && (path.len == 0 || out->collection.len > 0);
}

static enum err reply_manifests(struct req *r, const struct container *list, size_t count)
{
    struct ctx *c = r->ctx;
    struct json_shape shape = view_manifest_listed(c->arena);
    struct manifest_view *views = arena_alloc_array(c->arena, count, sizeof *views);

    for (size_t i = 0; i < count; i++)
        views[i] = manifest_view(c, app_viewer(r), &list[i]);
    return reply_list(r, &shape, views, count);
}

/* GET /api/container/search/{query...}. Nothing found is [], also for what no image can be called:
   to anything but 200 the client says nothing. */
enum err handle_search_by_name(struct req *r)
{
    struct container_hits hits = {0};
    struct image_name n;

    if (parse_names(r->ctx->arena, req_path(r, "query"), &n))
        TRY(search_by_name(r->ctx, app_viewer(r), &n, &hits));
    return reply_manifests(r, hits.list, hits.count);
}

/* GET /api/collection/search/{q...}: the first page of the search for people. */
enum err handle_search_by_words(struct req *r)
{
    struct search_query q = {.viewer = app_viewer(r), .text = req_path(r, "q"), .limit = LIST_ROWS};
    struct container *list;
    struct search_page page;

    TRY(search_containers(r->ctx, &q, &page));
    list = arena_alloc_array(r->ctx->arena, page.count, sizeof *list);
    for (size_t i = 0; i < page.count; i++)
        list[i] = page.list[i].container;
    return reply_manifests(r, list, page.count);
}

struct label_view {
    struct str key, value;
    struct json_list containers;
};
static const struct json_field label_fields[] = {
    {"key",        JSON_STR,  offsetof(struct label_view, key),        0, 0, NULL},
    {"value",      JSON_STR,  offsetof(struct label_view, value),      0, 0, NULL},
    {"containers", JSON_STRS, offsetof(struct label_view, containers), 0, 0, NULL},
};
static const struct json_shape label_shape = JSON_SHAPE(struct label_view, label_fields);

static enum err reply_labels(struct req *r, struct str key, struct str value)
{
    struct label_hits hits;
    struct label_view *views;

    TRY(search_by_label(r->ctx, app_viewer(r), key, value, &hits));
    views = arena_alloc_array(r->ctx->arena, hits.count, sizeof *views);
    for (size_t i = 0; i < hits.count; i++)
        views[i] = (struct label_view){hits.list[i].name, hits.list[i].value, hits.list[i].uris};
    return reply_list(r, &label_shape, views, hits.count);
}

/* GET /api/labels/search */
enum err handle_labels_all(struct req *r)
{
    return reply_labels(r, STR_NONE, STR_NONE);
}

/* "<k>/key/<v>" in parts; keys hold no "/key/", values may. False: there is no such part. */
static bool cut_key(struct str s, struct str *key, struct str *value)
{
    static const struct str mark = STR_INIT("/key/");

    for (size_t at = 1; at + mark.len < s.len; at++) {
        if (str_has_prefix(str_skip(s, at), mark)) {
            *key = str_take(s, at);
            *value = str_skip(s, at + mark.len);
            return true;
        }
    }
    return false;
}

/* GET /api/labels/search/{query...}: <k>/key, <v>/value, <k>/key/<v>/value */
enum err handle_labels(struct req *r)
{
    static const struct str by_key = STR_INIT("/key"), by_value = STR_INIT("/value");
    struct str query = req_path(r, "query"), key, value;

    if (str_has_suffix(query, by_value) && query.len > by_value.len) {
        value = str_take(query, query.len - by_value.len);
        return cut_key(value, &key, &value) ? reply_labels(r, key, value)
                                            : reply_labels(r, STR_NONE, value);
    }
    if (str_has_suffix(query, by_key) && query.len > by_key.len)
        return reply_labels(r, str_take(query, query.len - by_key.len), STR_NONE);
    return FAIL(r->ctx, ERR_NOT_FOUND,
                "Search labels by <key>/key, <value>/value or <key>/key/<value>/value.");
}
