#include "row.h"

#include "cursor.h"
#include "state.h"

#include "base/json.h"
#include "base/settings.h"

enum {
    STORE_TRIES = 3,      /* an equal wish may be finished between insert and look-up */
    LOOK_LONGEST_S = 120, /* between two looks at an old transfer */
    LOOK_AGE_FACTOR = 20, /* a twentieth of its age */
};

struct transfer row_read(const struct db_rows *rows, size_t i)
{
    return (struct transfer){
        .id = db_get_text(rows, i, "id"),
        .user_id = db_get_int(rows, i, "user_id"),
        .container_id = db_get_int(rows, i, "container_id"),
        .uri = db_get_text(rows, i, "uri"),
        .sha256 = db_get_text(rows, i, "sha256"),
        .source_path = db_get_text(rows, i, "source_path"),
        .endpoint_id = db_get_text(rows, i, "endpoint_id"),
        .endpoint_name = db_get_text(rows, i, "endpoint_name"),
        .path = db_get_text(rows, i, "path"),
        .state = state_parse(db_get_text(rows, i, "state")),
        .state_text = db_get_text(rows, i, "state_text"),
        .submission_id = db_get_text(rows, i, "submission_id"),
        .task_id = db_get_text(rows, i, "task_id"),
        .bytes_total = db_get_int(rows, i, "bytes_total"),
        .bytes_transferred = db_get_int(rows, i, "bytes_transferred"),
        .bytes_per_second = db_get_int(rows, i, "bytes_per_second"),
        .faults = db_get_int(rows, i, "faults"),
        .attempts = db_get_int(rows, i, "attempts"),
        .age_s = db_get_int(rows, i, "age_s"),
        .created_at = db_get_int(rows, i, "created_at"),
        .finished_at = db_get_int(rows, i, "finished_at"),
        .is_news = db_get_bool(rows, i, "is_news"),
        .ahead = db_get_int(rows, i, "ahead"),
        .is_compared = db_get_bool(rows, i, "is_compared"),
        .files = db_get_int(rows, i, "files"),
        .is_mailed = db_get_bool(rows, i, "globus_mail"),
    };
}

int64_t row_longest_look_s(const struct ctx *c)
{
    int64_t shortest = c->settings->agent_interval_s;

    return shortest > LOOK_LONGEST_S ? shortest : LOOK_LONGEST_S;
}

int64_t row_next_look_s(const struct ctx *c, int64_t age_s)
{
    int64_t shortest = c->settings->agent_interval_s;
    int64_t pause = age_s / LOOK_AGE_FACTOR;

    if (pause > LOOK_LONGEST_S)
        pause = LOOK_LONGEST_S;
    return pause > shortest ? pause : shortest;
}

static struct transfer_file file_of(struct ctx *c, const struct transfer *t,
                                    const struct db_rows *rows, size_t i)
{
    struct str sha256 = db_get_text(rows, i, "sha256");

    return (struct transfer_file){
        .uri = db_get_text(rows, i, "uri"),
        .sha256 = sha256,
        .size_bytes = db_get_int(rows, i, "size_bytes"),
        .source_path = str_printf(c->arena, STR_FMT "sha256." STR_FMT ".sif",
                                  STR_ARG(t->source_path), STR_ARG(sha256)),
        .path = str_printf(c->arena, STR_FMT STR_FMT, STR_ARG(t->path),
                           STR_ARG(db_get_text(rows, i, "name"))),
    };
}

enum err transfer_files(struct ctx *c, const struct transfer *t, struct transfer_file **list,
                        size_t *count)
{
    struct db_rows rows;

    *count = t->files ? (size_t)t->files : 1;
    *list = arena_alloc_array(c->arena, *count, sizeof **list);
    if (t->files == 0) {
        **list = (struct transfer_file){t->uri, t->sha256, t->bytes_total, t->source_path, t->path};
        return ERR_OK;
    }
    TRY(db_many(c, SQL_TRANSFER_FILES, DB_ARGS(db_text(c, t->id)), &rows));
    if (rows.count != *count)
        return FAIL(c, ERR_INTERNAL, "The images of this transfer are not all there.");
    for (size_t i = 0; i < *count; i++)
        (*list)[i] = file_of(c, t, &rows, i);
    return ERR_OK;
}

enum err transfer_get(struct ctx *c, int64_t user_id, struct str id, struct transfer *out)
{
    static const char missing[] = "You have no transfer with this id.";
    struct db_rows rows;

    if (!str_is_uuid(id))
        return FAIL(c, ERR_NOT_FOUND, "%s", missing);
    TRY(db_one(c, SQL_TRANSFER_GET, DB_ARGS(db_text(c, id), db_int(c, user_id)), missing, &rows));
    *out = row_read(&rows, 0);
    return ERR_OK;
}

