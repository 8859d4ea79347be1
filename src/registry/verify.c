#include "registry/verify.h"

#include "disk.h"
#include "reading.h"

#include "base/log.h"
#include "db/db.h"
#include "registry/store.h"

/* An image whose turn it is, as it was read from its row. */
struct due {
    int64_t id, collection_id, size_bytes, checked_us, offset;
    struct str sha256, state;
    bool was_damaged;
};

static enum err find_due(struct ctx *c, int64_t cutoff_us, bool *found, struct due *out)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_VERIFY_NEXT, DB_ARGS(db_int(c, cutoff_us)), &rows));
    *found = rows.count == 1;
    if (*found)
        *out = (struct due){
            .id = db_get_int(&rows, 0, "id"),
            .collection_id = db_get_int(&rows, 0, "collection_id"),
            .size_bytes = db_get_int(&rows, 0, "size_bytes"),
            .checked_us = db_get_int(&rows, 0, "checked_us"),
            .offset = db_get_int(&rows, 0, "check_offset"),
            .sha256 = db_get_text(&rows, 0, "sha256"),
            .state = db_get_bytes(c, &rows, 0, "check_state"),
            .was_damaged = db_get_bool(&rows, 0, "is_damaged"),
        };
    return ERR_OK;
}

/* ---- results --------------------------------------------------------------------------------- */

static void tell_damage(struct str path, struct str problem, struct str uris)
{
    log_to(LOG_ERROR, "image_damaged", {"path", path}, {"problem", problem}, {"images", uris},
           {"remedy", STR("restore the file from a backup and run transload images verify --all, "
                          "or push the image again; until then it is refused")});
}

static void tell_operator(struct ctx *c, const struct due *d, struct str problem, struct str uris)
{
    struct str path = store_path(c->arena, d->collection_id, d->sha256);

    if (problem.len)
        tell_damage(path, problem, uris);
    else if (d->was_damaged)
        log_to(LOG_NOTICE, "image_sound_again", {"path", path}, {"images", uris});
}

/* No row comes back when the image went or was healed meanwhile: then what was read says nothing.
 */
static enum err settle(struct ctx *c, const struct due *d, struct str problem,
                       struct verify_report *did)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_VERIFY_SETTLE,
                 DB_ARGS(db_int(c, d->id), db_int(c, d->checked_us), db_int(c, d->offset),
                         db_bool(problem.len > 0)),
                 &rows));
    if (rows.count == 0)
        return ERR_OK;
    did->images++;
    did->damaged += problem.len > 0;
    did->healed += problem.len == 0 && d->was_damaged;
    tell_operator(c, d, problem, db_get_text(&rows, 0, "uris"));
    return ERR_OK;
}

static enum err note_progress(struct ctx *c, const struct due *d, const struct reading *r)
{
    return db_exec(c, SQL_VERIFY_PROGRESS,
                   DB_ARGS(db_int(c, d->id), db_int(c, d->checked_us), db_int(c, d->offset),
                           db_int(c, r->offset), db_bytes(r->state)),
                   NULL);
}

/* ---- one image, a part of it at a time ------------------------------------------------------- */

/* What a turn has left. */
struct allowance {
    int64_t cutoff_us, bytes, until_ms;
};

static enum err compare(struct ctx *c, const struct due *d, struct allowance *left,
                        struct verify_report *did)
{
    struct reading r = {.path = store_path(c->arena, d->collection_id, d->sha256),
                        .size_bytes = d->size_bytes,
                        .offset = d->offset,
                        .state = d->state};

    TRY(reading_continue(c, &r, left->bytes, left->until_ms));
    did->bytes += r.bytes_read;
    left->bytes -= r.bytes_read > VERIFY_LEAST_COST ? r.bytes_read : VERIFY_LEAST_COST;
    if (r.problem.len)
        return settle(c, d, r.problem, did);
    if (!r.is_at_end)
        return note_progress(c, d, &r);
    return settle(c, d, str_eq(r.sha256, d->sha256) ? STR_NONE : STR("its bytes have changed"),
                  did);
}

