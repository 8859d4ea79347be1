/**
 * A pool of FastCGI workers on one listening socket.
 *
 * The parent opens (or inherits) the socket and keeps N worker processes alive; one worker answers one request at a time, so a slow
 * request occupies one process and nothing else, and a crash costs one request (docs/adr/0002). FastCGI connections are closed after
 * each answer: a kept one could carry unread body bytes into the next request, and pins a worker. Signals: SIGTERM and SIGINT let
 * requests in flight finish within drain_timeout_s and end with 0; SIGHUP calls reload and replaces the workers one generation by the
 * next. The program behind it (routes, who may) comes in as functions.
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
    /** Run in each new worker: open connections, remember them in *c. An error ends the worker. */
    enum err (*start)(struct ctx *c);
    /** Is the feature of a route switched on? */
    bool (*has)(const struct ctx *c, enum feature f);
    /** Before the handler: find out who asks (r->viewer), check r->route->who and CSRF. */
    enum err (*admit)(struct req *r);
    /** Record the reply for a failure noted on the context. Must not fail. */
    void (*fail)(struct req *r);
    /** Read settings again after SIGHUP into the context of the parent; an error keeps the old ones. */
    enum err (*reload)(struct ctx *c);
};

struct server_limits {
    const char *socket; /* path or host:port; ignored when systemd passed one (LISTEN_FDS) */
    int workers;
    int drain_timeout_s;
    int io_timeout_s;
};

/** What the limits are now; asked at start and after each reload. */
typedef struct server_limits server_limits_of(const struct settings *s);

/**
 * Serve until told to stop.
 *
 * @param c  the parent's context: settings, clock; its arena lives as long as the server
 * @return ERR_OK after a clean stop; ERR_INPUT when the socket cannot be opened
 */
MUST_USE enum err server_run(struct ctx *c, const struct server_program *program, server_limits_of *limits);

#endif
