/*
 * O_TMPFILE and sync_file_range() are Linux's own; nothing portable gives an unnamed file on a
 * chosen file system.
 */
#define _GNU_SOURCE

#include "upload.h"

#include "digest.h"
#include "disk.h"
#include "sif/sif.h"

#include "base/settings.h"
#include "registry/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    /* pieces arrive in 8 to 64 KiB; this size hashed and wrote fastest */
    BUFFER_BYTES = 256 * 1024,
    /* start writing to disk this early, so that the final fsync has little left to do */
    WRITEBACK_BYTES = 8 * 1024 * 1024,

    /* A sweep holds the directory for the time of a look and a removal; this is a stuck one. */
    LOCK_WAIT_MS = 5000,

    /* Other accounts of the machine must not read private images; nginx and Globus are in the
       group, which each directory and file inherits from IMAGES_ROOT (set-group-ID). The umask may
       take more away, never add. */
    FILE_MODE = 0640,
    DIR_MODE = 0750,
};

struct upload {
    int root; /* IMAGES_ROOT */
    int fd;   /* the unnamed file */
    int lock; /* of the directory it is named in, until the rows are committed; -1: none */
    struct digest *digest;
    char *buffer;
    size_t buffered;
    char head[SIF_HEAD_BYTES]; /* what the file begins with */
    size_t head_len;
    int64_t written;   /* bytes in the file */
    int64_t writeback; /* of these, bytes the kernel was told to write to disk */
    struct str sha256; /* hex; absent until finished */
};

/* ---- bytes ----------------------------------------------------------------------------------- */

static void upload_end(void *arg)
{
    struct upload *u = arg;

    upload_settle(u);
    disk_close(u->fd);
    disk_close(u->root);
}

static enum err open_upload(struct ctx *c, struct upload **out)
{
    struct upload *u = arena_alloc(c->arena, sizeof *u);

    *u = (struct upload){.root = -1, .fd = -1, .lock = -1};
    arena_defer(c->arena, upload_end, u);
    TRY(digest_begin(c, &u->digest));
    TRY(disk_open_root(c, &u->root));
    u->buffer = arena_alloc(c->arena, BUFFER_BYTES);
    *out = u;
    return ERR_OK;
}

enum err upload_begin(struct ctx *c, struct upload **out)
{
    struct upload *u;

    TRY(open_upload(c, &u));
    u->fd = openat(u->root, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, FILE_MODE);
    if (u->fd < 0)
        return disk_failed(c, "create unnamed file", errno);
    *out = u;
    return ERR_OK;
}

static enum err write_all(struct ctx *c, struct upload *u, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(u->fd, bytes.ptr, bytes.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return disk_failed(c, "write", errno);
        u->written += n;
        bytes = str_skip(bytes, (size_t)n);
    }
    return ERR_OK;
}

static enum err take(struct ctx *c, struct upload *u, struct str bytes)
{
    TRY(digest_add(c, u->digest, bytes));
    TRY(write_all(c, u, bytes));
    if (u->written - u->writeback >= WRITEBACK_BYTES) {
        /*
         * Advice only: the fsync in upload_finish() makes the bytes durable, and reports a write
         * that failed.
         */
        (void)sync_file_range(u->fd, u->writeback, u->written - u->writeback,
                              SYNC_FILE_RANGE_WRITE);
        u->writeback = u->written;
    }
    return ERR_OK;
}

static enum err flush(struct ctx *c, struct upload *u)
{
    struct str bytes = str_view(u->buffer, u->buffered);

    u->buffered = 0;
    return take(c, u, bytes);
}

static void keep_head(struct upload *u, struct str piece)
{
    struct str bytes = str_take(piece, sizeof u->head - u->head_len);

    if (bytes.len > 0)
        memcpy(u->head + u->head_len, bytes.ptr, bytes.len);
    u->head_len += bytes.len;
}

enum err upload_write(struct ctx *c, struct upload *u, struct str piece)
{
    int64_t max = c->settings->max_image_size;

    if ((int64_t)piece.len > max - u->written - (int64_t)u->buffered)
        return FAIL(c, ERR_TOO_LARGE,
                    "The image is larger than %lld bytes, the most this registry takes.",
                    (long long)max);
    keep_head(u, piece);
    if (u->buffered + piece.len > BUFFER_BYTES)
        TRY(flush(c, u));
    if (piece.len > BUFFER_BYTES)
        return take(c, u, piece);
    if (piece.len > 0)
        memcpy(u->buffer + u->buffered, piece.ptr, piece.len);
    u->buffered += piece.len;
    return ERR_OK;
}

