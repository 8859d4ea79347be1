#include "globus_me.h"

#include "viewer.h"

#include "account/link.h"
#include "base/settings.h"

static struct json_list split_scopes(struct arena *a, struct str scopes)
{
    struct str *list = arena_alloc_array(a, scopes.len + 1, sizeof *list), one;
    size_t count = 0;

    while (scopes.len) {
        str_cut(scopes, ' ', &one, &scopes);
        if (one.len)
            list[count++] = one;
    }
    return (struct json_list){list, count};
}

static const struct globus_view *view_of(struct arena *a, const struct link *link)
{
    struct globus_view *view = arena_alloc(a, sizeof *view);

    *view = (struct globus_view){.identity_id = link->identity_id,
                                 .username = link->username,
                                 .email = link->email,
                                 .reconnect = link->is_dead,
                                 .mail = link->wants_mail,
                                 .linked_at = link->linked_at,
                                 .last_used_at = link->last_used_at,
                                 .expires_at = link->expires_at,
                                 .scopes = split_scopes(a, link->scopes)};
    return view;
}

enum err globus_me(struct req *r, struct globus_me *out)
{
    struct link_standing standing;

    if (!r->ctx->settings->enable_globus)
        return ERR_OK;
    TRY(link_standing(r->ctx, app_session(r)->user.id, &standing));
    if (standing.is_linked)
        out->link = view_of(r->ctx->arena, &standing.link);
    out->news = standing.news;
    out->is_any_open = standing.is_any_open;
    return ERR_OK;
}

enum err globus_require_link(struct req *r)
{
    struct link link;
    bool found;

    TRY(link_find(r->ctx, app_session(r)->user.id, &found, &link));
    if (!found)
        return FAIL(r->ctx, ERR_GLOBUS_NOT_CONNECTED,
                    "Connect your Globus account first: Settings, Integrations, Connect Globus.");
    if (link.is_dead)
        return FAIL(r->ctx, ERR_GLOBUS_RECONNECT,
                    "Globus has ended this connection: Settings, Integrations, Connect Globus.");
    return ERR_OK;
}
