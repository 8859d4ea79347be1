#include "registry/push.h"

#include "handlers.h"
#include "signed.h"

#include "base/fault.h"
#include "base/metrics.h"
#include "base/settings.h"
#include "http/body.h"
#include "registry/facts.h"
#include "registry/quota.h"

/*
 * What the form around the file may add to Content-Length; the reader's own limits are smaller
 * (http/body.h).
 */
static const int64_t FORM_MAX = KIB(64);
/* What a client that means well adds: a reservation may be this much too small, but an image that
   fits exactly is not refused. */
static const int64_t FRAME_MAX = KIB(4);

static const struct json_field image_name_fields[] = {
    {"collection", JSON_STR, offsetof(struct image_name, collection), JSON_REQUIRED, 0, NULL},
    {"name",       JSON_STR, offsetof(struct image_name, name),       JSON_REQUIRED, 0, NULL},
    {"tag",        JSON_STR, offsetof(struct image_name, tag),        JSON_REQUIRED, 0, NULL},
};
static const struct json_shape image_name_shape = JSON_SHAPE(struct image_name, image_name_fields);

struct ticket_view {
    struct str cid;
};
static const struct json_field ticket_fields[] = {
    {"cid", JSON_STR, offsetof(struct ticket_view, cid), 0, 0, NULL},
};
static const struct json_shape ticket_shape = JSON_SHAPE(struct ticket_view, ticket_fields);

struct message_view {
    struct str message;
};
static const struct json_field message_fields[] = {
    {"message", JSON_STR, offsetof(struct message_view, message), 0, 0, NULL},
};
static const struct json_shape message_shape = JSON_SHAPE(struct message_view, message_fields);

/*
 * POST /api/upload/chunked_upload. The signature covers the names as they were written, so it is
 * judged before they are.
 */
enum err handle_push_ticket(struct req *r)
{
    struct ctx *c = r->ctx;
    struct image_name n = {0};
    struct ticket_view view;
    struct viewer v;

    TRY(req_json(r, &image_name_shape, &n));
    TRY(signed_or_session(r, STR("push"), &n, &v));
    TRY(push_check(c, v, &n));
    TRY(ticket_create(c, v.user_id, &n, &view.cid));
    return reply_json(r, 200, &ticket_shape, &view);
}

/* ---- step 2 ---------------------------------------------------------------------------------- */

/* One upload, from the headers to the last byte. */
struct push {
    struct viewer viewer;
    struct ticket_list covered; /* the user's open tickets that the signature covers */
    struct image_name name;     /* of the ticket that was used */
    struct upload *upload;
    int64_t reservation; /* of room; 0: none */
    int64_t renewed_ms;  /* when it was last renewed */
    bool halfway;
};

/*
 * Of the user's open tickets, keep those that the signature covers: one must be, or the body is not
 * read.
 */
static enum err admit(struct req *r, struct push *p)
{
    struct ctx *c = r->ctx;
    struct ticket_list open;
    struct signer s;

    TRY(signed_by(r, &s));
    TRY(ticket_list(c, s.user.id, &open));
    p->viewer = (struct viewer){s.user.id, s.user.is_admin};
    p->covered = (struct ticket_list){open.list, 0};
    for (size_t i = 0; i < open.count; i++) {
        if (signed_covers(c, &s, STR("upload"), &open.list[i].name))
            p->covered.list[p->covered.count++] = open.list[i];
    }
    if (p->covered.count == 0)
        return FAIL(c, ERR_BAD_SIGNATURE, "No open upload ticket fits this signature: push again.");
    return ERR_OK;
}

static enum err check_length(struct req *r)
{
    struct ctx *c = r->ctx;
    int64_t max = c->settings->max_image_size;

    if (r->content_length < 0)
        return FAIL_FIELD(c, "Content-Length",
                          "Content-Length: is missing; say how long the upload is.");
    if (r->content_length > max + FORM_MAX)
        return FAIL(c, ERR_TOO_LARGE,
                    "The image is larger than %lld bytes, the most this registry takes.",
                    (long long)max);
    return ERR_OK;
}

/*
 * A field before the file; browsers may send them in another order, but all stand before the file.
 */
static enum err get_field(struct ctx *c, const struct multipart_fields *fields, const char *name,
                          struct str *out)
{
    for (size_t i = 0; i < fields->count; i++) {
        if (str_eq(fields->list[i].name, str_of(name))) {
            *out = fields->list[i].value;
            return ERR_OK;
        }
    }
    return FAIL_FIELD(c, name, "%s: must be sent before the file.", name);
}

