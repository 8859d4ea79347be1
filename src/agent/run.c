#include "counters.h"
#include "jobs.h"

#include "agent/agent.h"
#include "base/host.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/settings.h"
#include "db/db.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum {
    /* Longer than a job is meant to take. When one takes longer still, another agent may begin it
       too, which does no harm: what it does it claims row by row. */
    LEASE_S = 120,
    BACK_OFF_MAX = 300, /* seconds between two tries of a job that keeps failing */
};

/* ---- one job --------------------------------------------------------------------------------- */

/* This process among all agents. */
static struct db_param holder(struct ctx *c)
{
    return db_text(
        c, str_printf(c->arena, STR_FMT "/%d", STR_ARG(host_name(c->arena)), (int)getpid()));
}

static enum err take(struct ctx *c, const char *job, bool *mine)
{
    size_t taken;

    TRY(db_exec(c, SQL_AGENT_LEASE_TAKE,
                DB_ARGS(db_text(c, str_of(job)), holder(c), db_int(c, LEASE_S)), &taken));
    *mine = taken > 0;
    return ERR_OK;
}

/* A lease that cannot be given back ends by itself. */
static void give(struct ctx *c, const char *job)
{
    struct failure kept = c->failure;

    (void)!db_exec(c, SQL_AGENT_LEASE_GIVE, DB_ARGS(db_text(c, str_of(job)), holder(c)), NULL);
    c->failure = kept;
}

static enum err run_leased(struct ctx *c, const struct job *job, struct str *report)
{
    bool mine = true;
    enum err e;

    TRY(db_ready(c));
    if (job->alone)
        TRY(take(c, job->name, &mine));
    if (!mine)
        return ERR_OK;
    e = job->run(c, report);
    if (job->alone)
        give(c, job->name);
    return e;
}

static void log_failure(const struct ctx *c, const char *job, enum err e)
{
    log_to((enum log_level)err_log_level(e), "job_failed", {"job", str_of(job)},
           {"code", str_of(err_code(e))}, {"detail", c->failure.detail},
           {"cause", c->failure.cause});
}

/*
 * A job has its own arena and request id; one line says what it did, none when it had nothing to
 * do.
 */
static enum err run_job(const struct ctx *parent, size_t job)
{
    struct ctx c = *parent;
    struct str report = STR_NONE;
    int64_t began_ms = clock_mono_ms(parent->clock);
    enum err e;

    c.arena = arena_create();
    c.failure = (struct failure){.err = ERR_OK};
    c.request_id = str_printf(c.arena, "agent-%s", agent_jobs[job].name);
    log_set_request(c.request_id);
    e = run_leased(&c, &agent_jobs[job], &report);
    counters_note_job(job, e, clock_mono_ms(c.clock) - began_ms);
    if (e != ERR_OK)
        log_failure(&c, agent_jobs[job].name, e);
    else if (report.len)
        log_to(LOG_INFO, "job_done", {"job", str_of(agent_jobs[job].name)}, {"report", report});
    log_set_request(STR_NONE);
    arena_destroy(c.arena);
    return e;
}

/*
 * What an agent of this host held when it died, so that the next one need not wait for the end of
 * the lease. One that lives may lose a lease by this, which is as harmless as one that takes too
 * long.
 */
static void forget_leases(struct ctx *c)
{
    if (db_exec(c, SQL_AGENT_LEASE_FORGET, DB_ARGS(db_text(c, host_name(c->arena))), NULL) !=
        ERR_OK)
        ctx_forgive(c); /* the leases end by themselves */
}

enum err agent_once(struct ctx *c)
{
    enum err first = ERR_OK;

    forget_leases(c);
    for (size_t i = 0; i < agent_job_count; i++) {
        enum err e = run_job(c, i);

        if (e == ERR_OK || first != ERR_OK)
            continue;
        first = e;
        ctx_note(c, e, "the job %s failed; its reason is in the log above", agent_jobs[i].name);
    }
    return first;
}

/* ---- the loop -------------------------------------------------------------------------------- */

/* When each job is due, and how often it failed in a row. */
struct turn {
    int64_t due_ms;
    int failures;
};

static int64_t interval_s(const struct ctx *c, const struct job *job)
{
    return job->every_s == EVERY_AGENT_INTERVAL ? c->settings->agent_interval_s : job->every_s;
}

/*
 * After a failure a job waits twice as long each time, so that a database that comes back is not
 * met by a crowd.
 */
static int64_t pause_s(const struct ctx *c, const struct job *job, int failures)
{
    int64_t pause = interval_s(c, job);

    for (int i = 0; i < failures && pause < BACK_OFF_MAX; i++)
        pause *= 2;
    return failures && pause > BACK_OFF_MAX ? BACK_OFF_MAX : pause;
}

/*
 * Wait for a signal to stop, at most that long; the signals are blocked elsewhere, so none is lost
 * between two waits. Every way through the loop comes by here, so here is said that it turns.
 */
static bool told_to_stop(const sigset_t *stops, int64_t wait_ms)
{
    struct timespec wait = {.tv_sec = (time_t)(wait_ms / 1000),
                            .tv_nsec = (long)(wait_ms % 1000) * 1000000};

    notify_watchdog();
    return sigtimedwait(stops, NULL, &wait) > 0;
}

static int64_t wait_ms(const struct ctx *c, const struct turn *turns)
{
    int64_t next = turns[0].due_ms, now = clock_mono_ms(c->clock);
    int64_t ping = notify_watchdog_ms();

    for (size_t i = 1; i < agent_job_count; i++) {
        if (turns[i].due_ms < next)
            next = turns[i].due_ms;
    }
    if (ping && next > now + ping)
        next = now + ping;
    return next > now ? next - now : 0;
}

static bool run_due(struct ctx *c, const sigset_t *stops, struct turn *turns)
{
    for (size_t i = 0; i < agent_job_count; i++) {
        if (turns[i].due_ms > clock_mono_ms(c->clock))
            continue;
        if (told_to_stop(stops, 0))
            return false;
        turns[i].failures = run_job(c, i) == ERR_OK ? 0 : turns[i].failures + 1;
        turns[i].due_ms =
            clock_mono_ms(c->clock) + pause_s(c, &agent_jobs[i], turns[i].failures) * 1000;
    }
    return true;
}

enum err agent_run(struct ctx *c)
{
    struct turn turns[JOBS_MAX] = {{0}};
    sigset_t stops, before;

    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    sigprocmask(SIG_BLOCK, &stops, &before);
    notify_open();
    log_to(LOG_INFO, "agent_started", {"version", STR(TRANSLOAD_VERSION)});
    counters_begin();
    forget_leases(c);
    notify_ready();
    while (run_due(c, &stops, turns) && !told_to_stop(&stops, wait_ms(c, turns)))
        continue;
    notify_stopping();
    log_to(LOG_INFO, "agent_stopped", {"reason", STR("signal")});
    sigprocmask(SIG_SETMASK, &before, NULL);
    return ERR_OK;
}
