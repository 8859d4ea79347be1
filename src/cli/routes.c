#include "command.h"

#include "app/app.h"

static const char *const who_names[] = {
    [ANYONE] = "anyone", [USER] = "user",     [CONNECTED] = "connected",
    [ADMIN] = "admin",   [SIGNED] = "signed",
};
static const char *const pool_names[] = {[POOL_API] = "api", [POOL_UPLOAD] = "upload"};
static const char *const feature_names[] = {[ALWAYS] = "always", [GLOBUS] = "globus"};
static const char *const audience_names[] = {[JSON] = "json", [PAGE] = "page"};

struct route_view {
    struct str methods, path, who, pool, feature, audience, what;
    int64_t body_max;
};
static const struct json_field route_fields[] = {
    {"methods",  JSON_STR, offsetof(struct route_view, methods),  0, 0, NULL},
    {"path",     JSON_STR, offsetof(struct route_view, path),     0, 0, NULL},
    {"who",      JSON_STR, offsetof(struct route_view, who),      0, 0, NULL},
    {"pool",     JSON_STR, offsetof(struct route_view, pool),     0, 0, NULL},
    {"feature",  JSON_STR, offsetof(struct route_view, feature),  0, 0, NULL},
    {"audience", JSON_STR, offsetof(struct route_view, audience), 0, 0, NULL},
    {"body_max", JSON_INT, offsetof(struct route_view, body_max), 0, 0, NULL},
    {"what",     JSON_STR, offsetof(struct route_view, what),     0, 0, NULL},
};
static const struct json_shape route_shape = JSON_SHAPE(struct route_view, route_fields);

struct routes_view {
    struct json_list items;
};
static const struct json_field routes_fields[] = {
    {"items", JSON_LIST, offsetof(struct routes_view, items), 0, 0, &route_shape},
};
static const struct json_shape routes_shape = JSON_SHAPE(struct routes_view, routes_fields);

static struct route_view view_of(struct arena *a, const struct route *r)
{
    return (struct route_view){.methods = route_methods(a, r->methods),
                               .path = str_of(r->path),
                               .who = str_of(who_names[r->who]),
                               .pool = str_of(pool_names[r->pool]),
                               .feature = str_of(feature_names[r->feature]),
                               .audience = str_of(audience_names[r->audience]),
                               .what = str_of(r->what),
                               .body_max = r->body_max};
}

enum err cli_routes(struct cli *cli)
{
    struct arena *a = cli->ctx->arena;
    struct route_view *views = arena_alloc_array(a, app_route_count, sizeof *views);

    for (size_t i = 0; i < app_route_count; i++)
        views[i] = view_of(a, &app_routes[i]);
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &routes_shape,
                   &(struct routes_view){
                       {views, app_route_count}
        });
        buf_add_byte(&cli->out, '\n');
        return ERR_OK;
    }
    for (size_t i = 0; i < app_route_count; i++)
        buf_printf(&cli->out, "%-10.*s  %-46.*s  %-9.*s  " STR_FMT "\n", STR_ARG(views[i].methods),
                   STR_ARG(views[i].path), STR_ARG(views[i].who), STR_ARG(views[i].what));
    return ERR_OK;
}
