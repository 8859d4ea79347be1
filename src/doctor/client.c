#include "check.h"

#include "net/net.h"

#include <stdlib.h>

enum { SKEW_MAX_S = 30 };

static struct net_response ask(struct doctor *d, struct str url)
{
    const struct net_request request = {
        .method = "GET", .url = url, .timeout_ms = d->s->globus_timeout_s * 1000};
    struct net_response response;

    net_send(d->c, &request, &response, 1);
    return response;
}

/* Everything that expires is judged by the database's clock (docs/adr/0003), which is often this
 * host's. */
struct doctor_finding check_clock(struct doctor *d)
{
    struct net_response r;
    int64_t skew;

    if (!d->s->enable_globus)
        return check_skip("ENABLE_GLOBUS is false.");
    r = ask(d,
            str_printf(d->c->arena, "%s/.well-known/openid-configuration", d->s->globus_auth_url));
    if (r.fault != NET_OK || r.date == 0)
        return check_skip("Globus does not say what time it is.");
    skew = clock_now_s(d->c->clock) - r.date;
    if (llabs(skew) > SKEW_MAX_S)
        return CHECK_FOUND(d, DOCTOR_PROBLEM,
                           "Set it by NTP (chrony, systemd-timesyncd): signatures, tokens and "
                           "sign-ins depend on it.",
                           "This host's clock is %lld s %s that of Globus.", (long long)llabs(skew),
                           skew > 0 ? "ahead of" : "behind");
    return CHECK_FINE(d, "This host's clock agrees with that of Globus.");
}

struct doctor_finding check_client(struct doctor *d)
{
    struct globus_token token;
    enum err e;

    if (!d->s->enable_globus)
        return check_skip("ENABLE_GLOBUS is false.");
    e = globus_client_token(d->c, &token);
    if (e == ERR_GLOBUS_UNAVAILABLE)
        return check_failure(d, "Let this host reach "
                                "auth.globus.org and "
                                "transfer.api.globus.org by https.");
    if (e != ERR_OK)
        return check_failure(d, "Compare SOCIAL_AUTH_GLOBUS_KEY and SOCIAL_AUTH_GLOBUS_SECRET "
                                "with the app at app.globus.org/settings/developers; make a new "
                                "secret there when in doubt.");
    d->own = (struct globus_session){.access_token = token.access_token};
    d->has_token = true;
    return CHECK_FINE(d, "Globus accepts client id and secret.");
}

/* Globus shows an error page of its own for an address that it does not know. */
static bool is_registered(struct doctor *d, const char *path)
{
    const struct globus_authorize a = {
        .redirect_uri = str_printf(d->c->arena, "%s%s", d->s->domain_name, path),
        .state = STR("doctor"),
        .nonce = STR("doctor"),
        .challenge = globus_pkce_challenge(d->c->arena, STR("doctor")),
    };

    return ask(d, globus_authorize_url(d->c, &a)).status < 400;
}

struct doctor_finding check_redirect_uris(struct doctor *d)
{
    struct buf missing = {.arena = d->c->arena};

    if (!d->has_token)
        return check_skip("Globus does not know this client.");
    for (size_t i = 0; i < GLOBUS_REDIRECT_PATHS; i++) {
        if (!is_registered(d, globus_redirect_paths[i]))
            buf_printf(&missing, "%s%s%s", missing.len ? ", " : "", d->s->domain_name,
                       globus_redirect_paths[i]);
    }
    if (missing.len)
        return CHECK_FOUND(d, DOCTOR_PROBLEM,
                           "Add them to the app at app.globus.org/settings/developers, letter by "
                           "letter.",
                           "Globus refuses these redirect URIs: " STR_FMT ".",
                           STR_ARG(buf_str(&missing)));
    return CHECK_FINE(d, "Globus refuses none of the six redirect URIs.");
}
