#include "line.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20 };

/* "KEY=" stands for a line "KEY=…" and, commented out, for "#KEY=…". */
static bool is_about(struct str line, struct str prefix, bool *is_comment)
{
    *is_comment = str_has_prefix(line, STR("#"));
    return str_has_prefix(*is_comment ? str_skip(line, 1) : line, prefix);
}

/* Is there a line about it that is in force? */
static bool has_active(struct str text, struct str prefix)
{
    struct str line;
    bool is_comment;

    while (text.len) {
        (void)str_cut(text, '\n', &line, &text);
        if (is_about(line, prefix, &is_comment) && !is_comment)
            return true;
    }
    return false;
}

static struct str with_line(struct arena *a, struct str text, struct str prefix, struct str line)
{
    struct buf out = {.arena = a};
    bool active = has_active(text, prefix), placed = false;

    while (text.len) {
        struct str old;
        bool is_comment, ended = str_cut(text, '\n', &old, &text);
        bool about = is_about(old, prefix, &is_comment) && is_comment != active;

        if (about && placed)
            continue;
        buf_add(&out, about ? line : old);
        placed = placed || about;
        if (ended || text.len || about)
            buf_add_byte(&out, '\n');
    }
    if (placed)
        return buf_str(&out);
    if (out.len && !str_has_suffix(buf_str(&out), STR("\n")))
        buf_add_byte(&out, '\n');
    buf_add(&out, line);
    buf_add_byte(&out, '\n');
    return buf_str(&out);
}

static enum err cannot(struct ctx *c, const char *path)
{
    return FAIL(c, ERR_UNAVAILABLE, "%s cannot be written: %s", path, strerror(errno));
}

static bool write_whole(int fd, struct str text)
{
    while (text.len) {
        ssize_t n = write(fd, text.ptr, text.len);

        if (n < 0 && errno != EINTR)
            return false;
        text = str_skip(text, n > 0 ? (size_t)n : 0);
    }
    return fsync(fd) == 0;
}

static enum err replace(struct ctx *c, const char *path, struct str text)
{
    const char *fresh = str_printf(c->arena, "%s.new", path).ptr;
    struct stat st;
    int fd;
    bool ok;

    if (stat(path, &st) != 0)
        return cannot(c, path);
    fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return cannot(c, path);
    ok = write_whole(fd, text) && fchmod(fd, st.st_mode & 07777) == 0 &&
         (fchown(fd, st.st_uid, st.st_gid) == 0 || geteuid() != 0);
    if (close(fd) != 0 || !ok || rename(fresh, path) != 0) {
        enum err e = cannot(c, path);

        (void)unlink(fresh);
        return e;
    }
    return ERR_OK;
}

enum err line_put(struct ctx *c, const char *path, struct str prefix, struct str line,
                  bool *changed)
{
    struct str text, fresh;
    bool found;

    TRY(file_read(c, path, FILE_MAX, &text, &found));
    if (!found)
        return FAIL(c, ERR_UNAVAILABLE, "%s is not there", path);
    fresh = with_line(c->arena, text, prefix, line);
    *changed = !str_eq(text, fresh);
    return *changed ? replace(c, path, fresh) : ERR_OK;
}
