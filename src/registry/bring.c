/* O_TMPFILE and FICLONE are Linux's own. */
#define _GNU_SOURCE

#include "registry/bring.h"

#include "digest.h"
#include "disk.h"

#include "base/codec.h"
#include "db/db.h"
#include "registry/store.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BUFFER_BYTES = 256 * 1024,
    FILE_MODE = 0640,
    DIR_MODE = 0750,
    LOCK_WAIT_MS = 5000, /* for a sweep to leave the directory */
};

/* ---- the file outside ------------------------------------------------------------------------ */

static void close_file(void *arg)
{
    disk_close(*(const int *)arg);
}

/* A descriptor that ends with the arena. */
static void adopt_file(struct ctx *c, int fd)
{
    int *kept = arena_alloc(c->arena, sizeof *kept);

    *kept = fd;
    arena_defer(c->arena, close_file, kept);
}

static bool leads_up(struct str path)
{
    struct str segment;
    bool more = true;

    while (more) {
        more = str_cut(path, '/', &segment, &path);
        if (str_eq(segment, STR("..")))
            return true;
    }
    return false;
}

/* What is wrong with a file that cannot be opened is the operator's to know in the system's words.
 */
static enum err cannot_open(struct ctx *c, const char *path, int error)
{
    bool missing = error == ENOENT || error == ENOTDIR;

    return FAIL(c, missing ? ERR_NOT_FOUND : ERR_INPUT, "%s: %s", path,
                missing ? "there is no such file" : strerror(error));
}

static enum err open_file(struct ctx *c, const char *directory, struct str path, int *fd,
                          struct stat *s)
{
    const char *file = str_printf(c->arena, "%s/" STR_FMT, directory, STR_ARG(path)).ptr;

    if (path.len == 0 || leads_up(path))
        return FAIL(c, ERR_INPUT, STR_FMT ": not a path below the images", STR_ARG(path));
    /* O_NONBLOCK: a pipe of that name must not hold the command up */
    *fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (*fd < 0)
        return cannot_open(c, file, errno);
    adopt_file(c, *fd);
    if (fstat(*fd, s) != 0)
        return cannot_open(c, file, errno);
    if (!S_ISREG(s->st_mode))
        return FAIL(c, ERR_INPUT, "%s: not a file", file);
    if (s->st_size == 0)
        return FAIL(c, ERR_INPUT, "%s: the file is empty", file);
    return ERR_OK;
}

enum err bring_look(struct ctx *c, const char *directory, struct str path, int64_t *size)
{
    struct stat s;
    int fd;

    TRY(open_file(c, directory, path, &fd, &s));
    *size = s.st_size;
    return ERR_OK;
}

static enum err write_all(struct ctx *c, int fd, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);

        if (n < 0 && errno != EINTR)
            return disk_failed(c, "write", errno);
        if (n > 0)
            bytes = str_skip(bytes, (size_t)n);
    }
    return ERR_OK;
}

/* From the first byte to the last: into the hash when there is one, else into a file. */
static enum err read_whole(struct ctx *c, int from, struct digest *digest, int to)
{
    char *buffer = arena_alloc(c->arena, BUFFER_BYTES);
    off_t at = 0;
    ssize_t n;

