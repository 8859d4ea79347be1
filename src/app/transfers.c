#include "handlers.h"
#include "viewer.h"
#include "way.h"

#include "account/audit.h"
#include "account/link.h"
#include "base/codec.h"
#include "base/settings.h"
#include "transfer/transfer.h"

enum { CURSOR_MAX = 80, WISH_PATH_MAX = 2048, STATE_MAX = 16, DAYS_SHOWN = 30 };

/* ---- JSON ------------------------------------------------------------------------------------ */

struct image_view {
    int64_t id;
    struct str uri;
};
static const struct json_field image_fields[] = {
    {"id",  JSON_INT, offsetof(struct image_view, id),  0, 0, NULL},
    {"uri", JSON_STR, offsetof(struct image_view, uri), 0, 0, NULL},
};
static const struct json_shape image_shape = JSON_SHAPE(struct image_view, image_fields);
/* The container was deleted since: it has no id any more, only the name it had. */
static const struct json_shape gone_image_shape = {&image_fields[1], 1, sizeof(struct image_view)};

struct destination_view {
    struct str id, display_name;
};
static const struct json_field destination_fields[] = {
    {"id",           JSON_STR, offsetof(struct destination_view, id),           0, 0, NULL},
    {"display_name", JSON_STR, offsetof(struct destination_view, display_name), 0, 0, NULL},
};
static const struct json_shape destination_shape =
    JSON_SHAPE(struct destination_view, destination_fields);

struct transfer_view {
    const struct image_view *container, *gone; /* one of the two */
    const struct destination_view *endpoint;
    struct str id, source, path, state, state_text, task_id, task_url, sha256;
    int64_t bytes_total, bytes_transferred, bytes_per_second, faults, created_at, finished_at,
        files, ahead;
    bool is_news, is_verified;
};
// clang-format off
static const struct json_field transfer_fields[] = {
    {"id",                JSON_STR,    offsetof(struct transfer_view, id),                0,                  0, NULL              },
    {"container",         JSON_OBJECT, offsetof(struct transfer_view, container),         JSON_OMIT_EMPTY,    0, &image_shape      },
    {"container",         JSON_OBJECT, offsetof(struct transfer_view, gone),              JSON_OMIT_EMPTY,    0, &gone_image_shape },
    {"endpoint",          JSON_OBJECT, offsetof(struct transfer_view, endpoint),          0,                  0, &destination_shape},
    {"source",            JSON_STR,    offsetof(struct transfer_view, source),            0,                  0, NULL              },
    {"path",              JSON_STR,    offsetof(struct transfer_view, path),              0,                  0, NULL              },
    {"state",             JSON_STR,    offsetof(struct transfer_view, state),             0,                  0, NULL              },
    {"state_text",        JSON_STR,    offsetof(struct transfer_view, state_text),        0,                  0, NULL              },
    {"bytes_total",       JSON_INT,    offsetof(struct transfer_view, bytes_total),       0,                  0, NULL              },
    {"bytes_transferred", JSON_INT,    offsetof(struct transfer_view, bytes_transferred), 0,                  0, NULL              },
    {"bytes_per_second",  JSON_INT,    offsetof(struct transfer_view, bytes_per_second),  0,                  0, NULL              },
    {"faults",            JSON_INT,    offsetof(struct transfer_view, faults),            0,                  0, NULL              },
    {"task_id",           JSON_STR,    offsetof(struct transfer_view, task_id),           JSON_NULL_IF_EMPTY, 0, NULL              },
    {"task_url",          JSON_STR,    offsetof(struct transfer_view, task_url),          JSON_NULL_IF_EMPTY, 0, NULL              },
    {"created_at",        JSON_TIME,   offsetof(struct transfer_view, created_at),        0,                  0, NULL              },
    {"finished_at",       JSON_TIME,   offsetof(struct transfer_view, finished_at),       0,                  0, NULL              },
    {"sha256",            JSON_STR,    offsetof(struct transfer_view, sha256),            0,                  0, NULL              },
    {"verified",          JSON_BOOL,   offsetof(struct transfer_view, is_verified),       0,                  0, NULL              },
    {"ahead",             JSON_INT,    offsetof(struct transfer_view, ahead),             0,                  0, NULL              },
    {"files",             JSON_INT,    offsetof(struct transfer_view, files),             0,                  0, NULL              },
    {"news",              JSON_BOOL,   offsetof(struct transfer_view, is_news),           0,                  0, NULL              },
};
// clang-format on
static const struct json_shape transfer_shape = JSON_SHAPE(struct transfer_view, transfer_fields);

