#include "net/net.h"

#include "base/settings.h"

#include <curl/curl.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    IDLE_MAX = 8,         /* easy handles kept for the next requests */
    CONNECTIONS_MAX = 16, /* connections kept open */
    /* unused for longer: not trusted any more; load balancers commonly hang up after 60 s */
    CONNECTION_AGE_S = 50,
    CONNECT_TIMEOUT_MS = 10 * 1000,
    HEADER_BYTES_MAX = 64 * 1024,
    RETRY_AFTER_MAX_S = 24 * 3600,
    /* upper bound only: libcurl wakes for sockets and its own timers */
    POLL_MS = 1000,
};

/* One kept text, in an arena of its own so that replacing it frees it. */
struct kept {
    struct kept *next;
    const char *name;
    struct arena *arena;
    struct str text;
    int64_t at_ms;
};

struct net {
    struct arena *arena;
    CURLM *multi; /* owns the connections */
    CURL *idle[IDLE_MAX];
    size_t idle_count;
    pid_t owner;
    struct kept *kept;
};

/* One request on its way. */
struct exchange {
    const struct net_request *request;
    struct net_response *response;
    const char *ca_file; /* NULL: the system's certificates */
    CURL *easy;
    CURLcode result;
    struct buf body;
    size_t header_bytes;
    bool is_too_big;
    bool is_refused; /* libcurl did not take an option */
    bool has_head;   /* the blank line behind the headers came */
    char error[CURL_ERROR_SIZE];
};

/* Only memory can be missing here: the same end as in base/arena.c. */
static NORETURN void out_of_memory(const char *call)
{
    fprintf(stderr, "level=error event=out_of_memory call=%s\n", call);
    abort();
}

static CURLM *multi_create(void)
{
    CURLM *multi = curl_multi_init();

    if (!multi)
        out_of_memory("curl_multi_init");
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_MAX);
    return multi;
}

struct net *net_open(void)
{
    struct arena *arena = arena_create();
    struct net *n = arena_alloc(arena, sizeof *n);

    signal(SIGPIPE, SIG_IGN);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        out_of_memory("curl_global_init");
    *n = (struct net){.arena = arena, .multi = multi_create(), .owner = getpid()};
    return n;
}

/*
 * Handles of a parent process are forgotten, not closed: closing them here would say good-bye on
 * the parent's TLS connections.
 */
static void forget_after_fork(struct net *n)
{
    if (n->owner == getpid())
        return;
    n->idle_count = 0;
    n->multi = multi_create();
    n->owner = getpid();
}

void net_close(struct net *n)
{
    if (!n)
        return;
    forget_after_fork(n);
    while (n->idle_count)
        curl_easy_cleanup(n->idle[--n->idle_count]);
    curl_multi_cleanup(n->multi);
    curl_global_cleanup();
    for (struct kept *k = n->kept; k; k = k->next)
        arena_destroy(k->arena);
    arena_destroy(n->arena);
}

/* ---- one request ----------------------------------------------------------------------------- */

/*
 * Line by line. libcurl takes a connection that ends amid the headers for a whole answer, so the
 * end of the head is noted here.
 */
static size_t on_header(char *bytes, size_t size, size_t count, void *arg)
{
    struct exchange *e = arg;
    struct str line = str_view(bytes, size * count);

    if (str_has_prefix(line, STR("HTTP/")))
        e->has_head = false; /* an interim answer came before */
    else if (str_eq(line, STR("\r\n")) || str_eq(line, STR("\n")))
        e->has_head = true;
    e->header_bytes += line.len;
    e->is_too_big |= e->header_bytes > HEADER_BYTES_MAX;
    return e->is_too_big ? 0 : size * count;
}

/*
 * The cap stands here and not in CURLOPT_MAXFILESIZE, which does nothing when the length is not
 * announced.
 */
static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
    struct exchange *e = arg;

    e->is_too_big |= size * count > NET_BODY_MAX - e->body.len;
    if (e->is_too_big)
        return 0;
    buf_add(&e->body, str_view(bytes, size * count));
    return size * count;
}

static void free_headers(void *list)
{
    curl_slist_free_all(list);
}

static void free_url(void *url)
{
    curl_url_cleanup(url);
}

