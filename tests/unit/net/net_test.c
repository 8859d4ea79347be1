#include "support/loopback.h"

#include "net/net.h"

#include <sys/wait.h>

enum { TIMEOUT_MS = 20 * 1000 };

static int net_begin(void **state)
{
    int r = unit_begin(state);

    unit_ctx(state)->net = net_open();
    return r;
}

static int net_end(void **state)
{
    net_close(unit_ctx(state)->net);
    return unit_end(state);
}

static struct net_request get(struct ctx *c, const struct loopback *s, const char *path)
{
    return (struct net_request){
        .method = "GET",
        .url = str_printf(c->arena, "http://127.0.0.1:%d%s", loopback_port(s), path),
        .timeout_ms = TIMEOUT_MS};
}

static struct net_response fetch(struct ctx *c, struct net_request r)
{
    struct net_response answer;

    net_send(c, &r, &answer, 1);
    return answer;
}

static void net_send_hands_over_status_type_body_and_retry_after(void **state)
{
    struct ctx *c = unit_ctx(state);
    // clang-format off
    const struct script script[] = {
        {.answer = STR("HTTP/1.1 503 Later\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 7\r\nContent-Length: "
                       "5\r\n\r\nUh-oh")}};
    struct loopback *s = loopback_start(script, COUNT_OF(script));
    struct net_response r = fetch(c, get(c, s, "/a?b=c"));

    assert_int_equal(r.fault, NET_OK);
    assert_int_equal(r.status, 503);
    assert_str(r.content_type, "text/plain; charset=utf-8");
    assert_str(r.body, "Uh-oh");
    assert_int_equal(r.retry_after_s, 7);
    assert_int_equal(r.fault_text.len, 0);
    assert_true(loopback_saw(s, 0, "GET /a?b=c HTTP/1.1\r\n"));
    loopback_stop(s);
}

static void net_send_sends_method_headers_body_and_authorization(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct script script[] = {{.answer = json_answer(c, 200, "{}")}};
    struct loopback *s = loopback_start(script, COUNT_OF(script));
    struct net_request r = get(c, s, "/x");

    r.method = "POST";
    r.headers[0] = (struct net_header){"Accept", STR("application/json")};
    r.bearer = STR("tok-en");
    r.content_type = "application/json";
    r.body = STR("{\"a\":1}");
    assert_int_equal(fetch(c, r).status, 200);
    assert_true(loopback_saw(s, 0, "POST /x HTTP/1.1\r\n"));
    assert_true(loopback_saw(s, 0, "\r\nAccept: application/json\r\n"));
    assert_true(loopback_saw(s, 0, "\r\nAuthorization: Bearer tok-en\r\n"));
    assert_true(loopback_saw(s, 0, "\r\nContent-Type: application/json\r\n"));
    assert_true(loopback_saw(s, 0, "\r\n\r\n{\"a\":1}"));
    assert_true(loopback_saw(s, 0, "\r\nUser-Agent: Transload/"));
    assert_false(loopback_saw(s, 0, "Expect"));
    loopback_stop(s);
}

static void net_send_posts_nothing_without_naming_a_type(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct script script[] = {{.answer = json_answer(c, 200, "{}")}};
    struct loopback *s = loopback_start(script, COUNT_OF(script));
    struct net_request r = get(c, s, "/cancel");

    r.method = "POST";
    r.basic_user = STR("client");
    r.basic_password = STR("pass:word");
    assert_int_equal(fetch(c, r).status, 200);
    assert_true(loopback_saw(s, 0, "\r\nContent-Length: 0\r\n"));
    assert_true(loopback_saw(s, 0, "\r\nAuthorization: Basic Y2xpZW50OnBhc3M6d29yZA==\r\n"));
    assert_false(loopback_saw(s, 0, "Content-Type"));
    loopback_stop(s);
}

static void net_send_forgets_one_request_before_the_next(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct script script[] = {{.answer = json_answer(c, 200, "{}")}};
    struct loopback *s = loopback_start(script, COUNT_OF(script));
    struct net_request r = get(c, s, "/1");

    r.method = "DELETE";
    r.bearer = STR("secret");
    assert_int_equal(fetch(c, r).status, 200);
    assert_int_equal(fetch(c, get(c, s, "/2")).status, 200);
    assert_true(loopback_saw(s, 0, "DELETE /1 "));
    assert_true(loopback_saw(s, 1, "GET /2 "));
    assert_false(loopback_saw(s, 1, "Authorization"));
    loopback_stop(s);
}

static void net_send_reuses_one_connection_for_request_after_request(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct script script[] = {{.answer = json_answer(c, 200, "{}")}};
    struct loopback *s = loopback_start(script, COUNT_OF(script));

    for (int i = 0; i < 5; i++)
        assert_int_equal(fetch(c, get(c, s, "/")).status, 200);
    assert_int_equal(s->count, 5);
    assert_int_equal(s->accepted, 1);
    loopback_stop(s);
}