struct transfers_view {
    struct json_list items;
    struct str next;
};
// clang-format off
static const struct json_field transfers_fields[] = {
    {"items", JSON_LIST, offsetof(struct transfers_view, items), 0,                  0, &transfer_shape},
    {"next",  JSON_STR,  offsetof(struct transfers_view, next),  JSON_NULL_IF_EMPTY, 0, NULL           },
};
// clang-format on
static const struct json_shape transfers_shape =
    JSON_SHAPE(struct transfers_view, transfers_fields);

/* What a new wish is answered with: enough for the notification. */
struct accepted_view {
    struct str id, state, task_id, task_url, message;
};
static const struct json_field accepted_fields[] = {
    {"id",       JSON_STR, offsetof(struct accepted_view, id),       0,                  0, NULL},
    {"state",    JSON_STR, offsetof(struct accepted_view, state),    0,                  0, NULL},
    {"task_id",  JSON_STR, offsetof(struct accepted_view, task_id),  JSON_NULL_IF_EMPTY, 0, NULL},
    {"task_url", JSON_STR, offsetof(struct accepted_view, task_url), JSON_NULL_IF_EMPTY, 0, NULL},
    {"message",  JSON_STR, offsetof(struct accepted_view, message),  0,                  0, NULL},
};
static const struct json_shape accepted_shape = JSON_SHAPE(struct accepted_view, accepted_fields);

struct wish_input {
    int64_t container_id;
    struct str endpoint_id, path;
};
// clang-format off
static const struct json_field wish_fields[] = {
    {"container_id", JSON_INT, offsetof(struct wish_input, container_id), JSON_REQUIRED, 0,             NULL},
    {"endpoint_id",  JSON_STR, offsetof(struct wish_input, endpoint_id),  JSON_REQUIRED, 36,            NULL},
    {"path",         JSON_STR, offsetof(struct wish_input, path),         0,             WISH_PATH_MAX, NULL},
};
// clang-format on
static const struct json_shape wish_shape = JSON_SHAPE(struct wish_input, wish_fields);

/* ---- views ----------------------------------------------------------------------------------- */

static struct str task_url(struct ctx *c, const struct transfer *t)
{
    return t->task_id.len ? globus_task_url(c, t->task_id) : STR_NONE;
}

static struct transfer_view view_of(struct ctx *c, const struct transfer *t)
{
    struct image_view *image = arena_alloc(c->arena, sizeof *image);
    struct destination_view *endpoint = arena_alloc(c->arena, sizeof *endpoint);

    *image = (struct image_view){t->container_id, t->uri};
    *endpoint = (struct destination_view){t->endpoint_id, t->endpoint_name};
    return (struct transfer_view){
        .id = t->id,
        .container = t->container_id ? image : NULL,
        .gone = t->container_id ? NULL : image,
        .endpoint = endpoint,
        .source = str_printf(c->arena, "%s:" STR_FMT, c->settings->globus_source,
                             STR_ARG(t->source_path)),
        .path = t->path,
        .state = str_of(transfer_state_name(t->state)),
        .state_text = t->state_text,
        .bytes_total = t->bytes_total,
        .bytes_transferred = t->bytes_transferred,
        .bytes_per_second = t->bytes_per_second,
        .faults = t->faults,
        .task_id = t->task_id,
        .task_url = task_url(c, t),
        .created_at = t->created_at,
        .finished_at = t->finished_at,
        .sha256 = t->sha256,
        .is_verified = t->state == TRANSFER_DONE && t->is_compared,
        .ahead = t->ahead,
        .files = t->files ? t->files : 1,
        .is_news = t->is_news,
    };
}

static enum err reply_transfer(struct req *r, int status, const struct transfer *t)
{
    struct transfer_view view = view_of(r->ctx, t);

    return reply_json(r, status, &transfer_shape, &view);
}

/* ---- handlers -------------------------------------------------------------------------------- */

/* The page with this image, endpoint and folder chosen, as www/assets/pages/endpoints-address.js
 * reads it. */
