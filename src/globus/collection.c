#include "globus/collection.h"

#include "call.h"

#include "base/settings.h"

static enum err post(struct ctx *c, struct globus_session *s, struct str path,
                     const struct json_shape *shape, const void *document, struct call *call)
{
    struct buf body = {.arena = c->arena};

    json_write(&body, shape, document);
    *call = call_transfer(c, s, "POST", path);
    call->request.content_type = "application/json";
    call->request.body = buf_str(&body);
    call->request.once = true;
    return call_send(c, call, 1);
}

struct guest_document {
    struct str data_type, host_endpoint, host_path, display_name;
};
// clang-format off
static const struct json_field guest_fields[] = {
    {"DATA_TYPE",     JSON_STR, offsetof(struct guest_document, data_type),     0, 0, NULL},
    {"host_endpoint", JSON_STR, offsetof(struct guest_document, host_endpoint), 0, 0, NULL},
    {"host_path",     JSON_STR, offsetof(struct guest_document, host_path),     0, 0, NULL},
    {"display_name",  JSON_STR, offsetof(struct guest_document, display_name),  0, 0, NULL},
};
// clang-format on
static const struct json_shape guest_shape = JSON_SHAPE(struct guest_document, guest_fields);

struct created_text {
    struct str id;
};
static const struct json_field created_fields[] = {
    {"id", JSON_STR, offsetof(struct created_text, id), JSON_REQUIRED, 0, NULL},
};
static const struct json_shape created_shape = JSON_SHAPE(struct created_text, created_fields);

enum err globus_guest_create(struct ctx *c, struct globus_session *s, struct str host,
                             struct str path, struct str display_name, struct str *id)
{
    const struct guest_document d = {STR("shared_endpoint"), host, path, display_name};
    struct created_text t = {0};
    struct call call;

    TRY(post(c, s, STR("/shared_endpoint"), &guest_shape, &d, &call));
    TRY(call_read(c, &call, &created_shape, &t));
    if (!str_is_uuid(t.id))
        return FAIL(c, ERR_GLOBUS_UNAVAILABLE, "Globus did not name the collection it made");
    *id = t.id;
    return ERR_OK;
}

struct role_document {
    struct str data_type, principal_type, principal, role;
};
// clang-format off
static const struct json_field role_fields[] = {
    {"DATA_TYPE",      JSON_STR, offsetof(struct role_document, data_type),      0, 0, NULL},
    {"principal_type", JSON_STR, offsetof(struct role_document, principal_type), 0, 0, NULL},
    {"principal",      JSON_STR, offsetof(struct role_document, principal),      0, 0, NULL},
    {"role",           JSON_STR, offsetof(struct role_document, role),           0, 0, NULL},
};
// clang-format on
static const struct json_shape role_shape = JSON_SHAPE(struct role_document, role_fields);

enum err globus_role_create(struct ctx *c, struct globus_session *s, struct str collection,
                            struct str identity, const char *role)
{
    const struct role_document d = {STR("role"), STR("identity"), identity, str_of(role)};
    struct created_text t = {0};
    struct call call;

    if (!str_is_uuid(collection))
        return FAIL(c, ERR_NOT_FOUND, "there is no such collection");
    TRY(post(c, s, str_printf(c->arena, "/endpoint/" STR_FMT "/role", STR_ARG(collection)),
             &role_shape, &d, &call));
    return call_read(c, &call, &created_shape, &t);
}
