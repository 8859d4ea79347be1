#include "base/codec.h"
#include "base/secret.h"
#include "base/settings.h"
#include "globus/auth.h"

struct str globus_pkce_challenge(struct arena *a, struct str verifier)
{
    return base64url_encode(a, secret_sha256(a, verifier));
}

static void add_if(struct buf *url, const char *name, struct str value)
{
    if (value.len)
        url_add_param(url, '&', name, value);
}

static void add_demands(struct buf *url, const struct globus_demands *d)
{
    add_if(url, "session_required_identities", d->identities);
    add_if(url, "session_required_single_domain", d->single_domain);
    add_if(url, "session_required_policies", d->policies);
    add_if(url, "session_required_mfa", d->mfa ? STR("true") : STR_NONE);
    add_if(url, "prompt", d->prompt);
    add_if(url, "session_message", d->message);
}

const char *const globus_redirect_paths[GLOBUS_REDIRECT_PATHS] = {
    "/globus_auth/login", "/globus_auth/login/", "/complete/globus/",
    "/complete/globus",   "/globus/login/",      "/globus/login",
};

struct str globus_authorize_url(struct ctx *c, const struct globus_authorize *a)
{
    struct buf url = {.arena = c->arena};

    buf_printf(&url, "%s/v2/oauth2/authorize", c->settings->globus_auth_url);
    url_add_param(&url, '?', "client_id", str_of(c->settings->globus_client_id));
    url_add_param(&url, '&', "redirect_uri", a->redirect_uri);
    url_add_param(&url, '&', "scope",
                  globus_scope_merge(c->arena, STR(GLOBUS_SCOPES), a->demands.scopes));
    url_add_param(&url, '&', "state", a->state);
    url_add_param(&url, '&', "response_type", STR("code"));
    url_add_param(&url, '&', "access_type", STR("offline"));
    url_add_param(&url, '&', "code_challenge", a->challenge);
    url_add_param(&url, '&', "code_challenge_method", STR("S256"));
    url_add_param(&url, '&', "nonce", a->nonce);
    add_demands(&url, &a->demands);
    return buf_str(&url);
}

struct str globus_logout_url(struct ctx *c, struct str return_url)
{
    struct buf url = {.arena = c->arena};

    buf_printf(&url, "%s/v2/web/logout", c->settings->globus_auth_url);
    url_add_param(&url, '?', "client_id", str_of(c->settings->globus_client_id));
    url_add_param(&url, '&', "redirect_uri", return_url);
    url_add_param(&url, '&', "redirect_name", str_of(c->settings->registry_name));
    return buf_str(&url);
}
