#include "call.h"

#include "base/codec.h"
#include "base/settings.h"
#include "globus/transfer.h"

#include <cjson/cJSON.h>

enum { SEARCH_LIMIT = 1000 }; /* offset + limit may not pass it */

struct endpoint_text {
    struct globus_endpoint e;
    struct str canonical_name;
    struct json_list roles;
};

#define TEXT(name, place) \
    { \
        name, JSON_STR, offsetof(struct endpoint_text, place), JSON_LENIENT, 0, NULL \
    }
#define FLAG(name, place) \
    { \
        name, JSON_BOOL, offsetof(struct endpoint_text, place), JSON_LENIENT, 0, NULL \
    }

// clang-format off
static const struct json_field endpoint_fields[] = {
    {"id", JSON_STR, offsetof(struct endpoint_text, e.id), JSON_REQUIRED, 0, NULL},
    TEXT("display_name", e.display_name),
    TEXT("canonical_name", canonical_name),
    TEXT("entity_type", e.entity_type),
    TEXT("owner_string", e.owner),
    TEXT("owner_id", e.owner_id),
    TEXT("organization", e.organization),
    TEXT("contact_email", e.contact_email),
    TEXT("description", e.description),
    TEXT("default_directory", e.default_directory),
    TEXT("user_message", e.user_message),
    TEXT("user_message_link", e.user_message_link),
    TEXT("mapped_collection_id", e.mapped_id),
    TEXT("host_path", e.host_path),
    TEXT("restrict_transfers_to_high_assurance", e.high_assurance_only),
    FLAG("public", e.is_public),
    FLAG("high_assurance", e.high_assurance),
    FLAG("non_functional", e.non_functional),
    FLAG("disable_verify", e.disable_verify),
    FLAG("gcp_connected", e.gcp_connected),
    FLAG("gcp_paused", e.gcp_paused),
    {"my_effective_roles", JSON_STRS, offsetof(struct endpoint_text, roles), JSON_LENIENT, 0, NULL},
};
// clang-format on
static const struct json_shape endpoint_shape = JSON_SHAPE(struct endpoint_text, endpoint_fields);

struct page_text {
    bool has_next_page;
};
// clang-format off
static const struct json_field page_fields[] = {
    {"has_next_page", JSON_BOOL, offsetof(struct page_text, has_next_page), JSON_LENIENT, 0, NULL},
};
// clang-format on
static const struct json_shape page_shape = JSON_SHAPE(struct page_text, page_fields);

static bool holds(const struct json_list *list, struct str wanted)
{
    const struct str *items = list->items;

    for (size_t i = 0; i < list->count; i++) {
        if (str_eq(items[i], wanted))
            return true;
    }
    return false;
}

/*
 * An endpoint without a word about its connection is taken for connected: only GCP ones can be off.
 */
static bool read_endpoint(struct ctx *c, const cJSON *object, struct globus_endpoint *out)
{
    struct endpoint_text t = {.e = {.gcp_connected = true}};

    if (json_read_tree(c, object, &endpoint_shape, &t) != ERR_OK || !str_is_uuid(t.e.id)) {
        ctx_forgive(c);
        return false;
    }
    *out = t.e;
    out->i_administer = holds(&t.roles, STR("administrator"));
    if (out->display_name.len == 0) /* null on old records */
        out->display_name = t.canonical_name.len ? t.canonical_name : t.e.id;
    return true;
}

/* ---- search ---------------------------------------------------------------------------------- */

static bool is_by_id(const struct globus_search *s)
{
    return str_is_uuid(str_trim(s->text));
}

static struct call search_call(struct ctx *c, struct globus_session *s,
                               const struct globus_search *search)
{
    int64_t left = SEARCH_LIMIT - search->offset;
    struct buf path = {.arena = c->arena};

    if (is_by_id(search)) {
        buf_printf(&path, "/endpoint/" STR_FMT, STR_ARG(str_trim(search->text)));
        return call_transfer(c, s, "GET", buf_str(&path));
    }
    buf_add(&path, STR("/endpoint_search"));
    url_add_param(&path, '?', "filter_scope", search->scope);
    if (search->text.len)
        url_add_param(&path, '&', "filter_fulltext", search->text);
    buf_printf(&path, "&filter_non_functional=0&limit=%lld&offset=%lld",
               (long long)(left < ENDPOINTS_MAX ? left : ENDPOINTS_MAX), (long long)search->offset);
    return call_transfer(c, s, "GET", buf_str(&path));
}

/* Where the next page begins; items that could not be read were on this one too. */
static int64_t next_offset(bool has_next, int64_t offset, int count)
{
    int64_t next = offset + count;

    return has_next && count > 0 && next < SEARCH_LIMIT ? next : -1;
}

