#include "account/signin.h"

#include "handlers.h"
#include "signin.h"
#include "viewer.h"

#include "account/audit.h"
#include "transfer/transfer.h"

enum { NEXT_MAX = 2000 };

static enum err browser_of(const struct req *r, struct str *browser)
{
    *browser = STR_NONE;
    return req_cookie(r, signin_cookie_name(r->ctx->settings), browser);
}

/*
 * POST /globus/signin: there is no session whose token could be asked for, and none is needed. What
 * a foreign page could begin here ends at Globus, where the person sees it, and then signs that
 * same person in.
 */
enum err handle_globus_signin(struct req *r)
{
    struct str next, path, browser, url;

    TRY(req_form(r, "next", NEXT_MAX, &next));
    TRY(way_callback_path(r, &path));
    TRY(signin_begin(r->ctx, path, next, &browser, &url));
    reply_header(r, "Set-Cookie", signin_cookie(r->ctx, browser));
    return reply_redirect(r, url);
}

enum err signin_returns(const struct req *r, const struct returned *in, bool *out)
{
    struct str browser;

    TRY(browser_of(r, &browser));
    return signin_is_meant(r->ctx, browser, in->state, out);
}

/* A new id at each login; the old session would only linger. */
static enum err begin_session(struct req *r, const struct user *u)
{
    struct ctx *c = r->ctx;
    struct session session;
    struct str token;

    if (app_session(r))
        TRY(session_end(c, app_session(r)->id_hash));
    TRY(session_create(c, u, app_session_origin(r), &token, &session));
    TRY(audit_note(c, u->id, "user.login", r->remote_address));
    reply_header(r, "Set-Cookie", session_cookie(c, token));
    reply_header(r, "Set-Cookie", signin_cookie(c, STR_NONE));
    return ERR_OK;
}

enum err signin_finish(struct req *r, const struct returned *in)
{
    struct signin_result result;
    struct str browser;

    TRY(browser_of(r, &browser));
    if (in->error.len) {
        TRY(signin_decline(r->ctx, browser, in->path, in->state));
        return way_declined(r->ctx, in, "nobody was signed in");
    }
    TRY(signin_complete(r->ctx, browser, in->path, in->state, in->code, &result));
    TRY(begin_session(r, &result.user));
    TRY(transfer_wake(r->ctx, result.user.id));
    return reply_redirect(r, result.next_path);
}
