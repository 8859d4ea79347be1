/*
 * A server with src/http under it and nothing else, for tests/integration/http_pool_test.py and
 * tests/bench.
 *
 *     http_server SOCKET WORKERS DRAIN_TIMEOUT_S IO_TIMEOUT_S STATE_FILE
 *
 * The state file stands for the settings: its text is the version that GET /version answers, read
 * at the start and at each reload. "broken" makes a reload fail, "unstartable" makes each new
 * worker fail.
 */
#include "base/file.h"
#include "base/log.h"
#include "base/secret.h"
#include "http/body.h"
#include "http/server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const *arguments;
static char version[64]; /* outlives each reading */

static enum err text(struct req *r, struct str body)
{
    return reply_bytes(r, 200, "text/plain", body);
}

static enum err get_hello(struct req *r)
{
    return text(r, STR("hello\n"));
}

static enum err get_pid(struct req *r)
{
    return text(r, str_printf(r->ctx->arena, "%d", (int)getpid()));
}

static enum err get_version(struct req *r)
{
    return text(r, str_of(version));
}

/* The worker that meets this dies as by kill -9, in the middle of a request. */
static enum err get_crash(struct req *r)
{
    raise(SIGKILL);
    return text(r, STR_NONE);
}

static enum err get_bytes(struct req *r)
{
    struct str count;
    int64_t n;
    char *bytes;

    TRY(req_query(r, "n", 20, &count));
    if (!str_to_int(count, 0, 1 << 28, &n))
        return FAIL_FIELD(r->ctx, "n", "n: must be a number");
    bytes = arena_alloc(r->ctx->arena, (size_t)n);
    memset(bytes, 'x', (size_t)n);
    return text(r, str_view(bytes, (size_t)n));
}

static enum err get_reason(struct req *r)
{
    reply_header(r, "X-Note", STR("one\r\nX-Forged: yes"));
    reply_reason(r, STR("two\r\nX-Forged: yes"));
    return text(r, STR("done"));
}

static enum err post_echo(struct req *r)
{
    return text(r, r->body);
}

/* Adler-32 (RFC 1950 §9): what Python's zlib computes without a loop. */
struct adler {
    uint32_t a, b;
    uint64_t bytes;
};

static void adler_add(struct adler *sum, struct str piece)
{
    for (size_t i = 0; i < piece.len; i++) {
        sum->a = (sum->a + (unsigned char)piece.ptr[i]) % 65521;
        sum->b = (sum->b + sum->a) % 65521;
    }
    sum->bytes += piece.len;
}

static enum err answer_sum(struct req *r, const struct adler *sum)
{
    return text(r, str_printf(r->ctx->arena, "%llu %u", (unsigned long long)sum->bytes,
                              (unsigned)(sum->b << 16 | sum->a)));
}

static enum err post_sum(struct req *r)
{
    static char bytes[65536];
    struct adler sum = {.a = 1};
    size_t n;

    do {
        TRY(body_read(r->ctx, r->source, bytes, sizeof bytes, &n));
        adler_add(&sum, str_view(bytes, n));
    } while (n > 0);
    return answer_sum(r, &sum);
}

static enum err begin_file(struct ctx *c, void *arg, const struct multipart_fields *fields)
{
    (void)arg;
    if (fields->count && str_eq(fields->list[0].value, STR("refuse")))
        return FAIL(c, ERR_FORBIDDEN, "refused by its first field");
    return ERR_OK;
}

static enum err add_piece(struct ctx *c, void *arg, struct str piece)
{
    (void)c;
    adler_add(arg, piece);
    return ERR_OK;
}

static enum err post_form(struct req *r)
{
    struct adler sum = {.a = 1};
    const struct multipart_file file = {"file1", begin_file, add_piece, &sum};
    struct multipart_fields fields;
    struct str boundary;

    TRY(multipart_boundary(r->ctx, r->content_type, &boundary));
    TRY(multipart_read(r->ctx, r->source, boundary, &file, &fields));
    return answer_sum(r, &sum);
}

