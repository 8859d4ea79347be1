#include "fail.h"

#include "base/codec.h"
#include "base/settings.h"

struct failure_view {
    struct str detail, code, request_id, field, authorize_url;
    struct str message; /* the sregistry client prints this one of an upload's answer */
};
// clang-format off
static const struct json_field failure_fields[] = {
    {"detail",        JSON_STR, offsetof(struct failure_view, detail),        0,               0, NULL},
    {"code",          JSON_STR, offsetof(struct failure_view, code),          0,               0, NULL},
    {"request_id",    JSON_STR, offsetof(struct failure_view, request_id),    0,               0, NULL},
    {"field",         JSON_STR, offsetof(struct failure_view, field),         JSON_OMIT_EMPTY, 0, NULL},
    {"authorize_url", JSON_STR, offsetof(struct failure_view, authorize_url), JSON_OMIT_EMPTY, 0, NULL},
    {"message",       JSON_STR, offsetof(struct failure_view, message),       JSON_OMIT_EMPTY, 0, NULL},
};
// clang-format on
static const struct json_shape failure_shape = JSON_SHAPE(struct failure_view, failure_fields);

/* Our own mistakes are told in the log; the person who asked gets a way to have them found. */
static struct str detail_for_caller(const struct req *r)
{
    const struct failure *f = &r->ctx->failure;

    if (f->err != ERR_INTERNAL)
        return f->detail;
    return str_printf(r->ctx->arena,
                      "Something went wrong here, and nothing was changed. Try again; if it stays, "
                      "give the operator this number: " STR_FMT,
                      STR_ARG(r->ctx->request_id));
}

static void fail_json(struct req *r, struct str detail)
{
    const struct failure *f = &r->ctx->failure;
    struct failure_view view = {
        .detail = detail,
        .code = str_of(err_code(f->err)),
        .request_id = r->ctx->request_id,
        .field = str_of(f->field),
        .authorize_url = f->authorize_url,
        .message = r->route && r->route->pool == POOL_UPLOAD ? detail : STR_NONE,
    };

    (void)reply_json(r, err_http_status(f->err), &failure_shape, &view);
}

/* Works without JavaScript and without the database; the style sheet is the portal's. */
static const char page_format[] =
    "<!doctype html>\n"
    "<html lang=\"en\">\n"
    "<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
    "initial-scale=1\">\n"
    "<title>" STR_FMT " - " STR_FMT "</title>\n"
    "<link rel=\"stylesheet\" href=\"/assets/app.css\"></head>\n"
    "<body class=\"plain\">\n"
    "<main id=\"main\" class=\"notice-page\">\n"
    "<h1>" STR_FMT "</h1>\n"
    "<p>" STR_FMT "</p>\n"
    "<p><a class=\"button\" href=\"" STR_FMT "\">" STR_FMT "</a></p>\n"
    "<p class=\"reference\">Reference: " STR_FMT "</p>\n"
    "</main>\n"
    "</body>\n"
    "</html>\n";

/* What people read in large letters, and where they can go from there. */
// clang-format off
static const struct page_text {
    enum err err;
    const char *title, *link, *label;
} page_texts[] = {
    {ERR_BAD_STATE,            "Globus was not connected",     "/settings/integrations", "Back to Integrations, to connect again"},
    {ERR_GLOBUS_DECLINED,      "You declined at Globus",       "/settings/integrations", "Back to Integrations"                  },
    {ERR_IDENTITY_TAKEN,       "This Globus identity is connected to another account", "/settings/integrations", "Back to Integrations"},
    {ERR_IDENTITY_CHANGED,     "You came back from Globus as somebody else", "/settings/integrations", "Back to Integrations"    },
    {ERR_ONLY_WAY_IN,          "Globus stays connected",       "/settings/profile",      "To your User Profile"                  },
    {ERR_CSRF,                 "This page is out of date",     "/settings/integrations", "Open Integrations again"               },
    {ERR_CONFLICT,             "That does not fit together",   "/settings/integrations", "Back to Integrations"                  },
    {ERR_GLOBUS,               "Globus did not accept this",   "/settings/integrations", "Back to Integrations"                  },
    {ERR_GLOBUS_UNAVAILABLE,   "Globus does not answer",       "/settings/integrations", "Back to Integrations"                  },
    {ERR_GLOBUS_NOT_CONNECTED, "Globus is not connected",      "/settings/integrations", "Connect Globus"                        },
    {ERR_GLOBUS_RECONNECT,     "Globus must be reconnected",   "/settings/integrations", "Reconnect Globus"                      },
    {ERR_NOT_FOUND,            "There is nothing here",        "/collections",           "To the collections"                    },
    {ERR_UNAVAILABLE,          "The registry is catching its breath", "/collections",    "Try again"                             },
};
// clang-format on

