#include "handlers.h"
#include "viewer.h"
#include "way.h"

#include "transfer/destination.h"

enum { FOLDER_MAX = 2048 };

/* ---- JSON ------------------------------------------------------------------------------------ */

struct place_view {
    struct str id, display_name, owner, organization;
};
// clang-format off
static const struct json_field place_fields[] = {
    {"id",           JSON_STR, offsetof(struct place_view, id),           0,                  0, NULL},
    {"display_name", JSON_STR, offsetof(struct place_view, display_name), 0,                  0, NULL},
    {"owner",        JSON_STR, offsetof(struct place_view, owner),        JSON_NULL_IF_EMPTY, 0, NULL},
    {"organization", JSON_STR, offsetof(struct place_view, organization), JSON_NULL_IF_EMPTY, 0, NULL},
};
// clang-format on
static const struct json_shape place_shape = JSON_SHAPE(struct place_view, place_fields);

struct destination_view {
    int64_t id, starred_at, last_sent_at;
    const struct place_view *endpoint;
    struct str path;
    bool is_starred, is_usual;
};
// clang-format off
static const struct json_field destination_fields[] = {
    {"id",           JSON_INT,    offsetof(struct destination_view, id),           0,                  0, NULL        },
    {"endpoint",     JSON_OBJECT, offsetof(struct destination_view, endpoint),     0,                  0, &place_shape},
    {"path",         JSON_STR,    offsetof(struct destination_view, path),         JSON_NULL_IF_EMPTY, 0, NULL        },
    {"starred",      JSON_BOOL,   offsetof(struct destination_view, is_starred),   0,                  0, NULL        },
    {"usual",        JSON_BOOL,   offsetof(struct destination_view, is_usual),     0,                  0, NULL        },
    {"starred_at",   JSON_TIME,   offsetof(struct destination_view, starred_at),   0,                  0, NULL        },
    {"last_sent_at", JSON_TIME,   offsetof(struct destination_view, last_sent_at), 0,                  0, NULL        },
};
// clang-format on
static const struct json_shape destination_shape =
    JSON_SHAPE(struct destination_view, destination_fields);

struct destination_answer {
    const struct destination_view *destination;
};
static const struct json_field answer_fields[] = {
    {"destination", JSON_OBJECT, offsetof(struct destination_answer, destination), 0, 0,
     &destination_shape},
};
static const struct json_shape answer_shape = JSON_SHAPE(struct destination_answer, answer_fields);

struct list_view {
    struct json_list items;
    const struct destination_view *usual;
    struct str pattern, file;
};
// clang-format off
static const struct json_field list_fields[] = {
    {"items",   JSON_LIST,   offsetof(struct list_view, items),   0,                  0, &destination_shape},
    {"usual",   JSON_OBJECT, offsetof(struct list_view, usual),   0,                  0, &destination_shape},
    {"pattern", JSON_STR,    offsetof(struct list_view, pattern), 0,                  0, NULL              },
    {"file",    JSON_STR,    offsetof(struct list_view, file),    JSON_NULL_IF_EMPTY, 0, NULL              },
};
// clang-format on
static const struct json_shape list_shape = JSON_SHAPE(struct list_view, list_fields);

static struct destination_view *view_of(struct arena *a, const struct destination *d)
{
    struct destination_view *view = arena_alloc(a, sizeof *view);
    struct place_view *place = arena_alloc(a, sizeof *place);

    *place = (struct place_view){d->endpoint_id, d->endpoint_name, d->owner, d->organization};
    *view = (struct destination_view){.id = d->id,
                                      .endpoint = place,
                                      .path = d->folder,
                                      .is_starred = d->is_starred,
                                      .is_usual = d->is_usual,
                                      .starred_at = d->starred_at,
                                      .last_sent_at = d->last_sent_at};
    return view;
}

static enum err reply_destination(struct req *r, int status, const struct destination *d)
{
    const struct destination_answer answer = {view_of(r->ctx->arena, d)};

    return reply_json(r, status, &answer_shape, &answer);
}

/* ---- the list -------------------------------------------------------------------------------- */

/*
 * ?container_id=: what the file of that image would be called; a name that cannot be made is told
 * when it is sent.
 */
