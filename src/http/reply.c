#include "reply.h"

#include "status.h"

#include "base/codec.h"

#include <stdlib.h>

enum { REASON_MAX = 200 };

static bool is_control(char c)
{
    return (unsigned char)c < ' ' || c == 0x7f;
}

/* A header value ends at the first control byte, so it cannot begin another header. */
static struct str one_line(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (is_control(s.ptr[i]) && s.ptr[i] != '\t')
            return str_take(s, i);
    }
    return s;
}

void reply_drop(struct req *r)
{
    r->reply = (struct reply){.status = 0};
}

enum err reply_bytes(struct req *r, int status, const char *content_type, struct str body)
{
    r->reply.status = status;
    r->reply.content_type = content_type;
    r->reply.body = body;
    return ERR_OK;
}

enum err reply_json(struct req *r, int status, const struct json_shape *shape, const void *value)
{
    struct buf text = {.arena = r->ctx->arena};

    json_write(&text, shape, value);
    return reply_bytes(r, status, "application/json", buf_str(&text));
}

enum err reply_empty(struct req *r, int status)
{
    return reply_bytes(r, status, NULL, STR_NONE);
}

enum err reply_redirect(struct req *r, struct str location)
{
    reply_header(r, "Location", location);
    return reply_empty(r, 303);
}

enum err reply_file(struct req *r, const char *content_type, struct str internal_path)
{
    reply_header(r, "X-Accel-Redirect", url_encode(r->ctx->arena, internal_path, true));
    r->reply.is_file = true;
    return reply_bytes(r, 200, content_type, STR_NONE);
}

void reply_header(struct req *r, const char *name, struct str value)
{
    if (r->reply.header_count == REPLY_HEADERS_MAX)
        abort(); /* a handler of ours sets too many */
    r->reply.headers[r->reply.header_count++] = (struct header){name, one_line(value)};
}

void reply_reason(struct req *r, struct str reason)
{
    struct buf text = {.arena = r->ctx->arena};

    for (size_t i = 0; i < reason.len && text.len < REASON_MAX; i++) {
        char c = reason.ptr[i];

        if (is_control(c))
            c = ' ';
        /* One mark for a character outside ASCII, not one for each of its bytes. */
        if ((unsigned char)c >= 0xc0)
            c = '?';
        if ((unsigned char)c < 0x80)
            buf_add_byte(&text, c);
    }
    r->reply.reason = str_trim(buf_str(&text));
}

static bool has_header(const struct reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        if (str_eq_nocase(str_of(reply->headers[i].name), str_of(name)))
            return true;
    }
    return false;
}

static bool may_have_body(const struct reply *reply)
{
    return !reply->is_file && reply->status != 204 && reply->status != 304;
}

struct str reply_head(const struct req *r)
{
    const struct reply *reply = &r->reply;
    struct str reason = reply->reason.len ? reply->reason : str_of(status_reason(reply->status));
    struct buf head = {.arena = r->ctx->arena};

    buf_printf(&head, "Status: %d " STR_FMT "\r\n", reply->status, STR_ARG(reason));
    if (reply->content_type)
        buf_printf(&head, "Content-Type: %s\r\n", reply->content_type);
    if (may_have_body(reply))
        buf_printf(&head, "Content-Length: %zu\r\n", reply->body.len);
    if (!reply->is_file && !has_header(reply, "Cache-Control"))
        buf_add(&head, STR("Cache-Control: no-store\r\n"));
    for (size_t i = 0; i < reply->header_count; i++)
        buf_printf(&head, "%s: " STR_FMT "\r\n", reply->headers[i].name,
                   STR_ARG(reply->headers[i].value));
    buf_add(&head, STR("\r\n"));
    return buf_str(&head);
}

struct str reply_body(const struct req *r)
{
    return may_have_body(&r->reply) && r->method != HEAD ? r->reply.body : STR_NONE;
}
