#include "handlers.h"
#include "viewer.h"
#include "views.h"

#include "account/user.h"
#include "registry/manage.h"

enum { ROLE_WORD_MAX = 16 };

struct collection_reply {
    const struct collection_view *collection;
};
// clang-format off
static const struct json_field collection_reply_fields[] = {
    {"collection", JSON_OBJECT, offsetof(struct collection_reply, collection), 0, 0, &view_collection},
};
// clang-format on
static const struct json_shape collection_reply_shape =
    JSON_SHAPE(struct collection_reply, collection_reply_fields);

static enum err reply_collection(struct req *r, int status, const struct collection *k)
{
    const struct collection_view view = collection_view(k);

    return reply_json(r, status, &collection_reply_shape, &(struct collection_reply){&view});
}

// clang-format off
static const struct json_field edit_fields[] = {
    {"name",        JSON_STR,  offsetof(struct collection_edit, name),        0, COLLECTION_NAME_MAX, NULL},
    {"description", JSON_STR,  offsetof(struct collection_edit, description), 0, DESCRIPTION_MAX,     NULL},
    {"private",     JSON_BOOL, offsetof(struct collection_edit, is_private),  0, 0,                   NULL},
};
// clang-format on
static const struct json_shape edit_shape = JSON_SHAPE(struct collection_edit, edit_fields);

/* Read over both defaults, "private" was sent if it comes out the same. */
static enum err read_edit(struct req *r, struct collection_edit *out)
{
    struct collection_edit over_public = {.is_private = false}, over_private = {.is_private = true};

    TRY(req_json(r, &edit_shape, &over_public));
    TRY(req_json(r, &edit_shape, &over_private));
    *out = over_public;
    out->has_private = over_public.is_private == over_private.is_private;
    return ERR_OK;
}

/* POST /api/portal/collections */
enum err handle_collection_create(struct req *r)
{
    struct collection_edit edit;
    struct collection made;

    TRY(read_edit(r, &edit));
    TRY(collection_create(r->ctx, app_viewer(r), &edit, &made));
    return reply_collection(r, 201, &made);
}

/* PATCH /api/portal/collections/{id} */
enum err handle_collection_edit(struct req *r)
{
    struct collection_edit edit;
    struct collection k;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(read_edit(r, &edit));
    TRY(collection_edit(r->ctx, app_viewer(r), id, &edit, &k));
    return reply_collection(r, 200, &k);
}

/* DELETE /api/portal/collections/{id}?name= */
enum err handle_collection_delete(struct req *r)
{
    struct str name;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(req_query(r, "name", COLLECTION_NAME_MAX, &name));
    TRY(collection_delete(r->ctx, app_viewer(r), id, name));
    return reply_empty(r, 204);
}

struct member_input {
    struct str role;
};
static const struct json_field member_fields[] = {
    {"role", JSON_STR, offsetof(struct member_input, role), JSON_REQUIRED, ROLE_WORD_MAX, NULL},
};
static const struct json_shape member_shape = JSON_SHAPE(struct member_input, member_fields);

/* PUT /api/portal/collections/{id}/members/{user} */
enum err handle_member_set(struct req *r)
{
    struct member_input input = {0};
    struct collection k;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(req_json(r, &member_shape, &input));
    TRY(collection_set_member(r->ctx, app_viewer(r), id, req_path(r, "user"), input.role, &k));
    return reply_collection(r, 200, &k);
}

/* DELETE /api/portal/collections/{id}/members/{user} */
enum err handle_member_remove(struct req *r)
{
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(collection_remove_member(r->ctx, app_viewer(r), id, req_path(r, "user")));
    return reply_empty(r, 204);
}