static void net_send_has_all_its_requests_in_flight_together(void **state)
{
    struct ctx *c = unit_ctx(state);
    /* No answer comes until both requests have: one after the other would wait for ever. */
    const struct script script[] = {{.answer = json_answer(c, 200, "1"), .hold_for = 2}, {.answer = json_answer(c, 200, "2")}};
    struct loopback *s = loopback_start(script, COUNT_OF(script));
    const struct net_request requests[] = {get(c, s, "/a"), get(c, s, "/b")};
    struct net_response responses[2];

    net_send(c, requests, responses, 2);
    assert_int_equal(responses[0].status, 200);
    assert_int_equal(responses[1].status, 200);
    assert_int_equal(s->accepted, 2);

    net_send(c, requests, responses, 2);
    assert_int_equal(s->count, 4);
    assert_int_equal(s->accepted, 2);
    loopback_stop(s);
}

static void net_send_stops_an_endless_chunked_answer(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct script script[] = {
        {.answer = STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), .flood = 1 << 20, .close = true}};
    struct loopback *s = loopback_start(script, COUNT_OF(script));
    struct net_response r = fetch(c, get(c, s, "/"));

    assert_int_equal(r.fault, NET_TOO_BIG);
    assert_int_equal(r.status, 0);
    assert_true(r.fault_text.len > 0);
    loopback_stop(s);
}

static void net_send_stops_endless_headers(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct buf answer = {.arena = c->arena};
    struct loopback *s;
    struct script script;

    buf_add(&answer, STR("HTTP/1.1 200 OK\r\n"));
    for (int i = 0; i < 70; i++)
        buf_printf(&answer, "X-%d: %01000d\r\n", i, 0);
    buf_add(&answer, STR("Content-Length: 0\r\n\r\n"));
    script = (struct script){.answer = buf_str(&answer)};
    s = loopback_start(&script, 1);
    assert_int_equal(fetch(c, get(c, s, "/")).fault, NET_TOO_BIG);
    loopback_stop(s);
}

static void net_send_tells_a_cut_answer_from_a_whole_one(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct script script[] = {
        {.answer = STR("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"), .close = true},
        {.answer = STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"), .close = true},
        {.answer = STR("HTTP/1.1 200 OK\r\nContent-Le"), .close = true},
        {.reset = true},
        {.answer = STR("no HTTP at all\r\n\r\n"), .close = true},
        {.answer = STR("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12345")},
    };
    // clang-format on
    struct loopback *s = loopback_start(script, COUNT_OF(script));

    for (size_t i = 0; i < COUNT_OF(script) - 1; i++) {
        struct net_response r = fetch(c, get(c, s, "/"));

        assert_int_equal(r.fault, NET_BROKEN);
        assert_int_equal(r.status, 0);
        assert_int_equal(r.body.len, 0);
    }
    assert_int_equal(fetch(c, get(c, s, "/")).fault, NET_OK);
    loopback_stop(s);
}

static void net_send_gives_up_when_time_is_over(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct script script[] = {{.answer = STR_NONE}};
    struct loopback *s = loopback_start(script, COUNT_OF(script));
    struct net_request r = get(c, s, "/");

    r.timeout_ms = 50;
    assert_int_equal(fetch(c, r).fault, NET_TIMEOUT);
    loopback_stop(s);
}

static void net_send_does_not_follow_redirects(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct script script[] = {
        {.answer = STR("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")}};
    struct loopback *s = loopback_start(script, COUNT_OF(script));

    assert_int_equal(fetch(c, get(c, s, "/")).status, 302);
    assert_int_equal(s->count, 1);
    loopback_stop(s);
}

static void net_send_says_that_nothing_was_sent_to_a_closed_port(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct script script[] = {{.answer = json_answer(c, 200, "{}")}};
    struct loopback *s = loopback_start(script, COUNT_OF(script));
    struct net_request r = get(c, s, "/");

    loopback_stop(s);
    assert_int_equal(fetch(c, r).fault, NET_CONNECT);
}

static void net_send_refuses_what_is_neither_https_nor_loopback(void **state)
{
    // clang-format off
    static const char *const urls[] = {
        "http://192.0.2.1/",      "http://example.org/",         "http://127.0.0.1.example.org/", "http://localhost.example/",
        "ftp://127.0.0.1/",       "file:///etc/passwd",          "gopher://127.0.0.1/",           "http://user@127.0.0.1/",
        "http://127.0.0.1@evil/", "http://127.0.0.1\\@evil/",    "//127.0.0.1/",                  "",
        "http://",                "http://127.0.0.1/\r\nX: y",   "dict://127.0.0.1:11211/stat",   "http://[::ffff:192.0.2.1]/",
    };
    // clang-format on
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct net_response r = fetch(
            c, (struct net_request){.method = "GET", .url = str_of(urls[i]), .timeout_ms = 50});

        assert_int_equal(r.fault, NET_CONNECT);
        assert_true(r.fault_text.len > 0);
    }
}

