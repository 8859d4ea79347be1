#include "batch.h"

#include "base/codec.h"
#include "base/fault.h"
#include "db/db.h"
#include "registry/push.h"

enum {
    GRACE_S = 3600,     /* a stored image is left alone this long */
    IMAGES_MAX = 200,   /* rows of one run */
    TICKETS_MAX = 1000, /* rows of one run; share links the same */
};

/* What is done, and how: a look takes nothing away. */
struct sweep {
    bool is_look;
    struct sweep_report did;
};

/* ---- files ----------------------------------------------------------------------------------- */

static enum err take_file(struct ctx *c, struct sweep *s, int64_t collection_id, struct str sha256)
{
    int64_t freed;

    TRY(store_freed_by(c, collection_id, sha256, &freed));
    if (!s->is_look)
        TRY(store_remove(c, collection_id, sha256));
    s->did.files++;
    s->did.bytes += freed;
    return ERR_OK;
}

/*
 * The lock is held and the row looked for anew, so that a push that is just naming this very file
 * is either seen or waits.
 */
static enum err take_unless_needed(struct ctx *c, struct sweep *s, int64_t collection_id,
                                   struct str sha256)
{
    struct str digest;
    struct db_rows rows;

    if (!hex_decode(c->arena, sha256, &digest))
        return FAIL(c, ERR_INTERNAL, "The digest is not hex.");
    TRY(db_one(c, SQL_SWEEP_TRY_LOCK, DB_ARGS(db_int(c, collection_id), db_text(c, sha256)),
               "sweep_try_lock", &rows));
    if (!db_get_bool(&rows, 0, "locked"))
        return ERR_OK;
    TRY(db_one(c, SQL_IMAGE_EXISTS, DB_ARGS(db_int(c, collection_id), db_bytes(digest)),
               "image_exists", &rows));
    if (db_get_bool(&rows, 0, "found"))
        return ERR_OK;
    fault_point("sweep:before_remove");
    return take_file(c, s, collection_id, sha256);
}

static enum err sweep_locked(struct ctx *c, struct sweep *s, int64_t collection_id,
                             struct str sha256)
{
    enum err e;

    TRY(db_begin(c));
    e = take_unless_needed(c, s, collection_id, sha256);
    db_rollback(c); /* nothing was written; this lets the lock go */
    return e;
}

/*
 * The database's lock is gone when the database restarts, and a push could come between the last
 * look and the removal. So pushes are kept out of the directory too, by a lock of its host's.
 */
static enum err sweep_orphan(struct ctx *c, struct sweep *s, int64_t collection_id,
                             struct str sha256)
{
    bool is_busy;
    int lock;
    enum err e;

    TRY(store_lock(c, collection_id, &lock, &is_busy));
    if (is_busy)
        return ERR_OK;
    e = sweep_locked(c, s, collection_id, sha256);
    store_unlock(lock);
    return e;
}

/* Files met on the walk, and what is done about them. */
struct pass {
    struct sweep *sweep;
    struct batch batch;
};

static enum err sweep_batch(struct ctx *c, const struct pass *p)
{
    struct buf ids = {.arena = c->arena}, digests = {.arena = c->arena};
    struct db_rows rows;

    batch_write(&p->batch, &ids, &digests);
    TRY(db_many(c, SQL_SWEEP_ORPHANS,
                DB_ARGS(db_text(c, buf_str(&ids)), db_text(c, buf_str(&digests))), &rows));
    for (size_t i = 0; i < rows.count; i++)
        TRY(sweep_orphan(c, p->sweep, db_get_int(&rows, i, "collection_id"),
                         db_get_text(&rows, i, "sha256")));
    return ERR_OK;
}

/* A file whose row would be deleted first is counted with its row. */
static enum err look_at_file(struct ctx *c, struct sweep *s, const struct db_rows *rows, size_t i)
{
    int64_t collection_id = db_get_int(rows, i, "collection_id");
    struct str sha256 = db_get_text(rows, i, "sha256");

    if (!db_get_bool(rows, i, "has_row"))
        return sweep_orphan(c, s, collection_id, sha256);
    s->did.images++;
    return take_file(c, s, collection_id, sha256);
}

static enum err look_at_batch(struct ctx *c, const struct pass *p)
{
    struct buf ids = {.arena = c->arena}, digests = {.arena = c->arena};
    struct db_rows rows;

