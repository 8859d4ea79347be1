/**
 * The route table: what the API manual is made of.
 *
 * Everything about a route stands in its row: routing, 404 against 405, body limit, the least login
 * it needs, CSRF, the access-log label, docs/api.md and the access tests derive from it. A row
 * cannot leave out who may call it.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "base/err.h"
#include "base/str.h"

struct ctx;
struct req;

enum method { GET = 1, POST = 2, PUT = 4, PATCH = 8, DELETE = 16, HEAD = 32, METHOD_OTHER = 64 };

/* The least that a caller must show before the handler runs. Rights on one object are the handler's
 * one policy call. */
enum who {
    ANYONE,    /* no session needed; one is used if present */
    USER,      /* session; every method but GET and HEAD also needs the CSRF token and a same-origin
                  Origin */
    CONNECTED, /* USER with a Globus link */
    ADMIN,     /* USER who administers the registry; others are refused whatever they ask for */
    SIGNED,    /* an sregistry signature or a session, judged by the handler, since it covers names
                  from the body */
};

/* Which pool serves it: uploads must never starve the API. */
enum pool { POOL_API = 1, POOL_UPLOAD = 2 };

/* Part of the program that must be switched on (setting) for the route to exist. */
enum feature { ALWAYS, GLOBUS };

/* How a signed-out or failed request is told: programs get JSON, people get a page. */
enum audience { JSON, PAGE };

enum { NO_BODY = 0, BODY_STREAM = -1 };
#define KIB(n) ((n)*INT64_C(1024))

struct route {
    unsigned methods; /* one or more of enum method; GET answers HEAD too */
    const char *path; /* "/api/containers/{id}"; {name} is one segment, {name...} the rest of the
                         path, slashes included */
    enum who who;
    enum pool pool;
    enum feature feature;
    enum audience audience;
    int64_t body_max; /* bytes, NO_BODY or BODY_STREAM */
    enum err (*handle)(struct req *r);
    const char *what; /* one line for docs/api.md */
};

/* What the router found. */
enum route_result { ROUTE_FOUND, ROUTE_NO_PATH, ROUTE_NO_METHOD };

/**
 * Find the row for a method and path. Rows are tried in order; the first whose path fits and whose
 * methods hold the method wins.
 *
 * @param is_on  rows whose feature is off do not exist; NULL: all are on
 * @param r      its path and method; gets route and params
 * @param[out] allow  for ROUTE_NO_METHOD: the methods the path has
 */
enum route_result route_find(const struct route *routes, size_t count,
                             bool (*is_on)(const struct ctx *, enum feature), struct req *r,
                             unsigned *allow);

/** "GET, HEAD, POST" for the Allow header. */
struct str route_methods(struct arena *a, unsigned methods);

/** The method with this name, case and all; METHOD_OTHER for one that no route has. */
enum method method_parse(struct str name);
/** "GET" …; "OTHER" for METHOD_OTHER. */
const char *method_name(enum method m);

#endif
