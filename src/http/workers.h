/*
 * The parent's view of its worker processes.
 *
 * Workers come in generations. The current one is kept at full number; the ones before it serve on
 * until the current one is ready, and are then told to leave, each with a deadline after which it
 * is killed. A worker that dies is replaced, at once when it had lived, after a growing pause when
 * it dies young.
 */
#ifndef HTTP_WORKERS_H
#define HTTP_WORKERS_H

#include "listener.h"

#include "http/server.h"

#include <sys/types.h>

enum { WORKERS_MAX = 2048 }; /* API_WORKERS is at most 512, and generations overlap */

struct worker_slot {
    pid_t pid; /* 0: free */
    unsigned generation;
    bool is_ready;
    int64_t began_ms;
    int64_t deadline_ms; /* told to leave: killed then; 0: not told */
};

struct workers {
    struct ctx *ctx;
    const struct server_program *program;
    struct server_limits limits;
    struct listener listener;
    int ready_fds[2]; /* a worker that is ready writes its pid */
    unsigned generation;
    bool is_settled; /* the current generation was complete once */
    bool is_stopping;
    int64_t spawn_after_ms;
    int backoff_ms;
    struct worker_slot slots[WORKERS_MAX];
};

/** Make it; no worker yet. The listener is theirs from here on. */
MUST_USE enum err workers_open(struct ctx *c, const struct server_program *program,
                               struct server_limits limits, struct listener listener,
                               struct workers **out);

/** Start what is missing, if the pause after a young death is over. False in a new worker: *status
 * is then its exit status. */
MUST_USE bool workers_fill(struct workers *w, int *status);
/** Take note of the workers that have become ready; when that completes the generation, tell the
 * ones before it to leave. */
void workers_note_ready(struct workers *w);
/** Take note of the workers that have ended. */
void workers_reap(struct workers *w);
/** Begin a new generation. */
void workers_replace(struct workers *w, struct server_limits limits);
/** Let nothing new in and tell everybody to finish. */
void workers_stop(struct workers *w);
/** Kill those whose deadline has passed. */
void workers_kill_late(struct workers *w);

size_t workers_size(const struct workers *w);
/** Those of the current generation that take requests. */
int workers_ready(const struct workers *w);
/** Milliseconds until workers_fill() or workers_kill_late() has something to do; -1: no such time.
 */
int64_t workers_wait_ms(const struct workers *w);

#endif
