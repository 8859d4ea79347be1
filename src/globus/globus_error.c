#include "demands.h"
#include "error.h"

#include "base/json.h"

enum {
    MESSAGE_MAX = 300, /* shown to the person */
    CAUSE_MAX = 2000,  /* kept for the log: GridFTP replies are long */
};

/* The members of both kinds of error document: Transfer's (§2.1) and Auth's (§1.5). */
struct error_document {
    struct str code, message, request_id;
    struct str oauth_error, oauth_description;
};

// clang-format off
static const struct json_field document_fields[] = {
    {"code",              JSON_STR, offsetof(struct error_document, code),              JSON_LENIENT, 0, NULL},
    {"message",           JSON_STR, offsetof(struct error_document, message),           JSON_LENIENT, 0, NULL},
    {"request_id",        JSON_STR, offsetof(struct error_document, request_id),        JSON_LENIENT, 0, NULL},
    {"error",             JSON_STR, offsetof(struct error_document, oauth_error),       JSON_LENIENT, 0, NULL},
    {"error_description", JSON_STR, offsetof(struct error_document, oauth_description), JSON_LENIENT, 0, NULL},
};
// clang-format on
static const struct json_shape document_shape = JSON_SHAPE(struct error_document, document_fields);

/* What decides: the end of the code, its beginning, or any part of it. */
enum match { SUFFIX, PREFIX, WITHIN };

struct rule {
    const char *code;
    enum match match;
    enum err err;
    /* one that ends with ": " is followed by Globus's own message; NULL: that message alone */
    const char *say;
};

/* First match wins: the particular codes of an endpoint before the general ones. */
// clang-format off
static const struct rule rules[] = {
    {".GCDisconnected",                SUFFIX, ERR_GLOBUS,             "Globus Connect Personal is not running there; start it and try again"},
    {".NotDirectory",                  SUFFIX, ERR_GLOBUS,             "that path is a file, not a folder"},
    {".SizeLimit",                     SUFFIX, ERR_GLOBUS,             "that folder holds more files than Globus can list"},
    {".ConnectFailed",                 SUFFIX, ERR_GLOBUS,             "Globus cannot reach that endpoint right now"},
    {".LoginFailed",                   SUFFIX, ERR_FORBIDDEN,          "the endpoint did not accept your login; open it in the Globus web app to see what it needs"},
    {".PermissionDenied",              SUFFIX, ERR_FORBIDDEN,          "you have no right to that folder"},
    {"EndpointPermissionDenied",       PREFIX, ERR_FORBIDDEN,          "the endpoint refuses that path: "},
    {"PermissionDenied",               PREFIX, ERR_FORBIDDEN,          "Globus does not let you use that endpoint: "},
    {"ExternalError",                  WITHIN, ERR_GLOBUS,             "the endpoint reports a fault: "},
    {"EndpointError",                  WITHIN, ERR_GLOBUS,             "the endpoint reports a fault: "},
    {"OperationPaused",                WITHIN, ERR_GLOBUS,             "the endpoint is paused by its administrator: "},
    {"ClientError.AuthenticationFailed", PREFIX, ERR_NOT_SIGNED_IN,    "Globus does not accept the access token any more"},
    {"EndpointDeleted",                PREFIX, ERR_NOT_FOUND,          "this endpoint was deleted"},
    {"EndpointNotFound",               PREFIX, ERR_NOT_FOUND,          "there is no such endpoint, or you may not see it"},
    {"TaskNotFound",                   PREFIX, ERR_NOT_FOUND,          "Globus does not know this task"},
    {"TooManyPendingJobs",             WITHIN, ERR_CONFLICT,           "too many of your transfers are waiting at Globus; try again when some are done"},
    {"LimitExceeded",                  WITHIN, ERR_CONFLICT,           NULL},
    {"Exists",                         SUFFIX, ERR_CONFLICT,           NULL},
    {"ServiceUnavailable",             PREFIX, ERR_GLOBUS_UNAVAILABLE, "Globus is under maintenance; try again later"},
};
// clang-format on

/* By status, when the code says nothing. A row stands for min..max. */
static const struct {
    int min, max;
    enum err err;
    const char *say;
} statuses[] = {
    {401, 401, ERR_NOT_SIGNED_IN,      "Globus does not accept the access token any more"     },
    {403, 403, ERR_FORBIDDEN,          NULL                                                   },
    {404, 404, ERR_NOT_FOUND,          NULL                                                   },
    {408, 408, ERR_GLOBUS_UNAVAILABLE, "Globus does not answer in time; try again in a moment"},
    {409, 409, ERR_CONFLICT,           NULL                                                   },
    {429, 429, ERR_THROTTLED,          "Globus asks for fewer requests; try again in a moment"},
    {500, 599, ERR_GLOBUS_UNAVAILABLE, "Globus does not work right now; try again in a moment"},
    {100, 499, ERR_GLOBUS,             NULL                                                   },
};

/* By fault, when no HTTP answer came. */
// clang-format off
static const struct {
    enum err err;
    const char *say;
} faults[] = {
    [NET_CONNECT] = {ERR_GLOBUS_UNAVAILABLE, "Globus cannot be reached; try again in a moment"},
    [NET_TIMEOUT] = {ERR_GLOBUS_UNAVAILABLE, "Globus does not answer in time; try again in a moment"},
    [NET_BROKEN] = {ERR_GLOBUS_UNAVAILABLE, "the connection to Globus was lost; try again in a moment"},
    [NET_TOO_BIG] = {ERR_GLOBUS, "Globus gave an answer that is too long"},
};
// clang-format on

