#include "handlers.h"
#include "viewer.h"
#include "way.h"

#include "account/link.h"
#include "transfer/endpoint_status.h"

enum { SCOPE_MAX = 40, TEXT_MAX = 200, CURSOR_MAX = 40, NEXT_MAX = 2000 };

static const int64_t OFFSET_MAX = 1000000;

/* ---- endpoints: JSON ------------------------------------------------------------------------- */

struct endpoint_view {
    struct str id, display_name, entity_type, owner, organization, contact_email, default_directory,
        status, reason, action_url, message, message_url;
    struct json_list badges;
    bool is_sendable;
};
// clang-format off
static const struct json_field endpoint_fields[] = {
    {"id",                JSON_STR,  offsetof(struct endpoint_view, id),                0,                  0, NULL},
    {"display_name",      JSON_STR,  offsetof(struct endpoint_view, display_name),      0,                  0, NULL},
    {"entity_type",       JSON_STR,  offsetof(struct endpoint_view, entity_type),       0,                  0, NULL},
    {"owner",             JSON_STR,  offsetof(struct endpoint_view, owner),             JSON_NULL_IF_EMPTY, 0, NULL},
    {"organization",      JSON_STR,  offsetof(struct endpoint_view, organization),      JSON_NULL_IF_EMPTY, 0, NULL},
    {"contact_email",     JSON_STR,  offsetof(struct endpoint_view, contact_email),     JSON_NULL_IF_EMPTY, 0, NULL},
    {"default_directory", JSON_STR,  offsetof(struct endpoint_view, default_directory), JSON_NULL_IF_EMPTY, 0, NULL},
    {"badges",            JSON_STRS, offsetof(struct endpoint_view, badges),            0,                  0, NULL},
    {"status",            JSON_STR,  offsetof(struct endpoint_view, status),            0,                  0, NULL},
    {"reason",            JSON_STR,  offsetof(struct endpoint_view, reason),            JSON_NULL_IF_EMPTY, 0, NULL},
    {"action_url",        JSON_STR,  offsetof(struct endpoint_view, action_url),        JSON_NULL_IF_EMPTY, 0, NULL},
    {"sendable",          JSON_BOOL, offsetof(struct endpoint_view, is_sendable),       0,                  0, NULL},
    {"message",           JSON_STR,  offsetof(struct endpoint_view, message),           JSON_NULL_IF_EMPTY, 0, NULL},
    {"message_url",       JSON_STR,  offsetof(struct endpoint_view, message_url),       JSON_NULL_IF_EMPTY, 0, NULL},
};
// clang-format on
static const struct json_shape endpoint_shape = JSON_SHAPE(struct endpoint_view, endpoint_fields);

struct endpoints_view {
    struct json_list items;
    struct str next;
};
// clang-format off
static const struct json_field endpoints_fields[] = {
    {"items", JSON_LIST, offsetof(struct endpoints_view, items), 0,                  0, &endpoint_shape},
    {"next",  JSON_STR,  offsetof(struct endpoints_view, next),  JSON_NULL_IF_EMPTY, 0, NULL           },
};
// clang-format on
static const struct json_shape endpoints_shape =
    JSON_SHAPE(struct endpoints_view, endpoints_fields);

/* ---- endpoints: what is asked ---------------------------------------------------------------- */

enum { SEARCHES_MAX = 2 };

/*
 * Searches that Globus answers in parallel, merged into one list; one with offset -1 has nothing
 * more.
 */
struct question {
    struct globus_search searches[SEARCHES_MAX];
    struct globus_endpoints found[SEARCHES_MAX];
    size_t count;
};

static const char *const scopes[] = {"my-endpoints", "shared-with-me", "recently-used"};

static enum err refuse_scope(struct req *r)
{
    return FAIL_FIELD(r->ctx, "scope",
                      "scope: must be my-endpoints, shared-with-me, recently-used or all");
}

/* "100" or "100,-1": where each search goes on. */
static enum err read_offsets(struct req *r, struct question *q)
{
    struct str cursor, one;

    TRY(req_query(r, "cursor", CURSOR_MAX, &cursor));
    for (size_t i = 0; i < q->count && cursor.len; i++) {
        struct str rest;
        bool more = str_cut(cursor, ',', &one, &rest);

        if (more != (i + 1 < q->count) || !str_to_int(one, -1, OFFSET_MAX, &q->searches[i].offset))
            return FAIL_FIELD(r->ctx, "cursor",
                              "cursor: must be the \"next\" of the page before, unchanged");
        cursor = rest;
    }
    return ERR_OK;
}

static enum err read_question(struct req *r, struct question *q)
{
    struct str scope, text;