static struct str choice_page(struct arena *a, const struct transfer_wish *w)
{
    struct buf page = {.arena = a};

    buf_printf(&page, ENDPOINTS_PAGE "/%lld", (long long)w->container_id);
    if (w->endpoint_id.len)
        url_add_param(&page, '?', "endpoint", w->endpoint_id);
    if (w->endpoint_id.len && w->path.len)
        url_add_param(&page, '&', "path", w->path);
    return buf_str(&page);
}

static struct transfer_wish wish_of(struct req *r, const struct wish_input *in)
{
    return (struct transfer_wish){.user_id = app_session(r)->user.id,
                                  .viewer = app_viewer(r),
                                  .container_id = in->container_id,
                                  .endpoint_id = in->endpoint_id,
                                  .path = in->path};
}

/* A step-up that making the wish needs is begun here, to come back to the page of the same image.
 */
static enum err made(struct req *r, enum err e, const struct transfer_wish *w,
                     struct transfer_result *out)
{
    struct ctx *c = r->ctx;

    if (e != ERR_OK)
        return way_through_globus(r, e, &out->demands, choice_page(c->arena, w), out->transfer.id);
    return audit_note(c, w->user_id, "transfer.create", out->transfer.id);
}

static enum err create(struct req *r, const struct wish_input *in, struct transfer_result *out)
{
    const struct transfer_wish wish = wish_of(r, in);

    return made(r, transfer_create(r->ctx, &wish, out), &wish, out);
}

static struct accepted_view accepted(struct ctx *c, const struct transfer_result *result)
{
    const struct transfer *t = &result->transfer;

    return (struct accepted_view){.id = t->id,
                                  .state = str_of(transfer_state_name(t->state)),
                                  .task_id = t->task_id,
                                  .task_url = task_url(c, t),
                                  .message = result->message};
}

/* POST /api/transfers */
enum err handle_transfer_create(struct req *r)
{
    struct wish_input in = {0};
    struct transfer_result result;
    struct accepted_view view;

    TRY(req_json(r, &wish_shape, &in));
    TRY(create(r, &in, &result));
    view = accepted(r->ctx, &result);
    return reply_json(r, 201, &accepted_shape, &view);
}

static const struct json_field usual_fields[] = {
    {"container_id", JSON_INT, offsetof(struct wish_input, container_id), JSON_REQUIRED, 0, NULL},
};
static const struct json_shape usual_shape = JSON_SHAPE(struct wish_input, usual_fields);

/* POST /api/transfers/usual */
enum err handle_transfer_usual(struct req *r)
{
    struct wish_input in = {0};
    struct transfer_wish asked, wish;
    struct transfer_result result;
    struct accepted_view view;

    TRY(req_json(r, &usual_shape, &in));
    asked = wish_of(r, &in);
    TRY(made(r, transfer_create_usual(r->ctx, &asked, &wish, &result), &wish, &result));
    view = accepted(r->ctx, &result);
    return reply_json(r, 201, &accepted_shape, &view);
}

/*
 * POST /globus/transfer/{endpoint}/container/{id}: the predecessor's route; its page reads message
 * only.
 */
enum err handle_transfer_classic(struct req *r)
{
    struct wish_input in = {.endpoint_id = req_path(r, "endpoint")};
    struct transfer_result result;
    struct accepted_view view;

    TRY(req_path_int(r, "id", &in.container_id));
    if (!str_is_uuid(in.endpoint_id))
        return FAIL(r->ctx, ERR_NOT_FOUND, "There is no endpoint with this id.");
    TRY(create(r, &in, &result));
    view = accepted(r->ctx, &result);
    return reply_json(r, 200, &accepted_shape, &view);
}

/* What the user looks at is followed more closely; when that cannot be stored it is shown all the
 * same. */
static void watch(struct req *r, struct str id)
{
    if (transfer_watch(r->ctx, app_session(r)->user.id, id) != ERR_OK)
        ctx_forgive(r->ctx);
}

struct news_view {
    struct json_list items;
    bool is_any_open;
};
static const struct json_field news_fields[] = {
    {"items",     JSON_LIST, offsetof(struct news_view, items),       0, 0, &transfer_shape},
    {"under_way", JSON_BOOL, offsetof(struct news_view, is_any_open), 0, 0, NULL           },
};
static const struct json_shape news_shape = JSON_SHAPE(struct news_view, news_fields);

