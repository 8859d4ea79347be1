/* The CGI parameters of a request become struct req. */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "http/request.h"

/* Where parameters come from: FastCGI, or a table in a test. NULL: not sent. */
struct head_source {
    const char *(*param)(const struct head_source *self, const char *name);
};

/**
 * Fill the request from its parameters; r->ctx is set before.
 *
 * The request id is always set on the context (nginx's, or a new one when nginx sent none or a
 * malformed one). Values are copied, so they live as long as the arena.
 *
 * @return ERR_OK; ERR_INPUT for a path or a length that cannot be used: the rest of the request is
 * filled all the same
 */
MUST_USE enum err head_read(struct req *r, const struct head_source *source);

#endif
