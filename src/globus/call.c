#include "call.h"

#include "error.h"

#include "base/metrics.h"
#include "base/secret.h"
#include "base/settings.h"

enum {
    ATTEMPTS_MAX = 3,
    /*
     * somebody waits for the page: a service that asks for more gets an error with Retry-After
     * instead
     */
    PAUSE_MAX_MS = 4000,
    SLOW_CONNECT_MS = 5000, /* nobody refused: names or packets get no answer at all */
};

static struct call call_new(struct ctx *c, const char *method, const char *base, const char *prefix,
                            struct str path)
{
    return (struct call){
        .request =
            {
                      .method = method,
                      .url = str_printf(c->arena, "%s%s" STR_FMT, base, prefix, STR_ARG(path)),
                      .headers = {{"Accept", STR("application/json")},
                            /* so that a fault can be followed beyond this host */
                            {"X-Request-Id", c->request_id}},
                      .timeout_ms = c->settings->globus_timeout_s * 1000,
                      },
    };
}

struct call call_auth(struct ctx *c, const char *method, struct str path)
{
    return call_new(c, method, c->settings->globus_auth_url, "", path);
}

struct call call_transfer(struct ctx *c, struct globus_session *s, const char *method,
                          struct str path)
{
    struct call call = call_new(c, method, c->settings->globus_transfer_url, "/v0.10", path);

    call.service = SERVICE_TRANSFER;
    call.request.bearer = s->access_token;
    call.demands = &s->demands;
    return call;
}

static bool is_read(const struct call *call)
{
    return str_eq(str_of(call->request.method), STR("GET"));
}

/*
 * A time-out has used up the time of the call, and what was too big will be again. Who waited for a
 * connection in vain would wait as long for the next, three times in front of somebody.
 */
static bool may_repeat(const struct call *call, int64_t took_ms)
{
    bool passing = call->err == ERR_GLOBUS_UNAVAILABLE || call->err == ERR_THROTTLED;
    bool in_vain = call->response.fault == NET_CONNECT && took_ms >= SLOW_CONNECT_MS;

    return is_read(call) && passing && !in_vain && call->response.fault != NET_TIMEOUT;
}

static void judge(struct ctx *c, struct call *call, int64_t took_ms)
{
    ctx_forgive(c);
    call->err = answer_judge(c, &call->response, call->demands);
    call->failure = c->failure;
    call->is_done = !may_repeat(call, took_ms);
    metrics_add(METRIC_GLOBUS_CALLS, (size_t)call->service, call->err, 1);
    metrics_observe(METRIC_GLOBUS_SECONDS, (size_t)call->service, took_ms);
}

/* Send those that are not done. */
static void send_open(struct ctx *c, struct call *calls, size_t count, int64_t timeout_ms)
{
    struct net_request *requests = arena_alloc_array(c->arena, count, sizeof *requests);
    struct net_response *responses = arena_alloc_array(c->arena, count, sizeof *responses);
    int64_t began_ms = clock_mono_ms(c->clock), took_ms;
    size_t open = 0;

    for (size_t i = 0; i < count; i++) {
        if (!calls[i].is_done) {
            requests[open] = calls[i].request;
            requests[open++].timeout_ms = timeout_ms;
        }
    }
    net_send(c, requests, responses, open);
    took_ms = clock_mono_ms(c->clock) - began_ms;
    for (size_t i = count; i-- > 0;) {
        if (!calls[i].is_done) {
            calls[i].response = responses[--open];
            judge(c, &calls[i], took_ms);
        }
    }
}

/*
 * What the service asked for, or a while that doubles and is never the same twice. @source
 * reference/globus-api.md §2.11
 */
static int64_t pause_before(struct ctx *c, const struct call *calls, size_t count, int attempt)
{
    struct str random = secret_random(c->arena, 1);
    int64_t jitter_ms = (int64_t)(unsigned char)random.ptr[0] * 2; /* 0..510 */
    int64_t pause_ms = (250 + jitter_ms) << attempt;

    for (size_t i = 0; i < count; i++) {
        if (!calls[i].is_done && calls[i].response.retry_after_s * (int64_t)1000 > pause_ms)
            pause_ms = calls[i].response.retry_after_s * (int64_t)1000;
    }
    return pause_ms;
}

static bool are_done(const struct call *calls, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!calls[i].is_done)
            return false;
    }
    return true;
}

static enum err first_failure(struct ctx *c, const struct call *calls, size_t count)
{
    ctx_forgive(c);
    for (size_t i = 0; i < count; i++) {
        if (calls[i].err != ERR_OK) {
            c->failure = calls[i].failure;
            return calls[i].err;
        }
    }
    return ERR_OK;
}

enum err call_send(struct ctx *c, struct call *calls, size_t count)
{
    int64_t end_ms = clock_mono_ms(c->clock) + c->settings->globus_timeout_s * 1000;

    for (int attempt = 0; attempt < ATTEMPTS_MAX && !are_done(calls, count); attempt++) {
        int64_t left_ms = end_ms - clock_mono_ms(c->clock);
        int64_t pause_ms = attempt ? pause_before(c, calls, count, attempt - 1) : 0;

        if (pause_ms > PAUSE_MAX_MS || pause_ms >= left_ms)
            break;
        clock_pause_ms(c->clock, pause_ms);
        send_open(c, calls, count, left_ms - pause_ms);
    }
    return first_failure(c, calls, count);
}

static enum err unreadable(struct ctx *c)
{
    struct str reason = c->failure.detail;

    ctx_note(c, ERR_GLOBUS_UNAVAILABLE,
             "Globus gave an answer that could not be read; try again in a moment");
    ctx_note_cause(c, reason);
    return ERR_GLOBUS_UNAVAILABLE;
}

enum err call_read(struct ctx *c, const struct call *call, const struct json_shape *shape,
                   void *out)
{
    return json_read(c, call->response.body, shape, out) == ERR_OK ? ERR_OK : unreadable(c);
}

enum err call_parse(struct ctx *c, const struct call *call, struct cJSON **out)
{
    return json_parse(c, call->response.body, out) == ERR_OK ? ERR_OK : unreadable(c);
}

enum err call_get(struct ctx *c, struct globus_session *s, struct str path,
                  const struct json_shape *shape, void *out)
{
    struct call call = call_transfer(c, s, "GET", path);

    TRY(call_send(c, &call, 1));
    return call_read(c, &call, shape, out);
}
