#include "catalog_page.h"
#include "handlers.h"
#include "signed.h"
#include "usage.h"
#include "viewer.h"
#include "views.h"

#include "base/settings.h"
#include "registry/tags.h"
#include "registry/verify.h"

struct identity_view {
    struct str name, id, url;
};
static const struct json_field identity_fields[] = {
    {"name", JSON_STR, offsetof(struct identity_view, name), 0, 0, NULL},
    {"id",   JSON_STR, offsetof(struct identity_view, id),   0, 0, NULL},
    {"url",  JSON_STR, offsetof(struct identity_view, url),  0, 0, NULL},
};
static const struct json_shape identity_shape = JSON_SHAPE(struct identity_view, identity_fields);

/*
 * What breaks the rules cannot exist; and on a 400 the client would say nothing and call it a
 * success.
 */
static enum err read_name(struct req *r, struct image_name *n)
{
    enum err e = image_name_parse(r->ctx, req_path(r, "image"), n);

    /* The client's searches have this form; what they ask for is not a collection that may be
     * private. */
    if (e == ERR_OK && str_has_prefix(n->collection, STR("search/")))
        return FAIL(r->ctx, ERR_NOT_FOUND, "There is no image " STR_FMT ".",
                    STR_ARG(req_path(r, "image")));
    if (e != ERR_INPUT)
        return e;
    r->ctx->failure.err = ERR_NOT_FOUND;
    return ERR_NOT_FOUND;
}

/*
 * By name; or by version, which says which bytes, whatever the tag points at by now. A tag that
 * looks like a version is one: the sregistry client cannot send what stands behind an @.
 */
static enum err look_up(struct ctx *c, struct viewer v, struct image_name *n, bool *found,
                        struct container *k)
{
    struct str sha256;

    if (n->version.len == 0 && version_parse(n->tag, &sha256))
        n->version = n->tag;
    if (n->version.len == 0)
        return container_find(c, v, n, found, k);
    *found = false;
    if (!version_parse(n->version, &sha256))
        return ERR_OK;
    return container_find_version(c, v, n, sha256, found, k);
}

/* In a collection that is not there, and in one that the viewer may not read. */
static enum err is_hidden(struct ctx *c, struct viewer v, const struct image_name *n, bool *hidden)
{
    struct collection of;
    bool found;

    TRY(collection_find(c, v, n->collection, &found, &of));
    *hidden = !found || !role_may(of.role, ACTION_READ, of.is_private);
    return ERR_OK;
}

/*
 * The image, if the viewer may read it. What is private and what is not there get the same answer:
 * a visitor's is 403, so that the client asks again with a signature, others' is 404.
 */
static enum err find_image(struct req *r, struct viewer v, struct image_name *n,
                           struct container *k)
{
    struct ctx *c = r->ctx;
    bool found, hidden;

    TRY(look_up(c, v, n, &found, k));
    if (found && role_may(k->role, ACTION_READ, k->is_private))
        return ERR_OK;
    TRY(is_hidden(c, v, n, &hidden));
    if (hidden && v.user_id == 0)
        return FAIL(c, ERR_FORBIDDEN, "There is no public image " STR_FMT "; sign to see yours.",
                    STR_ARG(image_name_uri(c->arena, n)));
    return FAIL(c, ERR_NOT_FOUND, "There is no image " STR_FMT "%s" STR_FMT ".",
                STR_ARG(image_name_uri(c->arena, n)), n->version.len ? "@" : "",
                STR_ARG(n->version));
}

/*
 * GET /api/container/{image...}. The client asks unsigned first, and again with a signature only
 * after a 403.
 */
enum err handle_manifest_get(struct req *r)
{
    struct ctx *c = r->ctx;
    struct viewer v = app_viewer(r);
    struct manifest_view view;
    struct image_name n;
    struct container k;
    struct download_allowance left;
    struct downloader downloader;

    TRY(read_name(r, &n));
    if (signed_is_tried(r))
        TRY(signed_viewer(r, STR("pull"), &n, &v));
    TRY(find_image(r, v, &n, &k));
    TRY(container_check_sound(c, &k));
    downloader = usage_downloader(r, v.user_id);
    TRY(download_check(c, &downloader, &left));
    usage_headers(r, &left);
    view = manifest_view(c, v, &k);
    return reply_json(r, 200, &view_manifest, &view);
}