static bool contains(struct str text, struct str part)
{
    for (; text.len >= part.len; text = str_skip(text, 1)) {
        if (str_has_prefix(text, part))
            return true;
    }
    return false;
}

static bool rule_fits(const struct rule *r, struct str code)
{
    struct str want = str_of(r->code);

    switch (r->match) {
    case SUFFIX:
        return str_has_suffix(code, want);
    case PREFIX:
        return str_has_prefix(code, want);
    case WITHIN:
        return contains(code, want);
    }
    return false;
}

static const struct rule *find_rule(struct str code)
{
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        if (rule_fits(&rules[i], code))
            return &rules[i];
    }
    return NULL;
}

/* The first len bytes at most, never half a character. */
static struct str cut_utf8(struct str s, size_t len)
{
    if (s.len <= len)
        return s;
    while (len && ((unsigned char)s.ptr[len] & 0xc0) == 0x80)
        len--;
    return str_take(s, len);
}

/*
 * Globus's message on one line: what stands behind "---" is a dump of the server's reply.
 */
static struct str one_line(struct arena *a, struct str message)
{
    struct buf line = {.arena = a};

    while (message.len && !str_has_prefix(message, STR("---"))) {
        struct str head;

        str_cut(message, '\n', &head, &message);
        if (line.len && head.len)
            buf_add(&line, STR("; "));
        for (size_t i = 0; i < head.len; i++)
            buf_add_byte(&line, (char)((unsigned char)head.ptr[i] < 0x20 ? ' ' : head.ptr[i]));
    }
    return cut_utf8(buf_str(&line), MESSAGE_MAX);
}

/* The word that names the error in either kind of document. */
static struct str word_of(const struct error_document *d)
{
    return d->code.len ? d->code : d->oauth_error;
}

/* Whatever the document holds, a sentence. */
static void note(struct ctx *c, enum err e, const char *say, int status,
                 const struct error_document *d)
{
    struct str message = one_line(c->arena, d->message.len ? d->message : d->oauth_description);
    struct str start = str_of(say ? say : "Globus says: "), word = word_of(d);

    if (!str_has_suffix(start, STR(": ")))
        message = STR_NONE; /* the sentence says enough */
    else if (message.len == 0 && say)
        start.len -= 2;
    else if (message.len == 0)
        start =
            str_printf(c->arena, "Globus refused with status %d " STR_FMT, status, STR_ARG(word));
    ctx_note(c, e, STR_FMT STR_FMT, STR_ARG(start), STR_ARG(message));
}

static struct str cause_of(struct arena *a, const struct net_response *r,
                           const struct error_document *d)
{
    struct str word = word_of(d), message = cut_utf8(d->message, CAUSE_MAX);

    return str_printf(a, "status=%d code=" STR_FMT " globus_request=" STR_FMT " message=" STR_FMT,
                      r->status, STR_ARG(word), STR_ARG(d->request_id), STR_ARG(message));
}

/*
 * The document of an error, empty when the body is no JSON object: a proxy's page is not an error
 * document.
 */
static struct cJSON *read_document(struct ctx *c, const struct net_response *r,
                                   struct error_document *d)
{
    struct cJSON *tree = NULL;

    if (json_parse(c, r->body, &tree) != ERR_OK ||
        json_read_tree(c, tree, &document_shape, d) != ERR_OK)
        tree = NULL;
    ctx_forgive(c);
    return tree;
}

static enum err judge_document(struct ctx *c, const struct net_response *r,
                               const struct error_document *d)
{
    const struct rule *rule = d->code.len ? find_rule(d->code) : NULL;

    if (rule) {
        note(c, rule->err, rule->say, r->status, d);
        return rule->err;
    }
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        if (r->status >= statuses[i].min && r->status <= statuses[i].max) {
            note(c, statuses[i].err, statuses[i].say, r->status, d);
            return statuses[i].err;
        }
    }
    return FAIL(c, ERR_GLOBUS, "Globus answered with status %d", r->status);
}

static enum err step_up(struct ctx *c, const struct globus_demands *demands)
{
    const char *say = demands->scopes.len ? "this endpoint needs your consent at Globus"
                                          : "this endpoint wants you to sign in at Globus again";
    struct str message = one_line(c->arena, demands->message);

    ctx_note(c, ERR_GLOBUS_STEP_UP, STR_FMT, STR_ARG(message.len ? message : str_of(say)));
    return ERR_GLOBUS_STEP_UP;
}

enum err answer_judge(struct ctx *c, const struct net_response *r, struct globus_demands *demands)
{
    struct error_document d = {0};
    struct cJSON *tree;
    enum err e;

    if (r->fault != NET_OK) {
        ctx_note(c, faults[r->fault].err, "%s", faults[r->fault].say);
        ctx_note_cause(c, r->fault_text);
        return faults[r->fault].err;
    }
    if (r->status >= 200 && r->status <= 299)
        return ERR_OK;
    tree = read_document(c, r, &d);
    if (tree && demands && demands_find(c, tree, demands))
        e = step_up(c, demands);
    else
        e = judge_document(c, r, &d);
    ctx_note_cause(c, cause_of(c->arena, r, &d));
    c->failure.retry_after_s = r->retry_after_s;
    return e;
}

static struct error_document document_of(struct ctx *c, const struct net_response *r)
{
    struct error_document d = {0};

    if (r->fault == NET_OK && (r->status < 200 || r->status > 299))
        read_document(c, r, &d);
    return d;
}

struct str answer_oauth_error(struct ctx *c, const struct net_response *r)
{
    return document_of(c, r).oauth_error;
}

struct str answer_code(struct ctx *c, const struct net_response *r)
{
    struct failure kept = c->failure;
    struct str code = document_of(c, r).code;

    c->failure = kept;
    return code;
}