/* The same for who is not signed in: everything else would lead to the sign-in page anyway. */
static const struct page_text signed_out_texts[] = {
    {ERR_BAD_STATE,          "You are not signed in",      "/login", "Back to the sign-in page"},
    {ERR_GLOBUS_DECLINED,    "You are not signed in",      "/login", "Back to the sign-in page"},
    {ERR_NO_ACCOUNT,         "You have no account here",   "/login", "Back to the sign-in page"},
    {ERR_FORBIDDEN,          "You are not signed in",      "/login", "Back to the sign-in page"},
    {ERR_CSRF,               "This page is out of date",   "/login", "Open the sign-in page"   },
    {ERR_GLOBUS,             "Globus did not accept this", "/login", "Back to the sign-in page"},
    {ERR_GLOBUS_UNAVAILABLE, "Globus does not answer",     "/login", "Back to the sign-in page"},
};

static struct page_text page_text_of(enum err e, bool signed_in)
{
    for (size_t i = 0; !signed_in && i < COUNT_OF(signed_out_texts); i++) {
        if (signed_out_texts[i].err == e)
            return signed_out_texts[i];
    }
    for (size_t i = 0; i < COUNT_OF(page_texts); i++) {
        if (page_texts[i].err == e)
            return page_texts[i];
    }
    return (struct page_text){e, "That did not work", "/collections", "To the collections"};
}

static void fail_page(struct req *r, struct str detail)
{
    struct arena *a = r->ctx->arena;
    struct page_text text = page_text_of(r->ctx->failure.err, r->viewer);
    struct str name = html_escape(a, str_of(r->ctx->settings->registry_name));
    struct str title = str_of(text.title), link = str_of(text.link), label = str_of(text.label);

    detail = html_escape(a, detail);
    reply_header(r, "Cache-Control", STR("no-store"));
    (void)reply_bytes(r, err_http_status(r->ctx->failure.err), "text/html; charset=utf-8",
                      str_printf(a, page_format, STR_ARG(title), STR_ARG(name), STR_ARG(title),
                                 STR_ARG(detail), STR_ARG(link), STR_ARG(label),
                                 STR_ARG(r->ctx->request_id)));
}

/*
 * The query stays behind: on a return from Globus it holds a code, and no page needs one to be
 * found again.
 */
static void send_to_login(struct req *r)
{
    struct buf url = {.arena = r->ctx->arena};

    buf_add(&url, STR("/login"));
    url_add_param(&url, '?', "next", r->path);
    (void)reply_redirect(r, buf_str(&url));
}

/* An address that no route has was typed by somebody, unless only programs ask there. */
static bool is_for_people(const struct req *r)
{
    static const struct str programs[] = {STR_INIT("/api/"), STR_INIT("/upload"),
                                          STR_INIT("/container/")};

    if (r->route)
        return r->route->audience == PAGE;
    for (size_t i = 0; i < COUNT_OF(programs); i++) {
        if (str_has_prefix(r->path, programs[i]))
            return false;
    }
    return true;
}

void app_fail(struct req *r)
{
    const struct failure *f = &r->ctx->failure;
    struct str detail = detail_for_caller(r);

    if (is_for_people(r) && f->err == ERR_NOT_SIGNED_IN &&
        (r->method == GET || r->method == HEAD)) {
        send_to_login(r);
        return;
    }
    if (f->retry_after_s > 0)
        reply_header(r, "Retry-After", str_printf(r->ctx->arena, "%d", f->retry_after_s));
    if (is_for_people(r))
        fail_page(r, detail);
    else
        fail_json(r, detail);
    reply_reason(r, detail); /* the only words some clients print */
}
