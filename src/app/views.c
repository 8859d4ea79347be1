#include "views.h"

#include "download.h"

#include "base/settings.h"

#define MEMBER(view, member) offsetof(struct view, member)

const struct json_shape view_empty = {NULL, 0, 1};

/* What an empty object points at: it has no members, but must not be NULL. */
static const char nothing;

/* ---- sregistry client ------------------------------------------------------------------------ */

static const struct json_field metadata_fields[] = {
    {"size_mb", JSON_INT, MEMBER(manifest_metadata, size_mb), 0, 0, NULL},
};
static const struct json_shape metadata_shape =
    JSON_SHAPE(struct manifest_metadata, metadata_fields);

static const struct json_field manifest_fields[] = {
    {"id",         JSON_INT,    MEMBER(manifest_view, id),         0, 0, NULL           },
    {"name",       JSON_STR,    MEMBER(manifest_view, name),       0, 0, NULL           },
    {"image",      JSON_STR,    MEMBER(manifest_view, image),      0, 0, NULL           },
    {"tag",        JSON_STR,    MEMBER(manifest_view, tag),        0, 0, NULL           },
    {"add_date",   JSON_STR,    MEMBER(manifest_view, add_date),   0, 0, NULL           },
    {"metrics",    JSON_OBJECT, MEMBER(manifest_view, metrics),    0, 0, &view_empty    },
    {"version",    JSON_STR,    MEMBER(manifest_view, version),    0, 0, NULL           },
    {"frozen",     JSON_BOOL,   MEMBER(manifest_view, frozen),     0, 0, NULL           },
    {"metadata",   JSON_OBJECT, MEMBER(manifest_view, metadata),   0, 0, &metadata_shape},
    {"collection", JSON_STR,    MEMBER(manifest_view, collection), 0, 0, NULL           },
    {"commit",     JSON_STR,    MEMBER(manifest_view, commit),     0, 0, NULL           },
    {"sha256",     JSON_STR,    MEMBER(manifest_view, sha256),     0, 0, NULL           },
    {"size",       JSON_INT,    MEMBER(manifest_view, size),       0, 0, NULL           },
};
const struct json_shape view_manifest = JSON_SHAPE(struct manifest_view, manifest_fields);

/* "2026-01-15T09:30:00.123456Z", as the predecessor wrote times. */
static struct str time_with_us(struct ctx *c, int64_t at_us)
{
    struct str seconds = time_format(c->arena, at_us / 1000000);

    return str_printf(c->arena, STR_FMT ".%06dZ", STR_ARG(str_take(seconds, seconds.len - 1)),
                      (int)(at_us % 1000000));
}

struct json_shape view_manifest_listed(struct arena *a)
{
    struct json_field *fields = arena_alloc_array(a, view_manifest.count, sizeof *fields);
    struct json_shape shape = {fields, 0, view_manifest.size};

    for (size_t i = 0; i < view_manifest.count; i++) {
        if (!str_eq(str_of(view_manifest.fields[i].name), STR("image")))
            fields[shape.count++] = view_manifest.fields[i];
    }
    return shape;
}

struct manifest_view manifest_view(struct ctx *c, struct viewer v, const struct container *k)
{
    static const int64_t MIB = 1048576;
    struct manifest_metadata *metadata = arena_alloc(c->arena, sizeof *metadata);

    metadata->size_mb = (k->size_bytes + MIB - 1) / MIB;
    return (struct manifest_view){
        .id = k->id,
        .name = k->name.name,
        .image = download_url(c, v, k),
        .tag = k->name.tag,
        .add_date = time_with_us(c, k->created_us),
        .metrics = &nothing,
        .version = image_version(c->arena, k->sha256),
        .frozen = k->is_frozen,
        .metadata = metadata,
        .collection = k->name.collection,
        .commit = k->sha256,
        .sha256 = k->sha256,
        .size = k->size_bytes,
    };
}

static const struct json_field catalog_container_fields[] = {
    {"name",   JSON_STR, MEMBER(catalog_container_view, name),   0, 0, NULL},
    {"tag",    JSON_STR, MEMBER(catalog_container_view, tag),    0, 0, NULL},
    {"uri",    JSON_STR, MEMBER(catalog_container_view, uri),    0, 0, NULL},
    {"detail", JSON_STR, MEMBER(catalog_container_view, detail), 0, 0, NULL},
};
static const struct json_shape catalog_container_shape =
    JSON_SHAPE(struct catalog_container_view, catalog_container_fields);

// clang-format off
static const struct json_field catalog_entry_fields[] = {
    {"id",          JSON_INT,    MEMBER(catalog_entry_view, id),          0, 0, NULL                    },
    {"name",        JSON_STR,    MEMBER(catalog_entry_view, name),        0, 0, NULL                    },
    {"add_date",    JSON_STR,    MEMBER(catalog_entry_view, add_date),    0, 0, NULL                    },
    {"modify_date", JSON_STR,    MEMBER(catalog_entry_view, modify_date), 0, 0, NULL                    },
    {"metadata",    JSON_OBJECT, MEMBER(catalog_entry_view, metadata),    0, 0, &view_empty             },
    {"containers",  JSON_LIST,   MEMBER(catalog_entry_view, containers),  0, 0, &catalog_container_shape},
};
// clang-format on
const struct json_shape view_catalog_entry =
    JSON_SHAPE(struct catalog_entry_view, catalog_entry_fields);