    while ((n = pread(from, buffer, BUFFER_BYTES, at)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FAIL(c, ERR_INPUT, "the file cannot be read: %s", strerror(errno));
        at += n;
        TRY(digest ? digest_add(c, digest, str_view(buffer, (size_t)n))
                   : write_all(c, to, str_view(buffer, (size_t)n)));
    }
    return ERR_OK;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

enum err bring_open(struct ctx *c, const char *directory, struct str path, struct brought *out)
{
    struct digest *digest;
    struct stat before, after;

    TRY(open_file(c, directory, path, &out->fd, &before));
    TRY(digest_begin(c, &digest));
    TRY(read_whole(c, out->fd, digest, -1));
    TRY(digest_end(c, digest, &out->sha256));
    if (fstat(out->fd, &after) != 0 || !is_same(&before, &after))
        return FAIL(c, ERR_INPUT, STR_FMT ": changed while it was read", STR_ARG(path));
    out->size = before.st_size;
    return ERR_OK;
}

/* ---- ways into the store --------------------------------------------------------------------- */

/* An unnamed file of our own that shares the blocks, where the file system can. */
static int clone_file(int root, int from)
{
    int fd = openat(root, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, FILE_MODE);

    if (fd >= 0 && ioctl(fd, FICLONE, from) != 0) {
        disk_close(fd);
        return -1;
    }
    return fd;
}

/*
 * A second name keeps owner and mode. It serves when the store's group or everybody may read the
 * file and nobody but its owner may write it.
 */
static bool may_link(int root, int from)
{
    struct stat directory, file;

    if (fstat(root, &directory) != 0 || fstat(from, &file) != 0)
        return false;
    return directory.st_dev == file.st_dev && (file.st_mode & (S_IWGRP | S_IWOTH)) == 0 &&
           ((file.st_mode & S_IROTH) ||
            (file.st_gid == directory.st_gid && (file.st_mode & S_IRGRP)));
}

static enum err copy_file(struct ctx *c, int root, const struct brought *b, int *fd)
{
    struct stat s;

    *fd = openat(root, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, FILE_MODE);
    if (*fd < 0)
        return disk_failed(c, "create unnamed file", errno);
    adopt_file(c, *fd);
    TRY(read_whole(c, b->fd, NULL, *fd));
    if (fstat(*fd, &s) != 0 || s.st_size != b->size)
        return FAIL(c, ERR_INPUT, "the file changed while it was copied");
    return ERR_OK;
}

/* Have a file ready that only needs a name. */
static enum err prepare(struct ctx *c, int root, const struct brought *b, enum bring_way *way,
                        int *fd)
{
    if (*way == BRING_REFLINK) {
        *fd = clone_file(root, b->fd);
        if (*fd >= 0)
            adopt_file(c, *fd);
        else
            *way = BRING_LINK;
    }
    if (*way == BRING_LINK) {
        *fd = b->fd;
        if (!may_link(root, b->fd))
            *way = BRING_COPY;
    }
    if (*way == BRING_COPY)
        TRY(copy_file(c, root, b, fd));
    return fsync(*fd) == 0 ? ERR_OK : disk_failed(c, "fsync", errno);
}

/* ---- name and rows --------------------------------------------------------------------------- */

struct naming {
    const struct bring_target *target;
    const struct brought *file;
    int root, fd;
    int lock;        /* of the directory, while the rows are not committed; -1: none */
    bool is_damaged; /* what lies under the name is to be replaced */
    int link_error;  /* errno of a linkat that failed */
};

static enum err give_name(struct ctx *c, struct naming *n)
{
    const char *directory = str_printf(c->arena, "%lld", (long long)n->target->collection_id).ptr;
    const char *path = store_path(c->arena, n->target->collection_id, n->file->sha256).ptr;
    const char *unnamed = str_printf(c->arena, "/proc/self/fd/%d", n->fd).ptr;
    struct stat s;

    if (mkdirat(n->root, directory, DIR_MODE) != 0 && errno != EEXIST)
        return disk_failed(c, "create directory", errno);
    TRY(disk_lock_directory(c, n->root, directory, false, LOCK_WAIT_MS, &n->lock));
    if (n->is_damaged && unlinkat(n->root, path, 0) != 0 && errno != ENOENT)
        return disk_failed(c, "replace file", errno);
    if (linkat(AT_FDCWD, unnamed, n->root, path, AT_SYMLINK_FOLLOW) != 0 && errno != EEXIST) {
        n->link_error = errno;
        return disk_failed(c, "name file", errno);
    }
    if (fstatat(n->root, path, &s, AT_SYMLINK_NOFOLLOW) != 0 || s.st_size != n->file->size)
        return FAIL(c, ERR_INTERNAL, "%s: the stored image was changed outside the registry.",
                    path);
    TRY(disk_sync_directory(c, n->root, directory));
    return disk_sync_directory(c, n->root, ".");
}

static enum err store_rows(struct ctx *c, struct naming *n)
{
    const struct bring_target *t = n->target;
    struct str digest, uri = image_name_uri(c->arena, &t->name);
    struct db_rows rows;
    int64_t image_id;

    if (!hex_decode(c->arena, n->file->sha256, &digest))
        return FAIL(c, ERR_INTERNAL, "The digest is not hex.");
    TRY(db_one(c, SQL_IMAGE_LOCK, DB_ARGS(db_int(c, t->collection_id), db_text(c, n->file->sha256)),
               "image_lock", &rows));
    TRY(db_one(c, SQL_IMAGE_UPSERT,
               DB_ARGS(db_int(c, t->collection_id), db_bytes(digest), db_int(c, n->file->size)),
               "image_upsert", &rows));
    image_id = db_get_int(&rows, 0, "id");
    n->is_damaged = db_get_bool(&rows, 0, "is_damaged");
    TRY(give_name(c, n));
    if (n->is_damaged)
        TRY(db_exec(c, SQL_IMAGE_HEAL, DB_ARGS(db_int(c, image_id)), NULL));
    TRY(db_one(c, SQL_IMPORT_CONTAINER,
               DB_ARGS(db_int(c, t->collection_id), db_text(c, t->name.name),
                       db_text(c, t->name.tag), db_int(c, image_id), db_int(c, t->created_at),
                       db_text(c, uri), db_text(c, c->request_id)),
               "import_container", &rows));
    return db_commit(c);
}

static enum err commit(struct ctx *c, struct naming *n)
{
    enum err e;

    n->lock = -1;
    TRY(db_begin(c));
    e = store_rows(c, n);
    disk_close(n->lock); /* the sweep may come */
    if (e != ERR_OK)
        db_rollback(c);
    return e;
}

/* The kernel may refuse a second name (another owner's file, too many names): then a copy serves.
 */
static bool is_link_refused(int error)
{
    return error == EPERM || error == EMLINK || error == EXDEV;
}

enum err bring_commit(struct ctx *c, const struct bring_target *t, const struct brought *b,
                      enum bring_way *way)
{
    struct naming n = {.target = t, .file = b};
    enum err e;

    TRY(disk_open_root(c, &n.root));
    adopt_file(c, n.root);
    *way = BRING_REFLINK;
    TRY(prepare(c, n.root, b, way, &n.fd));
    e = commit(c, &n);
    if (e == ERR_OK || *way != BRING_LINK || !is_link_refused(n.link_error))
        return e;
    ctx_forgive(c);
    *way = BRING_COPY;
    TRY(prepare(c, n.root, b, way, &n.fd));
    return commit(c, &n);
}
