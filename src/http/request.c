#include "http/request.h"

#include "pairs.h"

#include <stdlib.h>

struct str req_path(const struct req *r, const char *name)
{
    for (size_t i = 0; i < r->param_count; i++) {
        if (str_eq(r->params[i].name, str_of(name)))
            return r->params[i].value;
    }
    abort(); /* the handler asks for what its row does not have */
}

enum err req_path_int(const struct req *r, const char *name, int64_t *out)
{
    struct str value = req_path(r, name);

    /* One spelling per number: "+1", "01" and "-1" are addresses of nothing. */
    if (value.len == 0 || value.ptr[0] < '1' || value.ptr[0] > '9' ||
        !str_to_int(value, 1, INT64_MAX, out))
        return FAIL(r->ctx, ERR_NOT_FOUND, "There is no such %s.", name);
    return ERR_OK;
}

enum err req_query(const struct req *r, const char *name, size_t max_len, struct str *out)
{
    return pairs_find(r->ctx, r->query, name, max_len, out);
}

static enum err query_int(const struct req *r, const char *name, int64_t min, int64_t *out)
{
    enum { DIGITS_MAX = 20 };
    struct str text;

    *out = 0;
    TRY(req_query(r, name, DIGITS_MAX, &text));
    if (text.len && !str_to_int(text, min, INT64_MAX, out))
        return FAIL_FIELD(r->ctx, name, "%s: must be a number, %lld or greater", name,
                          (long long)min);
    return ERR_OK;
}

enum err req_query_id(const struct req *r, const char *name, int64_t *out)
{
    return query_int(r, name, 1, out);
}

enum err req_query_size(const struct req *r, const char *name, int64_t *out)
{
    return query_int(r, name, 0, out);
}

/* The media type without its parameters: "application/json; charset=utf-8". */
static bool is_media_type(struct str content_type, struct str wanted)
{
    struct str type, parameters;

    str_cut(content_type, ';', &type, &parameters);
    return str_eq_nocase(str_trim(type), wanted);
}

enum err req_form(const struct req *r, const char *name, size_t max_len, struct str *out)
{
    if (!is_media_type(r->content_type, STR("application/x-www-form-urlencoded")))
        return FAIL_FIELD(r->ctx, name,
                          "Send %s as a form: Content-Type application/x-www-form-urlencoded.",
                          name);
    return pairs_find(r->ctx, r->body, name, max_len, out);
}

enum err req_json(const struct req *r, const struct json_shape *shape, void *out)
{
    if (!is_media_type(r->content_type, STR("application/json")))
        return FAIL(r->ctx, ERR_INPUT, "Send a JSON object: Content-Type application/json.");
    return json_read(r->ctx, r->body, shape, out);
}

enum err req_cookie(const struct req *r, const char *name, struct str *out)
{
    return cookie_find(r->ctx, r->cookies, name, out);
}
