#include "dispatch.h"

#include "reply.h"
#include "source.h"

#include "base/log.h"

static enum err find_route(const struct server_program *program, struct req *r, unsigned *allow)
{
    struct ctx *c = r->ctx;

    switch (route_find(program->routes, program->route_count, program->has, r, allow)) {
    case ROUTE_NO_PATH:
        return FAIL(c, ERR_NOT_FOUND, "There is nothing at this address.");
    case ROUTE_NO_METHOD:
        return FAIL(c, ERR_METHOD,
                    "This address does not take the method %s; it takes " STR_FMT ".",
                    method_name(r->method), STR_ARG(route_methods(c->arena, *allow)));
    case ROUTE_FOUND:
        break;
    }
    if (r->route->pool != program->pool)
        return FAIL(c, ERR_INTERNAL,
                    "nginx sent %s to the pool %s, which does not serve it: compare its locations "
                    "with nginx/",
                    r->route->path, program->name);
    return ERR_OK;
}

static enum err take_body(struct req *r, struct body_source *source)
{
    int64_t max = r->route->body_max;

    if (max == BODY_STREAM) {
        r->source = source;
        return ERR_OK;
    }
    if (r->content_length > max)
        return max == NO_BODY ? FAIL(r->ctx, ERR_TOO_LARGE, "This address takes no body.")
                              : FAIL(r->ctx, ERR_TOO_LARGE,
                                     "The body may be at most %lld bytes long.", (long long)max);
    return max == NO_BODY ? ERR_OK : body_read_all(r->ctx, source, max, &r->body);
}

static enum err serve(const struct server_program *program, struct req *r,
                      struct body_source *source, unsigned *allow)
{
    TRY(find_route(program, r, allow));
    TRY(take_body(r, source)); /* before admit: the CSRF token may be a field of a form */
    if (program->admit)
        TRY(program->admit(r));
    TRY(r->route->handle(r));
    if (r->reply.status == 0)
        return FAIL(r->ctx, ERR_INTERNAL, "the handler of %s recorded no reply", r->route->path);
    return ERR_OK;
}

static void tell_failure(const struct server_program *program, struct req *r, enum err e)
{
    struct failure *f = &r->ctx->failure;

    if (f->err == ERR_OK)
        ctx_note(r->ctx, e, "no reason was noted");
    f->err = e;
    reply_drop(r);
    program->fail(r);
    if (r->reply.status == 0)
        (void)reply_empty(r, err_http_status(e));
}

void dispatch(const struct server_program *program, struct req *r, enum err head,
              struct body_source *source)
{
    unsigned allow = 0;
    enum err e = head == ERR_OK ? serve(program, r, source, &allow) : head;

    if (e == ERR_OK) {
        ctx_forgive(r->ctx); /* something was tried, failed, and was dealt with */
        return;
    }
    tell_failure(program, r, e);
    if (allow)
        reply_header(r, "Allow", route_methods(r->ctx->arena, allow));
}

struct line {
    struct log_pair pairs[8];
    size_t count;
};

static void add(struct line *l, const char *key, struct str value)
{
    l->pairs[l->count++] = (struct log_pair){key, value};
}

void dispatch_log(const struct req *r, int64_t took_ms, size_t bytes_sent)
{
    struct arena *a = r->ctx->arena;
    const struct failure *f = &r->ctx->failure;
    enum log_level level = f->err == ERR_OK ? LOG_INFO : (enum log_level)err_log_level(f->err);
    struct line l = {.count = 0};

    add(&l, "method", str_of(method_name(r->method)));
    add(&l, "route", r->route ? str_of(r->route->path) : STR("-"));
    add(&l, "status", str_printf(a, "%d", r->reply.status));
    add(&l, "ms", str_printf(a, "%lld", (long long)took_ms));
    add(&l, "bytes", str_printf(a, "%zu", bytes_sent));
    if (f->err != ERR_OK) {
        add(&l, "code", str_of(err_code(f->err)));
        add(&l, "detail", f->detail);
    }
    if (f->cause.len)
        add(&l, "cause", f->cause);
    log_event(level, "request", l.pairs, l.count);
}
