#include "download.h"

#include "handlers.h"
#include "usage.h"

#include "base/codec.h"
#include "base/metrics.h"
#include "base/secret.h"
#include "base/settings.h"
#include "registry/share.h"
#include "registry/store.h"
#include "registry/verify.h"

/* What a capability says before its MAC: until when, for whom, and which bytes. */
struct promise {
    int64_t expires_at, user_id, image_id;
};

static struct str promise_text(struct ctx *c, const struct promise *p)
{
    return str_printf(c->arena, "%lld-%lld-%lld", (long long)p->expires_at, (long long)p->user_id,
                      (long long)p->image_id);
}

static bool promise_read(struct str text, struct promise *out)
{
    struct str expiry, user, image;

    (void)str_cut(text, '-', &expiry, &text);
    (void)str_cut(text, '-', &user, &image);
    return str_to_int(expiry, 0, INT64_MAX, &out->expires_at) &&
           str_to_int(user, 0, INT64_MAX, &out->user_id) &&
           str_to_int(image, 1, INT64_MAX, &out->image_id);
}

static struct str message_of(struct ctx *c, int64_t container_id, struct str promised)
{
    return str_printf(c->arena, "%lld-" STR_FMT, (long long)container_id, STR_ARG(promised));
}

struct str download_url(struct ctx *c, struct viewer v, const struct container *k)
{
    const struct promise p = {clock_now_s(c->clock) + c->settings->download_url_s, v.user_id,
                              k->image_id};
    struct str promised = promise_text(c, &p);
    struct str mac = hex_encode(
        c->arena, secret_mac(c->arena, KEY_DOWNLOAD_URL, message_of(c, k->id, promised)));

    return str_printf(c->arena, "%s/containers/%lld/download/" STR_FMT "-" STR_FMT,
                      c->settings->domain_name, (long long)k->id, STR_ARG(promised), STR_ARG(mac));
}

/* The MAC comes first: nothing else of a forged capability is looked at. */
static enum err read_capability(struct req *r, int64_t container_id, struct promise *out)
{
    struct ctx *c = r->ctx;
    struct str promised, mac;

    (void)str_cut_last(req_path(r, "capability"), '-', &promised, &mac);
    if (!secret_mac_fits(c->arena, KEY_DOWNLOAD_URL, message_of(c, container_id, promised), mac))
        return FAIL(c, ERR_FORBIDDEN, "This download link is not valid; ask for the image again.");
    if (!promise_read(promised, out))
        return FAIL(c, ERR_INTERNAL, "A capability with a good MAC does not parse.");
    if (r->began_at >= out->expires_at)
        return FAIL(c, ERR_FORBIDDEN, "This download link has expired; ask for the image again.");
    return ERR_OK;
}

/*
 * "collection-name:tag.sif", as the client names what it pulls. Names hold nothing that a header
 * could trip over.
 */
static struct str disposition(struct ctx *c, const struct image_name *n)
{
    struct str uri = image_name_uri(c->arena, n), part;
    struct buf b = {.arena = c->arena};

    buf_add(&b, STR("attachment; filename=\""));
    while (str_cut(uri, '/', &part, &uri)) {
        buf_add(&b, part);
        buf_add_byte(&b, '-');
    }
    buf_add(&b, part);
    buf_add(&b, STR(".sif\""));
    return buf_str(&b);
}

/* "sha-256=<base64>" (RFC 3230): programs can check what they fetched. */
static struct str digest_header(struct ctx *c, struct str sha256)
{
    struct str bytes;

    if (!hex_decode(c->arena, sha256, &bytes))
        return STR_NONE;
    return str_printf(c->arena, "sha-256=" STR_FMT, STR_ARG(base64_encode(c->arena, bytes)));
}

enum { VISITOR = 0 }; /* as whom the holder of a share link is counted */

/* "bytes=1000-": the rest of a file whose beginning has arrived. */
static bool goes_on(const struct req *r)
{
    static const struct str bytes = STR_INIT("bytes=");
    struct str first, rest;
    int64_t at;

    if (!str_has_prefix(r->range, bytes))
        return false;
    (void)str_cut(str_skip(r->range, bytes.len), '-', &first, &rest);
    return str_to_int(first, 1, INT64_MAX, &at);
}

/* HEAD is no download; every client begins with one. The grant, of capability or share link, tells
 * a download that goes on. */
static enum err count(struct req *r, int64_t user_id, struct str grant, int64_t size_bytes)
{
    const struct downloader downloader = usage_downloader(r, user_id);
    struct download_allowance left;

    if (r->method == HEAD)
        return ERR_OK;
    TRY(download_count(r->ctx, &downloader, grant, goes_on(r), &left));
    usage_headers(r, &left);
    metrics_add(METRIC_DOWNLOADS, 0, 0, 1);
    if (!goes_on(r))
        metrics_add(METRIC_DOWNLOAD_BYTES, 0, 0, size_bytes);
    return ERR_OK;
}

/* Sound bytes only, and counted for the user (0: a visitor). They come from nginx, with ranges and
 * its own ETag. */
static enum err hand_out(struct req *r, const struct container *k, int64_t user_id,
                         struct str grant)
{
    struct ctx *c = r->ctx;
    struct str path = store_path(c->arena, k->collection_id, k->sha256);

    TRY(container_check_file(c, k));
    TRY(count(r, user_id, grant, k->size_bytes));
    reply_header(r, "Content-Disposition", disposition(c, &k->name));
    reply_header(r, "Digest", digest_header(c, k->sha256));
    reply_header(r, "Cache-Control", STR("private, no-transform"));
    return reply_file(r, "application/octet-stream",
                      str_printf(c->arena, "/_images/" STR_FMT, STR_ARG(path)));
}

/* GET, HEAD /containers/{id}/download/{capability} */
enum err handle_download(struct req *r)
{
    struct promise p;
    struct container k;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(read_capability(r, id, &p));
    TRY(container_get_as(r->ctx, p.user_id, id, p.image_id, &k));
    return hand_out(r, &k, p.user_id, req_path(r, "capability"));
}

/* GET, HEAD /containers/{id}/download/share/{secret} */
enum err handle_download_shared(struct req *r)
{
    struct str secret = req_path(r, "secret");
    struct container k;
    int64_t id;

    TRY(req_path_int(r, "id", &id));
    TRY(share_open(r->ctx, id, secret, &k));
    return hand_out(r, &k, VISITOR, secret);
}
