#include "pulse.h"

#include "base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The parent blocks every signal; a limit needs the one. */
static void limit_life(unsigned seconds)
{
    sigset_t alarms;

    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    signal(SIGALRM, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &alarms, NULL);
    alarm(seconds);
}

static int tell(const struct workers *w)
{
    struct ctx c = *w->ctx;
    enum err e;

    c.arena = arena_create();
    c.failure = (struct failure){.err = ERR_OK};
    e = w->program->pulse(&c, workers_ready(w));
    if (e != ERR_OK)
        log_to(LOG_WARN, "pulse_failed", {"pool", str_of(w->program->name)},
               {"code", str_of(err_code(e))}, {"detail", c.failure.detail},
               {"cause", c.failure.cause});
    arena_destroy(c.arena);
    return err_exit_code(e);
}

bool pulse_send(const struct workers *w, unsigned limit_s, int *status)
{
    pid_t parent = getpid(), pid;

    fflush(NULL); /* or the child would print it again */
    pid = fork();
    if (pid < 0)
        log_to(LOG_ERROR, "fork_failed", {"error", str_of(strerror(errno))});
    if (pid != 0)
        return true;
    *status = 1;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        return false;
    close(w->listener.fd); /* a pool that stops must be alone with it */
    limit_life(limit_s);
    *status = tell(w);
    return false;
}
