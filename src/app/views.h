/**
 * Collections and containers as JSON: for the sregistry client (reference/sregistry-api.md part 7)
 * and for the portal.
 */
#ifndef APP_VIEWS_H
#define APP_VIEWS_H

#include "base/json.h"
#include "registry/collection.h"

/** {} */
extern const struct json_shape view_empty;

/* ---- sregistry client ------------------------------------------------------------------------ */

struct manifest_metadata {
    int64_t size_mb; /* MiB, rounded up */
};
struct manifest_view {
    int64_t id;
    struct str name, image, tag, add_date, version, collection;
    struct str commit; /* the cache key of `apptainer pull shub://`: the digest in hex */
    struct str sha256;
    int64_t size;
    bool frozen;
    const void *metrics;
    const struct manifest_metadata *metadata;
};
extern const struct json_shape view_manifest;
/** The same where containers are listed: without its download URL. */
struct json_shape view_manifest_listed(struct arena *a);
/** The manifest of an image for a viewer; it carries a download URL. */
struct manifest_view manifest_view(struct ctx *c, struct viewer v, const struct container *k);

struct catalog_container_view {
    struct str name, tag, uri, detail;
};
struct catalog_entry_view {
    int64_t id;
    struct str name, add_date, modify_date;
    const void *metadata;
    struct json_list containers; /* struct catalog_container_view */
};
extern const struct json_shape view_catalog_entry;
struct catalog_entry_view catalog_entry_view(struct ctx *c, const struct catalog_entry *e);

struct catalog_view {
    int64_t count;
    struct str next, previous;
    struct json_list results; /* struct catalog_entry_view */
};
extern const struct json_shape view_catalog;
/** The same with containers of that shape in the place of collections. */
struct json_shape view_manifest_page(struct arena *a, const struct json_shape *item);
struct catalog_view catalog_view(struct ctx *c, const struct catalog *all);

/* ---- portal ---------------------------------------------------------------------------------- */

struct collection_view {
    int64_t id;
    struct str name, description, role;
    bool is_private, is_starred;
    int64_t container_count, created_at, updated_at;
    struct json_list owners, contributors;
};
/** A row of the list of collections. */
extern const struct json_shape view_collection_item;
/** A collection on its own page. */
extern const struct json_shape view_collection;
/** A collection as part of a container. */
extern const struct json_shape view_collection_of;
struct collection_view collection_view(const struct collection *k);

struct container_view {
    int64_t id, size, created_at, updated_at;
    struct str name, tag, uri, sha256, version;
    bool damaged; /* the stored bytes are not what was pushed */
    bool frozen;
    struct str role, download_url;            /* of a container on its own page */
    const struct collection_view *collection; /* the same */
};
/** A row of a collection's containers. */
extern const struct json_shape view_container_item;
/** A container on its own page. */
extern const struct json_shape view_container;
struct container_view container_view(struct ctx *c, const struct container *k);

/** {"items": [...], "next": cursor or null} */
struct page_view {
    struct json_list items;
    struct str next;
};
extern const struct json_shape view_collection_page;
extern const struct json_shape view_container_page;
struct page_view collection_page_view(struct ctx *c, const struct collection_page *p);
struct page_view container_page_view(struct ctx *c, const struct container_page *p);

#endif
