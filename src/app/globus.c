#include "handlers.h"
#include "signin.h"
#include "viewer.h"
#include "way.h"

#include "account/link.h"
#include "base/codec.h"
#include "base/settings.h"
#include "transfer/endpoint_status.h"
#include "transfer/transfer.h"

enum { NEXT_MAX = 2000 };

#define INTEGRATIONS_PAGE "/settings/integrations"

/* ---- connect --------------------------------------------------------------------------------- */

/* POST /globus/login: a form with the CSRF token, and next = where to return. */
enum err handle_globus_login(struct req *r)
{
    struct str next, path, url;

    TRY(req_form(r, "next", NEXT_MAX, &next));
    TRY(way_callback_path(r, &path));
    TRY(link_begin(r->ctx, app_session(r), path, next.len ? next : STR(ENDPOINTS_PAGE), NULL,
                   STR_NONE, &url));
    return reply_redirect(r, url);
}

/* ---- return ---------------------------------------------------------------------------------- */

/*
 * The user said no, or Globus could not go on. The state is used up either way, and nothing was
 * changed.
 */
static enum err decline(struct req *r, const struct returned *in)
{
    struct link_return back;

    TRY(link_decline(r->ctx, app_session(r), in->path, in->state, &back));
    return way_declined(r->ctx, in,
                        "nothing was connected and nothing sent. You can try again any time under "
                        "Settings, Integrations");
}

static struct str with_transfer(struct arena *a, struct str path, struct str transfer_id)
{
    struct buf url = {.arena = a};

    buf_add(&url, path);
    url_add_param(&url, str_contains(path, '?') ? '&' : '?', "transfer", transfer_id);
    return buf_str(&url);
}

/*
 * The wish goes on once. How it went stands in its row, which the page shows; a further demand
 * stops here (globus-api.md §2.10).
 */
static enum err resume(struct req *r, const struct link_return *back)
{
    struct transfer_result result;
    enum err e = transfer_resume(r->ctx, app_session(r)->user.id, back->transfer_id, &result);

    if (e == ERR_INTERNAL || e == ERR_UNAVAILABLE)
        return e;
    ctx_forgive(r->ctx);
    return reply_redirect(r, with_transfer(r->ctx->arena, back->next_path, back->transfer_id));
}

static enum err connected(struct req *r, const struct returned *in)
{
    struct link_return back;

    if (in->error.len)
        return decline(r, in);
    TRY(link_complete(r->ctx, app_session(r), in->path, in->state, in->code, &back));
    TRY(transfer_wake(r->ctx, app_session(r)->user.id));
    if (back.transfer_id.len)
        return resume(r, &back);
    return reply_redirect(r, back.next_path);
}

/*
 * GET on the callback paths, for who connects and for who signs in: the state knows which, and for
 * whom. Without anything from Globus somebody typed the address: the button that begins is on that
 * page.
 */
enum err handle_globus_callback(struct req *r)
{
    struct returned in;
    bool signs_in;

    TRY(way_returned(r, &in));
    if (str_has_prefix(in.state, STR(GLOBUS_SETUP_STATE)))
        return handle_page_code(r);
    TRY(signin_returns(r, &in, &signs_in));
    if (signs_in)
        return signin_finish(r, &in);
    if (!app_session(r))
        return FAIL(r->ctx, ERR_NOT_SIGNED_IN, "Sign in first.");
    return way_is_return(&in) ? connected(r, &in) : reply_redirect(r, STR(INTEGRATIONS_PAGE));
}

/* ---- what one endpoint still needs ----------------------------------------------------------- */

struct endpoint_call {
    struct str id;
    struct globus_endpoint *out;
};

static enum err call_endpoint(struct ctx *c, struct globus_session *s, void *arg)
{
    const struct endpoint_call *call = arg;

    return globus_endpoint_get(c, s, call->id, call->out);
}

/*
 * GET /globus/activate/{endpoint}: the link behind ACTIVATE when a consent is missing. It only
 * begins a round-trip, at whose other end Globus asks the user, so a foreign site gains nothing by
 * sending somebody here.
 */
enum err handle_globus_activate(struct req *r)
{
    struct ctx *c = r->ctx;
    int64_t user_id = app_session(r)->user.id;
    struct globus_endpoint endpoint;
    struct endpoint_call call = {req_path(r, "endpoint"), &endpoint};
    struct globus_demands demands = {0};
    struct endpoint_status status;
    struct link link = {0};
    struct str next, url;
    bool found;

    if (!str_is_uuid(call.id))
        return FAIL(c, ERR_NOT_FOUND, "There is no endpoint with this id.");
    TRY(req_query(r, "next", NEXT_MAX, &next));
    next = link_local_path(next, STR(ENDPOINTS_PAGE));
    TRY(link_find(c, user_id, &found, &link));
    TRY(link_with_token(c, user_id, call_endpoint, &call, &demands));
    status = endpoint_status_of(c, &endpoint, &link);
    if (!status.needs_consent)
        return reply_redirect(r, status.is_ready || !status.is_offered ? next : status.action_url);
    demands = endpoint_consent(c, &endpoint);
    TRY(link_begin(c, app_session(r), STR(CALLBACK_PATH), next, &demands, STR_NONE, &url));
    return reply_redirect(r, url);
}

/* ---- e-mails --------------------------------------------------------------------------------- */

struct mail_text {
    bool mail;
};
static const struct json_field mail_fields[] = {
    {"mail", JSON_BOOL, offsetof(struct mail_text, mail), JSON_REQUIRED, 0, NULL},
};
static const struct json_shape mail_shape = JSON_SHAPE(struct mail_text, mail_fields);

/* PUT /api/globus/mail */
enum err handle_globus_mail(struct req *r)
{
    struct mail_text in = {0};

    TRY(req_json(r, &mail_shape, &in));
    TRY(link_set_mail(r->ctx, app_session(r)->user.id, in.mail));
    return reply_json(r, 200, &mail_shape, &in);
}

/* ---- disconnect ------------------------------------------------------------------------------ */

/* Nobody may close the only door behind them. */
static enum err check_other_way_in(struct req *r)
{
    const struct settings *s = r->ctx->settings;
    const struct session *me = app_session(r);

    if (!settings_takes_globus(s) || (settings_takes_passwords(s) && me->has_password))
        return ERR_OK;
    if (settings_takes_passwords(s))
        return FAIL(r->ctx, ERR_ONLY_WAY_IN,
                    "Globus is your only way to sign in here. Set a password first (Settings, User "
                    "Profile), then disconnect.");
    return FAIL(r->ctx, ERR_ONLY_WAY_IN,
                "People sign in to this registry with Globus only, so disconnecting would shut you "
                "out. To end what it may do in your name, withdraw its consent at Globus: "
                "%s/v2/web/consents",
                s->globus_auth_url);
}

/* POST /globus/logout */
enum err handle_globus_logout(struct req *r)
{
    struct ctx *c = r->ctx;

    TRY(check_other_way_in(r));
    TRY(link_end(c, app_session(r)->user.id));
    return reply_redirect(r, globus_logout_url(c, str_printf(c->arena, "%s" INTEGRATIONS_PAGE,
                                                             c->settings->domain_name)));
}
