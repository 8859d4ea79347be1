#include "transfer/destination.h"

#include "ask.h"
#include "path.h"
#include "wish.h"

#include "base/log.h"
#include "db/db.h"

enum { SENT_KEPT = 20 }; /* more than are shown: some of those may be starred and unstarred again */

static struct destination read_row(const struct db_rows *rows, size_t i)
{
    return (struct destination){
        .id = db_get_int(rows, i, "id"),
        .endpoint_id = db_get_text(rows, i, "endpoint_id"),
        .endpoint_name = db_get_text(rows, i, "endpoint_name"),
        .owner = db_get_text(rows, i, "owner"),
        .organization = db_get_text(rows, i, "organization"),
        .folder = db_get_text(rows, i, "folder"),
        .is_starred = db_get_bool(rows, i, "is_starred"),
        .is_usual = db_get_bool(rows, i, "is_usual"),
        .starred_at = db_get_int(rows, i, "starred_at"),
        .last_sent_at = db_get_int(rows, i, "last_sent_at"),
    };
}

enum err destination_list(struct ctx *c, int64_t user_id, struct destinations *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_DESTINATION_LIST,
                DB_ARGS(db_int(c, user_id), db_int(c, DESTINATIONS_RECENT_MAX)), &rows));
    *out = (struct destinations){arena_alloc_array(c->arena, rows.count, sizeof *out->list),
                                 rows.count};
    for (size_t i = 0; i < rows.count; i++)
        out->list[i] = read_row(&rows, i);
    return ERR_OK;
}

enum err destination_usual(struct ctx *c, int64_t user_id, bool *found, struct destination *out)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_DESTINATION_USUAL, DB_ARGS(db_int(c, user_id)), &rows));
    *found = rows.count == 1;
    if (*found)
        *out = read_row(&rows, 0);
    return ERR_OK;
}

/* ---- stars ----------------------------------------------------------------------------------- */

static enum err get(struct ctx *c, int64_t user_id, int64_t id, struct destination *out)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_DESTINATION_GET, DB_ARGS(db_int(c, user_id), db_int(c, id)),
               "You have starred no such place.", &rows));
    *out = read_row(&rows, 0);
    return ERR_OK;
}

/* Changes of one user's places follow each other: what is counted and marked stays so. */
static enum err begin(struct ctx *c, int64_t user_id)
{
    struct db_rows rows;

    TRY(db_begin(c));
    return db_one(c, SQL_USER_LOCK, DB_ARGS(db_int(c, user_id)), "There is no such user.", &rows);
}

static enum err end(struct ctx *c, enum err e)
{
    if (e == ERR_OK)
        return db_commit(c);
    db_rollback(c);
    return e;
}

static enum err check_room(struct ctx *c, int64_t user_id, struct str endpoint_id,
                           struct str folder)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_DESTINATION_COUNT,
               DB_ARGS(db_int(c, user_id), db_text(c, endpoint_id), db_text(c, folder)), "count",
               &rows));
    if (db_get_int(&rows, 0, "starred") < DESTINATIONS_STARRED_MAX ||
        db_get_bool(&rows, 0, "is_there"))
        return ERR_OK;
    return FAIL(c, ERR_CONFLICT,
                "You have starred %d places, and more are not kept; take a star off first.",
                DESTINATIONS_STARRED_MAX);
}

static enum err star(struct ctx *c, int64_t user_id, const struct globus_endpoint *e,
                     struct str folder, struct destination *out)
{
    struct db_rows rows;

    TRY(begin(c, user_id));
    TRY(check_room(c, user_id, e->id, folder));
    TRY(db_one(c, SQL_DESTINATION_STAR,
               DB_ARGS(db_int(c, user_id), db_text(c, e->id), db_text(c, folder),
                       db_text(c, e->display_name), db_text(c, e->owner),
                       db_text(c, e->organization)),
               "star", &rows));
    return get(c, user_id, db_get_int(&rows, 0, "id"), out);
}

enum err destination_star(struct ctx *c, int64_t user_id, struct str endpoint_id, struct str folder,
                          struct globus_demands *demands, struct destination *out)
{
    struct globus_endpoint endpoint;
    struct str path;

    TRY(wish_check_endpoint_id(c, endpoint_id));
    TRY(path_folder(c, folder, &path));
    TRY(ask_endpoint(c, user_id, endpoint_id, &endpoint, demands));
    TRY(wish_check_destination(c, user_id, &endpoint));
    return end(c, star(c, user_id, &endpoint, path, out));
}

static enum err unstar(struct ctx *c, int64_t user_id, int64_t id)
{
    size_t changed;

    TRY(begin(c, user_id));
    TRY(db_exec(c, SQL_DESTINATION_UNSTAR, DB_ARGS(db_int(c, user_id), db_int(c, id)), &changed));
    if (changed == 0)
        return FAIL(c, ERR_NOT_FOUND, "You have starred no such place.");
    return db_exec(c, SQL_DESTINATION_PRUNE, DB_ARGS(db_int(c, user_id), db_int(c, SENT_KEPT)),
                   NULL);
}

enum err destination_unstar(struct ctx *c, int64_t user_id, int64_t id)
{
    return end(c, unstar(c, user_id, id));
}

static enum err set_usual(struct ctx *c, int64_t user_id, int64_t id, bool is_usual,
                          struct destination *out)
{
    TRY(begin(c, user_id));
    TRY(get(c, user_id, id, out));
    if (is_usual || out->is_usual)
        TRY(db_exec(c, SQL_DESTINATION_NO_USUAL, DB_ARGS(db_int(c, user_id)), NULL));
    if (is_usual)
        TRY(db_exec(c, SQL_DESTINATION_SET_USUAL, DB_ARGS(db_int(c, user_id), db_int(c, id)),
                    NULL));
    out->is_usual = is_usual;
    return ERR_OK;
}

enum err destination_set_usual(struct ctx *c, int64_t user_id, int64_t id, bool is_usual,
                               struct destination *out)
{
    return end(c, set_usual(c, user_id, id, is_usual, out));
}

/* ---- a new folder ---------------------------------------------------------------------------- */

enum err destination_make_folder(struct ctx *c, int64_t user_id, struct str endpoint_id,
                                 struct str folder, struct globus_demands *demands,
                                 struct str *made)
{
    TRY(wish_check_endpoint_id(c, endpoint_id));
    TRY(path_folder(c, folder, made));
    if (made->len == 0 || str_eq(*made, STR("/")) || str_eq(*made, STR("/~/")))
        return FAIL_FIELD(c, "path", "path: name the new folder");
    return ask_mkdir(c, user_id, endpoint_id, *made, demands);
}

/* ---- places sent to -------------------------------------------------------------------------- */

static enum err note(struct ctx *c, int64_t user_id, const struct globus_endpoint *e,
                     struct str folder)
{
    TRY(begin(c, user_id));
    TRY(db_exec(c, SQL_DESTINATION_NOTE,
                DB_ARGS(db_int(c, user_id), db_text(c, e->id), db_text(c, folder),
                        db_text(c, e->display_name), db_text(c, e->owner),
                        db_text(c, e->organization)),
                NULL));
    return db_exec(c, SQL_DESTINATION_PRUNE, DB_ARGS(db_int(c, user_id), db_int(c, SENT_KEPT)),
                   NULL);
}

void destination_note(struct ctx *c, int64_t user_id, const struct globus_endpoint *e,
                      struct str folder)
{
    struct failure before = c->failure;

    if (end(c, note(c, user_id, e, folder)) != ERR_OK)
        log_to(LOG_WARN, "destination_not_noted", {"why", c->failure.detail});
    c->failure = before;
}