    batch_write(&p->batch, &ids, &digests);
    TRY(db_many(
        c, SQL_SWEEP_LOOK,
        DB_ARGS(db_text(c, buf_str(&ids)), db_text(c, buf_str(&digests)), db_int(c, GRACE_S)),
        &rows));
    for (size_t i = 0; i < rows.count; i++)
        TRY(look_at_file(c, p->sweep, &rows, i));
    return ERR_OK;
}

/* Each batch has its own arena, so that memory does not grow with the store. */
static enum err look_up(struct ctx *c, struct pass *p)
{
    struct ctx own = *c;
    enum err e;

    if (p->batch.count == 0)
        return ERR_OK;
    own.arena = arena_create();
    e = p->sweep->is_look ? look_at_batch(&own, p) : sweep_batch(&own, p);
    if (e != ERR_OK) {
        ctx_note(c, e, STR_FMT, STR_ARG(own.failure.detail));
        ctx_note_cause(c, own.failure.cause);
    }
    arena_destroy(own.arena);
    p->batch.count = 0;
    return e;
}

static enum err meet_file(struct ctx *c, void *arg, int64_t collection_id, struct str sha256)
{
    struct pass *p = arg;

    return batch_add(&p->batch, collection_id, sha256) ? look_up(c, p) : ERR_OK;
}

static enum err sweep_files(struct ctx *c, struct sweep *s)
{
    struct pass *p = arena_alloc(c->arena, sizeof *p);

    p->sweep = s;
    TRY(store_walk(c, &(struct store_visitor){.file = meet_file, .arg = p}));
    return look_up(c, p);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/*
 * Two statements, because one would judge by a snapshot from before its locks: a transfer that
 * began in between would not be seen, and its image would go. The files of the deleted rows are
 * orphans then, and go the way of all orphans.
 */
static enum err delete_unneeded(struct ctx *c, int64_t *images)
{
    struct db_rows locked, deleted;

    TRY(db_many(c, SQL_SWEEP_LOCK_IMAGES, DB_ARGS(db_int(c, GRACE_S), db_int(c, IMAGES_MAX)),
                &locked));
    for (size_t i = 0; i < locked.count; i++) {
        TRY(db_maybe(c, SQL_SWEEP_IMAGE, DB_ARGS(db_int(c, db_get_int(&locked, i, "id"))),
                     &deleted));
        *images += (int64_t)deleted.count;
    }
    return db_commit(c);
}

static enum err sweep_images(struct ctx *c, struct sweep *s)
{
    int64_t images = 0;
    enum err e;

    TRY(db_begin(c));
    e = delete_unneeded(c, &images);
    if (e != ERR_OK) {
        db_rollback(c);
        return e;
    }
    s->did.images += images;
    return ERR_OK;
}

static enum err sweep_tickets(struct ctx *c, struct sweep *s)
{
    size_t tickets = 0, shares = 0;

    TRY(db_exec(c, SQL_SWEEP_TICKETS, DB_ARGS(db_int(c, TICKETS_MAX)), &tickets));
    TRY(db_exec(c, SQL_SWEEP_SHARES, DB_ARGS(db_int(c, TICKETS_MAX)), &shares));
    s->did.rows += (int64_t)(tickets + shares);
    return ERR_OK;
}

enum err registry_sweep(struct ctx *c, struct sweep_report *out)
{
    struct sweep s = {0};

    TRY(sweep_tickets(c, &s));
    TRY(sweep_images(c, &s));
    TRY(sweep_files(c, &s));
    *out = s.did;
    return ERR_OK;
}

enum err registry_sweep_all(struct ctx *c, struct sweep_report *out)
{
    struct sweep s = {0};
    int64_t before;

    do {
        before = s.did.images + s.did.rows;
        TRY(sweep_tickets(c, &s));
        TRY(sweep_images(c, &s));
    } while (s.did.images + s.did.rows > before);
    TRY(sweep_files(c, &s));
    *out = s.did;
    return ERR_OK;
}

enum err registry_sweep_look(struct ctx *c, struct sweep_report *out)
{
    struct sweep s = {.is_look = true};

    TRY(sweep_files(c, &s));
    *out = s.did;
    return ERR_OK;
}
