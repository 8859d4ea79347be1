#include "registry/restore.h"

#include "batch.h"
#include "reading.h"

#include "base/codec.h"
#include "base/log.h"
#include "db/db.h"
#include "registry/store.h"

#include <stdio.h>
#include <string.h>

enum { PAGE = 500, TELL_EVERY_MS = 30000 };

// clang-format off
static const struct {
    const char *name;
    bool is_problem;
} kinds[RESTORE_KINDS] = {
    [RESTORE_LOST]     = {"lost",     true },
    [RESTORE_FOREIGN]  = {"foreign",  true },
    [RESTORE_REFUSED]  = {"refused",  true },
    [RESTORE_UNNEEDED] = {"unneeded", false},
    [RESTORE_ORPHAN]   = {"orphan",   false},
};
// clang-format on

const char *restore_kind_name(enum restore_kind kind)
{
    return kinds[kind].name;
}

bool restore_kind_is_problem(enum restore_kind kind)
{
    return kinds[kind].is_problem;
}

struct check {
    bool is_quick;
    restore_teller *tell;
    void *arg;
    struct restore_report *did;
    int64_t told_ms; /* when the log last heard how far it is */

    /* The page of images that is being read, and where the next one begins. */
    bool is_last_page;
    char after_sha256[2 * SHA256_BYTES + 1];
    int64_t after_collection;

    /* The file that was read last: the names of one file follow one another. */
    dev_t device;
    ino_t inode;
    char sha256[2 * SHA256_BYTES];

    struct batch batch;
};

static enum err report(struct ctx *c, struct check *k, const struct restore_finding *f)
{
    k->did->found[f->kind]++;
    return k->tell(c, k->arg, f);
}

/*
 * Memory does not grow with the registry: each part has an arena of its own, which ends here, and
 * only its failure is kept.
 */
static enum err rejoin(struct ctx *c, struct ctx *own, enum err e)
{
    if (e != ERR_OK) {
        ctx_note(c, e, STR_FMT, STR_ARG(own->failure.detail));
        ctx_note_cause(c, str_dup(c->arena, own->failure.cause));
    }
    arena_destroy(own->arena);
    return e;
}

/* ---- images ---------------------------------------------------------------------------------- */

struct image {
    int64_t id, collection_id;
    bool is_damaged;
    struct str sha256;
    struct reading reading;
};

static bool is_read_already(const struct check *k, const struct reading *r)
{
    return k->inode && r->inode == k->inode && r->device == k->device;
}

static enum err read_bytes(struct ctx *c, struct check *k, struct reading *r)
{
    TRY(reading_whole(c, r));
    k->did->bytes += r->bytes_read;
    k->device = r->device;
    k->inode = r->problem.len ? 0 : r->inode;
    if (r->problem.len == 0)
        memcpy(k->sha256, r->sha256.ptr, sizeof k->sha256);
    return ERR_OK;
}

static enum err compare(struct ctx *c, struct check *k, struct image *i)
{
    struct reading *r = &i->reading;

    TRY(reading_continue(c, r, 0, 0));
    if (r->problem.len || k->is_quick)
        return ERR_OK;
    if (!is_read_already(k, r))
        TRY(read_bytes(c, k, r));
    if (r->problem.len == 0 && !str_eq(str_view(k->sha256, sizeof k->sha256), i->sha256))
        r->problem = STR("its bytes have changed");
    return ERR_OK;
}

/* The row is looked at again: beside a running service the image may have gone meanwhile. */
static enum err tell_image(struct ctx *c, struct check *k, const struct image *i)
{
    struct restore_finding f = {.path = i->reading.path, .problem = i->reading.problem};
    struct db_rows rows;

    TRY(db_maybe(c, SQL_RESTORE_IMAGE, DB_ARGS(db_int(c, i->id)), &rows));
    if (rows.count == 0)
        return ERR_OK;
    f.images = db_get_text(&rows, 0, "uris");
    if (f.problem.len == 0) {
        f.kind = RESTORE_REFUSED;
        f.problem = k->is_quick ? STR("it is marked damaged, and its size is right")
                                : STR("it is marked damaged, and its bytes are right");
    } else {
        f.kind = db_get_bool(&rows, 0, "is_needed") ? RESTORE_LOST : RESTORE_UNNEEDED;
    }
    return report(c, k, &f);
}

static enum err look_at_image(struct ctx *c, struct check *k, struct image *i)
{
    i->reading.path = store_path(c->arena, i->collection_id, i->sha256);
    TRY(compare(c, k, i));
    k->did->images++;
    return i->reading.problem.len || i->is_damaged ? tell_image(c, k, i) : ERR_OK;
}

static enum err look_at_row(struct ctx *c, struct check *k, const struct db_rows *rows, size_t at)
{
    struct image i = {
        .id = db_get_int(rows, at, "id"),
        .collection_id = db_get_int(rows, at, "collection_id"),
        .is_damaged = db_get_bool(rows, at, "is_damaged"),
        .sha256 = db_get_text(rows, at, "sha256"),
        .reading.size_bytes = db_get_int(rows, at, "size_bytes"),
    };
    struct ctx own = *c;

    own.arena = arena_create();
    return rejoin(c, &own, look_at_image(&own, k, &i));
}

static void tell_progress(const struct ctx *c, struct check *k)
{
    char images[24], bytes[24];

    if (clock_mono_ms(c->clock) < k->told_ms + TELL_EVERY_MS)
        return;
    k->told_ms = clock_mono_ms(c->clock);
    snprintf(images, sizeof images, "%lld", (long long)k->did->images);
    snprintf(bytes, sizeof bytes, "%lld", (long long)k->did->bytes);
    log_to(LOG_INFO, "restore_check", {"images", str_of(images)}, {"bytes_read", str_of(bytes)});
}