// clang-format off
static const struct json_field catalog_fields[] = {
    {"count",    JSON_INT,  MEMBER(catalog_view, count),    0,                  0, NULL               },
    {"next",     JSON_STR,  MEMBER(catalog_view, next),     JSON_NULL_IF_EMPTY, 0, NULL               },
    {"previous", JSON_STR,  MEMBER(catalog_view, previous), JSON_NULL_IF_EMPTY, 0, NULL               },
    {"results",  JSON_LIST, MEMBER(catalog_view, results),  0,                  0, &view_catalog_entry},
};
// clang-format on
const struct json_shape view_catalog = JSON_SHAPE(struct catalog_view, catalog_fields);

struct json_shape view_manifest_page(struct arena *a, const struct json_shape *item)
{
    struct json_field *fields = arena_alloc_array(a, view_catalog.count, sizeof *fields);

    for (size_t i = 0; i < view_catalog.count; i++) {
        fields[i] = view_catalog.fields[i];
        if (fields[i].type == JSON_LIST)
            fields[i].shape = item;
    }
    return (struct json_shape){fields, view_catalog.count, view_catalog.size};
}

static struct catalog_container_view catalog_container_view(struct ctx *c,
                                                            const struct container *k)
{
    return (struct catalog_container_view){
        .name = k->name.name,
        .tag = k->name.tag,
        .uri = image_name_uri(c->arena, &k->name),
        .detail =
            str_printf(c->arena, "%s/containers/%lld", c->settings->domain_name, (long long)k->id),
    };
}

struct catalog_entry_view catalog_entry_view(struct ctx *c, const struct catalog_entry *e)
{
    struct catalog_container_view *containers =
        arena_alloc_array(c->arena, e->count, sizeof *containers);

    for (size_t i = 0; i < e->count; i++)
        containers[i] = catalog_container_view(c, &e->containers[i]);
    return (struct catalog_entry_view){
        .id = e->id,
        .name = e->name,
        .add_date = time_with_us(c, e->created_us),
        .modify_date = time_with_us(c, e->updated_us),
        .metadata = &nothing,
        .containers = {containers, e->count},
    };
}

struct catalog_view catalog_view(struct ctx *c, const struct catalog *all)
{
    struct catalog_entry_view *entries = arena_alloc_array(c->arena, all->count, sizeof *entries);

    for (size_t i = 0; i < all->count; i++)
        entries[i] = catalog_entry_view(c, &all->list[i]);
    return (struct catalog_view){
        .count = (int64_t)all->count, .results = {entries, all->count}
    };
}

/* ---- portal ---------------------------------------------------------------------------------- */

static const struct json_field collection_item_fields[] = {
    {"id",              JSON_INT,  MEMBER(collection_view, id),              0, 0, NULL},
    {"name",            JSON_STR,  MEMBER(collection_view, name),            0, 0, NULL},
    {"private",         JSON_BOOL, MEMBER(collection_view, is_private),      0, 0, NULL},
    {"description",     JSON_STR,  MEMBER(collection_view, description),     0, 0, NULL},
    {"container_count", JSON_INT,  MEMBER(collection_view, container_count), 0, 0, NULL},
    {"owners",          JSON_STRS, MEMBER(collection_view, owners),          0, 0, NULL},
    {"role",            JSON_STR,  MEMBER(collection_view, role),            0, 0, NULL},
    {"starred",         JSON_BOOL, MEMBER(collection_view, is_starred),      0, 0, NULL},
    {"updated_at",      JSON_TIME, MEMBER(collection_view, updated_at),      0, 0, NULL},
};
const struct json_shape view_collection_item =
    JSON_SHAPE(struct collection_view, collection_item_fields);

static const struct json_field collection_fields[] = {
    {"id",              JSON_INT,  MEMBER(collection_view, id),              0, 0, NULL},
    {"name",            JSON_STR,  MEMBER(collection_view, name),            0, 0, NULL},
    {"private",         JSON_BOOL, MEMBER(collection_view, is_private),      0, 0, NULL},
    {"description",     JSON_STR,  MEMBER(collection_view, description),     0, 0, NULL},
    {"container_count", JSON_INT,  MEMBER(collection_view, container_count), 0, 0, NULL},
    {"owners",          JSON_STRS, MEMBER(collection_view, owners),          0, 0, NULL},
    {"contributors",    JSON_STRS, MEMBER(collection_view, contributors),    0, 0, NULL},
    {"role",            JSON_STR,  MEMBER(collection_view, role),            0, 0, NULL},
    {"starred",         JSON_BOOL, MEMBER(collection_view, is_starred),      0, 0, NULL},
    {"created_at",      JSON_TIME, MEMBER(collection_view, created_at),      0, 0, NULL},
    {"updated_at",      JSON_TIME, MEMBER(collection_view, updated_at),      0, 0, NULL},
};
const struct json_shape view_collection = JSON_SHAPE(struct collection_view, collection_fields);

