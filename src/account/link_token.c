#include "revocation.h"
#include "seal.h"

#include "account/link.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/settings.h"
#include "db/db.h"

/*
 * One process refreshes: it claims the token's row by a lease, calls Globus outside any
 * transaction, and stores what came. The others look every now and then until the row holds another
 * token (docs/adr/0005). The sealed value of a token is its version: sealing the same token twice
 * gives two values, so a changed value is a changed row.
 */

enum {
    LEASE_SLACK_S = 15, /* over the time one call may take */
    PAUSE_MS = 50,      /* between two looks at another's refresh, growing to … */
    PAUSE_MAX_MS = 400,
    /* about 20 s: a page can wait that long, then it says that Globus is slow */
    LOOKS_MAX = 60,
    RETRY_AFTER_S = 5,
};

#define SERVER STR(GLOBUS_TRANSFER_SERVER)

struct held {
    struct str version; /* the access token as stored */
    struct str access, refresh;
    bool is_fresh;     /* outlives the longest call */
    bool is_claimed;   /* somebody refreshes it now */
    bool is_abandoned; /* somebody began to and never ended */
};

static enum err reconnect(struct ctx *c)
{
    return FAIL(c, ERR_GLOBUS_RECONNECT,
                "Globus has ended this connection. Reconnect under Settings, Integrations.");
}

static enum err not_now(struct ctx *c)
{
    ctx_note(
        c, ERR_GLOBUS_UNAVAILABLE,
        "Globus does not renew the permission at the moment; nothing is lost, try again soon.");
    c->failure.retry_after_s = RETRY_AFTER_S;
    return ERR_GLOBUS_UNAVAILABLE;
}

static enum err look(struct ctx *c, int64_t user_id, struct held *h)
{
    struct db_rows rows;
    struct str refresh;

    /* Twice the longest call: one that reads and one that is repeated after it. */
    TRY(db_maybe(c, SQL_LINK_TOKEN_GET,
                 DB_ARGS(db_int(c, user_id), db_text(c, SERVER),
                         db_int(c, 2 * c->settings->globus_timeout_s)),
                 &rows));
    if (!rows.count)
        return FAIL(c, ERR_GLOBUS_NOT_CONNECTED,
                    "Connect your Globus account first: Settings, Integrations, Connect Globus.");
    if (db_get_bool(&rows, 0, "is_dead") || db_is_null(&rows, 0, "access_token"))
        return reconnect(c);
    if (db_get_bool(&rows, 0, "is_due")) /* at most once a minute, for people to see */
        TRY(db_exec(c, SQL_LINK_TOUCH, DB_ARGS(db_int(c, user_id)), NULL));
    *h = (struct held){
        .version = db_get_bytes(c, &rows, 0, "access_token"),
        .is_fresh = db_get_bool(&rows, 0, "is_fresh"),
        .is_claimed = db_get_bool(&rows, 0, "is_claimed"),
        .is_abandoned = db_get_bool(&rows, 0, "is_abandoned"),
    };
    refresh = db_get_bytes(c, &rows, 0, "refresh_token");
    TRY(seal_open(c, SEAL_ACCESS, user_id, SERVER, h->version, &h->access));
    return seal_open(c, SEAL_REFRESH, user_id, SERVER, refresh, &h->refresh);
}

/* ---- refreshing ------------------------------------------------------------------------------ */

static enum err claim(struct ctx *c, int64_t user_id, const struct held *h, bool *mine)
{
    size_t changed;

    TRY(db_exec(c, SQL_LINK_TOKEN_CLAIM,
                DB_ARGS(db_int(c, user_id), db_text(c, SERVER), db_bytes(h->version),
                        db_int(c, c->settings->globus_timeout_s + LEASE_SLACK_S)),
                &changed));
    *mine = changed == 1;
    return ERR_OK;
}

/* Globus said no, or nothing: give the row back, and keep the reason that was noted. */
static enum err give_up(struct ctx *c, int64_t user_id, const struct held *h, enum err why)
{
    struct failure noted = c->failure;
    enum sql_query q = why == ERR_GLOBUS_RECONNECT ? SQL_LINK_DIE : SQL_LINK_TOKEN_RELEASE;

    TRY(db_exec(c, q, DB_ARGS(db_int(c, user_id), db_text(c, SERVER), db_bytes(h->version)), NULL));
    c->failure = noted;
    return why == ERR_GLOBUS_RECONNECT ? reconnect(c) : why;
}

