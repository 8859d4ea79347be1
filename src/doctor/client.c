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

/* ---- redirect URIs --------------------------------------------------------------------------- */

/* The six that a registry answers on, and one that nobody registers: it must be refused. */
enum { STRANGER = GLOBUS_REDIRECT_PATHS, ASKED_COUNT };
static const char stranger_path[] = "/transload/doctor/stranger";

static const char *path_at(size_t i)
{
    return i == STRANGER ? stranger_path : globus_redirect_paths[i];
}

static struct net_request authorize_request(struct doctor *d, const char *path)
{
    const struct globus_authorize a = {
        .redirect_uri = str_printf(d->c->arena, "%s%s", d->s->domain_name, path),
        .state = STR("doctor"),
        .nonce = STR("doctor"),
        .challenge = globus_pkce_challenge(d->c->arena, STR("doctor")),
    };

    return (struct net_request){.method = "GET",
                                .url = globus_authorize_url(d->c, &a),
                                .timeout_ms = d->s->globus_timeout_s * 1000};
}

/* Globus shows an error page of its own for an address that it does not know. */
static bool is_refused(const struct net_response *r)
{
    return r->status >= 400 && r->status < 500 && r->status != 429;
}

/* Neither taken nor refused. */
static bool is_unanswered(const struct net_response *r)
{
    return r->status == 0 || r->status == 429 || r->status >= 500;
}

static struct str list_refused(struct doctor *d, const struct net_response *answers)
{
    struct buf list = {.arena = d->c->arena};

    for (size_t i = 0; i < GLOBUS_REDIRECT_PATHS; i++) {
        if (is_refused(&answers[i]))
            buf_printf(&list, "%s%s%s", list.len ? ", " : "", d->s->domain_name, path_at(i));
    }
    return buf_str(&list);
}

static struct doctor_finding judge_uris(struct doctor *d, const struct net_response *answers)
{
    struct str refused = list_refused(d, answers);

    if (refused.len)
        return CHECK_FOUND(d, DOCTOR_PROBLEM,
                           "Add them to the app at app.globus.org/settings/developers, letter by "
                           "letter.",
                           "Globus refuses these redirect URIs: " STR_FMT ".", STR_ARG(refused));
    for (size_t i = 0; i < ASKED_COUNT; i++) {
        if (is_unanswered(&answers[i]))
            return CHECK_FOUND(d, DOCTOR_WARNING, "Run the doctor again in a moment.",
                               "Globus did not say whether it knows the redirect URIs.");
    }
    if (!is_refused(&answers[STRANGER]))
        return check_skip("Globus takes every redirect URI until somebody signs in, so nothing can "
                          "be told from here: sign in once.");
    return CHECK_FINE(d, "Globus takes the six redirect URIs, and refuses one that is not ours.");
}

struct doctor_finding check_redirect_uris(struct doctor *d)
{
    struct net_request requests[ASKED_COUNT];
    struct net_response answers[ASKED_COUNT];

    if (!d->has_token)
        return check_skip("Globus does not know this client.");
    for (size_t i = 0; i < ASKED_COUNT; i++)
        requests[i] = authorize_request(d, path_at(i));
    net_send(d->c, requests, answers, ASKED_COUNT);
    return judge_uris(d, answers);
}