static enum err file_of(struct req *r, struct str pattern, struct str *out)
{
    struct container image;
    int64_t id;

    TRY(req_query_id(r, "container_id", &id));
    if (id == 0)
        return ERR_OK;
    TRY(container_get(r->ctx, app_viewer(r), id, &image));
    if (pattern_expand(r->ctx, pattern, &image, out) != ERR_OK) {
        ctx_forgive(r->ctx);
        *out = STR_NONE;
    }
    return ERR_OK;
}

/* GET /api/destinations?container_id= */
enum err handle_destination_list(struct req *r)
{
    struct ctx *c = r->ctx;
    int64_t user_id = app_session(r)->user.id;
    struct destination_view *items;
    struct destination usual;
    struct destinations all;
    struct list_view view = {.usual = NULL};
    bool found;

    TRY(pattern_of(c, user_id, &view.pattern));
    TRY(file_of(r, view.pattern, &view.file));
    TRY(destination_list(c, user_id, &all));
    TRY(destination_usual(c, user_id, &found, &usual));
    items = arena_alloc_array(c->arena, all.count, sizeof *items);
    for (size_t i = 0; i < all.count; i++)
        items[i] = *view_of(c->arena, &all.list[i]);
    view.items = (struct json_list){items, all.count};
    if (found)
        view.usual = view_of(c->arena, &usual);
    return reply_json(r, 200, &list_shape, &view);
}

/* ---- changes --------------------------------------------------------------------------------- */

struct star_input {
    struct str endpoint_id, path;
};
// clang-format off
static const struct json_field star_fields[] = {
    {"endpoint_id", JSON_STR, offsetof(struct star_input, endpoint_id), JSON_REQUIRED, 36,         NULL},
    {"path",        JSON_STR, offsetof(struct star_input, path),        0,             FOLDER_MAX, NULL},
};
// clang-format on
static const struct json_shape star_shape = JSON_SHAPE(struct star_input, star_fields);

/* POST /api/destinations */
enum err handle_destination_star(struct req *r)
{
    struct globus_demands demands = {0};
    struct star_input in = {0};
    struct destination made;
    enum err e;

    TRY(req_json(r, &star_shape, &in));
    e = destination_star(r->ctx, app_session(r)->user.id, in.endpoint_id, in.path, &demands, &made);
    if (e != ERR_OK)
        return way_through_globus(r, e, &demands, STR_NONE, STR_NONE);
    return reply_destination(r, 201, &made);
}

struct usual_input {
    bool usual;
};
static const struct json_field usual_fields[] = {
    {"usual", JSON_BOOL, offsetof(struct usual_input, usual), JSON_REQUIRED, 0, NULL},
};
static const struct json_shape usual_shape = JSON_SHAPE(struct usual_input, usual_fields);

/* PATCH /api/destinations/{id} */
enum err handle_destination_usual(struct req *r)
{
    struct usual_input in = {0};
    struct destination d;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(req_json(r, &usual_shape, &in));
    TRY(destination_set_usual(r->ctx, app_session(r)->user.id, id, in.usual, &d));
    return reply_destination(r, 200, &d);
}

/* DELETE /api/destinations/{id} */
enum err handle_destination_unstar(struct req *r)
{
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(destination_unstar(r->ctx, app_session(r)->user.id, id));
    return reply_empty(r, 204);
}

struct pattern_input {
    struct str pattern;
};
static const struct json_field pattern_fields[] = {
    {"pattern", JSON_STR, offsetof(struct pattern_input, pattern), JSON_REQUIRED, PATTERN_MAX,
     NULL},
};
static const struct json_shape pattern_shape = JSON_SHAPE(struct pattern_input, pattern_fields);

/* PUT /api/file-pattern; "" is the default again */
enum err handle_pattern_set(struct req *r)
{
    int64_t user_id = app_session(r)->user.id;
    struct pattern_input in = {0};

    TRY(req_json(r, &pattern_shape, &in));
    TRY(pattern_set(r->ctx, user_id, in.pattern));
    TRY(pattern_of(r->ctx, user_id, &in.pattern));
    return reply_json(r, 200, &pattern_shape, &in);
}
