/* What administrators see of users and their deeds; the route table lets nobody else in. */
#include "account/admin.h"

#include "handlers.h"
#include "viewer.h"
#include "views.h"

#include "account/audit.h"

/* ---- users ----------------------------------------------------------------------------------- */

struct user_row {
    struct str username;
    bool admin, active, globus;
    int64_t created_at, last_seen_at, stored_bytes, quota_bytes, collections;
};
// clang-format off
static const struct json_field user_fields[] = {
    {"username",     JSON_STR,  offsetof(struct user_row, username),     0, 0, NULL},
    {"admin",        JSON_BOOL, offsetof(struct user_row, admin),        0, 0, NULL},
    {"active",       JSON_BOOL, offsetof(struct user_row, active),       0, 0, NULL},
    {"globus",       JSON_BOOL, offsetof(struct user_row, globus),       0, 0, NULL},
    {"created_at",   JSON_TIME, offsetof(struct user_row, created_at),   0, 0, NULL},
    {"last_seen_at", JSON_TIME, offsetof(struct user_row, last_seen_at), 0, 0, NULL},
    {"stored_bytes", JSON_INT,  offsetof(struct user_row, stored_bytes), 0, 0, NULL},
    {"quota_bytes",  JSON_INT,  offsetof(struct user_row, quota_bytes),  0, 0, NULL},
    {"collections",  JSON_INT,  offsetof(struct user_row, collections),  0, 0, NULL},
};
static const struct json_shape user_shape = JSON_SHAPE(struct user_row, user_fields);

static const struct json_field users_fields[] = {
    {"items", JSON_LIST, offsetof(struct page_view, items), 0,                  0, &user_shape},
    {"next",  JSON_STR,  offsetof(struct page_view, next),  JSON_NULL_IF_EMPTY, 0, NULL       },
};
// clang-format on
static const struct json_shape users_shape = JSON_SHAPE(struct page_view, users_fields);

static struct user_row user_row(const struct admin_user *u)
{
    return (struct user_row){
        .username = u->username,
        .admin = u->is_admin,
        .active = u->is_active,
        .globus = u->is_connected,
        .created_at = u->created_at,
        .last_seen_at = u->last_seen_at,
        .stored_bytes = u->stored_bytes,
        .quota_bytes = u->quota_bytes,
        .collections = u->collections,
    };
}

/* GET /api/admin/users?q=&cursor= */
enum err handle_admin_users(struct req *r)
{
    struct str part = STR_NONE, cursor = STR_NONE;
    struct admin_users page;
    struct user_row *rows;

    TRY(req_query(r, "q", USERNAME_MAX, &part));
    TRY(req_query(r, "cursor", USERNAME_MAX, &cursor));
    TRY(admin_list_users(r->ctx, part, cursor, PAGE_SIZE, &page));
    rows = arena_alloc_array(r->ctx->arena, page.count, sizeof *rows);
    for (size_t i = 0; i < page.count; i++)
        rows[i] = user_row(&page.list[i]);
    return reply_json(r, 200, &users_shape,
                      &(struct page_view){
                          .items = {rows, page.count},
                            .next = page.next
    });
}

struct active_input {
    bool active;
};
static const struct json_field active_fields[] = {
    {"active", JSON_BOOL, offsetof(struct active_input, active), JSON_REQUIRED, 0, NULL},
};
static const struct json_shape active_shape = JSON_SHAPE(struct active_input, active_fields);

/* PATCH /api/admin/users/{user} */
enum err handle_admin_user_edit(struct req *r)
{
    struct active_input input = {0};

    TRY(req_json(r, &active_shape, &input));
    TRY(admin_set_active(r->ctx, &app_session(r)->user, req_path(r, "user"), input.active));
    return reply_json(r, 200, &active_shape, &input);
}

/* ---- deeds ----------------------------------------------------------------------------------- */

// clang-format off
static const struct json_field deed_fields[] = {
    {"id",         JSON_INT,  offsetof(struct audit_row, id),         0,                  0, NULL},
    {"at",         JSON_TIME, offsetof(struct audit_row, at),         0,                  0, NULL},
    {"username",   JSON_STR,  offsetof(struct audit_row, username),   JSON_NULL_IF_EMPTY, 0, NULL},
    {"action",     JSON_STR,  offsetof(struct audit_row, action),     0,                  0, NULL},
    {"subject",    JSON_STR,  offsetof(struct audit_row, subject),    0,                  0, NULL},
    {"request_id", JSON_STR,  offsetof(struct audit_row, request_id), JSON_NULL_IF_EMPTY, 0, NULL},
    {"address",    JSON_STR,  offsetof(struct audit_row, address),    JSON_NULL_IF_EMPTY, 0, NULL},
};
static const struct json_shape deed_shape = JSON_SHAPE(struct audit_row, deed_fields);

static const struct json_field deeds_fields[] = {
    {"items", JSON_LIST, offsetof(struct page_view, items), 0,                  0, &deed_shape},
    {"next",  JSON_STR,  offsetof(struct page_view, next),  JSON_NULL_IF_EMPTY, 0, NULL       },
};
// clang-format on
static const struct json_shape deeds_shape = JSON_SHAPE(struct page_view, deeds_fields);

/* GET /api/admin/audit?cursor=&user=&action= */
enum err handle_admin_audit(struct req *r)
{
    struct str username = STR_NONE, action = STR_NONE, next = STR_NONE;
    struct audit_rows page;
    int64_t before;