static const struct ticket *find_covered(struct ctx *c, const struct push *p, struct str presented)
{
    struct str hash = ticket_hash(c, presented);

    for (size_t i = 0; i < p->covered.count; i++) {
        if (str_eq(p->covered.list[i].hash, hash))
            return &p->covered.list[i];
    }
    return NULL;
}

/* multipart_file.begin: the form must name the very image of a ticket that the signature covers. */
static enum err begin_file(struct ctx *c, void *arg, const struct multipart_fields *fields)
{
    struct push *p = arg;
    struct str presented, name, tag;
    const struct ticket *t;

    TRY(get_field(c, fields, "collection", &presented));
    TRY(get_field(c, fields, "name", &name));
    TRY(get_field(c, fields, "tag", &tag));
    t = find_covered(c, p, presented);
    if (!t)
        return FAIL(c, ERR_FORBIDDEN,
                    "collection: not an open upload ticket for this image: push again.");
    if (!str_eq(str_lower(c->arena, name), t->name.name))
        return FAIL_FIELD(c, "name", "name: not the one that was asked for in the first step.");
    if (!str_eq(str_lower(c->arena, tag), t->name.tag))
        return FAIL_FIELD(c, "tag", "tag: not the one that was asked for in the first step.");
    TRY(upload_begin(c, &p->upload)); /* first: a store that is down costs no ticket */
    return ticket_use(c, p->viewer.user_id, presented, &p->name);
}

/* A slow upload outlives its reservation unless it says now and then that it is there. */
static enum err keep_room(struct ctx *c, struct push *p)
{
    static const int64_t every_ms = INT64_C(1000) * RESERVATION_RENEW_S;
    int64_t now_ms = clock_mono_ms(c->clock);

    if (p->reservation == 0 || now_ms - p->renewed_ms < every_ms)
        return ERR_OK;
    p->renewed_ms = now_ms;
    return quota_renew(c, p->reservation);
}

/* multipart_file.data */
static enum err take_piece(struct ctx *c, void *arg, struct str piece)
{
    struct push *p = arg;

    TRY(upload_write(c, p->upload, piece));
    TRY(facts_check_head(c, upload_head(p->upload)));
    TRY(keep_room(c, p));
    if (!p->halfway && piece.len > 0) {
        p->halfway = true;
        fault_point("push:mid_body");
    }
    return ERR_OK;
}

/*
 * Before the body is read. Which of the tickets it will present is not known yet, so the room is
 * asked for the first; the signature covers the image's name, hence all of them name the same one.
 * The frame of the form is left out: the commit counts the file's own bytes.
 */
static enum err reserve_room(struct req *r, struct push *p)
{
    int64_t bytes = r->content_length > FRAME_MAX ? r->content_length - FRAME_MAX : 1;

    p->renewed_ms = clock_mono_ms(r->ctx->clock);
    return quota_reserve(r->ctx, p->viewer.user_id, &p->covered.list[0].name, bytes,
                         &p->reservation);
}

static enum err receive(struct req *r, struct push *p)
{
    struct ctx *c = r->ctx;
    const struct multipart_file file = {
        .name = "file1", .begin = begin_file, .data = take_piece, .arg = p};
    struct multipart_fields *fields = arena_alloc(c->arena, sizeof *fields);
    struct container stored;
    struct str boundary;

    TRY(multipart_boundary(c, r->content_type, &boundary));
    TRY(multipart_read(c, r->source, boundary, &file, fields));
    TRY(upload_finish(c, p->upload));
    return push_commit(c, p->viewer, &p->name, p->upload, &stored);
}

/*
 * POST /upload. Nothing of the body is read before there is an open ticket that the signature
 * covers, and room for the image. Browsers send parts instead (parts.c).
 */
enum err handle_push_upload(struct req *r)
{
    struct push p = {0};
    enum err e;

    TRY(admit(r, &p));
    TRY(check_length(r));
    TRY(reserve_room(r, &p));
    e = receive(r, &p);
    quota_release(r->ctx, p.reservation);
    metrics_add(METRIC_PUSHES, e, 0, 1);
    if (e != ERR_OK)
        return e;
    metrics_add(METRIC_PUSHED_BYTES, 0, 0, upload_size(p.upload));
    return reply_json(r, 200, &message_shape, &(struct message_view){STR("Upload Complete")});
}
