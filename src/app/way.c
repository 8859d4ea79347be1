#include "way.h"

#include "viewer.h"

enum { PATH_MAX_BYTES = 2000, CODE_MAX = 512, STATE_MAX = 128, ERROR_MAX = 200 };

static bool can_be_cleared(enum err e)
{
    return e == ERR_GLOBUS_STEP_UP || e == ERR_GLOBUS_RECONNECT || e == ERR_GLOBUS_NOT_CONNECTED;
}

enum err way_through_globus(struct req *r, enum err e, const struct globus_demands *demands,
                            struct str next, struct str transfer)
{
    struct ctx *c = r->ctx;
    struct failure why = c->failure;

    if (!can_be_cleared(e))
        return e;
    TRY(link_begin(c, app_session(r), STR(CALLBACK_PATH), next.len ? next : STR(ENDPOINTS_PAGE),
                   e == ERR_GLOBUS_STEP_UP ? demands : NULL, transfer, &why.authorize_url));
    c->failure = why;
    return e;
}

enum err way_returned(const struct req *r, struct returned *out)
{
    struct str query;

    /* Globus compares byte for byte, and so do we: what was sent, not what it decodes to. */
    (void)str_cut(r->target, '?', &out->path, &query);
    TRY(req_query(r, "code", CODE_MAX, &out->code));
    TRY(req_query(r, "state", STATE_MAX, &out->state));
    return req_query(r, "error", ERROR_MAX, &out->error);
}

bool way_is_return(const struct returned *in)
{
    return in->code.len || in->state.len || in->error.len;
}

enum err way_declined(struct ctx *c, const struct returned *in, const char *what)
{
    if (str_eq(in->error, STR("access_denied")))
        return FAIL(c, ERR_GLOBUS_DECLINED, "You did not give the consent at Globus, so %s.", what);
    return FAIL(c, ERR_GLOBUS,
                "Globus could not complete this (it says: " STR_FMT
                "). Nothing was changed; try again.",
                STR_ARG(in->error));
}

enum err way_callback_path(struct req *r, struct str *path)
{
    TRY(req_form(r, "redirect_path", PATH_MAX_BYTES, path));
    if (path->len == 0)
        *path = STR(CALLBACK_PATH);
    if (link_is_redirect_path(*path))
        return ERR_OK;
    return FAIL_FIELD(
        r->ctx, "redirect_path",
        "redirect_path: must be one of the six paths registered at Globus, such as %s",
        CALLBACK_PATH);
}
