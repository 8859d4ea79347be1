#include "disk.h"

#include "base/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { LOCK_PAUSE_MS = 10 };

enum err disk_failed(struct ctx *c, const char *what, int error)
{
    bool full = error == ENOSPC || error == EDQUOT;
    enum err e = full ? ERR_NO_SPACE : ERR_UNAVAILABLE;

    if (full)
        ctx_note(c, e,
                 "The registry's disk is full; nothing was stored. The operator must make room.");
    else
        ctx_note(
            c, e,
            "The registry's image store cannot be used now; nothing was stored. Try again later.");
    ctx_note_cause(
        c, str_printf(c->arena, "%s in %s: %s", what, c->settings->images_root, strerror(error)));
    return e;
}

enum err disk_open_root(struct ctx *c, int *root)
{
    *root = open(c->settings->images_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *root >= 0 ? ERR_OK : disk_failed(c, "open directory", errno);
}

void disk_close(int fd)
{
    if (fd >= 0)
        close(fd);
}

/* flock() itself would wait for ever. */
static int lock_within(struct ctx *c, int fd, int operation, int64_t wait_ms)
{
    while (flock(fd, operation | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return errno;
        if (wait_ms <= 0)
            return EWOULDBLOCK;
        clock_pause_ms(c->clock, LOCK_PAUSE_MS);
        wait_ms -= LOCK_PAUSE_MS;
    }
    return 0;
}

enum err disk_lock_directory(struct ctx *c, int root, const char *path, bool exclusive,
                             int64_t wait_ms, int *lock)
{
    int fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error;

    *lock = -1;
    if (fd < 0)
        return disk_failed(c, "open directory", errno);
    error = lock_within(c, fd, exclusive ? LOCK_EX : LOCK_SH, wait_ms);
    if (error == 0) {
        *lock = fd;
        return ERR_OK;
    }
    disk_close(fd);
    return error == EWOULDBLOCK ? disk_failed(c, "lock directory", error) : ERR_OK;
}

enum err disk_read_at(struct ctx *c, int fd, int64_t offset, void *into, size_t len)
{
    char *at = into;

    while (len > 0) {
        ssize_t n = pread(fd, at, len, (off_t)offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return disk_failed(c, "read", n < 0 ? errno : EIO);
        at += n;
        offset += n;
        len -= (size_t)n;
    }
    return ERR_OK;
}

enum err disk_sync_directory(struct ctx *c, int root, const char *path)
{
    int fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = fd < 0 || fsync(fd) != 0 ? errno : 0;

    disk_close(fd);
    return error == 0 ? ERR_OK : disk_failed(c, "fsync directory", error);
}
