#include "http/request.h"

#include <stdlib.h>

static const struct {
    enum method method;
    const char *name;
} method_names[] = {
    {GET,    "GET"   },
    {HEAD,   "HEAD"  },
    {POST,   "POST"  },
    {PUT,    "PUT"   },
    {PATCH,  "PATCH" },
    {DELETE, "DELETE"},
};

enum method method_parse(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(method_names); i++) {
        if (str_eq(name, str_of(method_names[i].name)))
            return method_names[i].method;
    }
    return METHOD_OTHER;
}

const char *method_name(enum method m)
{
    for (size_t i = 0; i < COUNT_OF(method_names); i++) {
        if (method_names[i].method == m)
            return method_names[i].name;
    }
    return "OTHER";
}

static unsigned with_head(unsigned methods)
{
    return methods & GET ? methods | HEAD : methods;
}

struct str route_methods(struct arena *a, unsigned methods)
{
    struct buf text = {.arena = a};

    for (size_t i = 0; i < COUNT_OF(method_names); i++) {
        if (with_head(methods) & method_names[i].method)
            buf_printf(&text, "%s%s", text.len ? ", " : "", method_names[i].name);
    }
    return buf_str(&text);
}

static void add_param(struct req *r, struct str name, struct str value)
{
    if (r->param_count == PATH_PARAMS_MAX)
        abort(); /* a row of our own table has too many */
    r->params[r->param_count++] = (struct path_param){name, value};
}

/* The first segment of s, and what follows it, its slash included. */
static struct str take_segment(struct str *s)
{
    struct str segment, rest;

    str_cut(*s, '/', &segment, &rest);
    *s = str_skip(*s, segment.len);
    return segment;
}

/* Pattern segment by path segment; both begin with a slash here. */
static bool fits(struct str pattern, struct str path, struct req *r)
{
    r->param_count = 0;
    while (str_has_prefix(pattern, STR("/")) && str_has_prefix(path, STR("/"))) {
        struct str want, name;

        pattern = str_skip(pattern, 1);
        path = str_skip(path, 1);
        want = take_segment(&pattern);
        if (!str_has_prefix(want, STR("{"))) {
            if (!str_eq(want, take_segment(&path)))
                return false;
            continue;
        }
        name = str_take(str_skip(want, 1), want.len - 2);
        if (path.len == 0 || path.ptr[0] == '/')
            return false;
        if (str_has_suffix(name, STR("..."))) {
            add_param(r, str_take(name, name.len - 3), path);
            return true;
        }
        add_param(r, name, take_segment(&path));
    }
    return pattern.len == 0 && path.len == 0;
}

enum route_result route_find(const struct route *routes, size_t count,
                             bool (*is_on)(const struct ctx *, enum feature), struct req *r,
                             unsigned *allow)
{
    unsigned methods = 0;

    for (size_t i = 0; i < count; i++) {
        if ((is_on && !is_on(r->ctx, routes[i].feature)) ||
            !fits(str_of(routes[i].path), r->path, r))
            continue;
        if (with_head(routes[i].methods) & r->method) {
            r->route = &routes[i];
            return ROUTE_FOUND;
        }
        methods |= with_head(routes[i].methods);
    }
    r->param_count = 0;
    *allow = methods;
    return methods ? ROUTE_NO_METHOD : ROUTE_NO_PATH;
}
