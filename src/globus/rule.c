#include "globus/rule.h"

#include "call.h"
#include "error.h"

enum { ID_MAX = 64 };

/* ---- messages -------------------------------------------------------------------------------- */

struct rule_document {
    struct str data_type, principal_type, principal, path, permissions;
};
static const struct json_field document_fields[] = {
    {"DATA_TYPE",      JSON_STR, offsetof(struct rule_document, data_type),      0, 0, NULL},
    {"principal_type", JSON_STR, offsetof(struct rule_document, principal_type), 0, 0, NULL},
    {"principal",      JSON_STR, offsetof(struct rule_document, principal),      0, 0, NULL},
    {"path",           JSON_STR, offsetof(struct rule_document, path),           0, 0, NULL},
    {"permissions",    JSON_STR, offsetof(struct rule_document, permissions),    0, 0, NULL},
};
static const struct json_shape document_shape = JSON_SHAPE(struct rule_document, document_fields);

struct created_text {
    struct str access_id;
};
static const struct json_field created_fields[] = {
    {"access_id", JSON_STR, offsetof(struct created_text, access_id), JSON_LENIENT, 0, NULL},
};
static const struct json_shape created_shape = JSON_SHAPE(struct created_text, created_fields);

struct deleted_text {
    struct str code;
};
static const struct json_field deleted_fields[] = {
    {"code", JSON_STR, offsetof(struct deleted_text, code), JSON_REQUIRED, 0, NULL},
};
static const struct json_shape deleted_shape = JSON_SHAPE(struct deleted_text, deleted_fields);

#define TEXT(name) \
    { \
#name, JSON_STR, offsetof(struct globus_rule, name), JSON_LENIENT, 0, NULL \
    }
static const struct json_field rule_fields[] = {
    TEXT(id), TEXT(principal_type), TEXT(principal), TEXT(path), TEXT(permissions),
};
static const struct json_shape rule_shape = JSON_SHAPE(struct globus_rule, rule_fields);

struct list_text {
    struct json_list data;
};
// clang-format off
static const struct json_field list_fields[] = {
    {"DATA", JSON_LIST, offsetof(struct list_text, data), JSON_REQUIRED | JSON_LENIENT, 0, &rule_shape},
};
// clang-format on
static const struct json_shape list_shape = JSON_SHAPE(struct list_text, list_fields);

/* Ids become part of an address: UUIDs today, but Globus promises no form. */
static bool is_id(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char byte = (unsigned char)s.ptr[i];
        bool alnum = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= 'a' && byte <= 'z');

        if (!alnum && byte != '-' && byte != '_')
            return false;
    }
    return s.len > 0 && s.len <= ID_MAX;
}

static enum err check_collection(struct ctx *c, struct str id)
{
    return str_is_uuid(id) ? ERR_OK : FAIL(c, ERR_NOT_FOUND, "there is no such collection");
}

/* ---- create ---------------------------------------------------------------------------------- */

static struct str document(struct arena *a, const struct rule_document *d)
{
    struct buf out = {.arena = a};

    json_write(&out, &document_shape, d);
    return buf_str(&out);
}

/* Both are 409 and no failure: the books say what follows. */
static bool is_known_conflict(struct ctx *c, const struct call *call,
                              enum globus_rule_outcome *outcome)
{
    struct str code = answer_code(c, &call->response);

    if (call->response.status != 409)
        return false;
    if (str_has_suffix(code, STR("Exists")))
        *outcome = GLOBUS_RULE_EXISTS;
    else if (str_has_suffix(code, STR("LimitExceeded")))
        *outcome = GLOBUS_RULE_FULL;
    else
        return false;
    return true;
}

/* An id that cannot be used is as good as none: the list tells it. */
static enum err read_created(struct ctx *c, const struct call *call, struct str *id)
{
    struct created_text t = {0};

    TRY(call_read(c, call, &created_shape, &t));
    *id = is_id(t.access_id) ? t.access_id : STR_NONE;
    return ERR_OK;
}

static enum err create(struct ctx *c, struct globus_session *s, struct str collection,
                       const struct rule_document *d, enum globus_rule_outcome *outcome,
                       struct str *id)
{
    struct call call;
    enum err e;

    *id = STR_NONE;
    *outcome = GLOBUS_RULE_CREATED;
    TRY(check_collection(c, collection));
    call = call_transfer(c, s, "POST",
                         str_printf(c->arena, "/endpoint/" STR_FMT "/access", STR_ARG(collection)));
    call.request.content_type = "application/json";
    call.request.body = document(c->arena, d);
    call.request.once = true; /* sent again by libcurl it would find itself there */
    e = call_send(c, &call, 1);
    if (e == ERR_OK)
        return read_created(c, &call, id);
    if (!is_known_conflict(c, &call, outcome))
        return e;
    ctx_forgive(c);
    return ERR_OK;
}

enum err globus_rule_create(struct ctx *c, struct globus_session *s, struct str collection,
                            struct str identity, struct str path, struct str permissions,
                            enum globus_rule_outcome *outcome, struct str *id)
{
    const struct rule_document d = {STR("access"), STR("identity"), identity, path, permissions};

    return create(c, s, collection, &d, outcome, id);
}

enum err globus_rule_create_open(struct ctx *c, struct globus_session *s, struct str collection,
                                 struct str path, enum globus_rule_outcome *outcome)
{
    const struct rule_document d = {STR("access"), STR("all_authenticated_users"), STR(""), path,
                                    STR("r")};
    struct str id;

    return create(c, s, collection, &d, outcome, &id);
}

/* ---- list and delete ------------------------------------------------------------------------- */

enum err globus_rule_list(struct ctx *c, struct globus_session *s, struct str collection,
                          struct globus_rules *out)
{
    struct list_text t = {0};
    const struct globus_rule *rules;

    *out = (struct globus_rules){0};
    TRY(check_collection(c, collection));
    TRY(call_get(c, s,
                 str_printf(c->arena, "/endpoint/" STR_FMT "/access_list", STR_ARG(collection)),
                 &list_shape, &t));
    rules = t.data.items;
    out->list = arena_alloc_array(c->arena, t.data.count, sizeof *out->list);
    for (size_t i = 0; i < t.data.count; i++) {
        out->list[out->count] = rules[i];
        if (!is_id(rules[i].id))
            out->list[out->count].id = STR_NONE;
        out->count++;
    }
    return ERR_OK;
}

/* Said by Globus itself; a collection that we may not see any more keeps its rules. */
static bool is_gone(struct ctx *c, const struct call *call)
{
    struct str code = answer_code(c, &call->response);

    return code.len > 0 && !str_eq(code, STR("EndpointNotFound"));
}

enum err globus_rule_delete(struct ctx *c, struct globus_session *s, struct str collection,
                            struct str id)
{
    struct deleted_text t = {0};
    struct call call;
    enum err e;

    TRY(check_collection(c, collection));
    if (!is_id(id))
        return FAIL(c, ERR_NOT_FOUND, "there is no such read rule");
    call = call_transfer(c, s, "DELETE",
                         str_printf(c->arena, "/endpoint/" STR_FMT "/access/" STR_FMT,
                                    STR_ARG(collection), STR_ARG(id)));
    e = call_send(c, &call, 1);
    if (e == ERR_OK) /* a page of some proxy withdraws nothing */
        return call_read(c, &call, &deleted_shape, &t);
    if (e != ERR_NOT_FOUND || !is_gone(c, &call))
        return e;
    ctx_forgive(c);
    return ERR_OK;
}