enum err upload_finish(struct ctx *c, struct upload *u)
{
    TRY(flush(c, u));
    if (u->written == 0)
        return FAIL_FIELD(c, "file1", "file1: the file is empty.");
    if (fsync(u->fd) != 0)
        return disk_failed(c, "fsync", errno);
    return digest_end(c, u->digest, &u->sha256);
}

/* The name of the file goes; the bytes get another, with the rights of an image. */
enum err upload_of_file(struct ctx *c, int fd, struct upload **out)
{
    struct upload *u;
    ssize_t n;

    TRY(open_upload(c, &u));
    u->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (u->fd < 0 || fchmod(u->fd, FILE_MODE) != 0)
        return disk_failed(c, "open upload", errno);
    while ((n = pread(u->fd, u->buffer, BUFFER_BYTES, u->written)) > 0) {
        struct str piece = str_view(u->buffer, (size_t)n);

        keep_head(u, piece);
        TRY(digest_add(c, u->digest, piece));
        u->written += n;
    }
    if (n < 0)
        return disk_failed(c, "read upload", errno);
    *out = u;
    return upload_finish(c, u);
}

void upload_settle(struct upload *u)
{
    disk_close(u->lock);
    u->lock = -1;
}

struct str upload_head(const struct upload *u)
{
    return str_view(u->head, u->head_len);
}

enum err upload_read(struct ctx *c, struct upload *u, int64_t offset, void *into, size_t len)
{
    return disk_read_at(c, u->fd, offset, into, len);
}

struct str upload_sha256(const struct upload *u)
{
    return u->sha256;
}

int64_t upload_size(const struct upload *u)
{
    return u->written;
}

/* ---- name ------------------------------------------------------------------------------------ */

static bool has_our_size(const struct upload *u, const char *path)
{
    struct stat s;

    return fstatat(u->root, path, &s, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(s.st_mode) &&
           s.st_size == u->written;
}

/*
 * linkat() with AT_EMPTY_PATH would need a capability; through /proc the owner may do it (open(2),
 * O_TMPFILE).
 */
static int name_own_file(const struct upload *u, const char *path)
{
    char unnamed[sizeof "/proc/self/fd/" + 3 * sizeof(int)];

    snprintf(unnamed, sizeof unnamed, "/proc/self/fd/%d", u->fd);
    return linkat(AT_FDCWD, unnamed, u->root, path, AT_SYMLINK_FOLLOW);
}

/*
 * Whatever keeps the other file from being linked (it was swept, has its most links, was changed),
 * our own bytes are at hand.
 */
static int name_file(const struct upload *u, const char *other, const char *path)
{
    if (other && has_our_size(u, other) && linkat(u->root, other, u->root, path, 0) == 0)
        return 0;
    return name_own_file(u, path);
}

/* The one way in which a name changes its content: what it had was not the image's. */
static int replace_file(const struct upload *u, const char *path)
{
    if (unlinkat(u->root, path, 0) != 0 && errno != ENOENT)
        return -1;
    return name_own_file(u, path);
}

static enum err publish(struct ctx *c, struct upload *u, int64_t collection_id, const char *other,
                        bool is_damaged)
{
    const char *directory = str_printf(c->arena, "%lld", (long long)collection_id).ptr;
    const char *path = store_path(c->arena, collection_id, u->sha256).ptr;

    if (mkdirat(u->root, directory, DIR_MODE) != 0 && errno != EEXIST)
        return disk_failed(c, "create directory", errno);
    upload_settle(u);
    TRY(disk_lock_directory(c, u->root, directory, false, LOCK_WAIT_MS, &u->lock));
    if (!is_damaged && name_file(u, other, path) != 0 && errno != EEXIST)
        return disk_failed(c, "name file", errno);
    if ((is_damaged || !has_our_size(u, path)) && replace_file(u, path) != 0)
        return disk_failed(c, "replace file", errno);
    TRY(disk_sync_directory(c, u->root, directory));
    /* Also when another process made the directory: it may not have come to its own fsync yet. */
    return disk_sync_directory(c, u->root, ".");
}

enum err upload_publish(struct ctx *c, struct upload *u, int64_t collection_id, int64_t link_from)
{
    const char *other = link_from ? store_path(c->arena, link_from, u->sha256).ptr : NULL;

    return publish(c, u, collection_id, other, false);
}

enum err upload_replace(struct ctx *c, struct upload *u, int64_t collection_id)
{
    return publish(c, u, collection_id, NULL, true);
}
