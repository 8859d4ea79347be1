/* libfcgi's private fields do what fcgi.c relies on: one connection in, one request, and the
 * descriptor stays ours. */
#include "fcgi.h"
#include "support/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { BEGIN_REQUEST = 1, END_REQUEST = 3, PARAMS = 4, STDIN = 5, STDOUT = 6 };

static void add_record(struct buf *b, int type, struct str content)
{
    const char head[8] = {1, (char)type, 0, 1, (char)(content.len >> 8), (char)(content.len & 0xff),
                          0, 0};

    buf_add(b, str_view(head, sizeof head));
    buf_add(b, content);
}

static void add_param(struct buf *b, const char *name, const char *value)
{
    buf_add_byte(b, (char)strlen(name));
    buf_add_byte(b, (char)strlen(value));
    buf_add(b, str_of(name));
    buf_add(b, str_of(value));
}

/* BEGIN with FCGI_KEEP_CONN, parameters, and what of the body is given. */
static struct str request(struct arena *a, const char *method, struct str body, bool ended)
{
    struct buf all = {.arena = a}, params = {.arena = a};

    add_record(&all, BEGIN_REQUEST, str_view("\0\1\1\0\0\0\0", 8));
    add_param(&params, "REQUEST_METHOD", method);
    add_record(&all, PARAMS, buf_str(&params));
    add_record(&all, PARAMS, STR_NONE);
    if (body.len)
        add_record(&all, STDIN, body);
    if (ended)
        add_record(&all, STDIN, STR_NONE);
    return buf_str(&all);
}

struct peer {
    struct fcgi *fcgi;
    int fd; /* nginx's end */
    int server_fd;
    bool begun;
};

static struct peer connect_with(struct ctx *c, struct str bytes)
{
    const struct timeval limit = {.tv_sec = 10};
    struct peer p = {.fcgi = fcgi_create(c->arena)};
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    p.fd = ends[0];
    p.server_fd = ends[1];
    assert_int_equal(write(p.fd, bytes.ptr, bytes.len), (ssize_t)bytes.len);
    return p;
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

/* Everything the server sent until it closed. */
static struct str read_reply(struct ctx *c, const struct peer *p)
{
    struct buf all = {.arena = c->arena};
    char bytes[4096];
    ssize_t n;

