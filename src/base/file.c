#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static enum err read_all(struct ctx *c, int fd, const char *path, size_t max_bytes, struct str *out)
{
    char *bytes = arena_alloc(c->arena, max_bytes + 1);
    size_t len = 0;

    for (;;) {
        ssize_t n = read(fd, bytes + len, max_bytes + 1 - len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FAIL(c, ERR_INPUT, "%s: %s", path, strerror(errno));
        if (n == 0)
            break;
        len += (size_t)n;
        if (len > max_bytes)
            return FAIL(c, ERR_INPUT, "%s: longer than %zu bytes", path, max_bytes);
    }
    *out = str_view(bytes, len);
    return ERR_OK;
}

enum err file_read(struct ctx *c, const char *path, size_t max_bytes, struct str *out, bool *found)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum err e;

    *found = fd >= 0;
    if (fd < 0 && errno == ENOENT)
        return ERR_OK;
    if (fd < 0)
        return FAIL(c, ERR_INPUT, "%s: %s", path, strerror(errno));
    e = read_all(c, fd, path, max_bytes, out);
    close(fd);
    return e;
}