    TRY(req_query_id(r, "cursor", &before));
    TRY(req_query(r, "user", USERNAME_MAX, &username));
    TRY(req_query(r, "action", AUDIT_ACTION_MAX, &action));
    TRY(audit_list_back(r->ctx, before, username, action, PAGE_SIZE + 1, &page));
    if (page.count > PAGE_SIZE) { /* one row more tells whether there is another page */
        page.count = PAGE_SIZE;
        next = str_printf(r->ctx->arena, "%lld", (long long)page.list[PAGE_SIZE - 1].id);
    }
    return reply_json(r, 200, &deeds_shape,
                      &(struct page_view){
                          .items = {page.list, page.count},
                            .next = next
    });
}

/* ---- overview -------------------------------------------------------------------------------- */

// clang-format off
static const struct json_field counts_fields[] = {
    {"users",            JSON_INT, offsetof(struct admin_counts, users),            0, 0, NULL},
    {"active_users",     JSON_INT, offsetof(struct admin_counts, active_users),     0, 0, NULL},
    {"collections",      JSON_INT, offsetof(struct admin_counts, collections),      0, 0, NULL},
    {"containers",       JSON_INT, offsetof(struct admin_counts, containers),       0, 0, NULL},
    {"images",           JSON_INT, offsetof(struct admin_counts, images),           0, 0, NULL},
    {"stored_bytes",     JSON_INT, offsetof(struct admin_counts, stored_bytes),     0, 0, NULL},
    {"damaged",          JSON_INT, offsetof(struct admin_counts, damaged),          0, 0, NULL},
    {"late_revocations", JSON_INT, offsetof(struct admin_counts, late_revocations), 0, 0, NULL},
};
static const struct json_shape counts_shape = JSON_SHAPE(struct admin_counts, counts_fields);

static const struct json_field open_fields[] = {
    {"state",     JSON_STR,  offsetof(struct admin_open, state),     0, 0, NULL},
    {"count",     JSON_INT,  offsetof(struct admin_open, count),     0, 0, NULL},
    {"bytes",     JSON_INT,  offsetof(struct admin_open, bytes),     0, 0, NULL},
    {"oldest_at", JSON_TIME, offsetof(struct admin_open, oldest_at), 0, 0, NULL},
};
static const struct json_shape open_shape = JSON_SHAPE(struct admin_open, open_fields);

static const struct json_field fullest_fields[] = {
    {"id",   JSON_INT, offsetof(struct admin_storage, id),   0, 0, NULL},
    {"name", JSON_STR, offsetof(struct admin_storage, name), 0, 0, NULL},
    {"used", JSON_INT, offsetof(struct admin_storage, used), 0, 0, NULL},
};
static const struct json_shape fullest_shape = JSON_SHAPE(struct admin_storage, fullest_fields);

static const struct json_field process_fields[] = {
    {"host",       JSON_STR,  offsetof(struct alive_process, host),       0, 0, NULL},
    {"role",       JSON_STR,  offsetof(struct alive_process, role),       0, 0, NULL},
    {"pid",        JSON_INT,  offsetof(struct alive_process, pid),        0, 0, NULL},
    {"workers",    JSON_INT,  offsetof(struct alive_process, workers),    0, 0, NULL},
    {"version",    JSON_STR,  offsetof(struct alive_process, version),    0, 0, NULL},
    {"started_at", JSON_TIME, offsetof(struct alive_process, started_at), 0, 0, NULL},
    {"seen_at",    JSON_TIME, offsetof(struct alive_process, seen_at),    0, 0, NULL},
    {"alive",      JSON_BOOL, offsetof(struct alive_process, is_alive),   0, 0, NULL},
};
static const struct json_shape process_shape = JSON_SHAPE(struct alive_process, process_fields);

static const struct json_field finding_fields[] = {
    {"check",    JSON_STR,  offsetof(struct admin_finding, check),    0,                  0, NULL},
    {"result",   JSON_STR,  offsetof(struct admin_finding, result),   0,                  0, NULL},
    {"text",     JSON_STR,  offsetof(struct admin_finding, text),     0,                  0, NULL},
    {"remedy",   JSON_STR,  offsetof(struct admin_finding, remedy),   JSON_NULL_IF_EMPTY, 0, NULL},
    {"host",     JSON_STR,  offsetof(struct admin_finding, host),     0,                  0, NULL},
    {"found_at", JSON_TIME, offsetof(struct admin_finding, found_at), 0,                  0, NULL},
};
static const struct json_shape finding_shape = JSON_SHAPE(struct admin_finding, finding_fields);

struct overview_view {
    const struct admin_counts *counts;
    struct json_list open, fullest, processes, findings;
};
static const struct json_field overview_fields[] = {
    {"counts",         JSON_OBJECT, offsetof(struct overview_view, counts),  0, 0, &counts_shape },
    {"open_transfers", JSON_LIST,   offsetof(struct overview_view, open),    0, 0, &open_shape   },
    {"fullest",        JSON_LIST,   offsetof(struct overview_view, fullest), 0, 0, &fullest_shape},
    {"processes",      JSON_LIST,   offsetof(struct overview_view, processes), 0, 0, &process_shape},
    {"findings",       JSON_LIST,   offsetof(struct overview_view, findings),  0, 0, &finding_shape},
};
// clang-format on
static const struct json_shape overview_shape = JSON_SHAPE(struct overview_view, overview_fields);

/* GET /api/admin/overview */
enum err handle_admin_overview(struct req *r)
{
    struct admin_overview all;
    struct overview_view view;

    TRY(admin_get_overview(r->ctx, &all));
    view = (struct overview_view){
        .counts = &all.counts,
        .open = {all.open,           all.open_count     },
        .fullest = {all.storage,        all.storage_count  },
        .processes = {all.processes.list, all.processes.count},
        .findings = {all.findings,       all.finding_count  },
    };
    return reply_json(r, 200, &overview_shape, &view);
}