/* A control byte would end the header and begin one of the sender's own. */
static bool is_header_value(struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        if ((unsigned char)value.ptr[i] < 0x20 || value.ptr[i] == 0x7f)
            return false;
    }
    return true;
}

static bool are_headers_valid(const struct net_request *r)
{
    for (size_t i = 0; i < NET_HEADERS_MAX && r->headers[i].name; i++) {
        if (!is_header_value(r->headers[i].value))
            return false;
    }
    return is_header_value(r->bearer) && is_header_value(r->basic_user) &&
           is_header_value(r->basic_password);
}

static struct curl_slist *build_headers(struct arena *a, const struct net_request *r)
{
    const char *type =
        r->content_type ? str_printf(a, "Content-Type: %s", r->content_type).ptr : "Content-Type:";
    /* without a value: libcurl adds none of its own */
    struct curl_slist *list = curl_slist_append(NULL, type);

    list = curl_slist_append(list, "Expect:"); /* no 100-continue: bodies are small */
    for (size_t i = 0; i < NET_HEADERS_MAX && r->headers[i].name; i++)
        list = curl_slist_append(
            list,
            str_printf(a, "%s: " STR_FMT, r->headers[i].name, STR_ARG(r->headers[i].value)).ptr);
    if (list)
        arena_defer(a, free_headers, list);
    return list;
}

static bool is_loopback(const char *host)
{
    return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0 ||
           strcmp(host, "localhost") == 0;
}

static bool url_part_is(CURLU *url, CURLUPart part, const char *want)
{
    char *text = NULL;
    bool same = curl_url_get(url, part, &text, 0) == CURLUE_OK && strcmp(text, want) == 0;

    curl_free(text);
    return same;
}

static bool url_is_loopback(CURLU *url)
{
    char *host = NULL;
    bool loopback = curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK && is_loopback(host);

    curl_free(host);
    return loopback;
}

static void explain(struct exchange *e, const char *reason)
{
    snprintf(e->error, sizeof e->error, "%s", reason);
}

/* Parsed once: what is checked is what libcurl connects to. NULL with the reason in e->error. */
static CURLU *parse_url(struct arena *a, struct exchange *e)
{
    CURLU *url = curl_url();

    if (!url)
        out_of_memory("curl_url");
    arena_defer(a, free_url, url);
    if (str_contains(e->request->url, '\0') ||
        curl_url_set(url, CURLUPART_URL, str_z(a, e->request->url), CURLU_DISALLOW_USER) !=
            CURLUE_OK)
        explain(e, "the URL is malformed");
    else if (!url_part_is(url, CURLUPART_SCHEME, "https") &&
             !(url_part_is(url, CURLUPART_SCHEME, "http") && url_is_loopback(url)))
        explain(e, "only https is allowed, and http to loopback");
    else
        return url;
    return NULL;
}

/* An option that libcurl refuses (too old, out of memory) must not be missing from a request. */
#define SET(e, option, value) \
    ((e)->is_refused |= curl_easy_setopt((e)->easy, (option), (value)) != CURLE_OK)

/*
 * The rules of every request. What libcurl does by default is said too where security hangs on it.
 */
