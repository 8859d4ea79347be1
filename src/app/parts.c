/* A push in parts, from a page of ours: it goes on where a lost connection left it. */
#include "handlers.h"
#include "viewer.h"

#include "base/metrics.h"
#include "base/settings.h"
#include "http/body.h"
#include "registry/facts.h"
#include "registry/part.h"
#include "registry/quota.h"

enum { PIECE_BYTES = 64 * 1024 };

struct part_view {
    int64_t received;
    bool complete;
};
static const struct json_field part_fields[] = {
    {"received", JSON_INT,  offsetof(struct part_view, received), 0, 0, NULL},
    {"complete", JSON_BOOL, offsetof(struct part_view, complete), 0, 0, NULL},
};
static const struct json_shape part_shape = JSON_SHAPE(struct part_view, part_fields);

/* GET /upload/part */
enum err handle_part_look(struct req *r)
{
    struct part_view view = {0};

    TRY(part_look(r->ctx, app_viewer(r).user_id, r->upload_ticket, &view.received));
    return reply_json(r, 200, &part_shape, &view);
}

/* DELETE /upload/part */
enum err handle_part_end(struct req *r)
{
    TRY(part_end(r->ctx, app_viewer(r).user_id, r->upload_ticket));
    return reply_empty(r, 204);
}

/* ---- one part -------------------------------------------------------------------------------- */

struct span {
    int64_t size, offset; /* of the whole; where this part begins */
};

static enum err read_span(struct req *r, struct span *s)
{
    struct ctx *c = r->ctx;
    int64_t max = c->settings->max_image_size;

    TRY(req_query_id(r, "size", &s->size));
    TRY(req_query_size(r, "offset", &s->offset));
    if (s->size == 0)
        return FAIL_FIELD(c, "size", "size: is missing; say how long the whole image is.");
    if (s->size > max)
        return FAIL(c, ERR_TOO_LARGE,
                    "The image is larger than %lld bytes, the most this registry takes.",
                    (long long)max);
    if (r->content_length < 0)
        return FAIL_FIELD(c, "Content-Length",
                          "Content-Length: is missing; say how long the part is.");
    if (s->offset > s->size || r->content_length > s->size - s->offset)
        return FAIL_FIELD(c, "size", "size: the part ends behind the end of the whole.");
    return ERR_OK;
}

struct room {
    int64_t reservation, renewed_ms;
};

static enum err keep_room(struct ctx *c, struct room *room)
{
    int64_t now_ms = clock_mono_ms(c->clock);

    if (room->reservation == 0 || now_ms - room->renewed_ms < INT64_C(1000) * RESERVATION_RENEW_S)
        return ERR_OK;
    room->renewed_ms = now_ms;
    return quota_renew(c, room->reservation);
}

static enum err take_bytes(struct req *r, struct part *p, struct room *room)
{
    struct ctx *c = r->ctx;
    char *piece = arena_alloc(c->arena, PIECE_BYTES);
    size_t n;

    do {
        TRY(body_read(c, r->source, piece, PIECE_BYTES, &n));
        TRY(part_write(c, p, str_view(piece, n)));
        TRY(keep_room(c, room));
    } while (n > 0);
    return ERR_OK;
}

/* Nobody is to send gigabytes that are refused in the end. */
static enum err check_head(struct req *r, const struct part *p)
{
    struct str head;
    struct failure kept;

    TRY(part_head(r->ctx, p, &head));
    if (facts_check_head(r->ctx, head) == ERR_OK)
        return ERR_OK;
    kept = r->ctx->failure;
    (void)!part_end(r->ctx, app_viewer(r).user_id, r->upload_ticket);
    r->ctx->failure = kept;
    return kept.err;
}

/* What came before the connection was lost stays; why it was lost is what the caller hears. */
static enum err take_part(struct req *r, struct part *p, struct room *room)
{
    enum err e = take_bytes(r, p, room);
    struct failure kept = r->ctx->failure;

    if (e == ERR_OK)
        return part_keep(r->ctx, p);
    (void)!part_keep(r->ctx, p);
    r->ctx->failure = kept;
    return e;
}

static enum err make_image(struct req *r, const struct part *p)
{
    struct ctx *c = r->ctx;
    struct container stored;
    struct upload *u;

    TRY(part_whole(c, p, &u));
    TRY(push_commit(c, app_viewer(r), &p->name, u, &stored));
    /* The push stands; a ticket that stays open would only push the same bytes again. */
    (void)!part_end(c, app_viewer(r).user_id, r->upload_ticket);
    ctx_forgive(c);
    return ERR_OK;
}

/* Counted as one push, however many parts it had. */
static enum err commit(struct req *r, const struct part *p)
{
    enum err e = make_image(r, p);

    metrics_add(METRIC_PUSHES, e, 0, 1);
    if (e == ERR_OK)
        metrics_add(METRIC_PUSHED_BYTES, 0, 0, p->size);
    return e;
}

static enum err receive(struct req *r, struct part *p, struct part_view *view)
{
    struct room room = {.renewed_ms = clock_mono_ms(r->ctx->clock)};
    enum err e;

    TRY(quota_reserve(r->ctx, app_viewer(r).user_id, &p->name, p->size, &room.reservation));
    e = take_part(r, p, &room);
    if (e == ERR_OK)
        e = check_head(r, p);
    if (e == ERR_OK && p->received == p->size)
        e = commit(r, p);
    quota_release(r->ctx, room.reservation);
    *view = (struct part_view){p->received, p->received == p->size};
    return e;
}

/*
 * PUT /upload/part?size=&offset=. The last part answers when the image stands under its tag. An
 * empty part at the end asks for that again, should the registry have been busy.
 */
enum err handle_part_take(struct req *r)
{
    struct span s = {0};
    struct part_view view;
    struct part *p;

    TRY(read_span(r, &s));
    TRY(part_begin(r->ctx, app_viewer(r).user_id, r->upload_ticket, s.size, s.offset, &p));
    TRY(receive(r, p, &view));
    return reply_json(r, 200, &part_shape, &view);
}