static enum err compare_next(struct ctx *c, struct allowance *left, struct verify_report *did)
{
    struct due d = {0};
    bool found;

    TRY(find_due(c, left->cutoff_us, &found, &d));
    did->is_done = !found;
    return found ? compare(c, &d, left, did) : ERR_OK;
}

/* In an arena of its own, so that memory does not grow with the number of images. */
static enum err compare_apart(struct ctx *c, struct allowance *left, struct verify_report *did)
{
    struct ctx own = *c;
    enum err e;

    own.arena = arena_create();
    e = compare_next(&own, left, did);
    if (e != ERR_OK) {
        ctx_note(c, e, STR_FMT, STR_ARG(own.failure.detail));
        ctx_note_cause(c, own.failure.cause);
    }
    arena_destroy(own.arena);
    return e;
}

enum err verify_some(struct ctx *c, const struct verify_turn *turn, struct verify_report *did)
{
    struct allowance left = {turn->cutoff_us, turn->max_bytes,
                             clock_mono_ms(c->clock) + turn->max_ms};

    did->is_done = false;
    while (!did->is_done && left.bytes > 0 && clock_mono_ms(c->clock) < left.until_ms)
        TRY(compare_apart(c, &left, did));
    return ERR_OK;
}

enum err verify_cutoff(struct ctx *c, int64_t max_age_s, int64_t *cutoff_us)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_VERIFY_CUTOFF, DB_ARGS(db_int(c, max_age_s)), "verify_cutoff", &rows));
    *cutoff_us = db_get_int(&rows, 0, "cutoff_us");
    return ERR_OK;
}

/* ---- what is damaged ------------------------------------------------------------------------- */

enum err damaged_images(struct ctx *c, int64_t limit, struct damaged_list *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_IMAGE_DAMAGED, DB_ARGS(db_int(c, limit)), &rows));
    *out = (struct damaged_list){arena_alloc_array(c->arena, rows.count, sizeof *out->list),
                                 rows.count};
    for (size_t i = 0; i < rows.count; i++)
        out->list[i] = (struct damaged_image){
            .path = store_path(c->arena, db_get_int(&rows, i, "collection_id"),
                               db_get_text(&rows, i, "sha256")),
            .uris = db_get_text(&rows, i, "uris"),
            .size_bytes = db_get_int(&rows, i, "size_bytes"),
            .damaged_at = db_get_int(&rows, i, "damaged_at"),
        };
    return ERR_OK;
}

enum err container_check_sound(struct ctx *c, const struct container *k)
{
    if (!k->is_damaged)
        return ERR_OK;
    return FAIL(c, ERR_DAMAGED,
                "The stored bytes of " STR_FMT " are damaged, so they are not handed out. Push the "
                "same image again, or ask the operator to restore it.",
                STR_ARG(image_name_uri(c->arena, &k->name)));
}

enum err container_check_file(struct ctx *c, const struct container *k)
{
    struct reading r = {.path = store_path(c->arena, k->collection_id, k->sha256),
                        .size_bytes = k->size_bytes};
    struct container damaged = *k;
    struct db_rows rows;

    TRY(container_check_sound(c, k));
    TRY(reading_continue(c, &r, 0, 0));
    if (r.problem.len == 0)
        return ERR_OK;
    TRY(db_maybe(c, SQL_IMAGE_CONDEMN, DB_ARGS(db_int(c, k->image_id)), &rows));
    if (rows.count == 0) /* deleted and swept since it was found */
        return FAIL(c, ERR_NOT_FOUND, "There is no such image.");
    tell_damage(r.path, r.problem, db_get_text(&rows, 0, "uris"));
    damaged.is_damaged = true;
    return container_check_sound(c, &damaged);
}
