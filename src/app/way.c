#include "way.h"

#include "viewer.h"

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
