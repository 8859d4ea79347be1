#include "account/signin.h"

#include "grant.h"
#include "revocation.h"
#include "seal.h"
#include "signup.h"
#include "user_row.h"

#include "account/audit.h"
#include "account/link.h"
#include "base/codec.h"
#include "base/secret.h"
#include "base/settings.h"

#define COLLECTIONS_PAGE STR("/collections")

const char *signin_cookie_name(const struct settings *s)
{
    return settings_is_https(s) ? "__Host-transload_signin" : "transload_signin";
}

/* Lax: the way back from Globus is a link that another site leads to. */
struct str signin_cookie(struct ctx *c, struct str browser)
{
    return str_printf(c->arena, "%s=" STR_FMT "; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s",
                      signin_cookie_name(c->settings), STR_ARG(browser),
                      browser.len ? STATE_LIFETIME_S : 0,
                      settings_is_https(c->settings) ? "; Secure" : "");
}

static enum err is_switched_on(struct ctx *c)
{
    if (!settings_takes_globus(c->settings))
        return FAIL(c, ERR_FORBIDDEN,
                    "Nobody signs in with Globus here; sign in with user name and password.");
    return ERR_OK;
}

/* ---- the way there --------------------------------------------------------------------------- */

enum err signin_begin(struct ctx *c, struct str redirect_path, struct str next_path,
                      struct str *browser, struct str *authorize_url)
{
    struct str verifier = base64url_encode(c->arena, secret_random(c->arena, VERIFIER_BYTES));
    struct globus_authorize ask = {
        .redirect_uri = grant_redirect_uri(c, redirect_path),
        .state = secret_token(c->arena),
        .nonce = secret_token(c->arena),
        .challenge = globus_pkce_challenge(c->arena, verifier),
    };
    struct str hash = secret_sha256(c->arena, ask.state);
    struct str sealed = seal(c, SEAL_SIGNIN, 0, hex_encode(c->arena, hash), verifier);

    TRY(is_switched_on(c));
    /* Always a fresh value: one that was there before could be known to who put it there. */
    *browser = secret_token(c->arena);
    TRY(db_exec(c, SQL_SIGNIN_BEGIN,
                DB_ARGS(db_bytes(hash), db_bytes(secret_sha256(c->arena, *browser)),
                        db_bytes(sealed), db_text(c, ask.nonce), db_text(c, ask.redirect_uri),
                        db_text(c, link_local_path(next_path, COLLECTIONS_PAGE)),
                        db_int(c, STATE_LIFETIME_S)),
                NULL));
    *authorize_url = globus_authorize_url(c, &ask);
    return ERR_OK;
}

/* ---- the way back ---------------------------------------------------------------------------- */

struct round_trip {
    struct str redirect_uri, verifier, nonce, next_path;
};

static enum err fate(struct ctx *c, struct str browser, struct str state, struct db_rows *rows)
{
    return db_maybe(c, SQL_SIGNIN_FATE,
                    DB_ARGS(db_bytes(secret_sha256(c->arena, state)),
                            db_bytes(secret_sha256(c->arena, browser))),
                    rows);
}

enum err signin_is_meant(struct ctx *c, struct str browser, struct str state, bool *meant)
{
    struct db_rows rows = {.count = 0};

    if (browser.len && state.len)
        TRY(fate(c, browser, state, &rows));
    *meant = rows.count == 1;
    return ERR_OK;
}

static enum err explain_bad_state(struct ctx *c, struct str browser, struct str state)
{
    struct db_rows rows;

    TRY(fate(c, browser, state, &rows));
    if (rows.count && db_get_bool(&rows, 0, "is_used"))
        return FAIL(c, ERR_BAD_STATE,
                    "This answer from Globus was already used. Sign in again if you are not signed "
                    "in.");
    if (rows.count && db_get_bool(&rows, 0, "is_expired"))
        return FAIL(c, ERR_BAD_STATE,
                    "Signing in at Globus took too long; it takes half an hour at most. Sign in "
                    "again.");
    return FAIL(c, ERR_BAD_STATE,
                "This answer from Globus does not belong to a sign-in of this browser, so nobody "
                "was signed in. Sign in again here; the browser must keep this site's cookies.");
}

