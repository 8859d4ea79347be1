#include "fcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LINGER_MS = 2000,              /* for nginx to take an early answer */
    LINGER_BYTES_MAX = 256 * 1024, /* of a refused body, read and thrown away meanwhile */
};

/*
 * fcgiapp.h says of these fields "don't use anything below here". They are how one hands libfcgi a
 * connection that it did not accept itself; the interface has no other way, and has not changed
 * since 2003. tests/unit/http/fcgi_test.c holds it to the behaviour.
 */
#define IS_INT(field) _Generic(((FCGX_Request *)NULL)->field, int : 1, default : 0)
_Static_assert(IS_INT(ipcFd), "libfcgi: ipcFd, the connection");
_Static_assert(IS_INT(keepConnection), "libfcgi: keepConnection, whether it closes the connection");
_Static_assert(IS_INT(detached), "libfcgi: detached, whether closing lingers");

struct fcgi {
    struct head_source params;
    struct body_source body;
    FCGX_Request request;
    bool has_ended; /* the end of the body was seen */
};

static const char *get_param(const struct head_source *self, const char *name)
{
    const struct fcgi *f = (const struct fcgi *)(const void *)self; /* its first member */

    return FCGX_GetParam(name, f->request.envp);
}

struct fcgi *fcgi_create(struct arena *a)
{
    struct fcgi *f = arena_alloc(a, sizeof *f);

    if (FCGX_Init() != 0 || FCGX_InitRequest(&f->request, -1, 0) != 0)
        abort();
    f->params.param = get_param;
    return f;
}

bool fcgi_begin(struct fcgi *f, int fd)
{
    f->has_ended = false;
    f->request.ipcFd = fd;
    f->request.keepConnection = 1; /* "a request ended here before": FCGX_Accept_r() keeps the
                                      connection and reads from it */
    f->request.detached = 1;       /* on a failure, close at once */
    if (FCGX_Accept_r(&f->request) == 0)
        return true;
    /* It closed the connection and failed to accept another one, there being no listening socket.
     */
    f->request.ipcFd = -1;
    return false;
}

const struct head_source *fcgi_params(struct fcgi *f)
{
    return &f->params;
}

static enum err read_stdin(struct ctx *c, struct body_source *self, void *bytes, size_t size,
                           size_t *n)
{
    struct fcgi *f = self->from;
    int max = size < INT_MAX ? (int)size : INT_MAX;
    int got = f->has_ended ? 0 : FCGX_GetStr(bytes, max, f->request.in);
    int error = FCGX_GetError(f->request.in);

    *n = got > 0 ? (size_t)got : 0;
    f->has_ended = got < max && error == 0;
    if (got == max || error == 0)
        return ERR_OK;
    *n = 0;
    if (error == EAGAIN)
        return FAIL(c, ERR_UNAVAILABLE, "The rest of the body did not come in time.");
    return FAIL(c, ERR_INPUT, "The connection was closed before the body was complete.");
}

struct body_source *fcgi_body(struct fcgi *f, int64_t expected)
{
    f->body = (struct body_source){.read = read_stdin, .from = f, .expected = expected};
    return &f->body;
}

bool fcgi_write(struct fcgi *f, struct str bytes)
{
    while (bytes.len) {
        int part = bytes.len < INT_MAX ? (int)bytes.len : INT_MAX;

        if (FCGX_PutStr(bytes.ptr, part, f->request.out) != part)
            return false;
        bytes = str_skip(bytes, (size_t)part);
    }
    return true;
}

/*
 * True when the end of the request was seen, or lies in what has arrived. Never waits: of a body
 * whose length was not announced the next byte may be a long time coming.
 */
static bool is_wholly_read(struct fcgi *f)
{
    if (f->has_ended)
        return true;
    if (f->body.expected >= 0 && f->body.expected != f->body.taken)
        return false;
    return fcntl(f->request.ipcFd, F_SETFL, O_NONBLOCK) == 0 && FCGX_GetChar(f->request.in) < 0 &&
           FCGX_GetError(f->request.in) == 0;
}

static void linger(int fd)
{
    char trash[8192];
    size_t taken = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};

    if (shutdown(fd, SHUT_WR) != 0)
        return;
    /* Without POLLIN only the peer's close ends the wait. */
    while (poll(&p, 1, LINGER_MS) > 0 && !(p.revents & (POLLERR | POLLHUP))) {
        ssize_t n = read(fd, trash, sizeof trash);

        if (n <= 0)
            return;
        taken += (size_t)n;
        if (taken > LINGER_BYTES_MAX)
            p.events = 0;
    }
}

void fcgi_end(struct fcgi *f)
{
    int fd = f->request.ipcFd;
    bool wholly_read;

    /* FCGX_Finish_r() without its close: the end records, then free what it holds. */
    FCGX_FClose(f->request.err);
    FCGX_FClose(f->request.out);
    wholly_read = is_wholly_read(f);
    FCGX_Free(&f->request, 0);
    f->request.ipcFd = -1;
    if (!wholly_read)
        linger(fd);
    close(fd);
}
