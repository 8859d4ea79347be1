/* What body_read() reads from: the one place that knows how long the body must be. */
#ifndef HTTP_SOURCE_H
#define HTTP_SOURCE_H

#include "http/body.h"

struct body_source {
    /* Up to size bytes; *n 0 at the end. ERR_INPUT when the sender left, ERR_UNAVAILABLE when it
     * went quiet. */
    enum err (*read)(struct ctx *c, struct body_source *self, void *bytes, size_t size, size_t *n);
    void *from;       /* of read: the FastCGI connection, the text in memory */
    int64_t expected; /* Content-Length; -1: unknown (chunked), then the end the sender marks is the
                         end */
    int64_t taken;
};

/** Read the whole of a body that may be max bytes long, into the arena. ERR_TOO_LARGE for a longer
 * one. */
MUST_USE enum err body_read_all(struct ctx *c, struct body_source *s, int64_t max, struct str *out);

#endif