static enum err use_state(struct ctx *c, struct str browser, struct str redirect_path,
                          struct str state, struct round_trip *out)
{
    struct str hash = secret_sha256(c->arena, state);
    struct db_rows rows;

    out->redirect_uri = grant_redirect_uri(c, redirect_path);
    TRY(db_maybe(c, SQL_SIGNIN_USE,
                 DB_ARGS(db_bytes(hash), db_bytes(secret_sha256(c->arena, browser)),
                         db_text(c, out->redirect_uri)),
                 &rows));
    if (!rows.count)
        return explain_bad_state(c, browser, state);
    out->nonce = db_get_text(&rows, 0, "nonce");
    out->next_path = db_get_text(&rows, 0, "next_path");
    return seal_open(c, SEAL_SIGNIN, 0, hex_encode(c->arena, hash),
                     db_get_bytes(c, &rows, 0, "verifier"), &out->verifier);
}

/* ---- who it is ------------------------------------------------------------------------------- */

static enum err connect(struct ctx *c, const struct user *u, const struct globus_grant *grant)
{
    TRY(grant_store(c, u->id, grant, STR_NONE));
    return audit_note(c, u->id, "globus.connect", grant->identity.username);
}

/* In the caller's transaction. */
static enum err sign_up(struct ctx *c, const struct globus_grant *grant, struct user *out)
{
    struct str name = grant->identity.username;

    if (!signup_allows(c->settings, name))
        return FAIL(c, ERR_NO_ACCOUNT,
                    "No account of this registry belongs to the Globus identity " STR_FMT
                    ". If you have an account, sign in with its password and connect Globus under "
                    "Settings, Integrations; otherwise ask the operator for one.",
                    STR_ARG(name));
    TRY(signup_user(c, name, out));
    TRY(audit_note(c, out->id, "user.signup", name));
    return connect(c, out, grant);
}

/* In the caller's transaction. */
static enum err find_or_make(struct ctx *c, const struct globus_grant *grant, struct user *out)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_SIGNIN_USER, DB_ARGS(db_text(c, grant->identity.id)), &rows));
    if (!rows.count)
        return sign_up(c, grant, out);
    *out = user_from_row(&rows, 0);
    if (!out->is_active)
        return FAIL(c, ERR_FORBIDDEN,
                    "Your account of this registry is switched off; ask the operator.");
    /* A connection that works has consents that the new tokens lack. */
    return db_get_bool(&rows, 0, "is_connected") ? ERR_OK : connect(c, out, grant);
}

static enum err enter(struct ctx *c, const struct globus_grant *grant, struct user *out)
{
    enum err e;

    TRY(db_begin(c));
    e = find_or_make(c, grant, out);
    if (e == ERR_OK)
        return db_commit(c);
    db_rollback(c);
    return e;
}

/* Two first sign-ins at once: the second one finds what the first has made. */
static enum err enter_once_more(struct ctx *c, const struct globus_grant *grant, struct user *out)
{
    enum err e = enter(c, grant, out);

    if (e != ERR_IDENTITY_TAKEN)
        return e;
    ctx_forgive(c);
    return enter(c, grant, out);
}

enum err signin_complete(struct ctx *c, struct str browser, struct str redirect_path,
                         struct str state, struct str code, struct signin_result *out)
{
    struct globus_grant grant = {.token_count = 0};
    struct round_trip trip;
    enum err e;

    TRY(is_switched_on(c));
    TRY(use_state(c, browser, redirect_path, state, &trip));
    TRY(globus_code_exchange(c, code, trip.redirect_uri, trip.verifier, trip.nonce, &grant));
    e = enter_once_more(c, &grant, &out->user);
    if (e != ERR_OK)
        revocation_drop(c, 0, grant.tokens, grant.token_count);
    out->next_path = trip.next_path;
    return e;
}

enum err signin_decline(struct ctx *c, struct str browser, struct str redirect_path,
                        struct str state)
{
    struct round_trip trip;

    return use_state(c, browser, redirect_path, state, &trip);
}
