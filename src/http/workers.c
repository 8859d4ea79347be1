#include "workers.h"

#include "use_board.h"
#include "worker.h"

#include "base/log.h"
#include "base/metrics.h"
#include "base/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    YOUNG_MS = 1000, /* a death before this age is a sign of more to come */
    BACKOFF_MIN_MS = 100,
    BACKOFF_MAX_MS = 10000,
};

static int64_t now_ms(const struct workers *w)
{
    return clock_mono_ms(w->ctx->clock);
}

static struct worker_slot *find(struct workers *w, pid_t pid)
{
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        if (w->slots[i].pid == pid)
            return &w->slots[i];
    }
    return NULL;
}

static int count_current(const struct workers *w, bool only_ready)
{
    int count = 0;

    for (size_t i = 0; i < WORKERS_MAX; i++) {
        const struct worker_slot *s = &w->slots[i];

        if (s->pid && s->generation == w->generation && (s->is_ready || !only_ready))
            count++;
    }
    return count;
}

size_t workers_size(const struct workers *w)
{
    size_t count = 0;

    for (size_t i = 0; i < WORKERS_MAX; i++)
        count += w->slots[i].pid != 0;
    return count;
}

int workers_ready(const struct workers *w)
{
    return count_current(w, true);
}

enum err workers_open(struct ctx *c, const struct server_program *program,
                      struct server_limits limits, struct listener listener, struct workers **out)
{
    struct workers *w = arena_alloc(c->arena, sizeof *w);

    *w = (struct workers){
        .ctx = c, .program = program, .limits = limits, .listener = listener, .generation = 1};
    if (pipe(w->ready_fds) != 0 || fcntl(w->ready_fds[0], F_SETFL, O_NONBLOCK) != 0 ||
        fcntl(w->ready_fds[0], F_SETFD, FD_CLOEXEC) != 0 ||
        fcntl(w->ready_fds[1], F_SETFD, FD_CLOEXEC) != 0)
        return FAIL(c, ERR_INTERNAL, "pipe: %s", strerror(errno));
    *out = w;
    return ERR_OK;
}

/* ---- beginning ------------------------------------------------------------------------------- */

/* In the new process. */
static int become_worker(struct workers *w, size_t slot, pid_t parent)
{
    const struct worker_setup setup = {
        .program = w->program,
        .parent = w->ctx,
        .listen_fd = w->listener.fd,
        .ready_fd = w->ready_fds[1],
        .io_timeout_s = w->limits.io_timeout_s,
        .slot = slot,
        .is_inherited = w->listener.is_inherited,
    };

    /* A worker without its parent would be found by nobody. The parent may be gone before the call,
     * hence the second look. */
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent)
        return 1;
    close(w->ready_fds[0]);
    return worker_run(&setup);
}

bool workers_fill(struct workers *w, int *status)
{
    int missing = w->is_stopping ? 0 : w->limits.workers - count_current(w, false);

    while (missing-- > 0 && now_ms(w) >= w->spawn_after_ms) {
        struct worker_slot *slot = find(w, 0);
        pid_t parent = getpid(), pid;

        if (!slot)
            return true;
        fflush(NULL); /* or the child would print it again */
        pid = fork();
        if (pid == 0) {
            *status = become_worker(w, (size_t)(slot - w->slots), parent);
            return false;
        }
        if (pid < 0) {
            log_to(LOG_ERROR, "fork_failed", {"error", str_of(strerror(errno))});
            w->spawn_after_ms = now_ms(w) + BACKOFF_MAX_MS;
            return true;
        }
        *slot =
            (struct worker_slot){.pid = pid, .generation = w->generation, .began_ms = now_ms(w)};
    }
    return true;
}

static void tell(struct workers *w, struct worker_slot *slot, int signal_number)
{
    if (!slot->deadline_ms)
        slot->deadline_ms = now_ms(w) + (int64_t)w->limits.drain_timeout_s * 1000;
    kill(slot->pid, signal_number);
}

static void settle(struct workers *w)
{
    char workers[16];

    w->is_settled = true;
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        if (w->slots[i].pid && w->slots[i].generation != w->generation)
            tell(w, &w->slots[i], SIGHUP);
    }
    snprintf(workers, sizeof workers, "%d", w->limits.workers);
    log_to(LOG_INFO, "pool_ready", {"pool", str_of(w->program->name)},
           {"workers", str_of(workers)});
    notify_ready();
}