static const struct json_field collection_of_fields[] = {
    {"id",      JSON_INT,  MEMBER(collection_view, id),         0, 0, NULL},
    {"name",    JSON_STR,  MEMBER(collection_view, name),       0, 0, NULL},
    {"private", JSON_BOOL, MEMBER(collection_view, is_private), 0, 0, NULL},
};
const struct json_shape view_collection_of =
    JSON_SHAPE(struct collection_view, collection_of_fields);

struct collection_view collection_view(const struct collection *k)
{
    return (struct collection_view){
        .id = k->id,
        .name = k->name,
        .description = k->description,
        .role = str_of(role_name(k->role)),
        .is_private = k->is_private,
        .is_starred = k->is_starred,
        .container_count = k->container_count,
        .created_at = k->created_at,
        .updated_at = k->updated_at,
        .owners = k->owners,
        .contributors = k->contributors,
    };
}

/* The members of a container that a list shows. */
#define CONTAINER_ITEM_FIELDS \
    {"id", JSON_INT, MEMBER(container_view, id), 0, 0, NULL}, \
        {"name", JSON_STR, MEMBER(container_view, name), 0, 0, NULL}, \
        {"tag", JSON_STR, MEMBER(container_view, tag), 0, 0, NULL}, \
        {"uri", JSON_STR, MEMBER(container_view, uri), 0, 0, NULL}, \
        {"size", JSON_INT, MEMBER(container_view, size), 0, 0, NULL}, \
        {"sha256", JSON_STR, MEMBER(container_view, sha256), 0, 0, NULL}, \
        {"version", JSON_STR, MEMBER(container_view, version), 0, 0, NULL}, \
        {"damaged", JSON_BOOL, MEMBER(container_view, damaged), 0, 0, NULL}, \
        {"frozen", JSON_BOOL, MEMBER(container_view, frozen), 0, 0, NULL}, \
        {"created_at", JSON_TIME, MEMBER(container_view, created_at), 0, 0, NULL}, \
    { \
        "updated_at", JSON_TIME, MEMBER(container_view, updated_at), 0, 0, NULL \
    }

static const struct json_field container_item_fields[] = {CONTAINER_ITEM_FIELDS};
const struct json_shape view_container_item =
    JSON_SHAPE(struct container_view, container_item_fields);

// clang-format off
static const struct json_field container_fields[] = {
    CONTAINER_ITEM_FIELDS,
    {"collection",   JSON_OBJECT, MEMBER(container_view, collection),   0, 0, &view_collection_of},
    {"role",         JSON_STR,    MEMBER(container_view, role),         0, 0, NULL               },
    {"download_url", JSON_STR,    MEMBER(container_view, download_url), JSON_NULL_IF_EMPTY, 0, NULL },
};
// clang-format on
const struct json_shape view_container = JSON_SHAPE(struct container_view, container_fields);

struct container_view container_view(struct ctx *c, const struct container *k)
{
    return (struct container_view){
        .id = k->id,
        .size = k->size_bytes,
        .created_at = k->created_at,
        .updated_at = k->updated_at,
        .name = k->name.name,
        .tag = k->name.tag,
        .uri = image_name_uri(c->arena, &k->name),
        .sha256 = k->sha256,
        .version = image_version(c->arena, k->sha256),
        .damaged = k->is_damaged,
        .frozen = k->is_frozen,
    };
}

static const struct json_field collection_page_fields[] = {
    {"items", JSON_LIST, MEMBER(page_view, items), 0,                  0, &view_collection_item},
    {"next",  JSON_STR,  MEMBER(page_view, next),  JSON_NULL_IF_EMPTY, 0, NULL                 },
};
const struct json_shape view_collection_page = JSON_SHAPE(struct page_view, collection_page_fields);

static const struct json_field container_page_fields[] = {
    {"items", JSON_LIST, MEMBER(page_view, items), 0,                  0, &view_container_item},
    {"next",  JSON_STR,  MEMBER(page_view, next),  JSON_NULL_IF_EMPTY, 0, NULL                },
};
const struct json_shape view_container_page = JSON_SHAPE(struct page_view, container_page_fields);

struct page_view collection_page_view(struct ctx *c, const struct collection_page *p)
{
    struct collection_view *items = arena_alloc_array(c->arena, p->count, sizeof *items);

    for (size_t i = 0; i < p->count; i++)
        items[i] = collection_view(&p->list[i]);
    return (struct page_view){
        {items, p->count},
        p->next
    };
}

struct page_view container_page_view(struct ctx *c, const struct container_page *p)
{
    struct container_view *items = arena_alloc_array(c->arena, p->count, sizeof *items);

    for (size_t i = 0; i < p->count; i++)
        items[i] = container_view(c, &p->list[i]);
    return (struct page_view){
        {items, p->count},
        p->next
    };
}