static void set_rules(struct exchange *e)
{
    SET(e, CURLOPT_PROTOCOLS_STR, "https,http"); /* which host may be plain http: parse_url() */
    SET(e, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    SET(e, CURLOPT_FOLLOWLOCATION, 0L);
    SET(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(e, CURLOPT_SSL_VERIFYPEER, 1L);
    SET(e, CURLOPT_SSL_VERIFYHOST, 2L);
    if (e->ca_file)
        SET(e, CURLOPT_CAINFO, e->ca_file);
    SET(e, CURLOPT_PROXY, "");
    SET(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(e, CURLOPT_NOSIGNAL, 1L);
    /* The thread that looks a name up ends when the resolver has given up; nobody waits for it. */
    SET(e, CURLOPT_QUICK_EXIT, 1L);
    SET(e, CURLOPT_USERAGENT, "Transload/" TRANSLOAD_VERSION);
    /* One request per connection at a time, so that a lost connection takes one request with it. */
    SET(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(e, CURLOPT_MAXAGE_CONN, (long)CONNECTION_AGE_S);
    SET(e, CURLOPT_FRESH_CONNECT, e->request->once || e->request->certificate ? 1L : 0L);
    SET(e, CURLOPT_CERTINFO, e->request->certificate ? 1L : 0L);
    /*
     * No CURLOPT_LOW_SPEED_LIMIT: Globus is silent while it lists a directory, and the total
     * time-out ends everything.
     */
    SET(e, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    SET(e, CURLOPT_TIMEOUT_MS, (long)e->request->timeout_ms);
    SET(e, CURLOPT_HEADERFUNCTION, on_header);
    SET(e, CURLOPT_HEADERDATA, e);
    SET(e, CURLOPT_WRITEFUNCTION, on_body);
    SET(e, CURLOPT_WRITEDATA, e);
    SET(e, CURLOPT_ERRORBUFFER, e->error);
    SET(e, CURLOPT_PRIVATE, e);
}

static void set_method(struct exchange *e)
{
    const struct net_request *r = e->request;

    if (strcmp(r->method, "GET") == 0)
        return;
    if (strcmp(r->method, "POST") == 0 || strcmp(r->method, "PUT") == 0) {
        SET(e, CURLOPT_POST, 1L);
        SET(e, CURLOPT_POSTFIELDS, r->body.len ? r->body.ptr : "");
        SET(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
    }
    SET(e, CURLOPT_CUSTOMREQUEST, r->method);
}

static void set_authorization(struct arena *a, struct exchange *e)
{
    const struct net_request *r = e->request;

    if (r->bearer.len) {
        SET(e, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        SET(e, CURLOPT_XOAUTH2_BEARER, str_z(a, r->bearer));
    } else if (r->basic_user.len) {
        SET(e, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        SET(e, CURLOPT_USERNAME, str_z(a, r->basic_user));
        SET(e, CURLOPT_PASSWORD, str_z(a, r->basic_password));
    }
}

static CURL *take_handle(struct net *n)
{
    CURL *easy = n->idle_count ? n->idle[--n->idle_count] : curl_easy_init();

    if (!easy)
        out_of_memory("curl_easy_init");
    return easy;
}

/* What can be said against the request before anything is sent; the reason is in e->error. */
static bool prepare(struct arena *a, struct exchange *e)
{
    CURLU *url = parse_url(a, e);

    if (!url)
        return false;
    if (!are_headers_valid(e->request)) {
        explain(e, "a header would hold a control byte");
        return false;
    }
    SET(e, CURLOPT_CURLU, url);
    SET(e, CURLOPT_HTTPHEADER, build_headers(a, e->request));
    set_rules(e);
    set_method(e);
    set_authorization(a, e);
    return !e->is_refused;
}

static void begin(struct ctx *c, struct exchange *e)
{
    e->easy = take_handle(c->net);
    e->result = CURLE_FAILED_INIT; /* until collect_results() knows better */
    if (prepare(c->arena, e))
        curl_multi_add_handle(c->net->multi, e->easy);
}

static void run(CURLM *multi)
{
    int running = 1;

    while (running && curl_multi_perform(multi, &running) == CURLM_OK && running)
        curl_multi_poll(multi, NULL, 0, POLL_MS, NULL);
}

static void collect_results(CURLM *multi)
{
    int left;

    for (const CURLMsg *m; (m = curl_multi_info_read(multi, &left));) {
        struct exchange *e = NULL;

        if (m->msg == CURLMSG_DONE &&
            curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &e) == CURLE_OK && e)
            e->result =
                m->data.result == CURLE_OK && !e->has_head ? CURLE_GOT_NOTHING : m->data.result;
    }
}

/* Whether a byte left this process decides what the caller may repeat. */
static enum net_fault fault_of(const struct exchange *e)
{
    long sent = 0;

    if (e->result == CURLE_OK)
        return NET_OK;
    if (e->is_too_big)
        return NET_TOO_BIG;
    curl_easy_getinfo(e->easy, CURLINFO_REQUEST_SIZE, &sent);
    if (sent == 0)
        return NET_CONNECT;
    return e->result == CURLE_OPERATION_TIMEDOUT ? NET_TIMEOUT : NET_BROKEN;
}

/* 0: the peer does not say. */
static int64_t date_of(const struct exchange *e)
{
    struct curl_header *date = NULL;
    time_t t;

    if (curl_easy_header(e->easy, "Date", 0, CURLH_HEADER, -1, &date) != CURLHE_OK)
        return 0;
    t = curl_getdate(date->value, NULL);
    return t > 0 ? (int64_t)t : 0;
}

/* Of the peer itself, which comes first in its chain; 0: none, or not asked for. */
static int64_t certificate_end_of(const struct exchange *e)
{
    static const char label[] = "Expire date:";
    const struct curl_certinfo *chain = NULL;
    time_t t = 0;

    if (curl_easy_getinfo(e->easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain ||
        chain->num_of_certs < 1)
        return 0;
    for (const struct curl_slist *line = chain->certinfo[0]; line; line = line->next) {
        if (strncmp(line->data, label, sizeof label - 1) == 0)
            t = curl_getdate(line->data + sizeof label - 1, NULL);
    }
    return t > 0 ? (int64_t)t : 0;
}

static void read_answer(struct arena *a, struct exchange *e)
{
    struct net_response *r = e->response;
    curl_off_t retry_after = 0;
    char *type = NULL;
    long status = 0;

    curl_easy_getinfo(e->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(e->easy, CURLINFO_CONTENT_TYPE, &type);
    curl_easy_getinfo(e->easy, CURLINFO_RETRY_AFTER, &retry_after);
    r->status = (int)status;
    r->date = date_of(e);
    r->certificate_end = certificate_end_of(e);
    r->body = buf_str(&e->body);
    r->content_type = str_dup(a, str_of(type));
    r->retry_after_s =
        retry_after < 0 ? 0
                        : (int)(retry_after < RETRY_AFTER_MAX_S ? retry_after : RETRY_AFTER_MAX_S);
}

/* A handle that failed is not trusted again; its connection was closed by libcurl. */
static void end(struct ctx *c, struct exchange *e)
{
    const char *reason = e->error[0] ? e->error : curl_easy_strerror(e->result);

    *e->response = (struct net_response){.fault = fault_of(e)};
    if (e->response->fault == NET_OK)
        read_answer(c->arena, e);
    else
        e->response->fault_text = str_printf(c->arena, "curl %d: %s", (int)e->result, reason);
    curl_multi_remove_handle(c->net->multi, e->easy);
    if (e->result == CURLE_OK && c->net->idle_count < IDLE_MAX) {
        curl_easy_reset(e->easy);
        c->net->idle[c->net->idle_count++] = e->easy;
    } else {
        curl_easy_cleanup(e->easy);
    }
}

/* NULL: the system's. Tests come without settings, or with some of them. */
static const char *ca_file_of(const struct settings *s)
{
    return s && s->ca_file && s->ca_file[0] ? s->ca_file : NULL;
}

void net_send(struct ctx *c, const struct net_request *requests, struct net_response *responses,
              size_t count)
{
    struct exchange *exchanges = arena_alloc_array(c->arena, count, sizeof *exchanges);
    const char *ca_file = ca_file_of(c->settings);

    forget_after_fork(c->net);
    for (size_t i = 0; i < count; i++) {
        exchanges[i] = (struct exchange){.request = &requests[i],
                                         .response = &responses[i],
                                         .ca_file = ca_file,
                                         .body = {.arena = c->arena}};
        begin(c, &exchanges[i]);
    }
    run(c->net->multi);
    collect_results(c->net->multi);
    for (size_t i = 0; i < count; i++)
        end(c, &exchanges[i]);
}

/* ---- kept texts ------------------------------------------------------------------------------ */

static struct kept *find_kept(const struct net *n, const char *name)
{
    struct kept *k = n->kept;

    while (k && strcmp(k->name, name) != 0)
        k = k->next;
    return k;
}

void net_keep(struct net *n, const char *name, struct str text, int64_t now_ms)
{
    struct kept *k = find_kept(n, name);
    struct arena *arena = arena_create();

    if (!k) {
        k = arena_alloc(n->arena, sizeof *k);
        *k = (struct kept){.next = n->kept, .name = name};
        n->kept = k;
    }
    text = str_dup(arena, text); /* first: text may be what was kept before */
    arena_destroy(k->arena);
    k->arena = arena;
    k->text = text;
    k->at_ms = now_ms;
}

bool net_recall(const struct net *n, const char *name, struct str *text, int64_t *kept_at_ms)
{
    const struct kept *k = find_kept(n, name);

    if (!k)
        return false;
    *text = k->text;
    *kept_at_ms = k->at_ms;
    return true;
}
