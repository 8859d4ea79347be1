/* What a worker process does: one request after the other until it is told to stop. */
#ifndef HTTP_WORKER_H
#define HTTP_WORKER_H

#include "http/server.h"

/*
 * The parent speaks to its workers by signals; whoever else sends one gets the same.
 *
 * - SIGTERM, SIGINT: the server ends. Answer the request in hand and those the kernel has accepted
 *   already, then end.
 * - SIGHUP: this generation is replaced. Answer the request in hand, then end.
 */

/** Block all signals for good, but for those that report a fault; the ones above and SIGCHLD are
 *  read from the descriptor this returns. */
int worker_signals(void);

struct worker_setup {
    const struct server_program *program;
    const struct ctx *parent;
    int listen_fd;
    int ready_fd; /* gets the pid once the program's start succeeded */
    int io_timeout_s;
    size_t slot;       /* among the parent's: where it says that it is busy */
    bool is_inherited; /* another process serves what is left in the backlog */
};

/** Serve; the exit status of the process. */
int worker_run(const struct worker_setup *setup);

#endif
