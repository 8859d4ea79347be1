/* From a request to its reply: route, limits, who may, handler, failure. */
#ifndef HTTP_DISPATCH_H
#define HTTP_DISPATCH_H

#include "http/server.h"

/**
 * Record the reply to a request; always records one.
 *
 * In order: the route (404, or 405 with Allow), its pool, Content-Length against its limit (413,
 * nothing of the body is read), the body of a buffered route, admit, the handler. The first failure
 * drops what was recorded and goes to program->fail.
 *
 * @param head    what reading the head gave
 * @param source  the body, not read yet
 */
void dispatch(const struct server_program *program, struct req *r, enum err head,
              struct body_source *source);

/** The one line of the log about this request. Never its query, headers or body. */
void dispatch_log(const struct req *r, int64_t took_ms, size_t bytes_sent);

#endif
