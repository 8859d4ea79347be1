#include "account/admin.h"

#include "account/audit.h"
#include "base/settings.h"
#include "db/db.h"

/* ---- users ----------------------------------------------------------------------------------- */

static struct admin_user user_of_row(const struct db_rows *rows, size_t row)
{
    return (struct admin_user){
        .username = db_get_text(rows, row, "username"),
        .is_admin = db_get_bool(rows, row, "is_admin"),
        .is_active = db_get_bool(rows, row, "is_active"),
        .is_connected = db_get_bool(rows, row, "is_connected"),
        .created_at = db_get_int(rows, row, "created_at"),
        .last_seen_at = db_get_int(rows, row, "last_seen_at"),
        .stored_bytes = db_get_int(rows, row, "stored_bytes"),
        .quota_bytes = db_get_int(rows, row, "quota_bytes"),
        .collections = db_get_int(rows, row, "collections"),
    };
}

/* One row more is asked for than is shown: it tells whether there is another page. */
static size_t shown(const struct db_rows *rows, int64_t limit)
{
    return rows->count > (size_t)limit ? (size_t)limit : rows->count;
}

enum err admin_list_users(struct ctx *c, struct str part, struct str cursor, int64_t limit,
                          struct admin_users *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_ADMIN_USERS,
                DB_ARGS(db_text(c, part), db_text(c, cursor), db_int(c, c->settings->user_quota),
                        db_int(c, limit + 1)),
                &rows));
    *out = (struct admin_users){.count = shown(&rows, limit)};
    out->list = arena_alloc_array(c->arena, out->count, sizeof *out->list);
    for (size_t i = 0; i < out->count; i++)
        out->list[i] = user_of_row(&rows, i);
    if (rows.count > out->count)
        out->next = out->list[out->count - 1].username;
    return ERR_OK;
}

static bool is_among(const struct db_rows *rows, int64_t id)
{
    for (size_t i = 0; i < rows->count; i++)
        if (db_get_int(rows, i, "id") == id)
            return true;
    return false;
}

/* The lock makes two administrators who switch each other off at once come one after the other. */
static enum err set_active(struct ctx *c, const struct user *actor, struct str username,
                           bool active)
{
    struct db_rows admins;
    struct user u;

    TRY(db_begin(c));
    TRY(db_many(c, SQL_ADMIN_LOCK, DB_NO_ARGS, &admins));
    if (!is_among(&admins, actor->id))
        return FAIL(c, ERR_FORBIDDEN, "Only administrators of the registry may do this.");
    TRY(user_get(c, username, &u));
    if (u.id == actor->id)
        return FAIL(c, ERR_CONFLICT,
                    "Nobody can switch himself on or off; ask another administrator.");
    TRY(user_set_active(c, u.id, active));
    TRY(audit_note(c, actor->id, active ? "user.enable" : "user.disable", u.username));
    return db_commit(c);
}

enum err admin_set_active(struct ctx *c, const struct user *actor, struct str username, bool active)
{
    enum err e = set_active(c, actor, username, active);

    if (e != ERR_OK)
        db_rollback(c);
    return e;
}

/* ---- overview -------------------------------------------------------------------------------- */

static enum err find_counts(struct ctx *c, struct admin_counts *out)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_ADMIN_COUNTS, DB_NO_ARGS, "admin_counts", &rows));
    *out = (struct admin_counts){
        .users = db_get_int(&rows, 0, "users"),
        .active_users = db_get_int(&rows, 0, "active_users"),
        .collections = db_get_int(&rows, 0, "collections"),
        .containers = db_get_int(&rows, 0, "containers"),
        .images = db_get_int(&rows, 0, "images"),
        .stored_bytes = db_get_int(&rows, 0, "stored_bytes"),
        .damaged = db_get_int(&rows, 0, "damaged"),
        .late_revocations = db_get_int(&rows, 0, "late_revocations"),
    };
    return ERR_OK;
}

static enum err find_open(struct ctx *c, struct admin_overview *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_ADMIN_OPEN, DB_NO_ARGS, &rows));
    out->open_count = rows.count;
    out->open = arena_alloc_array(c->arena, rows.count, sizeof *out->open);
    for (size_t i = 0; i < rows.count; i++)
        out->open[i] = (struct admin_open){
            .state = db_get_text(&rows, i, "state"),
            .count = db_get_int(&rows, i, "count"),
            .bytes = db_get_int(&rows, i, "bytes"),
            .oldest_at = db_get_int(&rows, i, "oldest_at"),
        };
    return ERR_OK;
}

static enum err find_storage(struct ctx *c, struct admin_overview *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_ADMIN_STORAGE, DB_ARGS(db_int(c, ADMIN_STORAGE_MAX)), &rows));
    out->storage_count = rows.count;
    out->storage = arena_alloc_array(c->arena, rows.count, sizeof *out->storage);
    for (size_t i = 0; i < rows.count; i++)
        out->storage[i] = (struct admin_storage){
            .id = db_get_int(&rows, i, "id"),
            .used = db_get_int(&rows, i, "used"),
            .name = db_get_text(&rows, i, "name"),
        };
    return ERR_OK;
}

static enum err find_findings(struct ctx *c, struct admin_overview *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_FINDING_LIST, DB_NO_ARGS, &rows));
    out->finding_count = rows.count;
    out->findings = arena_alloc_array(c->arena, rows.count, sizeof *out->findings);
    for (size_t i = 0; i < rows.count; i++)
        out->findings[i] = (struct admin_finding){
            .check = db_get_text(&rows, i, "check_name"),
            .result = db_get_text(&rows, i, "result"),
            .text = db_get_text(&rows, i, "text"),
            .remedy = db_get_text(&rows, i, "remedy"),
            .host = db_get_text(&rows, i, "host"),
            .found_at = db_get_int(&rows, i, "found_at"),
        };
    return ERR_OK;
}

enum err admin_get_overview(struct ctx *c, struct admin_overview *out)
{
    TRY(find_counts(c, &out->counts));
    TRY(find_open(c, out));
    TRY(alive_find(c, &out->processes));
    TRY(find_findings(c, out));
    return find_storage(c, out);
}