enum err transfer_by_day(struct ctx *c, int64_t user_id, int64_t days, struct transfer_days *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_TRANSFER_DAYS, DB_ARGS(db_int(c, user_id), db_int(c, days)), &rows));
    out->count = rows.count;
    out->list = arena_alloc_array(c->arena, rows.count, sizeof *out->list);
    for (size_t i = 0; i < rows.count; i++)
        out->list[i] = (struct transfer_day){
            .day = db_get_text(&rows, i, "day"),
            .done = db_get_int(&rows, i, "done"),
            .failed = db_get_int(&rows, i, "failed"),
            .bytes = db_get_int(&rows, i, "bytes"),
        };
    return ERR_OK;
}

static enum err check_state(struct ctx *c, struct str state)
{
    static const char *const states[] = {"", "open", "done", "failed", "cancelled"};

    for (size_t i = 0; i < COUNT_OF(states); i++) {
        if (str_eq(state, str_of(states[i])))
            return ERR_OK;
    }
    return FAIL_FIELD(c, "state", "state: must be open, done, failed or cancelled");
}

enum err transfer_list(struct ctx *c, const struct transfer_query *q, struct transfer_page *out)
{
    struct cursor after = {0};
    struct db_rows rows;

    TRY(check_state(c, q->state));
    if (q->cursor.len)
        TRY(cursor_parse(c, q->cursor, &after));
    TRY(db_many(c, SQL_TRANSFER_LIST,
                DB_ARGS(db_int(c, q->user_id),
                        q->cursor.len ? db_int(c, after.created_us) : db_null(),
                        db_text_or_null(c, after.id), db_int(c, q->limit + 1),
                        q->container_id ? db_int(c, q->container_id) : db_null(),
                        db_text_or_null(c, q->state)),
                &rows));
    *out = (struct transfer_page){.count = rows.count};
    if (rows.count > (size_t)q->limit) {
        out->count = (size_t)q->limit;
        after.created_us = db_get_int(&rows, out->count - 1, "created_us");
        after.id = db_get_text(&rows, out->count - 1, "id");
        out->next = cursor_format(c->arena, &after);
    }
    out->list = arena_alloc_array(c->arena, out->count, sizeof *out->list);
    for (size_t i = 0; i < out->count; i++)
        out->list[i] = row_read(&rows, i);
    return ERR_OK;
}

enum err row_store(struct ctx *c, const struct row_wish *w, struct transfer *out, bool *is_new)
{
    struct db_rows rows = {.count = 0};

    for (int i = 0; i < STORE_TRIES && rows.count == 0; i++)
        TRY(db_maybe(c, SQL_TRANSFER_STORE,
                     DB_ARGS(db_int(c, w->user_id), db_int(c, w->container_id),
                             db_int(c, w->image_id), db_text(c, w->uri), db_text(c, w->sha256),
                             db_text(c, w->source_path), db_text(c, w->endpoint_id),
                             db_text(c, w->endpoint_name), db_text(c, w->path),
                             db_text(c, STR("Being handed to Globus.")), db_int(c, w->size_bytes),
                             db_int(c, c->settings->agent_interval_s)),
                     &rows));
    if (rows.count == 0)
        return FAIL(c, ERR_UNAVAILABLE,
                    "The same wish is being changed at this moment; try again.");
    *is_new = db_get_bool(&rows, 0, "is_new");
    return transfer_get(c, w->user_id, db_get_text(&rows, 0, "id"), out);
}

enum err transfer_left_out(struct ctx *c, const struct transfer *t, struct left_out **list,
                           size_t *count)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_TRANSFER_LEFT_OUT, DB_ARGS(db_text(c, t->id)), &rows));
    *count = rows.count;
    *list = arena_alloc_array(c->arena, rows.count, sizeof **list);
    for (size_t i = 0; i < rows.count; i++)
        (*list)[i] =
            (struct left_out){db_get_text(&rows, i, "image"), db_get_text(&rows, i, "reason")};
    return ERR_OK;
}

// clang-format off
static const struct json_field stored_fields[] = {
    {"ordinal",    JSON_INT, offsetof(struct row_file, ordinal),    0, 0, NULL},
    {"image_id",   JSON_INT, offsetof(struct row_file, image_id),   0, 0, NULL},
    {"uri",        JSON_STR, offsetof(struct row_file, uri),        0, 0, NULL},
    {"sha256",     JSON_STR, offsetof(struct row_file, sha256),     0, 0, NULL},
    {"size_bytes", JSON_INT, offsetof(struct row_file, size_bytes), 0, 0, NULL},
    {"name",       JSON_STR, offsetof(struct row_file, name),       0, 0, NULL},
};
// clang-format on
static const struct json_shape stored_shape = JSON_SHAPE(struct row_file, stored_fields);

static const struct json_field left_out_fields[] = {
    {"image",  JSON_STR, offsetof(struct left_out, image),  0, 0, NULL},
    {"reason", JSON_STR, offsetof(struct left_out, reason), 0, 0, NULL},
};
static const struct json_shape left_out_shape = JSON_SHAPE(struct left_out, left_out_fields);

