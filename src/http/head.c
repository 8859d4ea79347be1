#include "head.h"

#include "path.h"

#include "base/codec.h"
#include "base/secret.h"

enum { REQUEST_ID_MAX = 64, REQUEST_ID_BYTES = 16 };

static struct str param(const struct req *r, const struct head_source *source, const char *name)
{
    const char *value = source->param(source, name);

    /* nginx sends an empty CONTENT_TYPE and the like for a header that is not there. */
    return value && value[0] ? str_dup(r->ctx->arena, str_of(value)) : STR_NONE;
}

static bool is_request_id(struct str s)
{
    return s.len > 0 && s.len <= REQUEST_ID_MAX &&
           str_is_made_of(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
}

static struct str request_id(const struct req *r, const struct head_source *source)
{
    struct str id = param(r, source, "REQUEST_ID");

    if (is_request_id(id))
        return id;
    return hex_encode(r->ctx->arena, secret_random(r->ctx->arena, REQUEST_ID_BYTES));
}

static enum err read_length(struct req *r, struct str text)
{
    r->content_length = -1;
    if (text.len == 0)
        return ERR_OK;
    if (text.ptr[0] == '-' || !str_to_int(text, 0, INT64_MAX, &r->content_length))
        return FAIL(r->ctx, ERR_INPUT, "Content-Length must be a whole number.");
    return ERR_OK;
}

enum err head_read(struct req *r, const struct head_source *source)
{
    struct str target = param(r, source, "REQUEST_URI");

    r->ctx->request_id = request_id(r, source);
    r->began_at = clock_now_s(r->ctx->clock);
    r->method = method_parse(param(r, source, "REQUEST_METHOD"));
    r->content_type = param(r, source, "CONTENT_TYPE");
    r->authorization = param(r, source, "HTTP_AUTHORIZATION");
    r->origin = param(r, source, "HTTP_ORIGIN");
    r->csrf_header = param(r, source, "HTTP_X_CSRF_TOKEN");
    r->upload_ticket = param(r, source, "HTTP_X_UPLOAD_TICKET");
    r->cookies = param(r, source, "HTTP_COOKIE");
    r->range = param(r, source, "HTTP_RANGE");
    r->user_agent = param(r, source, "HTTP_USER_AGENT");
    r->remote_address = param(r, source, "REMOTE_ADDR");
    r->ctx->address = r->remote_address;
    r->is_monitor = str_eq(param(r, source, "TRANSLOAD_MONITOR"), STR("1"));
    TRY(read_length(r, param(r, source, "CONTENT_LENGTH")));
    r->target = target;
    return path_parse(r->ctx, target, &r->path, &r->query);
}
