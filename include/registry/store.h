/**
 * The files under IMAGES_ROOT.
 *
 * An image is written to an unnamed file (O_TMPFILE) on the images' file system while it is hashed,
 * fsynced, and only then named: <collection id>/sha256.<hex>.sif. So nothing partial is ever
 * visible there and a crash leaves nothing (promises P1, P2). A name never changes its content. The
 * same bytes in another collection are a hard link. Nothing here knows a row: which name may appear
 * or go, and when, is decided in push.h under the image's lock (docs/adr/0006). Source: open(2)
 * O_TMPFILE, linkat(2).
 */
#ifndef REGISTRY_STORE_H
#define REGISTRY_STORE_H

#include "base/ctx.h"

struct upload;

/**
 * Is IMAGES_ROOT there, writable, and able to hold unnamed files? For readiness; ERR_UNAVAILABLE
 * with the remedy.
 */
MUST_USE enum err store_check(struct ctx *c);

/**
 * Begin an upload; it ends with the arena, leaving nothing, unless published. ERR_NO_SPACE,
 * ERR_UNAVAILABLE.
 */
MUST_USE enum err upload_begin(struct ctx *c, struct upload **out);
/**
 * Append; hashes on the way. ERR_TOO_LARGE above MAX_IMAGE_SIZE, ERR_NO_SPACE, ERR_UNAVAILABLE (I/O
 * error, read-only).
 */
MUST_USE enum err upload_write(struct ctx *c, struct upload *u, struct str piece);
/** Make the bytes durable and end the hash. Zero bytes are ERR_INPUT naming file1. */
MUST_USE enum err upload_finish(struct ctx *c, struct upload *u);
/** The first bytes, at most SIF_HEAD_BYTES, as soon as they are there. */
struct str upload_head(const struct upload *u);
/** Bytes of a finished upload; ERR_UNAVAILABLE also where it ends before offset + len. */
MUST_USE enum err upload_read(struct ctx *c, struct upload *u, int64_t offset, void *into,
                              size_t len);
/** Of a finished upload: its digest (hex) and size. */
struct str upload_sha256(const struct upload *u);
int64_t upload_size(const struct upload *u);
/**
 * Name the finished file for this collection, durably, and keep the sweep out of its directory
 * until upload_settle() or the end of the arena. A file of that name is the same bytes and is kept,
 * unless its size says that somebody changed it: then it is replaced.
 *
 * @param link_from  a collection that already holds the same bytes: its file gets a second name and
 * the upload's bytes are dropped; when that cannot be done (its file is going, too many links) the
 * upload's own file is named. 0: none
 * @return ERR_OK; ERR_NO_SPACE; ERR_UNAVAILABLE
 */
MUST_USE enum err upload_publish(struct ctx *c, struct upload *u, int64_t collection_id,
                                 int64_t link_from);
/** The rows are committed, or will not be: the sweep may come. */
void upload_settle(struct upload *u);
/** The same where the file of that name is known to be damaged: it is replaced. */
MUST_USE enum err upload_replace(struct ctx *c, struct upload *u, int64_t collection_id);

/**
 * "<collection id>/sha256.<hex>.sif": below IMAGES_ROOT, below the source collection, and for
 * nginx.
 */
struct str store_path(struct arena *a, int64_t collection_id, struct str sha256);
/**
 * Before a file is looked for and removed: keep pushes out of its directory, until
 * store_unlock(*lock). *is_busy: a push is just naming a file there, so nothing may go now.
 */
MUST_USE enum err store_lock(struct ctx *c, int64_t collection_id, int *lock, bool *is_busy);
void store_unlock(int lock);
/** Remove one file; none is no error. */
MUST_USE enum err store_remove(struct ctx *c, int64_t collection_id, struct str sha256);

/** The room that removing one file would give back: 0 when its bytes have other names, or there is
 * none. */
MUST_USE enum err store_freed_by(struct ctx *c, int64_t collection_id, struct str sha256,
                                 int64_t *bytes);

/* Who is told what lies there. Paths and digests are valid during the call only. */
struct store_visitor {
    /* An image file. */
    enum err (*file)(struct ctx *c, void *arg, int64_t collection_id, struct str sha256);
    /* Anything else, by its path below IMAGES_ROOT; not what a foreign directory holds, and not
     * lost+found and what is being pushed in parts. NULL: nobody is told. */
    enum err (*stranger)(struct ctx *c, void *arg, struct str path);
    void *arg;
};
/** Walk over everything on disk, in no order. */
MUST_USE enum err store_walk(struct ctx *c, const struct store_visitor *v);

#endif
