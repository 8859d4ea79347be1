/*
 * One exchange with Globus: send it, repeat what may be repeated, judge the answer.
 *
 * Reads (GET) are repeated at most twice within the time of one call after a passing fault; nothing
 * else ever is. Calls given together run in parallel. Who sends a call learns an outcome of
 * globus/transfer.h and finds sentence and cause on the context.
 */
#ifndef GLOBUS_CALL_H
#define GLOBUS_CALL_H

#include "base/json.h"
#include "globus/transfer.h"
#include "net/net.h"

enum { SERVICE_AUTH, SERVICE_TRANSFER }; /* as BY_SERVICE counts them */

struct call {
    struct net_request request;
    int service;
    struct globus_demands *demands; /* where a step-up's demands go; NULL: none are expected */

    /* Filled in by call_send(). */
    enum err err;
    struct net_response response;
    struct failure failure;
    bool is_done;
};

/* A call of Globus Auth without authorization; path begins with '/'. */
struct call call_auth(struct ctx *c, const char *method, struct str path);
/* A call of Transfer with the session's token; path follows /v0.10. */
struct call call_transfer(struct ctx *c, struct globus_session *s, const char *method,
                          struct str path);

/*
 * Send count calls in parallel and wait for all. Returns the first failure in the order of the
 * calls; each call keeps its own.
 */
MUST_USE enum err call_send(struct ctx *c, struct call *calls, size_t count);

/*
 * Read the JSON object of a successful answer. ERR_GLOBUS_UNAVAILABLE when it is none: asking again
 * may help, nothing is lost.
 */
MUST_USE enum err call_read(struct ctx *c, const struct call *call, const struct json_shape *shape,
                            void *out);
/* The same for answers whose form varies. */
MUST_USE enum err call_parse(struct ctx *c, const struct call *call, struct cJSON **out);

/* Send one read of Transfer and read its answer. */
MUST_USE enum err call_get(struct ctx *c, struct globus_session *s, struct str path,
                           const struct json_shape *shape, void *out);

#endif
