/**
 * The body of a streamed request, and multipart/form-data read from it without ever holding the
 * file.
 *
 * The source hands out bytes as nginx passes them on (unbuffered). A short read is told apart from
 * the end: a body counts only when it is as long as Content-Length said and the closing boundary
 * was seen. Fields are small and kept; the one file goes to the caller piece by piece. Memory does
 * not grow with the file. Source: RFC 7578, RFC 2046 §5.1.
 */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "base/ctx.h"

struct body_source;

/**
 * Read up to size bytes.
 *
 * @param[out] n  bytes read; 0 only at the clean end
 * @return ERR_OK; ERR_INPUT the client left or the body is shorter than announced; ERR_UNAVAILABLE
 * nginx went quiet
 */
MUST_USE enum err body_read(struct ctx *c, struct body_source *s, void *bytes, size_t size,
                            size_t *n);

/** A source over bytes in memory, handed out at most `step` at a time (tests, fuzzing; 0: no
 * limit). */
struct body_source *body_from_memory(struct arena *a, struct str bytes, size_t step);

enum {
    MULTIPART_FIELDS_MAX = 16,
    MULTIPART_NAME_MAX = 64,
    MULTIPART_VALUE_MAX = 4096,
    MULTIPART_HEADER_MAX = 1024, /* header lines of one part */
};

struct multipart_field {
    struct str name, value;
};

/* What the reader has seen so far. */
struct multipart_fields {
    struct multipart_field list[MULTIPART_FIELDS_MAX];
    size_t count;
};

/** What the caller does with the file part. */
struct multipart_file {
    const char *name; /* the only part that may be a file, "file1" */
    /** Called once when the file begins, with the fields before it. An error ends the reading
     * before one byte of the file is taken. */
    enum err (*begin)(struct ctx *c, void *arg, const struct multipart_fields *fields);
    /** Called for each piece, in order. */
    enum err (*data)(struct ctx *c, void *arg, struct str piece);
    void *arg;
};

/** The boundary of a Content-Type, 1..70 characters; ERR_INPUT when it is not multipart/form-data
 * or has none. */
MUST_USE enum err multipart_boundary(struct ctx *c, struct str content_type, struct str *boundary);

/**
 * Read the whole body.
 *
 * @return ERR_OK when the closing boundary was seen and the body ended cleanly; ERR_INPUT naming
 * the field: a part without a name, a field twice, a second file, a field after the file, a file
 * that is missing, anything over the limits above; or what begin and data returned
 */
MUST_USE enum err multipart_read(struct ctx *c, struct body_source *s, struct str boundary,
                                 const struct multipart_file *file,
                                 struct multipart_fields *fields);

#endif