static struct str list_document(struct arena *a, const struct json_shape *shape, const void *list,
                                size_t count)
{
    struct buf out = {.arena = a};

    buf_add_byte(&out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_add_byte(&out, ',');
        json_write(&out, shape, (const char *)list + i * shape->size);
    }
    buf_add_byte(&out, ']');
    return buf_str(&out);
}

enum err row_store_several(struct ctx *c, const struct row_wish *w, const struct row_file *files,
                           size_t count, struct transfer *out, bool *is_new)
{
    struct str document = list_document(c->arena, &stored_shape, files, count);
    struct db_rows rows = {.count = 0};

    for (int i = 0; i < STORE_TRIES && rows.count == 0; i++)
        TRY(db_maybe(c, SQL_TRANSFER_STORE_SEVERAL,
                     DB_ARGS(db_int(c, w->user_id), db_text(c, w->uri), db_text(c, w->sha256),
                             db_text(c, w->source_path), db_text(c, w->endpoint_id),
                             db_text(c, w->endpoint_name), db_text(c, w->path),
                             db_text(c, STR("Being handed to Globus.")), db_int(c, w->size_bytes),
                             db_int(c, c->settings->agent_interval_s), db_text(c, document)),
                     &rows));
    if (rows.count == 0)
        return FAIL(c, ERR_UNAVAILABLE,
                    "The same wish is being changed at this moment; try again.");
    *is_new = db_get_bool(&rows, 0, "is_new");
    return transfer_get(c, w->user_id, db_get_text(&rows, 0, "id"), out);
}

enum err row_leave_out(struct ctx *c, const struct transfer *t, const struct left_out *list,
                       size_t count)
{
    return db_exec(c, SQL_TRANSFER_LEAVE_OUT,
                   DB_ARGS(db_text(c, t->id),
                           db_text(c, list_document(c->arena, &left_out_shape, list, count))),
                   NULL);
}

enum err row_settle(struct ctx *c, const struct transfer *t, const struct row_change *change)
{
    return db_exec(c, SQL_TRANSFER_SETTLE,
                   DB_ARGS(db_text(c, t->id), db_text(c, str_of(transfer_state_name(t->state))),
                           db_text(c, str_of(transfer_state_name(change->state))),
                           db_text(c, change->text), db_int(c, change->next_look_s),
                           db_bool(change->is_final)),
                   NULL);
}

enum err row_update(struct ctx *c, const struct transfer *t, const struct row_change *change)
{
    return db_exec(c, SQL_TRANSFER_UPDATE,
                   DB_ARGS(db_text(c, t->id), db_text(c, str_of(transfer_state_name(t->state))),
                           db_text(c, str_of(transfer_state_name(change->state))),
                           db_text(c, change->text), db_int(c, t->bytes_transferred),
                           db_int(c, t->bytes_per_second), db_int(c, t->faults),
                           db_int(c, change->next_look_s), db_bool(change->is_final)),
                   NULL);
}

enum err row_postpone(struct ctx *c, const struct transfer *t, int64_t seconds, bool firm)
{
    return db_exec(c, SQL_TRANSFER_POSTPONE,
                   DB_ARGS(db_text(c, t->id), db_int(c, seconds), db_bool(firm)), NULL);
}

enum err row_locate(struct ctx *c, struct transfer *t, struct str endpoint_name, struct str path)
{
    TRY(db_exec(c, SQL_TRANSFER_LOCATE,
                DB_ARGS(db_text(c, t->id), db_text(c, endpoint_name), db_text(c, path)), NULL));
    t->endpoint_name = endpoint_name;
    t->path = path;
    return ERR_OK;
}

enum err row_submission(struct ctx *c, struct transfer *t, struct str submission_id)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_TRANSFER_SUBMISSION, DB_ARGS(db_text(c, t->id), db_text(c, submission_id)),
                 &rows));
    if (rows.count == 0)
        return FAIL(c, ERR_CONFLICT, "This transfer is finished.");
    t->submission_id = db_get_text(&rows, 0, "submission_id");
    return ERR_OK;
}

enum err row_accept(struct ctx *c, struct transfer *t, struct str task_id, bool is_compared)
{
    struct str text =
        STR("Accepted by Globus, which starts it by itself. You can close this page.");

    return db_exec(c, SQL_TRANSFER_ACCEPT,
                   DB_ARGS(db_text(c, t->id), db_text(c, task_id), db_text(c, text),
                           db_int(c, row_next_look_s(c, 0)), db_bool(is_compared)),
                   NULL);
}

enum err row_claim(struct ctx *c, const struct row_limits *limits, struct transfer **list,
                   size_t *count)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_TRANSFER_CLAIM,
                DB_ARGS(db_int(c, limits->users), db_int(c, limits->rows),
                        db_int(c, limits->round_ms), db_int(c, limits->lease_s)),
                &rows));
    *list = arena_alloc_array(c->arena, rows.count, sizeof **list);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*list)[i] = row_read(&rows, i);
    return ERR_OK;
}

enum err transfer_wake(struct ctx *c, int64_t user_id)
{
    return db_exec(c, SQL_TRANSFER_WAKE, DB_ARGS(db_int(c, user_id)), NULL);
}
