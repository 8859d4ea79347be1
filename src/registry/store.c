/* O_TMPFILE, which store_check() tries, is Linux's own. */
#define _GNU_SOURCE

#include "registry/store.h"

#include "digest.h"
#include "disk.h"

#include "base/settings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOCK_WAIT_MS = 50 }; /* pushes come and go; the next sweep comes too */

static const struct str FILE_PREFIX = STR_INIT("sha256.");
static const struct str FILE_SUFFIX = STR_INIT(".sif");

struct str store_path(struct arena *a, int64_t collection_id, struct str sha256)
{
    return str_printf(a, "%lld/" STR_FMT STR_FMT STR_FMT, (long long)collection_id,
                      STR_ARG(FILE_PREFIX), STR_ARG(sha256), STR_ARG(FILE_SUFFIX));
}

/* What an operator must do about each way in which IMAGES_ROOT does not serve. */
// clang-format off
static const struct remedy {
    int error;
    const char *text;
} remedies[] = {
    {ENOENT,     "IMAGES_ROOT does not exist: create it, owned by the account of this service."              },
    {ENOTDIR,    "IMAGES_ROOT is not a directory."                                                           },
    {EACCES,     "IMAGES_ROOT may not be written: give it to the account of this service."                   },
    {EROFS,      "IMAGES_ROOT is mounted read-only."                                                         },
    {EOPNOTSUPP, "The file system of IMAGES_ROOT cannot hold unnamed files (O_TMPFILE): use ext4, XFS, Btrfs."},
    {EISDIR,     "The file system of IMAGES_ROOT cannot hold unnamed files (O_TMPFILE): use ext4, XFS, Btrfs."},
};
// clang-format on

enum err store_check(struct ctx *c)
{
    int fd = open(c->settings->images_root, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    int error = errno;
    struct str cause;
    enum err e;

    disk_close(fd);
    if (fd >= 0)
        return ERR_OK;
    e = disk_failed(c, "create unnamed file", error);
    cause = c->failure.cause;
    for (size_t i = 0; i < COUNT_OF(remedies); i++) {
        if (remedies[i].error == error) {
            ctx_note(c, e, "%s", remedies[i].text);
            ctx_note_cause(c, cause);
        }
    }
    return e;
}

enum err store_lock(struct ctx *c, int64_t collection_id, int *lock, bool *is_busy)
{
    const char *directory = str_printf(c->arena, "%lld", (long long)collection_id).ptr;
    int root;
    enum err e;

    TRY(disk_open_root(c, &root));
    e = disk_lock_directory(c, root, directory, true, LOCK_WAIT_MS, lock);
    disk_close(root);
    *is_busy = e == ERR_UNAVAILABLE;
    if (*is_busy)
        ctx_forgive(c);
    return *is_busy ? ERR_OK : e;
}

void store_unlock(int lock)
{
    disk_close(lock);
}

enum err store_remove(struct ctx *c, int64_t collection_id, struct str sha256)
{
    const char *path = store_path(c->arena, collection_id, sha256).ptr;
    int root, error;

    TRY(disk_open_root(c, &root));
    /*
     * Not synced: a name that comes back after a power cut has no row, and the next sweep takes it.
     */
    error = unlinkat(root, path, 0) == 0 ? 0 : errno;
    disk_close(root);
    return error == 0 || error == ENOENT ? ERR_OK : disk_failed(c, "remove", error);
}

enum err store_freed_by(struct ctx *c, int64_t collection_id, struct str sha256, int64_t *bytes)
{
    const char *path = store_path(c->arena, collection_id, sha256).ptr;
    struct stat s;
    int root;

    *bytes = 0;
    TRY(disk_open_root(c, &root));
    if (fstatat(root, path, &s, AT_SYMLINK_NOFOLLOW) == 0 && s.st_nlink == 1)
        *bytes = s.st_size;
    disk_close(root);
    return ERR_OK;
}

/* ---- walking --------------------------------------------------------------------------------- */

/*
 * "sha256.<64 hex>.sif"; what else lies there was not put there by this program.
 */
static bool parse_file_name(const char *name, struct str *sha256)
{
    struct str s = str_of(name);

    if (!str_has_prefix(s, FILE_PREFIX) || !str_has_suffix(s, FILE_SUFFIX) ||
        s.len < FILE_PREFIX.len + FILE_SUFFIX.len)
        return false;
    s = str_skip(s, FILE_PREFIX.len);
    *sha256 = str_take(s, s.len - FILE_SUFFIX.len);
    return digest_is_hex(*sha256);
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* In an arena of its own: there may be as many as somebody cared to put there. */
static enum err tell_stranger(struct ctx *c, const struct store_visitor *v, const char *directory,
                              const char *name)
{
    struct arena *own;
    enum err e;

    if (!v->stranger)
        return ERR_OK;
    own = arena_create();
    e = v->stranger(c, v->arg, str_printf(own, "%s%s%s", directory, *directory ? "/" : "", name));
    arena_destroy(own);
    return e;
}

static enum err walk_collection(struct ctx *c, DIR *dir, const char *name, int64_t id,
                                const struct store_visitor *v)
{
    const struct dirent *entry;
    struct str sha256;

    while ((entry = readdir(dir))) {
        if (parse_file_name(entry->d_name, &sha256))
            TRY(v->file(c, v->arg, id, sha256));
        else if (!is_dots(entry->d_name))
            TRY(tell_stranger(c, v, name, entry->d_name));
    }
    return ERR_OK;
}

static DIR *open_directory(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

    if (!dir)
        disk_close(fd);
    return dir;
}

static enum err walk_entry(struct ctx *c, DIR *root, const char *name,
                           const struct store_visitor *v)
{
    bool is_id;
    int64_t id;
    DIR *dir;
    enum err e;

    is_id = name[0] != '0' && str_to_int(str_of(name), 1, INT64_MAX, &id);
    dir = is_id ? open_directory(dirfd(root), name) : NULL;
    if (!is_id || (!dir && errno == ENOTDIR))
        return tell_stranger(c, v, "", name);
    if (!dir)
        return disk_failed(c, "read directory", errno);
    e = walk_collection(c, dir, name, id, v);
    closedir(dir);
    return e;
}

/* What lies beside the collections, and is known: the file system's own, and parts (part.c). */
static bool is_no_image(const char *name)
{
    return strcmp(name, "lost+found") == 0 || strcmp(name, ".parts") == 0;
}

static enum err walk_root(struct ctx *c, DIR *root, const struct store_visitor *v)
{
    const struct dirent *entry;

    while ((entry = readdir(root))) {
        if (!is_dots(entry->d_name) && !is_no_image(entry->d_name))
            TRY(walk_entry(c, root, entry->d_name, v));
    }
    return ERR_OK;
}

enum err store_walk(struct ctx *c, const struct store_visitor *v)
{
    DIR *root = open_directory(AT_FDCWD, c->settings->images_root);
    enum err e;

    if (!root)
        return disk_failed(c, "read directory", errno);
    e = walk_root(c, root, v);
    closedir(root);
    return e;
}
