/**
 * One request as the application sees it, and the reply it builds.
 *
 * A handler reads input with the req_… calls, asks the domain, and ends with one reply_… call,
 * which only records the reply; it is sent after the handler returned ERR_OK. When a handler
 * returns an error, what it recorded is dropped and the failure noted on the context becomes the
 * answer, so an error never follows half an answer. FastCGI is not visible here.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "base/ctx.h"
#include "base/json.h"
#include "http/route.h"

enum { REPLY_HEADERS_MAX = 16, PATH_PARAMS_MAX = 4 };

struct header {
    const char *name;
    struct str value;
};

struct reply {
    int status;               /* 0: nothing recorded */
    struct str reason;        /* text of the status line; absent: the standard one */
    const char *content_type; /* NULL: none */
    struct str body;
    bool is_file; /* nginx sends a file in place of a body */
    struct header headers[REPLY_HEADERS_MAX];
    size_t header_count;
};

struct path_param {
    struct str name;
    struct str value; /* percent-decoded once */
};

struct req {
    struct ctx *ctx;
    enum method method;
    struct str path;   /* decoded once, without query, without a trailing slash (but "/" stays) */
    struct str query;  /* raw */
    struct str target; /* path and query as they were sent */
    struct str content_type;   /* raw header; absent when not sent */
    int64_t content_length;    /* -1 when not sent */
    struct str authorization;  /* raw header; secret: never logged */
    struct str origin;         /* raw Origin header; absent when not sent */
    struct str csrf_header;    /* raw X-CSRF-Token */
    struct str upload_ticket;  /* raw X-Upload-Ticket; secret: never logged */
    struct str cookies;        /* raw Cookie header */
    struct str range;          /* raw Range header */
    struct str user_agent;     /* raw User-Agent header */
    struct str remote_address; /* as nginx says */
    bool is_monitor;           /* nginx lists the address among those that may read figures */
    int64_t began_at;          /* Unix seconds when the header was read */
    const struct route *route;
    struct path_param params[PATH_PARAMS_MAX];
    size_t param_count;
    struct str body;            /* whole body of a buffered route; absent for BODY_STREAM */
    struct body_source *source; /* of a BODY_STREAM route */
    void *viewer;               /* the application's own: who asks (app/viewer.h) */
    struct reply reply;
};

/* ---- input ----------------------------------------------------------------------------------- */

/** A parameter of the path, such as {id}; aborts when the route has none of that name. */
struct str req_path(const struct req *r, const char *name);
/** The same as a positive integer; anything else is ERR_NOT_FOUND, since such an object cannot
 * exist. */
MUST_USE enum err req_path_int(const struct req *r, const char *name, int64_t *out);

/** A query parameter, decoded; absent when not sent. Twice, or badly encoded, is ERR_INPUT naming
 * it. */
MUST_USE enum err req_query(const struct req *r, const char *name, size_t max_len, struct str *out);
/** The same as a positive integer; *out is 0 when it was not sent. Anything else is ERR_INPUT. */
MUST_USE enum err req_query_id(const struct req *r, const char *name, int64_t *out);
/** The same as an integer that may be 0. */
MUST_USE enum err req_query_size(const struct req *r, const char *name, int64_t *out);
/** A field of an application/x-www-form-urlencoded body; the same rules. */
MUST_USE enum err req_form(const struct req *r, const char *name, size_t max_len, struct str *out);
/** The body as a JSON object of that shape. Wrong Content-Type or form is ERR_INPUT. */
MUST_USE enum err req_json(const struct req *r, const struct json_shape *shape, void *out);
/** A cookie, raw; absent when not sent. Sent twice: ERR_INPUT. */
MUST_USE enum err req_cookie(const struct req *r, const char *name, struct str *out);

/* ---- output ---------------------------------------------------------------------------------- */

/** 200 … with an object of that shape. */
enum err reply_json(struct req *r, int status, const struct json_shape *shape, const void *value);
/** A body as it is; content_type and body must live as long as the request. */
enum err reply_bytes(struct req *r, int status, const char *content_type, struct str body);
/** A status without a body. */
enum err reply_empty(struct req *r, int status);
/** 303 See Other. The caller vouches for location: our own path, or Globus. */
enum err reply_redirect(struct req *r, struct str location);
/** Let nginx send the file at this internal location (X-Accel-Redirect); path is encoded here. */
enum err reply_file(struct req *r, const char *content_type, struct str internal_path);
/** Add a header; the name is a literal, CR and LF in the value end it. */
void reply_header(struct req *r, const char *name, struct str value);
/** The words of the status line, which is all that some clients print; cut and cleaned to one line
 * of ASCII. */
void reply_reason(struct req *r, struct str reason);

#endif
