#include "handlers.h"

/*
 * Pages that need a session. The row of the route sends a signed-out visitor to /login first; the
 * page itself is a file under www/pages that nginx sends from an internal location, so it exists
 * for signed-in users only.
 */
static enum err page(struct req *r, const char *file)
{
    reply_header(r, "Cache-Control", STR("no-store"));
    return reply_file(r, "text/html; charset=utf-8",
                      str_printf(r->ctx->arena, "/_pages/%s.html", file));
}

enum err handle_page_settings_home(struct req *r)
{
    return reply_redirect(r, STR("/settings/profile"));
}

enum err handle_page_settings(struct req *r)
{
    static const char *const tabs[] = {"profile",      "collections", "favorites",
                                       "integrations", "sessions",    "notifications"};

    for (size_t i = 0; i < COUNT_OF(tabs); i++) {
        if (str_eq(req_path(r, "tab"), str_of(tabs[i])))
            return page(r, "settings");
    }
    return FAIL(r->ctx, ERR_NOT_FOUND, "There is no such settings page.");
}

enum err handle_page_admin(struct req *r)
{
    return page(r, "admin");
}

enum err handle_page_endpoints(struct req *r)
{
    return page(r, "endpoints");
}

/* The code of a sign-in that "transload globus setup" waits for; the page reads its own address. */
enum err handle_page_code(struct req *r)
{
    return page(r, "code");
}

enum err handle_page_transfers(struct req *r)
{
    return page(r, "transfers");
}

enum err handle_page_transfer(struct req *r)
{
    return page(r, "transfer");
}
