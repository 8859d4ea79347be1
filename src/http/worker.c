#include "worker.h"

#include "dispatch.h"
#include "fcgi.h"
#include "listener.h"
#include "reply.h"
#include "use_board.h"

#include "base/log.h"
#include "base/metrics.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

struct worker {
    const struct worker_setup *setup;
    struct ctx ctx; /* of the process: its connections; each request gets a copy */
    struct fcgi *fcgi;
    struct arena *arena; /* of the request in hand */
    int signal_fd;
};

int worker_signals(void)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    static const int orders[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
    sigset_t blocked, read_here;

    /* libfcgi does not resume an interrupted read, so one run of a handler (it installs some
     * itself) would break an upload: nothing but our own faults is ever delivered. */
    sigfillset(&blocked);
    for (size_t i = 0; i < COUNT_OF(faults); i++)
        sigdelset(&blocked, faults[i]);
    sigprocmask(SIG_SETMASK, &blocked, NULL);
    sigemptyset(&read_here);
    for (size_t i = 0; i < COUNT_OF(orders); i++)
        sigaddset(&read_here, orders[i]);
    return signalfd(-1, &read_here, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* ---- one request ----------------------------------------------------------------------------- */

static void limit_waiting(int fd, int timeout_s)
{
    struct timeval limit = {.tv_sec = timeout_s};

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

static size_t send_reply(struct fcgi *f, const struct req *r)
{
    struct str body = reply_body(r);
    bool sent = fcgi_write(f, reply_head(r)) && fcgi_write(f, body);

    return sent ? body.len : 0;
}

/* A request that no row fits is counted behind the last row. */
static void count(const struct worker *w, const struct req *r, int64_t took_ms)
{
    const struct server_program *p = w->setup->program;
    size_t row = r->route ? (size_t)(r->route - p->routes) : p->route_count;

    metrics_add(METRIC_HTTP_REQUESTS, row, metrics_status(r->reply.status), 1);
    metrics_observe(METRIC_HTTP_SECONDS, row, took_ms);
}

static void answer(struct worker *w)
{
    int64_t began_ms = clock_mono_ms(w->ctx.clock), took_ms;
    struct ctx c = w->ctx;
    struct req r = {.ctx = &c};
    enum err head;
    size_t bytes;

    use_begin(w->setup->slot, began_ms);
    c.arena = w->arena;
    c.failure = (struct failure){.err = ERR_OK};
    head = head_read(&r, fcgi_params(w->fcgi));
    log_set_request(c.request_id);
    dispatch(w->setup->program, &r, head, fcgi_body(w->fcgi, r.content_length));
    bytes = send_reply(w->fcgi, &r);
    fcgi_end(w->fcgi);
    took_ms = clock_mono_ms(w->ctx.clock) - began_ms;
    count(w, &r, took_ms);
    use_end(w->setup->slot);
    dispatch_log(&r, took_ms, bytes);
    log_set_request(STR_NONE);
    arena_reset(w->arena);
}

/* False when there was no connection to take. */
static bool serve_one(struct worker *w)
{
    int fd = accept(w->setup->listen_fd, NULL,
                    NULL); /* not close-on-exec: a worker never runs another program */

    if (fd < 0)
        return false;
    limit_waiting(fd, w->setup->io_timeout_s);
    if (fcgi_begin(w->fcgi, fd))
        answer(w);
    return true;
}

/* ---- the loop -------------------------------------------------------------------------------- */

static bool watch(int epoll_fd, int fd, unsigned events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};

    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* The signal that was sent, 0 for none. */
static int told(const struct worker *w)
{
    struct signalfd_siginfo info;

    return read(w->signal_fd, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

/* What the kernel has accepted for us is served by nobody else once the socket is gone. Bounded,
 * since a TCP port goes on accepting. */
static void serve_backlog(struct worker *w)
{
    for (int left = LISTENER_BACKLOG; left > 0 && serve_one(w); left--)
        ;
}

/*
 * A connection wakes one sleeping worker only (EPOLLEXCLUSIVE), so the one that was woken must take
 * it, even if a signal came at the same moment: nobody else will be woken for it. Hence the order
 * below.
 */
static int serve(struct worker *w, int epoll_fd)
{
    for (;;) {
        struct epoll_event events[2];
        int n = epoll_wait(epoll_fd, events, COUNT_OF(events), -1);
        int signal_number = 0;

        if (n < 0 && errno != EINTR)
            return 1;
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == w->setup->listen_fd)
                serve_one(w);
        }
        signal_number = told(w);
        if (signal_number == SIGHUP)
            return 0;
        if (signal_number == SIGTERM || signal_number == SIGINT) {
            if (!w->setup->is_inherited)
                serve_backlog(w);
            return 0;
        }
    }
}

static int fail(const char *what)
{
    log_to(LOG_ERROR, "worker_failed", {"at", str_of(what)}, {"error", str_of(strerror(errno))});
    return 1;
}

static int run(struct worker *w)
{
    pid_t pid = getpid();
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    enum err e = w->setup->program->start ? w->setup->program->start(&w->ctx) : ERR_OK;

    if (e != ERR_OK) {
        log_to(LOG_ERROR, "worker_failed", {"code", str_of(err_code(e))},
               {"detail", w->ctx.failure.detail}, {"cause", w->ctx.failure.cause});
        return err_exit_code(e);
    }
    if (epoll_fd < 0 || !watch(epoll_fd, w->setup->listen_fd, EPOLLIN | EPOLLEXCLUSIVE) ||
        !watch(epoll_fd, w->signal_fd, EPOLLIN))
        return fail("epoll");
    if (write(w->setup->ready_fd, &pid, sizeof pid) != sizeof pid)
        return fail("ready");
    return serve(w, epoll_fd);
}

int worker_run(const struct worker_setup *setup)
{
    struct worker w = {.setup = setup, .ctx = *setup->parent, .signal_fd = worker_signals()};
    int status;

    if (w.signal_fd < 0)
        return fail("signalfd");
    w.ctx.arena = arena_create();
    w.arena = arena_create();
    w.fcgi = fcgi_create(w.ctx.arena);
    status = run(&w);
    arena_destroy(w.arena);
    arena_destroy(w.ctx.arena);
    return status;
}