    TRY(req_query(r, "scope", SCOPE_MAX, &scope));
    TRY(req_query(r, "q", TEXT_MAX, &text));
    text = str_trim(text);
    if (text.len && (scope.len == 0 || str_eq(scope, STR("all")))) {
        q->searches[q->count++] = (struct globus_search){.scope = STR("all"), .text = text};
        return read_offsets(r, q);
    }
    if (text.len)
        return FAIL_FIELD(
            r->ctx, "q",
            "q: a search goes through all endpoints; leave scope out, or set it to all");
    if (str_eq(scope, STR("all")))
        return FAIL_FIELD(r->ctx, "q", "q: say what to search for");
    for (size_t i = 0; i < COUNT_OF(scopes); i++) {
        if (scope.len ? str_eq(scope, str_of(scopes[i]))
                      : i < SEARCHES_MAX) /* without a scope: the first two, merged */
            q->searches[q->count++] = (struct globus_search){.scope = str_of(scopes[i])};
    }
    return q->count ? read_offsets(r, q) : refuse_scope(r);
}

static enum err call_search(struct ctx *c, struct globus_session *s, void *arg)
{
    struct question *q = arg;
    struct globus_search open[SEARCHES_MAX];
    struct globus_endpoints found[SEARCHES_MAX];
    size_t count = 0, taken = 0;

    for (size_t i = 0; i < q->count; i++) {
        if (q->searches[i].offset >= 0)
            open[count++] = q->searches[i];
    }
    TRY(globus_endpoint_search_all(c, s, open, found, count));
    for (size_t i = 0; i < q->count; i++)
        q->found[i] = q->searches[i].offset >= 0 ? found[taken++]
                                                 : (struct globus_endpoints){.next_offset = -1};
    return ERR_OK;
}

/* ---- endpoints: what is answered ------------------------------------------------------------- */

static struct endpoint_view view_of(struct arena *a, const struct globus_endpoint *e,
                                    const struct endpoint_status *s)
{
    struct str *badges = arena_alloc_array(a, s->badge_count, sizeof *badges);

    for (size_t i = 0; i < s->badge_count; i++)
        badges[i] = s->badges[i];
    return (struct endpoint_view){
        .id = e->id,
        .display_name = e->display_name.len ? e->display_name : e->id,
        .entity_type = e->entity_type,
        .owner = e->owner,
        .organization = e->organization,
        .contact_email = e->contact_email,
        .default_directory = e->default_directory,
        .badges = {badges, s->badge_count},
        .status = s->is_ready ? STR("activated") : STR("activate"),
        .reason = s->reason,
        .action_url = s->action_url,
        .is_sendable = s->is_sendable,
        .message = e->user_message,
        .message_url = e->user_message_link
    };
}

static bool is_listed(const struct endpoint_view *views, size_t count, struct str id)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq_nocase(views[i].id, id))
            return true;
    }
    return false;
}

/* Absent when no search has more. */
static struct str next_cursor(struct arena *a, const struct question *q)
{
    struct buf b = {.arena = a};
    bool more = false;

    for (size_t i = 0; i < q->count; i++) {
        buf_printf(&b, i ? ",%lld" : "%lld", (long long)q->found[i].next_offset);
        more = more || q->found[i].next_offset >= 0;
    }
    return more ? buf_str(&b) : STR_NONE;
}

/* Every endpoint once, in the order of the searches, without those that nobody can send to. */
static struct endpoints_view answer(struct ctx *c, const struct question *q,
                                    const struct link *link)
{
    struct endpoint_view *views =
        arena_alloc_array(c->arena, (size_t)SEARCHES_MAX * ENDPOINTS_MAX, sizeof *views);
    size_t count = 0;

    for (size_t i = 0; i < q->count; i++) {
        for (size_t k = 0; k < q->found[i].count && k < ENDPOINTS_MAX; k++) {
            const struct globus_endpoint *e = &q->found[i].list[k];
            struct endpoint_status status = endpoint_status_of(c, e, link);

            if (status.is_offered && !is_listed(views, count, e->id))
                views[count++] = view_of(c->arena, e, &status);
        }
    }
    return (struct endpoints_view){
        {views, count},
        next_cursor(c->arena, q)
    };
}

/*
 * GET /api/globus/endpoints?scope=&q=&cursor=&next=, where next is the page to come back to when
 * Globus wants to be asked.
 */
enum err handle_endpoints(struct req *r)
{
    int64_t user_id = app_session(r)->user.id;
    struct question q = {.count = 0};
    struct globus_demands demands = {0};
    struct endpoints_view view;
    struct link link = {0};
    struct str next;
    bool found;
    enum err e;

    TRY(read_question(r, &q));
    TRY(req_query(r, "next", NEXT_MAX, &next));
    TRY(link_find(r->ctx, user_id, &found, &link));
    e = link_with_token(r->ctx, user_id, call_search, &q, &demands);
    if (e != ERR_OK)
        return way_through_globus(r, e, &demands, next, STR_NONE);
    view = answer(r->ctx, &q, &link);
    return reply_json(r, 200, &endpoints_shape, &view);
}