static void next_page_after(struct check *k, const struct db_rows *rows)
{
    k->is_last_page = rows->count < PAGE;
    if (rows->count == 0)
        return;
    memcpy(k->after_sha256, db_get_text(rows, rows->count - 1, "sha256").ptr,
           sizeof k->after_sha256 - 1);
    k->after_collection = db_get_int(rows, rows->count - 1, "collection_id");
}

static enum err look_at_page(struct ctx *c, struct check *k)
{
    struct str after;
    struct db_rows rows;

    if (!hex_decode(c->arena, str_of(k->after_sha256), &after))
        return FAIL(c, ERR_INTERNAL, "The digest is not hex.");
    TRY(db_many(c, SQL_RESTORE_IMAGES,
                DB_ARGS(db_bytes(after), db_int(c, k->after_collection), db_int(c, PAGE)), &rows));
    for (size_t i = 0; i < rows.count; i++) {
        TRY(look_at_row(c, k, &rows, i));
        tell_progress(c, k);
    }
    next_page_after(k, &rows);
    return ERR_OK;
}

static enum err look_at_images(struct ctx *c, struct check *k)
{
    while (!k->is_last_page) {
        struct ctx own = *c;

        own.arena = arena_create();
        TRY(rejoin(c, &own, look_at_page(&own, k)));
    }
    return ERR_OK;
}

/* ---- files ----------------------------------------------------------------------------------- */

/* A push that names its file this moment holds the directory, and has its row when it lets go. */
static enum err has_row_now(struct ctx *c, int64_t collection_id, struct str sha256, bool *has)
{
    struct str digest;
    struct db_rows rows;
    int lock;

    TRY(store_lock(c, collection_id, &lock, has));
    if (*has)
        return ERR_OK;
    store_unlock(lock);
    if (!hex_decode(c->arena, sha256, &digest))
        return FAIL(c, ERR_INTERNAL, "The digest is not hex.");
    TRY(db_one(c, SQL_IMAGE_EXISTS, DB_ARGS(db_int(c, collection_id), db_bytes(digest)),
               "image_exists", &rows));
    *has = db_get_bool(&rows, 0, "found");
    return ERR_OK;
}

static enum err tell_orphan(struct ctx *c, struct check *k, int64_t collection_id,
                            struct str sha256)
{
    struct restore_finding f = {.kind = RESTORE_ORPHAN,
                                .path = store_path(c->arena, collection_id, sha256),
                                .problem = STR("no row knows it")};
    bool has;

    TRY(has_row_now(c, collection_id, sha256, &has));
    return has ? ERR_OK : report(c, k, &f);
}

static enum err look_at_batch(struct ctx *c, struct check *k)
{
    struct buf ids = {.arena = c->arena}, digests = {.arena = c->arena};
    struct db_rows rows;

    batch_write(&k->batch, &ids, &digests);
    TRY(db_many(c, SQL_SWEEP_ORPHANS,
                DB_ARGS(db_text(c, buf_str(&ids)), db_text(c, buf_str(&digests))), &rows));
    for (size_t i = 0; i < rows.count; i++)
        TRY(tell_orphan(c, k, db_get_int(&rows, i, "collection_id"),
                        db_get_text(&rows, i, "sha256")));
    k->batch.count = 0;
    return ERR_OK;
}

static enum err look_up(struct ctx *c, struct check *k)
{
    struct ctx own = *c;

    if (k->batch.count == 0)
        return ERR_OK;
    own.arena = arena_create();
    return rejoin(c, &own, look_at_batch(&own, k));
}

static enum err meet_file(struct ctx *c, void *arg, int64_t collection_id, struct str sha256)
{
    struct check *k = arg;

    k->did->files++;
    return batch_add(&k->batch, collection_id, sha256) ? look_up(c, k) : ERR_OK;
}

/* Somebody else chose the name: it may hold anything, and one finding is one line. */
static struct str shown(struct arena *a, struct str path)
{
    bool is_text = str_is_utf8(path);
    struct buf b = {.arena = a};

    for (size_t i = 0; i < path.len; i++) {
        unsigned char byte = (unsigned char)path.ptr[i];

        if (byte < ' ' || byte == '\\' || byte == 0x7f || (byte > 0x7f && !is_text))
            buf_printf(&b, "\\x%02x", byte);
        else
            buf_add_byte(&b, path.ptr[i]);
    }
    return buf_str(&b);
}

static enum err meet_stranger(struct ctx *c, void *arg, struct str path)
{
    struct check *k = arg;
    struct ctx own = *c;
    struct restore_finding f = {.kind = RESTORE_FOREIGN,
                                .problem = STR("this program did not put it there")};

    k->did->files++;
    own.arena = arena_create();
    f.path = shown(own.arena, path);
    return rejoin(c, &own, report(&own, k, &f));
}

enum err restore_check(struct ctx *c, bool is_quick, restore_teller *tell, void *arg,
                       struct restore_report *did)
{
    struct check *k = arena_alloc(c->arena, sizeof *k);

    *did = (struct restore_report){0};
    k->is_quick = is_quick;
    k->tell = tell;
    k->arg = arg;
    k->did = did;
    k->told_ms = clock_mono_ms(c->clock);
    TRY(look_at_images(c, k));
    TRY(store_walk(c, &(struct store_visitor){meet_file, meet_stranger, k}));
    return look_up(c, k);
}
