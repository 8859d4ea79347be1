#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { FIRST_INHERITED_FD = 3 }; /* SD_LISTEN_FDS_START */

static bool set_flags(int fd)
{
    int status = fcntl(fd, F_GETFL);

    return status >= 0 && fcntl(fd, F_SETFL, status | O_NONBLOCK) == 0 &&
           fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

/* ---- inherited ------------------------------------------------------------------------------- */

static bool env_int(const char *name, int64_t *out)
{
    return str_to_int(str_of(getenv(name)), 0, INT32_MAX, out);
}

static bool is_listening(int fd)
{
    int yes = 0;
    socklen_t size = sizeof yes;

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &size) == 0 && yes;
}

static enum err inherit(struct ctx *c, struct listener *out)
{
    int64_t pid, count;
    bool is_ours = env_int("LISTEN_PID", &pid) && pid == getpid() &&
                   env_int("LISTEN_FDS", &count) && count > 0;

    /* Unset even when they are not for us, so that nothing started from here takes them for its
     * own. */
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    if (!is_ours)
        return ERR_OK;
    if (count != 1)
        return FAIL(c, ERR_INPUT, "systemd passed %lld sockets, but a pool listens on one",
                    (long long)count);
    if (!is_listening(FIRST_INHERITED_FD) || !set_flags(FIRST_INHERITED_FD))
        return FAIL(c, ERR_INPUT, "the descriptor that systemd passed is not a listening socket");
    *out = (struct listener){.fd = FIRST_INHERITED_FD, .is_inherited = true};
    return ERR_OK;
}

/* ---- unix ------------------------------------------------------------------------------------ */

/* Remove what an earlier run left. Anything that is not a socket, or that somebody answers on,
 * stays. */
static enum err remove_stale(struct ctx *c, const struct sockaddr_un *address)
{
    const char *path = address->sun_path;
    struct stat st;
    int fd, connected, error;

    if (lstat(path, &st) != 0)
        return ERR_OK; /* bind() says the rest */
    if (!S_ISSOCK(st.st_mode))
        return FAIL(c, ERR_INPUT, "%s exists and is not a socket", path);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    connected = connect(fd, (const struct sockaddr *)address, sizeof *address);
    error = errno;
    close(fd);
    if (connected == 0 || error != ECONNREFUSED)
        return FAIL(c, ERR_INPUT, "%s is in use: another server answers there", path);
    if (unlink(path) != 0)
        return FAIL(c, ERR_INPUT, "%s: %s", path, strerror(errno));
    return ERR_OK;
}

static int bind_unix(int fd, const struct sockaddr_un *address)
{
    mode_t before =
        umask(S_IXUSR | S_IXGRP |
              S_IRWXO); /* 0660 from the first moment: whoever may connect may claim to be nginx */
    int result = bind(fd, (const struct sockaddr *)address, sizeof *address);
    int error = errno;

    umask(before);
    errno = error;
    return result;
}

static enum err open_unix(struct ctx *c, const char *path, struct listener *out)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat st;
    int fd;

    if (strlen(path) >= sizeof address.sun_path)
        return FAIL(c, ERR_INPUT,
                    "%s: longer than %zu bytes, which is all a unix socket's path may be", path,
                    sizeof address.sun_path - 1);
    memcpy(address.sun_path, path, strlen(path) + 1);
    TRY(remove_stale(c, &address));
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || bind_unix(fd, &address) != 0 || lstat(path, &st) != 0 ||
        listen(fd, LISTENER_BACKLOG) != 0 || !set_flags(fd)) {
        int error = errno;

        close(fd);
        return FAIL(c, ERR_INPUT, "%s: cannot listen: %s", path, strerror(error));
    }
    *out = (struct listener){.fd = fd,
                             .path = str_z(c->arena, str_of(path)),
                             .dev = (long long)st.st_dev,
                             .inode = (long long)st.st_ino};
    return ERR_OK;
}

/* ---- TCP ------------------------------------------------------------------------------------- */

static enum err resolve(struct ctx *c, const char *address, struct addrinfo **found)
{
    static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                          .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct str host, port;
    int error;

    if (!str_cut_last(str_of(address), ':', &host, &port) || host.len == 0)
        return FAIL(c, ERR_INPUT,
                    "%s: must be the path of a unix socket, beginning with /, or host:port",
                    address);
    if (str_has_prefix(host, STR("[")) && str_has_suffix(host, STR("]")))
        host = str_take(str_skip(host, 1), host.len - 2);
    error = getaddrinfo(str_z(c->arena, host), str_z(c->arena, port), &hints, found);
    if (error)
        return FAIL(c, ERR_INPUT, "%s: %s", address, gai_strerror(error));
    return ERR_OK;
}

static void set_option(int fd, int level, int option)
{
    int yes = 1;

    setsockopt(fd, level, option, &yes, sizeof yes);
}

static enum err open_tcp(struct ctx *c, const char *address, struct listener *out)
{
    struct addrinfo *found;
    int fd, error = 0;

    TRY(resolve(c, address, &found));
    fd = socket(found->ai_family, found->ai_socktype, 0);
    set_option(fd, SOL_SOCKET, SO_REUSEADDR);
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE); /* connections inherit this one and the next */
    set_option(fd, IPPROTO_TCP, TCP_NODELAY);
    if (fd < 0 || bind(fd, found->ai_addr, found->ai_addrlen) != 0 ||
        listen(fd, LISTENER_BACKLOG) != 0 || !set_flags(fd)) {
        error = errno;
        close(fd);
    }
    freeaddrinfo(found);
    if (error)
        return FAIL(c, ERR_INPUT, "%s: cannot listen: %s", address, strerror(error));
    *out = (struct listener){.fd = fd};
    return ERR_OK;
}

/* ------------------------------------------------------------------------------------------------------------------------------
 */

enum err listener_open(struct ctx *c, const char *address, struct listener *out)
{
    struct listener l = {.fd = -1};

    TRY(inherit(c, &l));
    if (l.fd < 0)
        TRY(address[0] == '/' ? open_unix(c, address, &l) : open_tcp(c, address, &l));
    *out = l;
    return ERR_OK;
}

void listener_stop(const struct listener *l)
{
    struct stat st;

    if (!l->path)
        return;
    /* Only if the path is still ours: a successor may have put its own socket there. */
    if (lstat(l->path, &st) == 0 && (long long)st.st_dev == l->dev &&
        (long long)st.st_ino == l->inode)
        unlink(l->path);
    shutdown(l->fd, SHUT_RD); /* refuses new connections; the queue stays (of a TCP socket it would
                                 be dropped) */
}

void listener_close(struct listener *l)
{
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
}