/* With a version that the tag has left: only that. Else the tag, with what it left behind. */
static enum err delete_found(struct ctx *c, struct viewer v, const struct image_name *n,
                             const struct container *k)
{
    struct container now;

    TRY(container_get(c, v, k->id, &now));
    if (n->version.len && !str_eq(n->tag, k->name.tag))
        return FAIL(c, ERR_NOT_FOUND, "There is no image " STR_FMT "@" STR_FMT ".",
                    STR_ARG(image_name_uri(c->arena, n)), STR_ARG(n->version));
    if (now.image_id != k->image_id)
        return version_delete(c, v, k->id, k->sha256);
    return container_delete(c, v, &now);
}

/* DELETE /api/container/{image...} */
enum err handle_manifest_delete(struct req *r)
{
    struct ctx *c = r->ctx;
    struct image_name n;
    struct container k;
    struct viewer v;

    TRY(read_name(r, &n));
    TRY(signed_or_session(r, STR("delete"), &n, &v));
    TRY(find_image(r, v, &n, &k));
    if (!role_may(k.role, ACTION_DELETE, k.is_private))
        return FAIL(c, ERR_FORBIDDEN,
                    "Only an owner of the collection " STR_FMT " may delete its images.",
                    STR_ARG(n.collection));
    TRY(delete_found(c, v, &n, &k));
    return reply_empty(r, 204);
}

/*
 * GET /api/collections: whole, since the sregistry client asks for the same page for ever as long
 * as there is a next one; a page only for who asks for one.
 */
enum err handle_collections_all(struct req *r)
{
    struct catalog_view view;

    TRY(catalog_page_view(r, &view));
    return reply_json(r, 200, &view_catalog, &view);
}

/* GET /api/collections/{id} */
enum err handle_collection_by_id(struct req *r)
{
    struct ctx *c = r->ctx;
    struct catalog_entry_view view;
    struct collection collection;
    struct catalog all;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(collection_get(c, app_viewer(r), id, &collection));
    TRY(catalog_list(c, app_viewer(r), collection.name, &all));
    if (all.count == 0) /* deleted between the two */
        return FAIL(c, ERR_NOT_FOUND, "There is no such collection.");
    view = catalog_entry_view(c, &all.list[0]);
    return reply_json(r, 200, &view_catalog_entry, &view);
}

/* GET /api/containers */
enum err handle_containers_all(struct req *r)
{
    struct ctx *c = r->ctx;
    struct json_shape item = view_manifest_listed(c->arena);
    struct json_shape page = view_manifest_page(c->arena, &item);
    struct catalog_view view;

    TRY(manifest_page_view(r, &view));
    return reply_json(r, 200, &page, &view);
}

/* GET /api/containers/{id} */
enum err handle_container_by_id(struct req *r)
{
    struct ctx *c = r->ctx;
    struct manifest_view view;
    struct json_shape shape;
    struct container k;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(container_get(c, app_viewer(r), id, &k));
    view = manifest_view(c, app_viewer(r), &k);
    shape = view_manifest_listed(c->arena);
    return reply_json(r, 200, &shape, &view);
}

/*
 * GET /api/collection/{name...}: {} for what is not there and for what the caller may not see
 * alike; the client needs a 200.
 */
enum err handle_collection_by_name(struct req *r)
{
    struct ctx *c = r->ctx;
    struct str name = str_lower(c->arena, req_path(r, "name"));
    struct catalog_entry_view view;
    struct catalog all = {0};

    if (collection_name_is_valid(name))
        TRY(catalog_list(c, app_viewer(r), name, &all));
    if (all.count == 0)
        return reply_json(r, 200, &view_empty, "");
    view = catalog_entry_view(c, &all.list[0]);
    return reply_json(r, 200, &view_catalog_entry, &view);
}

/* GET /api/registry/identity */
enum err handle_identity(struct req *r)
{
    const struct settings *s = r->ctx->settings;
    const struct identity_view view = {str_of(s->registry_name), str_of(s->registry_uri),
                                       str_of(s->domain_name)};

    return reply_json(r, 200, &identity_shape, &view);
}
