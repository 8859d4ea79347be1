/* From a recorded reply to the bytes that FastCGI carries. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "http/request.h"

/** Forget what was recorded. */
void reply_drop(struct req *r);

/**
 * The CGI header block (RFC 3875 §6.3), up to and with the empty line.
 *
 * One status line, Content-Type and Content-Length where there is a body, the recorded headers, and
 * `Cache-Control: no-store` where the handler said nothing about it: what a session may see is
 * nobody else's.
 */
struct str reply_head(const struct req *r);

/** What follows the head: empty for HEAD. */
struct str reply_body(const struct req *r);

#endif