/* Stored before anybody uses it: a rotated refresh token that is lost ends the connection. */
static enum err renew(struct ctx *c, int64_t user_id, const struct held *h,
                      const struct globus_token *t, bool *stored)
{
    struct str access = seal(c, SEAL_ACCESS, user_id, SERVER, t->access_token);
    struct str refresh = seal(c, SEAL_REFRESH, user_id, SERVER, t->refresh_token);
    size_t changed;

    TRY(db_exec(c, SQL_LINK_TOKEN_RENEW,
                DB_ARGS(db_int(c, user_id), db_text(c, SERVER), db_bytes(h->version),
                        db_bytes(access), t->refresh_token.len ? db_bytes(refresh) : db_null(),
                        db_int(c, t->expires_in_s)),
                &changed));
    *stored = changed == 1;
    return ERR_OK;
}

/*
 * The caller holds the claim. *stored is false when the link ended or was renewed meanwhile: what
 * came is revoked then.
 */
static enum err refresh(struct ctx *c, int64_t user_id, const struct held *h, bool *stored,
                        struct str *access_token)
{
    struct globus_token t = {.expires_in_s = 0};
    enum err e = globus_token_refresh(c, h->refresh, &t);

    metrics_add(METRIC_TOKEN_REFRESHES, e, 0, 1);
    if (e != ERR_OK)
        return give_up(c, user_id, h, e);
    e = renew(c, user_id, h, &t, stored);
    if (e != ERR_OK || !*stored) {
        revocation_drop(c, user_id, &t, 1);
        return e;
    }
    *access_token = t.access_token;
    return ERR_OK;
}

/* ---- one for all ----------------------------------------------------------------------------- */

static int64_t pause_ms(int looks)
{
    int64_t ms = (int64_t)PAUSE_MS * (looks + 1);

    return ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS;
}

/* What another has fetched since the first look is good even when it is short-lived. */
static bool is_good(const struct held *h, struct str stale, struct str first)
{
    return !str_eq(h->access, stale) && (h->is_fresh || !str_eq(h->version, first));
}

/* *stored stays false when another is at it, or when the link changed meanwhile: look again. */
static enum err refresh_if_free(struct ctx *c, int64_t user_id, const struct held *h, bool *stored,
                                struct str *access_token)
{
    bool mine = false;

    if (!h->refresh.len)
        return reconnect(c);
    if (!h->is_claimed)
        TRY(claim(c, user_id, h, &mine));
    return mine ? refresh(c, user_id, h, stored, access_token) : ERR_OK;
}

enum err link_access_token(struct ctx *c, int64_t user_id, struct str stale,
                           struct str *access_token)
{
    struct str first = STR_NONE; /* the version at the first look */
    struct held h = {.is_fresh = false};
    bool stored = false;

    for (int looks = 0; looks < LOOKS_MAX; looks++) {
        TRY(look(c, user_id, &h));
        if (looks == 0)
            first = h.version;
        if (is_good(&h, stale, first)) {
            *access_token = h.access;
            return ERR_OK;
        }
        if (looks > 0 && !h.is_claimed && !h.is_abandoned)
            /* another has tried and failed: a queue of tries would help nobody */
            return not_now(c);
        TRY(refresh_if_free(c, user_id, &h, &stored, access_token));
        if (stored)
            return ERR_OK;
        clock_pause_ms(c->clock, pause_ms(looks));
    }
    return not_now(c);
}

enum err link_with_token(struct ctx *c, int64_t user_id,
                         enum err (*call)(struct ctx *c, struct globus_session *s, void *arg),
                         void *arg, struct globus_demands *demands)
{
    struct globus_session s = {.access_token = STR_NONE};
    enum err e = ERR_NOT_SIGNED_IN;

    /*
     * A token that Globus answers with 401 is refreshed once; a new one that it answers with 401
     * too is of no use.
     */
    for (int tries = 0; tries < 2 && e == ERR_NOT_SIGNED_IN; tries++) {
        TRY(link_access_token(c, user_id, s.access_token, &s.access_token));
        s.demands = (struct globus_demands){0};
        e = call(c, &s, arg);
    }
    if (e == ERR_GLOBUS_STEP_UP)
        *demands = s.demands;
    return e == ERR_NOT_SIGNED_IN ? reconnect(c) : e;
}
