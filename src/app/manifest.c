#include "handlers.h"
#include "signed.h"
#include "viewer.h"
#include "views.h"

#include "base/settings.h"

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

    if (e != ERR_INPUT)
        return e;
    r->ctx->failure.err = ERR_NOT_FOUND;
    return ERR_NOT_FOUND;
}

/* By name, and by version when one is given. */
static enum err find_image(struct req *r, struct viewer v, const struct image_name *n,
                           struct container *k)
{
    struct ctx *c = r->ctx;
    bool found;

    TRY(container_find(c, v, n, &found, k));
    if (found && n->version.len)
        found = str_eq(n->version, image_version(c->arena, k->sha256));
    if (!found)
        return FAIL(c, ERR_NOT_FOUND, "There is no image " STR_FMT "%s" STR_FMT ".",
                    STR_ARG(image_name_uri(c->arena, n)), n->version.len ? "@" : "",
                    STR_ARG(n->version));
    return ERR_OK;
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

    TRY(read_name(r, &n));
    if (signed_is_tried(r))
        TRY(signed_viewer(r, STR("pull"), &n, &v));
    TRY(find_image(r, v, &n, &k));
    if (!role_may(k.role, ACTION_READ, k.is_private))
        return FAIL(c, ERR_FORBIDDEN, "This image is private; you may not read it.");
    view = manifest_view(c, v, &k);
    return reply_json(r, 200, &view_manifest, &view);
}

/* DELETE: with the client's signature, or from a signed-in page with its CSRF token. */
static enum err find_deleter(struct req *r, const struct image_name *n, struct viewer *v)
{
    if (signed_is_tried(r) || !app_session(r))
        return signed_viewer(r, STR("delete"), n, v);
    TRY(app_check_csrf(r));
    *v = app_viewer(r);
    return ERR_OK;
}

/* DELETE /api/container/{image...} */
enum err handle_manifest_delete(struct req *r)
{
    struct ctx *c = r->ctx;
    struct image_name n;
    struct container k;
    struct viewer v;

    TRY(read_name(r, &n));
    TRY(find_deleter(r, &n, &v));
    TRY(find_image(r, v, &n, &k));
    if (!role_may(k.role, ACTION_DELETE, k.is_private))
        return FAIL(c, ERR_FORBIDDEN,
                    "Only an owner of the collection " STR_FMT " may delete its images.",
                    STR_ARG(n.collection));
    TRY(container_delete(c, v, &k));
    return reply_empty(r, 204);
}

/*
 * GET /api/collections: always whole, since the client asks for the same page for ever as long as
 * there is a next one.
 */
enum err handle_collections_all(struct req *r)
{
    struct catalog all;
    struct catalog_view view;

    TRY(catalog_list(r->ctx, app_viewer(r), STR_NONE, &all));
    view = catalog_view(r->ctx, &all);
    return reply_json(r, 200, &view_catalog, &view);
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
