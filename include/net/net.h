/**
 * Outgoing HTTP: requests in, answers out, over one libcurl multi handle per process so that
 * connections are reused.
 *
 * https everywhere, plain http only to loopback (sandbox); no redirects, no cookies, no proxy, no
 * netrc; total and connect time-out; answers are capped while they arrive. Several requests given
 * at once run in parallel. Nothing here retries, knows JSON, or logs a body: secrets pass through.
 * A status of 0 means that no HTTP answer came.
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
    const char *content_type;                   /* of body; NULL: none is named */
    struct str body;                            /* of POST and PUT; may be absent there too */
    int64_t timeout_ms;                         /* from now to the last byte, > 0 */
    bool certificate; /* tell when the peer's certificate ends; on a new connection */
    bool once;        /* on a new connection, so that libcurl never repeats it: see net_send() */
};

enum net_fault {
    NET_OK,      /* an HTTP answer came, whatever its status */
    NET_CONNECT, /* nothing was sent: URL, name, connect, TLS */
    NET_TIMEOUT, /* sent, no whole answer in time */
    NET_BROKEN,  /* sent, connection lost or answer cut */
    NET_TOO_BIG, /* the answer passed NET_BODY_MAX, or its headers 64 KiB */
};

struct net_response {
    enum net_fault fault;
    int status; /* 0 unless NET_OK */
    struct str body;
    struct str content_type;
    int retry_after_s;       /* Retry-After as seconds, at most a day; 0 when absent */
    int64_t date;            /* Date: the peer's clock, Unix seconds; 0 when absent */
    int64_t certificate_end; /* with .certificate, over https: when the peer's ends; else 0 */
    struct str fault_text;   /* for the log, without secrets; empty when NET_OK */
};

/**
 * Start libcurl for this process, after fork(). Ends with net_close().
 *
 * SIGPIPE is ignored from now on: a peer that hangs up must not end the process, and libcurl cannot
 * see to that without signals.
 */
RETURNS_NONNULL struct net *net_open(void);
/** NULL is allowed. */
void net_close(struct net *n);

/**
 * Send count requests in parallel and wait for all; c->net is used. Each response is filled in,
 * whatever happened.
 *
 * A request goes out once, with one exception inside libcurl: when a kept connection ends before a
 * byte of the answer, the request is sent again on a new one. What must not arrive twice says
 * .once.
 */
void net_send(struct ctx *c, const struct net_request *requests, struct net_response *responses,
              size_t count);

/**
 * Keep a small public text, such as another service's key set, for as long as the process lives;
 * replaces what was kept by this name.
 *
 * @param name   a literal
 * @param now_ms monotonic, handed back by net_recall()
 */
void net_keep(struct net *n, const char *name, struct str text, int64_t now_ms);
/** What was kept by this name, valid until it is replaced; false when there is nothing. */
MUST_USE bool net_recall(const struct net *n, const char *name, struct str *text,
                         int64_t *kept_at_ms);

#endif