static void net_send_refuses_header_values_that_would_end_the_header(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct script script[] = {{.answer = json_answer(c, 200, "{}")}};
    struct loopback *s = loopback_start(script, COUNT_OF(script));
    struct net_request bearer = get(c, s, "/"), basic = bearer, header = bearer;

    bearer.bearer = STR("x\r\nX-Evil: 1");
    basic.basic_user = STR("u\n");
    header.headers[0] = (struct net_header){"X-A", STR("b\r\nX-Evil: 1")};
    assert_int_equal(fetch(c, bearer).fault, NET_CONNECT);
    assert_int_equal(fetch(c, basic).fault, NET_CONNECT);
    assert_int_equal(fetch(c, header).fault, NET_CONNECT);
    assert_int_equal(s->count, 0);
    loopback_stop(s);
}

static void net_send_repeats_on_a_lost_kept_connection_only_what_may_arrive_twice(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct script script[] = {{.answer = json_answer(c, 200, "1")},
                                    {.close = true},
                                    {.answer = json_answer(c, 200, "2")},
                                    {.close = true}};
    struct loopback *s = loopback_start(script, COUNT_OF(script));
    struct net_request r = get(c, s, "/");

    r.method = "POST";
    assert_str(fetch(c, r).body, "1");
    assert_str(fetch(c, r).body, "2"); /* libcurl sent the second one twice */
    assert_int_equal(s->count, 3);
    r.once = true;
    assert_int_equal(fetch(c, r).fault, NET_BROKEN);
    assert_int_equal(s->count, 4);
    loopback_stop(s);
}

static void net_send_keeps_secrets_out_of_the_fault_text(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct script script[] = {{.reset = true}};
    struct loopback *s = loopback_start(script, COUNT_OF(script));
    struct net_request r = get(c, s, "/?q=hush-query");
    struct net_response answer;

    r.method = "POST";
    r.bearer = STR("hush-bearer");
    r.body = STR("hush-body");
    answer = fetch(c, r);
    assert_int_equal(answer.fault, NET_BROKEN);
    assert_null(strstr(str_z(c->arena, answer.fault_text), "hush"));
    loopback_stop(s);
}

static void net_send_opens_connections_of_its_own_after_a_fork(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct script script[] = {{.answer = json_answer(c, 200, "{}")}};
    struct loopback *s = loopback_start(script, COUNT_OF(script));
    int status;
    pid_t child;

    assert_int_equal(fetch(c, get(c, s, "/parent")).status, 200);
    child = fork();
    if (child == 0)
        _exit(fetch(c, get(c, s, "/child")).status == 200 ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    /* a blank is not part of a URL */
    assert_int_equal(fetch(c, get(c, s, "/parent again")).fault, NET_CONNECT);
    assert_int_equal(fetch(c, get(c, s, "/parent")).status, 200);
    assert_int_equal(s->requests[0].connection, 0);
    assert_int_equal(s->requests[1].connection, 1);
    assert_int_equal(s->requests[2].connection, 0);
    loopback_stop(s);
}

static void net_keep_replaces_and_net_recall_finds(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str text;
    int64_t at_ms;

    assert_false(net_recall(c->net, "keys", &text, &at_ms));
    net_keep(c->net, "keys", STR("one"), 5);
    net_keep(c->net, "other", STR("x"), 6);
    assert_true(net_recall(c->net, "keys", &text, &at_ms));
    net_keep(c->net, "keys", text, 7); /* what was kept may be kept again */
    assert_true(net_recall(c->net, "keys", &text, &at_ms));
    assert_str(text, "one");
    assert_int_equal(at_ms, 7);
}

#define NET(test) cmocka_unit_test_setup_teardown(test, net_begin, net_end)

UNIT_MAIN(NET(net_send_hands_over_status_type_body_and_retry_after),
          NET(net_send_sends_method_headers_body_and_authorization),
          NET(net_send_posts_nothing_without_naming_a_type),
          NET(net_send_forgets_one_request_before_the_next),
          NET(net_send_reuses_one_connection_for_request_after_request),
          NET(net_send_has_all_its_requests_in_flight_together),
          NET(net_send_stops_an_endless_chunked_answer), NET(net_send_stops_endless_headers),
          NET(net_send_tells_a_cut_answer_from_a_whole_one),
          NET(net_send_gives_up_when_time_is_over), NET(net_send_does_not_follow_redirects),
          NET(net_send_says_that_nothing_was_sent_to_a_closed_port),
          NET(net_send_refuses_what_is_neither_https_nor_loopback),
          NET(net_send_repeats_on_a_lost_kept_connection_only_what_may_arrive_twice),
          NET(net_send_refuses_header_values_that_would_end_the_header),
          NET(net_send_keeps_secrets_out_of_the_fault_text),
          NET(net_send_opens_connections_of_its_own_after_a_fork),
          NET(net_keep_replaces_and_net_recall_finds))
