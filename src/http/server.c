#include "http/server.h"

#include "listener.h"
#include "pulse.h"
#include "use_board.h"
#include "worker.h"
#include "workers.h"

#include "base/log.h"
#include "base/metrics.h"
#include "base/notify.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { PULSE_MS = 60000 };

struct server {
    struct workers *workers;
    server_limits_of *limits;
    int signal_fd;
    int64_t ping_ms;  /* when to tell systemd again that we live; 0: it does not ask */
    int64_t pulse_ms; /* when to tell it again for people */
};

static void reload(struct server *s)
{
    struct workers *w = s->workers;
    struct ctx *c = w->ctx;

    if (w->is_stopping)
        return;
    notify_reloading(c->clock);
    ctx_forgive(c);
    if (w->program->reload && w->program->reload(c) != ERR_OK) {
        log_to(LOG_ERROR, "reload_failed", {"pool", str_of(w->program->name)},
               {"detail", c->failure.detail});
        notify_ready(); /* with what was in force before */
        return;
    }
    log_to(LOG_NOTICE, "reload", {"pool", str_of(w->program->name)});
    workers_replace(w, s->limits(c->settings));
}

static void stop(struct server *s)
{
    if (s->workers->is_stopping)
        return;
    log_to(LOG_NOTICE, "stop", {"pool", str_of(s->workers->program->name)});
    notify_stopping();
    workers_stop(s->workers);
}

static void take_signals(struct server *s)
{
    struct signalfd_siginfo info;

    while (read(s->signal_fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGHUP)
            reload(s);
        else if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
            stop(s);
    }
    workers_reap(s->workers); /* several deaths may be one SIGCHLD */
}

static void ping(struct server *s)
{
    int64_t now = clock_mono_ms(s->workers->ctx->clock);

    if (!s->ping_ms || now < s->ping_ms)
        return;
    notify_watchdog();
    s->ping_ms = now + notify_watchdog_ms();
}

static bool has_pulse(const struct server *s)
{
    const struct workers *w = s->workers;

    return w->program->pulse && w->is_settled && !w->is_stopping;
}

/* False in the process that did it; it ends with *status. */
static bool pulse(struct server *s, int *status)
{
    int64_t now = clock_mono_ms(s->workers->ctx->clock);

    if (!has_pulse(s) || now < s->pulse_ms)
        return true;
    s->pulse_ms = now + PULSE_MS;
    return pulse_send(s->workers, PULSE_MS / 2000, status);
}

static int64_t sooner(int64_t wait, int64_t until)
{
    until = until > 0 ? until : 0;
    return wait < 0 || until < wait ? until : wait;
}

static int wait_ms(const struct server *s)
{
    int64_t wait = workers_wait_ms(s->workers), now = clock_mono_ms(s->workers->ctx->clock);

    if (s->ping_ms)
        wait = sooner(wait, s->ping_ms - now);
    if (has_pulse(s))
        wait = sooner(wait, s->pulse_ms - now);
    return wait > INT32_MAX ? INT32_MAX : (int)wait;
}

static enum err run(struct server *s)
{
    struct workers *w = s->workers;

    while (!w->is_stopping || workers_size(w) > 0) {
        struct pollfd fds[] = {
            {.fd = s->signal_fd,    .events = POLLIN},
            {.fd = w->ready_fds[0], .events = POLLIN}
        };
        int status;

        if (!workers_fill(w, &status))
            exit(status); /* a worker, at its end */
        if (poll(fds, COUNT_OF(fds), wait_ms(s)) < 0 && errno != EINTR)
            return FAIL(w->ctx, ERR_INTERNAL, "poll: %s", strerror(errno));
        workers_note_ready(w);
        take_signals(s);
        workers_kill_late(w);
        ping(s);
        if (!pulse(s, &status))
            exit(status);
    }
    log_to(LOG_NOTICE, "stopped", {"pool", str_of(w->program->name)});
    return ERR_OK;
}

/* "GET, HEAD /api/me" …, and one for what no row fits. */
static void name_routes(struct ctx *c, const struct server_program *p)
{
    const char **names = arena_alloc_array(c->arena, p->route_count + 1, sizeof *names);

    for (size_t i = 0; i < p->route_count; i++)
        names[i] =
            str_printf(c->arena, STR_FMT " %s",
                       STR_ARG(route_methods(c->arena, p->routes[i].methods)), p->routes[i].path)
                .ptr;
    names[p->route_count] = "none";
    metrics_name(BY_ROUTE, names, p->route_count + 1);
}

/* What workers count, they count together: before the first of them. */
static void open_counters(struct ctx *c, const struct server_program *p)
{
    name_routes(c, p);
    if (!metrics_share() || !use_share())
        log_to(LOG_WARN, "metrics_not_shared", {"pool", str_of(p->name)},
               {"error", str_of(strerror(errno))});
}

enum err server_run(struct ctx *c, const struct server_program *program, server_limits_of *limits)
{
    struct server s = {.limits = limits};
    struct server_limits first = limits(c->settings);
    struct listener listener;

    TRY(listener_open(c, first.socket, &listener));
    s.signal_fd = worker_signals();
    if (s.signal_fd < 0)
        return FAIL(c, ERR_INTERNAL, "signalfd: %s", strerror(errno));
    notify_open();
    if (notify_watchdog_ms())
        s.ping_ms = clock_mono_ms(c->clock);
    open_counters(c, program);
    TRY(workers_open(c, program, first, listener, &s.workers));
    return run(&s);
}
