/*
 * A server on 127.0.0.1 that answers as scripted and records what it was sent: how clients of HTTP
 * are tested without a network.
 *
 *     const struct script script[] = {{.answer = http_answer(c, 200, "application/json", "{}")}};
 *     struct loopback *s = loopback_start(script, COUNT_OF(script));
 *     ... str_printf(c->arena, "http://127.0.0.1:%d/x", loopback_port(s)) ...
 *     assert_int_equal(s->count, 1);
 *     loopback_stop(s);
 *
 * It runs in a thread of the test and waits in poll() only. Request i gets answer i of the script,
 * by order of arrival; requests beyond the script get the last answer again. The records may be
 * read once the client has its answer.
 */
#ifndef SUPPORT_LOOPBACK_H
#define SUPPORT_LOOPBACK_H

#include "support/unit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOOPBACK_REQUESTS = 64, LOOPBACK_BYTES = 16384, LOOPBACK_CONNECTIONS = 32 };

struct script {
    struct str answer; /* raw bytes; absent: none comes */
    size_t flood;      /* then so many KiB in chunks, for an answer that said it would be chunked */
    /* only once so many requests have come: proves that they were in flight together */
    size_t hold_for;
    bool close; /* then the connection ends */
    bool reset; /* then it ends with a reset */
};

struct recorded {
    int connection;            /* 0 for the first one accepted */
    char text[LOOPBACK_BYTES]; /* head and body as sent */
};

struct loopback_connection {
    int fd; /* -1: free */
    int number;
    size_t len;
    size_t waiting; /* index + 1 of the request that waits for its answer */
    char bytes[LOOPBACK_BYTES];
};

struct loopback {
    const struct script *script;
    size_t script_count;
    int listener, stop[2];
    pthread_t thread;
    int accepted;
    size_t count; /* requests seen */
    struct recorded requests[LOOPBACK_REQUESTS];
    struct loopback_connection connections[LOOPBACK_CONNECTIONS];
};

/* A whole answer with its length. */
static inline struct str http_answer(struct ctx *c, int status, const char *type, const char *body)
{
    return str_printf(c->arena,
                      "HTTP/1.1 %d Scripted\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
                      status, type, strlen(body), body);
}

static inline struct str json_answer(struct ctx *c, int status, const char *body)
{
    return http_answer(c, status, "application/json", body);
}

static inline void loopback_close(struct loopback_connection *k, bool reset)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};

    if (reset)
        setsockopt(k->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(k->fd);
    k->fd = -1;
}

/* False when the client hung up. */
static inline bool loopback_write(int fd, struct str bytes)
{
    while (bytes.len) {
        ssize_t n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        bytes = str_skip(bytes, (size_t)n);
    }
    return true;
}

static inline void loopback_answer(struct loopback *s, struct loopback_connection *k)
{
    size_t i = k->waiting - 1;
    const struct script *a = &s->script[i < s->script_count ? i : s->script_count - 1];
    char chunk[1024 + 8];

    if (s->count < a->hold_for)
        return;
    k->waiting = 0;
    loopback_write(k->fd, a->answer);
    memset(chunk, 'x', sizeof chunk);
    memcpy(chunk, "400\r\n", 5);
    memcpy(chunk + 5 + 1024, "\r\n", 2);
    for (size_t n = 0; n < a->flood && loopback_write(k->fd, str_view(chunk, 5 + 1024 + 2)); n++)
        continue;
    if (a->close || a->reset)
        loopback_close(k, a->reset);
}

/* Length of the whole request at the start of the buffer, 0 while it is not complete. */
static inline size_t loopback_request_len(struct loopback_connection *k)
{
    const char *end, *length;

    k->bytes[k->len] = '\0';
    end = strstr(k->bytes, "\r\n\r\n");
    if (!end)
        return 0;
    length = strstr(k->bytes, "Content-Length: ");
    if (length && length < end &&
        (size_t)(end - k->bytes) + 4 + strtoul(length + 16, NULL, 10) > k->len)
        return 0;
    return k->len;
}

static inline void loopback_read(struct loopback *s, struct loopback_connection *k)
{
    ssize_t n = recv(k->fd, k->bytes + k->len, sizeof k->bytes - 1 - k->len, 0);

    if (n <= 0) {
        loopback_close(k, false);
        return;
    }
    k->len += (size_t)n;
    if (loopback_request_len(k) == 0 || s->count == LOOPBACK_REQUESTS)
        return;
    memcpy(s->requests[s->count].text, k->bytes, k->len + 1);
    s->requests[s->count].connection = k->number;
    s->count++;
    k->waiting = s->count;
    k->len = 0;
    for (size_t i = 0; i < LOOPBACK_CONNECTIONS; i++) {
        if (s->connections[i].fd >= 0 && s->connections[i].waiting)
            loopback_answer(s, &s->connections[i]);
    }
}

static inline void loopback_accept(struct loopback *s)
{
    int fd = accept(s->listener, NULL, NULL);

    for (size_t i = 0; i < LOOPBACK_CONNECTIONS && fd >= 0; i++) {
        if (s->connections[i].fd < 0) {
            s->connections[i] = (struct loopback_connection){.fd = fd, .number = s->accepted++};
            return;
        }
    }
}

static inline void *loopback_run(void *arg)
{
    struct loopback *s = arg;

    for (;;) {
        struct pollfd fds[2 + LOOPBACK_CONNECTIONS] = {
            {.fd = s->stop[0],  .events = POLLIN},
            {.fd = s->listener, .events = POLLIN}
        };

        for (size_t i = 0; i < LOOPBACK_CONNECTIONS; i++)
            fds[2 + i] = (struct pollfd){.fd = s->connections[i].fd, .events = POLLIN};
        poll(fds, COUNT_OF(fds), -1);
        if (fds[0].revents)
            return NULL;
        for (size_t i = 0; i < LOOPBACK_CONNECTIONS; i++) {
            if (fds[2 + i].revents && s->connections[i].fd >= 0)
                loopback_read(s, &s->connections[i]);
        }
        if (fds[1].revents)
            loopback_accept(s);
    }
}

static inline int loopback_port(const struct loopback *s)
{
    struct sockaddr_in address;
    socklen_t len = sizeof address;

    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&address, &len), 0);
    return ntohs(address.sin_port);
}

static inline struct loopback *loopback_start(const struct script *script, size_t count)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct loopback *s = calloc(1, sizeof *s);

    assert_non_null(s);
    s->script = script;
    s->script_count = count;
    for (size_t i = 0; i < LOOPBACK_CONNECTIONS; i++)
        s->connections[i].fd = -1;
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(s->listener, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(s->listener, 64), 0);
    assert_int_equal(pipe(s->stop), 0);
    assert_int_equal(pthread_create(&s->thread, NULL, loopback_run, s), 0);
    return s;
}

static inline void loopback_stop(struct loopback *s)
{
    assert_int_equal(write(s->stop[1], "x", 1), 1);
    pthread_join(s->thread, NULL);
    for (size_t i = 0; i < LOOPBACK_CONNECTIONS; i++) {
        if (s->connections[i].fd >= 0)
            close(s->connections[i].fd);
    }
    close(s->listener);
    close(s->stop[0]);
    close(s->stop[1]);
    free(s);
}

/* Whether request i, head and body as sent, holds the text. */
static inline bool loopback_saw(const struct loopback *s, size_t i, const char *text)
{
    return i < s->count && strstr(s->requests[i].text, text);
}

#endif