    while ((n = read(p->fd, bytes, sizeof bytes)) > 0)
        buf_add(&all, str_view(bytes, (size_t)n));
    return buf_str(&all);
}

static void a_request_is_read_from_a_connection_that_libfcgi_did_not_accept(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct peer p = connect_with(c, request(c->arena, "GET", STR_NONE, true));
    const struct head_source *params;
    struct str reply;

    assert_true(fcgi_begin(p.fcgi, p.server_fd));
    params = fcgi_params(p.fcgi);
    assert_string_equal(params->param(params, "REQUEST_METHOD"), "GET");
    assert_null(params->param(params, "NONE"));
    (void)fcgi_body(p.fcgi, -1);
    assert_true(fcgi_write(p.fcgi, STR("Status: 200 OK\r\n\r\n")));
    fcgi_end(p.fcgi);
    assert_false(is_open(p.server_fd)); /* although FCGI_KEEP_CONN was asked for */
    reply = read_reply(c, &p);
    assert_int_equal(reply.len,
                     8 + 18 + 6 + 8 + 8 + 8); /* STDOUT and its padding, its end, END_REQUEST */
    assert_int_equal(reply.ptr[1], STDOUT);
    assert_int_equal(reply.ptr[reply.len - 16 + 1], END_REQUEST);
    close(p.fd);
}

static void a_body_is_read_to_its_end(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct peer p = connect_with(c, request(c->arena, "POST", STR("0123456789"), true));
    struct body_source *body;
    char bytes[4];
    size_t n;

    assert_true(fcgi_begin(p.fcgi, p.server_fd));
    body = fcgi_body(p.fcgi, 10);
    for (int i = 0; i < 4; i++) {
        assert_ok(c, body_read(c, body, bytes, sizeof bytes, &n));
        assert_int_equal(n, i < 2 ? 4 : i == 2 ? 2 : 0);
    }
    fcgi_end(p.fcgi);
    close(p.fd);
}

static void a_peer_that_leaves_is_not_the_end_of_the_body(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct peer p = connect_with(c, request(c->arena, "POST", STR("0123456789"), false));
    struct body_source *body;
    char bytes[100];
    size_t n;

    assert_true(fcgi_begin(p.fcgi, p.server_fd));
    close(p.fd);
    body = fcgi_body(p.fcgi, -1);
    assert_err(c, body_read(c, body, bytes, sizeof bytes, &n), ERR_INPUT);
    assert_int_equal(n, 0);
    fcgi_end(p.fcgi);
    assert_false(is_open(p.server_fd));
}

static void a_body_that_stops_coming_is_told_apart(void **state)
{
    const struct timeval limit = {.tv_usec = 1000};
    struct ctx *c = unit_ctx(state);
    struct peer p = connect_with(c, request(c->arena, "POST", STR("01234"), false));
    char bytes[100];
    size_t n;

    setsockopt(p.server_fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    assert_true(fcgi_begin(p.fcgi, p.server_fd));
    assert_err(c, body_read(c, fcgi_body(p.fcgi, 10), bytes, sizeof bytes, &n), ERR_UNAVAILABLE);
    close(p.fd);
    fcgi_end(p.fcgi);
}

static void a_connection_without_request_is_closed(void **state)
{
    static const struct str openings[] = {
        STR_INIT(""), STR_INIT("\1"), STR_INIT("GET / HTTP/1.1\r\n\r\n"),
        STR_INIT("\1\5\0\1\0\0\0\0"), STR_INIT("\1\1\0\1\0\x8\0\0\0\x9\0\0\0\0\0\0")};
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(openings); i++) {
        struct peer p = connect_with(c, openings[i]);

        shutdown(p.fd, SHUT_WR);
        assert_false(fcgi_begin(p.fcgi, p.server_fd));
        assert_false(is_open(p.server_fd));
        close(p.fd);
    }
}

static void an_answer_reaches_a_peer_whose_body_was_not_read(void **state)
{
    struct ctx *c = unit_ctx(state);
    char *filler = arena_alloc(c->arena, 60000);
    struct peer p = connect_with(c, request(c->arena, "POST", str_view(filler, 60000), false));
    struct str reply;

    assert_true(fcgi_begin(p.fcgi, p.server_fd));
    (void)fcgi_body(p.fcgi, 1 << 30);
    assert_true(fcgi_write(p.fcgi, STR("Status: 403 Forbidden\r\n\r\n")));
    shutdown(p.fd, SHUT_WR); /* the peer will send no more, so nothing is waited for */
    fcgi_end(p.fcgi);
    reply = read_reply(c, &p);
    assert_int_equal(reply.ptr[1], STDOUT);
    close(p.fd);
}

static void nobody_to_read_the_answer_is_noticed(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct peer p = connect_with(c, request(c->arena, "GET", STR_NONE, true));
    char *much = arena_alloc(c->arena, 1 << 20);

    assert_true(fcgi_begin(p.fcgi, p.server_fd));
    (void)fcgi_body(p.fcgi, -1);
    close(p.fd);
    assert_false(fcgi_write(p.fcgi, str_view(much, 1 << 20)));
    fcgi_end(p.fcgi);
}

static void one_object_serves_one_connection_after_the_other(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct fcgi *f = fcgi_create(c->arena);

    for (int i = 0; i < 5; i++) {
        /* Alternate with broken ones: a failure must leave nothing behind. */
        struct peer p =
            connect_with(c, i % 2 ? STR("nonsense") : request(c->arena, "GET", STR_NONE, true));

        shutdown(p.fd, SHUT_WR);
        assert_int_equal(fcgi_begin(f, p.server_fd), i % 2 == 0);
        if (i % 2 == 0) {
            (void)fcgi_body(f, -1);
            fcgi_end(f);
        }
        assert_false(is_open(p.server_fd));
        close(p.fd);
    }
}

UNIT_MAIN(UNIT(a_request_is_read_from_a_connection_that_libfcgi_did_not_accept),
          UNIT(a_body_is_read_to_its_end), UNIT(a_peer_that_leaves_is_not_the_end_of_the_body),
          UNIT(a_body_that_stops_coming_is_told_apart),
          UNIT(a_connection_without_request_is_closed),
          UNIT(an_answer_reaches_a_peer_whose_body_was_not_read),
          UNIT(nobody_to_read_the_answer_is_noticed),
          UNIT(one_object_serves_one_connection_after_the_other))
