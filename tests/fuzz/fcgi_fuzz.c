/* What stands at the door of the pool: bytes on a connection that should be FastCGI records. */
// modules: http base
#include "fcgi.h"

#include "base/secret.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfcgi 2.4.2 forgets 48 bytes for each management record of a type that it does not know. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libfcgi.so\n";
}

enum { SIZE_MAX_BYTES = 64 * 1024, BODY_LIMIT = 4096 };

static void demand(bool holds)
{
    if (!holds)
        abort();
}

/* The server's end of a connection on which these bytes came, and then its end. */
static int connection(struct str bytes)
{
    int ends[2];

    demand(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    demand(write(ends[0], bytes.ptr, bytes.len) == (ssize_t)bytes.len);
    close(ends[0]);
    return ends[1];
}

static void serve(struct ctx *c, struct fcgi *f, size_t sent)
{
    struct req r = {.ctx = c};
    enum err e = head_read(&r, fcgi_params(f));
    struct body_source *body = fcgi_body(f, r.content_length);
    struct str text;

    demand(c->request_id.len > 0);
    if (e == ERR_OK) {
        demand(str_has_prefix(r.path, STR("/")) && r.content_length >= -1);
        e = body_read_all(c, body, BODY_LIMIT, &text);
    }
    if (e == ERR_OK)
        demand(text.len <= BODY_LIMIT && text.len <= sent &&
               (r.content_length < 0 || (size_t)r.content_length == text.len));
    (void)fcgi_write(f, STR("Status: 200 OK\r\n\r\n"));
    fcgi_end(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx c = {.arena = arena_create(), .clock = &clock_real};
    struct fcgi *f;
    int fd;

    if (size > 0 && size <= SIZE_MAX_BYTES) {
        signal(SIGPIPE, SIG_IGN);
        secret_init();
        f = fcgi_create(c.arena);
        fd = connection(str_view(data, size));
        if (fcgi_begin(f, fd))
            serve(&c, f, size);
        demand(fcntl(fd, F_GETFD) < 0); /* closed whatever came */
    }
    arena_destroy(c.arena);
    return 0;
}
