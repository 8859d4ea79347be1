#include "viewer.h"

#include "globus_me.h"

#include "base/settings.h"

struct session_origin app_session_origin(const struct req *r)
{
    return (struct session_origin){.address = r->remote_address, .agent = r->user_agent};
}

const struct session *app_session(const struct req *r)
{
    return r->viewer;
}

struct viewer app_viewer(const struct req *r)
{
    const struct session *s = app_session(r);

    if (!s)
        return (struct viewer){0};
    return (struct viewer){.user_id = s->user.id, .is_admin = s->user.is_admin};
}

static enum err find_session(struct req *r)
{
    struct session *s = arena_alloc(r->ctx->arena, sizeof *s);
    struct str token = STR_NONE;
    bool found;

    TRY(req_cookie(r, session_cookie_name(r->ctx->settings), &token));
    if (token.len == 0)
        return ERR_OK;
    TRY(session_find(r->ctx, token, &found, s));
    r->viewer = found ? s : NULL;
    return ERR_OK;
}

static bool changes_something(const struct req *r)
{
    return r->method != GET && r->method != HEAD;
}

/*
 * A browser sends Origin with every cross-site POST; what does not send one is no browser and still
 * needs the token.
 */
static enum err check_origin(struct req *r)
{
    if (r->origin.len && !str_eq(r->origin, str_of(r->ctx->settings->domain_name)))
        return FAIL(r->ctx, ERR_CSRF,
                    "This request came from another site; open the page here and try again.");
    return ERR_OK;
}

/*
 * The token stands in a header, or in a form field where a plain HTML form sends it (small bodies
 * are read before this).
 */
enum err app_check_csrf(struct req *r)
{
    struct str given = r->csrf_header;

    if (given.len == 0 && str_has_prefix(r->content_type, STR("application/x-www-form-urlencoded")))
        TRY(req_form(r, "csrf_token", 64, &given));
    if (given.len == 0 || !str_eq_secret(given, app_session(r)->csrf_token))
        return FAIL(
            r->ctx, ERR_CSRF,
            "The page is out of date (its security token does not fit); load it again and repeat.");
    return ERR_OK;
}

static enum err require_admin(const struct req *r)
{
    if (!app_session(r)->user.is_admin)
        return FAIL(r->ctx, ERR_FORBIDDEN, "Only administrators of the registry may do this.");
    return ERR_OK;
}

enum err app_admit(struct req *r)
{
    enum who who = r->route->who;

    if (changes_something(r))
        TRY(check_origin(r));
    TRY(find_session(r));
    if (who == ANYONE || who == SIGNED)
        return ERR_OK;
    if (!app_session(r))
        return FAIL(r->ctx, ERR_NOT_SIGNED_IN, "Sign in first.");
    if (changes_something(r))
        TRY(app_check_csrf(r));
    if (who == ADMIN)
        return require_admin(r);
    return who == CONNECTED ? globus_require_link(r) : ERR_OK;
}
