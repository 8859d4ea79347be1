#include "check.h"

#include "net/net.h"

enum {
    TIMEOUT_MS = 15000,
    BODY_BYTES = 2 * 1024 * 1024,
    DAY_S = 24 * 3600,
    CERTIFICATE_DAYS_MIN = 14, /* certificates of 90 days are renewed 30 days before their end */
};

static struct net_response ask(struct doctor *d, const char *method, const char *path,
                               struct str body)
{
    const struct net_request request = {
        .method = method,
        .url = str_printf(d->c->arena, "%s%s", d->s->domain_name, path),
        .content_type = body.len ? "application/octet-stream" : NULL,
        .body = body,
        .timeout_ms = TIMEOUT_MS,
        .certificate = true,
        .once = true,
    };
    struct net_response response;

    net_send(d->c, &request, &response, 1);
    if (response.certificate_end)
        d->certificate_end = response.certificate_end;
    return response;
}

static bool is_ours(const struct net_response *r)
{
    return r->status == 200 && str_eq(r->body, STR("{\"status\":\"alive\"}"));
}

struct doctor_finding check_public_url(struct doctor *d)
{
    struct net_response r = ask(d, "GET", "/healthz", STR_NONE);

    if (r.fault != NET_OK)
        return CHECK_FOUND(d, DOCTOR_PROBLEM,
                           "DOMAIN_NAME must be what people type, lead to nginx, and have a "
                           "certificate that this host trusts (http is for loopback only).",
                           "%s does not answer: " STR_FMT ".", d->s->domain_name,
                           STR_ARG(r.fault_text));
    if (!is_ours(&r))
        return CHECK_FOUND(d, DOCTOR_PROBLEM,
                           "Start transload-api and include transload-locations.conf in the "
                           "server block of this name; then: nginx -t, nginx -s reload.",
                           "%s/healthz answers %d, and not as this registry does.",
                           d->s->domain_name, r.status);
    d->has_site = true;
    return CHECK_FINE(d, "%s leads to this registry.", d->s->domain_name);
}

/* One that has ended, or that this host does not trust, was found before: nothing answers. */
struct doctor_finding check_certificate(struct doctor *d)
{
    int64_t days = (d->certificate_end - clock_now_s(d->c->clock)) / DAY_S;

    if (!d->has_site)
        return check_skip("The registry's address does not lead here.");
    if (!settings_is_https(d->s))
        return check_skip("DOMAIN_NAME is http, on loopback.");
    if (d->certificate_end == 0)
        return check_skip("The certificate does not say when it ends.");
    if (days < CERTIFICATE_DAYS_MIN)
        return CHECK_FOUND(d, DOCTOR_WARNING,
                           "See that it is renewed in time (certbot.timer, or whatever renews it "
                           "here), and that nginx is reloaded then.",
                           "The certificate of %s ends in %lld days.", d->s->domain_name,
                           (long long)days);
    return CHECK_FINE(d, "The certificate of %s is trusted, for %lld days more.", d->s->domain_name,
                      (long long)days);
}

struct doctor_finding check_routing(struct doctor *d)
{
    static const struct {
        const char *path;
        int status;
    } rows[] = {
        {"/readyz",         200},
        {"/login",          200},
        {"/assets/app.css", 200},
        {"/_images/",       404},
        {"/_images/1/",     404},
    };

    if (!d->has_site)
        return check_skip("The registry's address does not lead here.");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct net_response r = ask(d, "GET", rows[i].path, STR_NONE);

        if (r.status != rows[i].status)
            return CHECK_FOUND(d, DOCTOR_PROBLEM,
                               "Compare the included transload-locations.conf with the one of "
                               "this version, and the paths in it with IMAGES_ROOT and www.",
                               "%s%s answers %d instead of %d.", d->s->domain_name, rows[i].path,
                               r.status, rows[i].status);
    }
    return CHECK_FINE(d, "Pages, assets and API are reached, and the images are nginx's own.");
}

/* ---- uploads --------------------------------------------------------------------------------- */

#define LIMIT_REMEDY \
    "client_max_body_size in the location of /upload must be more than MAX_IMAGE_SIZE; see " \
    "transload-locations.conf."

/*
 * The size of the largest image is announced and no byte of it sent: nginx refuses what is too much
 * for it from the headers alone. By a method that the program refuses whatever follows.
 */
static struct net_response announce(struct doctor *d, int64_t bytes)
{
    const struct net_request request = {
        .method = "DELETE",
        .url = str_printf(d->c->arena, "%s/upload", d->s->domain_name),
        .headers = {{"Content-Length", str_printf(d->c->arena, "%lld", (long long)bytes)}},
        .timeout_ms = TIMEOUT_MS,
        .once = true,
    };
    struct net_response response;

    net_send(d->c, &request, &response, 1);
    return response;
}

static struct doctor_finding judge_upload(struct doctor *d, const struct net_response *r)
{
    if (r->status == 413)
        return CHECK_FOUND(d, DOCTOR_PROBLEM, LIMIT_REMEDY,
                           "nginx refuses a body of 2 MiB for its size.");
    if (r->status != 400 && r->status != 401 && r->status != 403)
        return CHECK_FOUND(
            d, DOCTOR_PROBLEM,
            "Start transload-upload; UPLOAD_SOCKET and nginx's upstream "
            "transload_upload must be the same.",
            "An upload without a signature is answered with %d instead of a refusal%s" STR_FMT ".",
            r->status, r->fault_text.len ? ": " : "", STR_ARG(r->fault_text));
    if (announce(d, d->s->max_image_size).status == 413)
        return CHECK_FOUND(d, DOCTOR_PROBLEM, LIMIT_REMEDY,
                           "nginx refuses a body of %lld bytes, which MAX_IMAGE_SIZE allows.",
                           (long long)d->s->max_image_size);
    return CHECK_FINE(d, "A body of 2 MiB reaches the upload pool, which refuses it unsigned, and "
                         "nginx lets MAX_IMAGE_SIZE pass.");
}

/* Unsigned, so it is refused: but by the program, which says so, and not for its size. */
struct doctor_finding check_uploads(struct doctor *d)
{
    struct str body = {arena_alloc_array(d->c->arena, BODY_BYTES, 1), BODY_BYTES};
    struct net_response r;

    if (!d->has_site)
        return check_skip("The registry's address does not lead here.");
    r = ask(d, "POST", "/upload", body);
    return judge_upload(d, &r);
}
