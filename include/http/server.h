/**
 * A pool of FastCGI workers on one listening socket.
 *
 * The parent opens (or inherits) the socket and keeps N worker processes alive; one worker answers
 * one request at a time, so a slow request occupies one process and nothing else, and a crash costs
 * one request (docs/adr/0002). FastCGI connections are closed after each answer: a kept one could
 * carry unread body bytes into the next request, and pins a worker. A worker that dies is replaced;
 * one whose parent died ends. The program behind it (routes, who may) comes in as functions.
 *
 * Signals to the parent: SIGTERM and SIGINT refuse what is new, finish what the kernel has accepted
 * within drain_timeout_s, and end with 0; SIGHUP calls reload and starts a new generation of
 * workers, and once that is complete tells the old one to finish. To systemd it says READY when the
 * pool is complete, RELOADING, STOPPING, and WATCHDOG while the parent's loop turns.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/ctx.h"
#include "http/request.h"

struct server_program {
    const char *name; /* "api" or "upload", for the log */
    enum pool pool;
    const struct route *routes;
    size_t route_count;
    /** Run in each new worker: open connections, remember them in *c. What is deferred on c->arena
     *  runs when the worker ends. An error ends the worker; another is tried after a pause. NULL:
     *  nothing to do. */
    enum err (*start)(struct ctx *c);
    /** Is the feature of a route switched on? NULL: all are. */
    bool (*has)(const struct ctx *c, enum feature f);
    /** Before the handler, with the body of a buffered route already read (a CSRF token may be a
     *  field of a form): find out who asks (r->viewer), check r->route->who. NULL: all may. */
    enum err (*admit)(struct req *r);
    /** Record the reply for the failure noted on the context; r->route is NULL when none was found.
     *  Must not fail. */
    void (*fail)(struct req *r);
    /** Once a minute, in a process of its own, which is killed after half of that: tell that the
     * pool lives, with so many workers. It may wait for a database, which the parent may not. NULL:
     * nobody is told. */
    enum err (*pulse)(struct ctx *c, int workers);
    /** Read settings again after SIGHUP into the context of the parent; an error keeps the old
     *  ones. NULL: SIGHUP only replaces the workers. */
    enum err (*reload)(struct ctx *c);
};

struct server_limits {
    const char *socket; /* path or host:port; ignored when systemd passed one (LISTEN_FDS), and read
                           at start only */
    int workers;
    int drain_timeout_s; /* then what still runs is killed */
    int io_timeout_s;    /* between two reads from or writes to nginx */
};

/** What the limits are now; asked at start and after each reload. */
typedef struct server_limits server_limits_of(const struct settings *s);

/**
 * Serve until told to stop. Call it before any thread exists: it forks.
 *
 * @param c  the parent's context: settings, clock; its arena lives as long as the server
 * @return ERR_OK after a clean stop; ERR_INPUT when the socket cannot be opened
 */
MUST_USE enum err server_run(struct ctx *c, const struct server_program *program,
                             server_limits_of *limits);

#endif