static enum err read_page(struct ctx *c, const struct call *call, int64_t offset,
                          struct globus_endpoints *out)
{
    struct page_text page = {0};
    const cJSON *data, *item;
    cJSON *tree;

    TRY(call_parse(c, call, &tree));
    data = cJSON_GetObjectItemCaseSensitive(tree, "DATA");
    if (!cJSON_IsArray(data) || json_read_tree(c, tree, &page_shape, &page) != ERR_OK)
        return FAIL(c, ERR_GLOBUS_UNAVAILABLE,
                    "Globus gave an answer that is no list of endpoints; try again in a moment");
    out->list = arena_alloc_array(c->arena, (size_t)cJSON_GetArraySize(data), sizeof *out->list);
    out->count = 0;
    cJSON_ArrayForEach (item, data)
        out->count += read_endpoint(c, item, &out->list[out->count]);
    out->next_offset = next_offset(page.has_next_page, offset, cJSON_GetArraySize(data));
    return ERR_OK;
}

/* A search for an id asked for the endpoint itself: found or not, that is a list of one or none. */
static enum err read_found(struct ctx *c, struct call *call, struct globus_endpoints *out)
{
    cJSON *tree;

    *out = (struct globus_endpoints){.list = arena_alloc(c->arena, sizeof *out->list),
                                     .next_offset = -1};
    if (call->err == ERR_NOT_FOUND || call->err == ERR_FORBIDDEN)
        return ERR_OK;
    TRY(call_parse(c, call, &tree));
    out->count = read_endpoint(c, tree, out->list);
    return ERR_OK;
}

static bool is_empty_search(const struct globus_search *s)
{
    return s->offset < 0 || s->offset >= SEARCH_LIMIT ||
           (str_eq(s->scope, STR("all")) && str_trim(s->text).len == 0);
}

/* The outcome of one search among several. */
static enum err search_result(struct ctx *c, const struct globus_search *search, struct call *call,
                              struct globus_endpoints *out)
{
    if (is_by_id(search) &&
        (call->err == ERR_NOT_FOUND || call->err == ERR_FORBIDDEN || call->err == ERR_OK))
        return read_found(c, call, out);
    if (call->err != ERR_OK) {
        c->failure = call->failure;
        return call->err;
    }
    return read_page(c, call, search->offset, out);
}

enum err globus_endpoint_search_all(struct ctx *c, struct globus_session *s,
                                    const struct globus_search *searches,
                                    struct globus_endpoints *out, size_t count)
{
    struct call *calls = arena_alloc_array(c->arena, count, sizeof *calls);

    for (size_t i = 0; i < count; i++) {
        if (is_empty_search(&searches[i]))
            return FAIL_FIELD(c, "q", "q: enter a word to search for");
        calls[i] = search_call(c, s, &searches[i]);
    }
    if (call_send(c, calls, count) != ERR_OK)
        ctx_forgive(c); /* search_result() judges each */
    for (size_t i = 0; i < count; i++)
        TRY(search_result(c, &searches[i], &calls[i], &out[i]));
    return ERR_OK;
}

enum err globus_endpoint_search(struct ctx *c, struct globus_session *s, struct str scope,
                                struct str text, int64_t offset, struct globus_endpoints *out)
{
    const struct globus_search search = {.scope = scope, .text = text, .offset = offset};

    return globus_endpoint_search_all(c, s, &search, out, 1);
}

/* ---- one endpoint ---------------------------------------------------------------------------- */

enum err globus_endpoint_get(struct ctx *c, struct globus_session *s, struct str id,
                             struct globus_endpoint *out)
{
    struct call call;
    cJSON *tree;

    if (!str_is_uuid(id))
        return FAIL(c, ERR_NOT_FOUND, "there is no such endpoint");
    call = call_transfer(c, s, "GET", str_printf(c->arena, "/endpoint/" STR_FMT, STR_ARG(id)));
    TRY(call_send(c, &call, 1));
    TRY(call_parse(c, &call, &tree));
    if (!read_endpoint(c, tree, out))
        return FAIL(c, ERR_GLOBUS_UNAVAILABLE,
                    "Globus gave an answer that is no endpoint; try again in a moment");
    return ERR_OK;
}

struct str globus_endpoint_url(struct ctx *c, struct str endpoint_id)
{
    return str_printf(c->arena, "%s/file-manager/collections/" STR_FMT "/overview",
                      c->settings->globus_app_url,
                      STR_ARG(url_encode(c->arena, endpoint_id, false)));
}
