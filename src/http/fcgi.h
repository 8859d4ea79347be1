/*
 * One FastCGI connection with one request, over libfcgi. Nothing else in the program sees libfcgi.
 *
 * The connection is never kept: FCGX_Finish_r() would throw away what it had buffered of an unread
 * body and parse the rest of it as the records of a next request, parameters and all. So the
 * descriptor stays ours from accept to close (docs/adr/0002).
 */
#ifndef HTTP_FCGI_H
#define HTTP_FCGI_H

#include "head.h"
#include "source.h"

struct fcgi;

/** One per process, used for one connection after the other. Aborts when libfcgi does not start. */
RETURNS_NONNULL struct fcgi *fcgi_create(struct arena *a);

/**
 * Take a connection and read the parameters of its request.
 *
 * @param fd  connected socket with its time limits set; ours from here on
 * @return false when the peer sent no usable request; the connection is closed then
 */
MUST_USE bool fcgi_begin(struct fcgi *f, int fd);

/** The parameters, valid until fcgi_end(). */
const struct head_source *fcgi_params(struct fcgi *f);
/** The body; expected is Content-Length or -1. */
struct body_source *fcgi_body(struct fcgi *f, int64_t expected);

/** Send bytes of the reply; false when nobody reads it any more. */
bool fcgi_write(struct fcgi *f, struct str bytes);

/**
 * End the reply and close the connection.
 *
 * A body that was not read to its end is not read now either: nginx gets the answer, a moment to
 * take it, and the connection is closed. It has that moment because a close over unread bytes makes
 * the kernel report a reset, which nginx may see before the answer.
 */
void fcgi_end(struct fcgi *f);

#endif