static struct json_list views_of(struct ctx *c, const struct transfer_page *page)
{
    struct transfer_view *views = arena_alloc_array(c->arena, page->count, sizeof *views);

    for (size_t i = 0; i < page->count; i++)
        views[i] = view_of(c, &page->list[i]);
    return (struct json_list){views, page->count};
}

/* GET /api/news: asked again and again by the pages that are open, so the agent is not hastened. */
enum err handle_news(struct req *r)
{
    struct ctx *c = r->ctx;
    struct link_standing standing;
    struct transfer_page page = {0};
    struct news_view view;

    TRY(link_standing(c, app_session(r)->user.id, &standing));
    if (standing.news)
        TRY(transfer_news_list(c, app_session(r)->user.id, &page));
    view = (struct news_view){views_of(c, &page), standing.is_any_open};
    return reply_json(r, 200, &news_shape, &view);
}

/* GET /api/transfers?cursor= */
enum err handle_transfer_list(struct req *r)
{
    struct ctx *c = r->ctx;
    struct transfer_query q = {.user_id = app_session(r)->user.id, .limit = PAGE_SIZE};
    struct transfer_page page;
    struct transfers_view view;

    TRY(req_query(r, "cursor", CURSOR_MAX, &q.cursor));
    TRY(req_query_id(r, "container_id", &q.container_id));
    TRY(req_query(r, "state", STATE_MAX, &q.state));
    TRY(transfer_list(c, &q, &page));
    watch(r, STR_NONE);
    view = (struct transfers_view){views_of(c, &page), page.next};
    return reply_json(r, 200, &transfers_shape, &view);
}

struct day_view {
    struct str day;
    int64_t done, failed, bytes;
};
static const struct json_field day_fields[] = {
    {"day",    JSON_STR, offsetof(struct day_view, day),    0, 0, NULL},
    {"done",   JSON_INT, offsetof(struct day_view, done),   0, 0, NULL},
    {"failed", JSON_INT, offsetof(struct day_view, failed), 0, 0, NULL},
    {"bytes",  JSON_INT, offsetof(struct day_view, bytes),  0, 0, NULL},
};
static const struct json_shape day_shape = JSON_SHAPE(struct day_view, day_fields);

struct days_view {
    int64_t days;
    struct json_list items;
};
static const struct json_field days_fields[] = {
    {"days",  JSON_INT,  offsetof(struct days_view, days),  0, 0, NULL      },
    {"items", JSON_LIST, offsetof(struct days_view, items), 0, 0, &day_shape},
};
static const struct json_shape days_shape = JSON_SHAPE(struct days_view, days_fields);

/* GET /api/transfers/days */
enum err handle_transfer_days(struct req *r)
{
    struct transfer_days all;
    struct day_view *items;

    TRY(transfer_by_day(r->ctx, app_session(r)->user.id, DAYS_SHOWN, &all));
    items = arena_alloc_array(r->ctx->arena, all.count, sizeof *items);
    for (size_t i = 0; i < all.count; i++)
        items[i] = (struct day_view){all.list[i].day, all.list[i].done, all.list[i].failed,
                                     all.list[i].bytes};
    return reply_json(r, 200, &days_shape,
                      &(struct days_view){
                          DAYS_SHOWN, {items, all.count}
    });
}

/* GET /api/transfers/{id} */
enum err handle_transfer_get(struct req *r)
{
    struct transfer t;

    TRY(transfer_get(r->ctx, app_session(r)->user.id, req_path(r, "id"), &t));
    watch(r, t.id);
    return reply_transfer(r, 200, &t);
}

/* POST /api/transfers/{id}/cancel */
enum err handle_transfer_cancel(struct req *r)
{
    struct ctx *c = r->ctx;
    struct transfer t;

    TRY(transfer_cancel(c, app_session(r)->user.id, req_path(r, "id"), &t));
    TRY(audit_note(c, t.user_id, "transfer.cancel", t.id));
    return reply_transfer(r, 202, &t);
}

/* POST /api/transfers/notice and /api/transfers/{id}/notice */
enum err handle_transfer_notice(struct req *r)
{
    struct str id = r->param_count ? req_path(r, "id") : STR_NONE;

    TRY(transfer_notice(r->ctx, app_session(r)->user.id, id));
    return reply_empty(r, 204);
}
