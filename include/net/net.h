/**
 * Outgoing HTTP: requests in, answers out, over one libcurl multi handle per process so that connections are reused.
 *
 * https everywhere, plain http only to loopback (sandbox); no redirects, no cookies, no proxy, no netrc; total and connect time-out;
 * answers are capped in the write callback. Several requests given at once run in parallel. Nothing here retries, knows JSON, or
 * logs a body: secrets pass through. A status of 0 means that no HTTP answer came.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include "base/ctx.h"

struct net;

enum { NET_BODY_MAX = 4 * 1024 * 1024, NET_HEADERS_MAX = 8 };

struct net_header {
    const char *name;
    struct str value;
};

struct net_request {
    const char *method; /* "GET", "POST", "DELETE", "PUT" */
    struct str url;
    struct net_header headers[NET_HEADERS_MAX]; /* first with name NULL ends */
    struct str basic_user, basic_password;      /* both absent: no Authorization of this kind */
    struct str bearer;                          /* absent: none */
    const char *content_type;                   /* of body; NULL: no body */
    struct str body;
    int64_t timeout_ms;
};

enum net_fault {
    NET_OK,       /* an HTTP answer came, whatever its status */
    NET_CONNECT,  /* nothing was sent: name, connect, TLS */
    NET_TIMEOUT,  /* sent, no whole answer in time */
    NET_BROKEN,   /* sent, connection lost or answer cut */
    NET_TOO_BIG,  /* the answer passed NET_BODY_MAX */
};

struct net_response {
    enum net_fault fault;
    int status;            /* 0 unless NET_OK */
    struct str body;
    struct str content_type;
    int retry_after_s;     /* integer Retry-After, 0 when absent */
    struct str fault_text; /* for the log; empty when NET_OK */
};

/** Start libcurl for this process, after fork(). ends with net_close(). */
RETURNS_NONNULL struct net *net_open(void);
void net_close(struct net *n);

/** Send count requests in parallel and wait for all; c->net is used. Each response is filled in, whatever happened. */
void net_send(struct ctx *c, const struct net_request *requests, struct net_response *responses, size_t count);

#endif
