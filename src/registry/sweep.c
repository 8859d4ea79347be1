#include "base/codec.h"
#include "base/secret.h"
#include "db/db.h"
#include "registry/push.h"

#include <string.h>

enum {
    GRACE_S = 3600,     /* a stored image is left alone this long */
    IMAGES_MAX = 200,   /* rows of one run */
    FILES_BATCH = 500,  /* files looked up at once */
    TICKETS_MAX = 1000, /* rows of one run; share links the same */
};

/* ---- files ----------------------------------------------------------------------------------- */

/*
 * The lock is held and the row looked for anew, so that a push that is just naming this very file
 * is either seen or waits.
 */
static enum err remove_unless_needed(struct ctx *c, int64_t collection_id, struct str sha256,
                                     bool *removed)
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
    TRY(store_remove(c, collection_id, sha256));
    *removed = true;
    return ERR_OK;
}

static enum err sweep_file(struct ctx *c, int64_t collection_id, struct str sha256, int64_t *files)
{
    bool removed = false;
    enum err e;

    TRY(db_begin(c));
    e = remove_unless_needed(c, collection_id, sha256, &removed);
    db_rollback(c); /* nothing was written; this lets the lock go */
    *files += removed;
    return e;
}

/* Files met on the walk and not looked up yet. */
struct batch {
    struct file {
        int64_t collection_id;
        char sha256[2 * SHA256_BYTES];
    } files[FILES_BATCH];
    size_t count;
    int64_t removed;
};

static struct str file_digest(const struct file *f)
{
    return str_view(f->sha256, sizeof f->sha256);
}

/* PostgreSQL's notation of two arrays; digits and hex need no quotes in it. */
static void write_arrays(const struct batch *b, struct buf *ids, struct buf *digests)
{
    for (size_t i = 0; i < b->count; i++) {
        const char *separator = i ? "," : "{";

        buf_printf(ids, "%s%lld", separator, (long long)b->files[i].collection_id);
        buf_printf(digests, "%s" STR_FMT, separator, STR_ARG(file_digest(&b->files[i])));
    }
    buf_add_byte(ids, '}');
    buf_add_byte(digests, '}');
}

static enum err sweep_batch(struct ctx *c, struct batch *b)
{
    struct buf ids = {.arena = c->arena}, digests = {.arena = c->arena};
    struct db_rows rows;

    write_arrays(b, &ids, &digests);
    TRY(db_many(c, SQL_SWEEP_ORPHANS,
                DB_ARGS(db_text(c, buf_str(&ids)), db_text(c, buf_str(&digests))), &rows));
    for (size_t i = 0; i < rows.count; i++)
        TRY(sweep_file(c, db_get_int(&rows, i, "collection_id"), db_get_text(&rows, i, "sha256"),
                       &b->removed));
    return ERR_OK;
}

/* Each batch has its own arena, so that memory does not grow with the store. */
static enum err look_up(struct ctx *c, struct batch *b)
{
    struct ctx own = *c;
    enum err e;

    if (b->count == 0)
        return ERR_OK;
    own.arena = arena_create();
    e = sweep_batch(&own, b);
    if (e != ERR_OK) {
        ctx_note(c, e, STR_FMT, STR_ARG(own.failure.detail));
        ctx_note_cause(c, own.failure.cause);
    }
    arena_destroy(own.arena);
    b->count = 0;
    return e;
}

static enum err meet_file(struct ctx *c, void *arg, int64_t collection_id, struct str sha256)
{
    struct batch *b = arg;
    struct file *f = &b->files[b->count++];

    f->collection_id = collection_id;
    memcpy(f->sha256, sha256.ptr, sizeof f->sha256);
    return b->count == FILES_BATCH ? look_up(c, b) : ERR_OK;
}

static enum err sweep_files(struct ctx *c, struct sweep_report *did)
{
    struct batch *b = arena_alloc(c->arena, sizeof *b);
    enum err e = store_walk(c, meet_file, b);

    if (e == ERR_OK)
        e = look_up(c, b);
    did->files += b->removed;
    return e;
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

static enum err sweep_images(struct ctx *c, struct sweep_report *did)
{
    int64_t images = 0;
    enum err e;

    TRY(db_begin(c));
    e = delete_unneeded(c, &images);
    if (e != ERR_OK) {
        db_rollback(c);
        return e;
    }
    did->images += images;
    return ERR_OK;
}

enum err registry_sweep(struct ctx *c, struct sweep_report *out)
{
    struct sweep_report did = {0};
    size_t tickets = 0, shares = 0;

    TRY(db_exec(c, SQL_SWEEP_TICKETS, DB_ARGS(db_int(c, TICKETS_MAX)), &tickets));
    TRY(db_exec(c, SQL_SWEEP_SHARES, DB_ARGS(db_int(c, TICKETS_MAX)), &shares));
    did.rows = (int64_t)(tickets + shares);
    TRY(sweep_images(c, &did));
    TRY(sweep_files(c, &did));
    *out = did;
    return ERR_OK;
}