void workers_note_ready(struct workers *w)
{
    pid_t pid;

    while (read(w->ready_fds[0], &pid, sizeof pid) == sizeof pid) {
        struct worker_slot *slot = find(w, pid);

        if (slot)
            slot->is_ready = true;
    }
    use_set_workers(count_current(w, true));
    if (!w->is_stopping && !w->is_settled && count_current(w, true) >= w->limits.workers)
        settle(w);
}

/* ---- ending ---------------------------------------------------------------------------------- */

static void log_end(const struct workers *w, const struct worker_slot *slot, int status)
{
    bool is_clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    bool is_asked = slot->deadline_ms != 0;
    char pid[16], reason[64];

    if (is_clean && is_asked)
        return;
    metrics_add(METRIC_WORKER_DEATHS, 0, 0, 1);
    snprintf(pid, sizeof pid, "%d", (int)slot->pid);
    if (WIFSIGNALED(status))
        snprintf(reason, sizeof reason, "killed by signal %d", WTERMSIG(status));
    else
        snprintf(reason, sizeof reason, "exit status %d", WEXITSTATUS(status));
    log_to(is_clean ? LOG_INFO : LOG_ERROR, "worker_ended", {"pool", str_of(w->program->name)},
           {"pid", str_of(pid)}, {"reason", str_of(reason)});
}

static void note_end(struct workers *w, struct worker_slot *slot)
{
    bool is_young = !slot->is_ready || now_ms(w) - slot->began_ms < YOUNG_MS;

    if (!is_young)
        w->backoff_ms = 0;
    else if (slot->deadline_ms == 0 && slot->generation == w->generation)
        w->backoff_ms = w->backoff_ms * 2 < BACKOFF_MIN_MS ? BACKOFF_MIN_MS : w->backoff_ms * 2;
    if (w->backoff_ms > BACKOFF_MAX_MS)
        w->backoff_ms = BACKOFF_MAX_MS;
    w->spawn_after_ms = now_ms(w) + w->backoff_ms;
    *slot = (struct worker_slot){.pid = 0};
}

void workers_reap(struct workers *w)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        struct worker_slot *slot = find(w, pid);

        if (!slot)
            continue;
        log_end(w, slot, status);
        use_end((size_t)(slot - w->slots)); /* it may have had a request in hand */
        note_end(w, slot);
    }
}

void workers_replace(struct workers *w, struct server_limits limits)
{
    w->limits = limits;
    w->generation++;
    w->is_settled = false;
    w->backoff_ms = 0;
    w->spawn_after_ms = 0;
}

void workers_stop(struct workers *w)
{
    w->is_stopping = true;
    if (!w->listener.is_inherited)
        listener_stop(&w->listener);
    listener_close(&w->listener);
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        if (w->slots[i].pid)
            tell(w, &w->slots[i], SIGTERM);
    }
}

void workers_kill_late(struct workers *w)
{
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        struct worker_slot *s = &w->slots[i];
        char pid[16];

        if (!s->pid || !s->deadline_ms || now_ms(w) < s->deadline_ms)
            continue;
        snprintf(pid, sizeof pid, "%d", (int)s->pid);
        log_to(LOG_WARN, "worker_killed", {"pool", str_of(w->program->name)}, {"pid", str_of(pid)},
               {"reason", STR("its request did not end within DRAIN_TIMEOUT")});
        s->deadline_ms = INT64_MAX; /* once is enough */
        kill(s->pid, SIGKILL);
    }
}

int64_t workers_wait_ms(const struct workers *w)
{
    bool is_short = !w->is_stopping && count_current(w, false) < w->limits.workers;
    int64_t next = is_short ? w->spawn_after_ms : INT64_MAX;
    int64_t now = now_ms(w);

    for (size_t i = 0; i < WORKERS_MAX; i++) {
        const struct worker_slot *s = &w->slots[i];

        if (s->pid && s->deadline_ms && s->deadline_ms < next)
            next = s->deadline_ms;
    }
    if (next == INT64_MAX)
        return -1;
    return next > now ? next - now : 0;
}
