#include "handlers.h"
#include "viewer.h"

#include "account/audit.h"

struct session_view {
    struct str id, address, agent;
    int64_t created_at, last_seen_at;
    bool is_this;
};
// clang-format off
static const struct json_field session_fields[] = {
    {"id",           JSON_STR,  offsetof(struct session_view, id),           0,                  0, NULL},
    {"address",      JSON_STR,  offsetof(struct session_view, address),      0,                  0, NULL},
    {"agent",        JSON_STR,  offsetof(struct session_view, agent),        JSON_NULL_IF_EMPTY, 0, NULL},
    {"created_at",   JSON_TIME, offsetof(struct session_view, created_at),   0,                  0, NULL},
    {"last_seen_at", JSON_TIME, offsetof(struct session_view, last_seen_at), 0,                  0, NULL},
    {"this",         JSON_BOOL, offsetof(struct session_view, is_this),      0,                  0, NULL},
};
// clang-format on
static const struct json_shape session_shape = JSON_SHAPE(struct session_view, session_fields);

struct sessions_view {
    struct json_list items;
};
static const struct json_field sessions_fields[] = {
    {"items", JSON_LIST, offsetof(struct sessions_view, items), 0, 0, &session_shape},
};
static const struct json_shape sessions_shape = JSON_SHAPE(struct sessions_view, sessions_fields);

/* GET /api/me/sessions */
enum err handle_session_list(struct req *r)
{
    struct sessions_shown shown;
    struct session_view *items;

    TRY(session_list(r->ctx, app_session(r), &shown));
    items = arena_alloc_array(r->ctx->arena, shown.count, sizeof *items);
    for (size_t i = 0; i < shown.count; i++) {
        const struct session_shown *s = &shown.list[i];

        items[i] = (struct session_view){s->id,         s->from.address, s->from.agent,
                                         s->created_at, s->last_seen_at, s->is_this};
    }
    return reply_json(r, 200, &sessions_shape,
                      &(struct sessions_view){
                          {items, shown.count}
    });
}

/* DELETE /api/me/sessions/{id} */
enum err handle_session_end(struct req *r)
{
    int64_t user_id = app_session(r)->user.id;

    TRY(session_end_named(r->ctx, user_id, req_path(r, "id")));
    TRY(audit_note(r->ctx, user_id, "session.end", req_path(r, "id")));
    return reply_empty(r, 204);
}

/* DELETE /api/me/sessions */
enum err handle_session_end_all(struct req *r)
{
    int64_t user_id = app_session(r)->user.id;

    TRY(session_end_all(r->ctx, user_id));
    TRY(audit_note(r->ctx, user_id, "session.end_all", r->remote_address));
    reply_header(r, "Set-Cookie", session_cookie(r->ctx, STR_NONE));
    return reply_empty(r, 204);
}