static enum err post_refuse(struct req *r)
{
    return FAIL(r->ctx, ERR_FORBIDDEN, "refused before the body");
}

// clang-format off
static const struct route routes[] = {
    {GET,  "/hello",   ANYONE, POOL_API, ALWAYS, JSON, NO_BODY,     get_hello,   "a constant"                           },
    {GET,  "/pid",     ANYONE, POOL_API, ALWAYS, JSON, NO_BODY,     get_pid,     "who answers"                          },
    {GET,  "/version", ANYONE, POOL_API, ALWAYS, JSON, NO_BODY,     get_version, "the settings in force"                },
    {GET,  "/crash",   ANYONE, POOL_API, ALWAYS, JSON, NO_BODY,     get_crash,   "die"                                  },
    {GET,  "/forged",  ANYONE, POOL_API, ALWAYS, JSON, NO_BODY,     get_hello,   "asked for by forged requests only"    },
    {GET,  "/bytes",   ANYONE, POOL_API, ALWAYS, JSON, NO_BODY,     get_bytes,   "n bytes"                              },
    {GET,  "/reason",  ANYONE, POOL_API, ALWAYS, JSON, NO_BODY,     get_reason,  "values that try to become headers"    },
    {POST, "/echo",    ANYONE, POOL_API, ALWAYS, JSON, KIB(64),     post_echo,   "the body again"                       },
    {POST, "/sum",     ANYONE, POOL_API, ALWAYS, JSON, BODY_STREAM, post_sum,    "length and Adler-32 of the body"      },
    {POST, "/form",    ANYONE, POOL_API, ALWAYS, JSON, BODY_STREAM, post_form,   "the same of file1 in a multipart form"},
    {POST, "/refuse",  ANYONE, POOL_API, ALWAYS, JSON, BODY_STREAM, post_refuse, "refuse without reading"               },
};
// clang-format on

static enum err read_version(struct ctx *c)
{
    struct str state;
    bool found;

    TRY(file_read(c, arguments[5], sizeof version - 1, &state, &found));
    if (!found || str_eq(state, STR("broken")))
        return FAIL(c, ERR_INPUT, "the state file is missing or broken");
    memset(version, 0, sizeof version);
    memcpy(version, state.ptr, state.len);
    return ERR_OK;
}

static enum err start(struct ctx *c)
{
    if (strcmp(version, "unstartable") == 0)
        return FAIL(c, ERR_UNAVAILABLE, "told not to start");
    return ERR_OK;
}

static void fail(struct req *r)
{
    (void)reply_bytes(r, err_http_status(r->ctx->failure.err), "text/plain",
                      r->ctx->failure.detail);
    reply_reason(r, r->ctx->failure.detail);
}

static int number(size_t i)
{
    int64_t n;

    if (!str_to_int(str_of(arguments[i]), 1, 100000, &n))
        abort();
    return (int)n;
}

static struct server_limits limits(const struct settings *s)
{
    (void)s;
    return (struct server_limits){
        .socket = arguments[1],
        .workers = number(2),
        .drain_timeout_s = number(3),
        .io_timeout_s = number(4),
    };
}

static const struct server_program program = {
    .name = "test",
    .pool = POOL_API,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .start = start,
    .fail = fail,
    .reload = read_version,
};

int main(int argc, char **argv)
{
    struct ctx c = {.arena = arena_create(), .clock = &clock_real};
    enum err e;

    if (argc != 6) {
        fprintf(stderr, "usage: http_server SOCKET WORKERS DRAIN_S IO_S STATE_FILE\n");
        return 2;
    }
    arguments = (const char *const *)argv;
    secret_init();
    if (getenv("HTTP_SERVER_QUIET"))
        log_set_level(LOG_WARN);
    e = read_version(&c);
    if (e == ERR_OK)
        e = server_run(&c, &program, limits);
    if (e != ERR_OK)
        log_to(LOG_ERROR, "not_started", {"detail", c.failure.detail});
    arena_destroy(c.arena);
    return err_exit_code(e);
}
