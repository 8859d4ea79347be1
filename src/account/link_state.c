#include "grant.h"
#include "revocation.h"
#include "seal.h"

#include "account/audit.h"
#include "account/link.h"
#include "base/codec.h"
#include "base/secret.h"
#include "base/settings.h"
#include "db/db.h"

enum {
    CONSENTS_MAX = 4000, /* bytes, about thirty collections: an authorize URL must stay one */
};

#define ENDPOINTS_PAGE STR("/globus/transfer")

/* The paths registered at Globus (S14–S19); compared byte for byte, no slash added or taken off. */
bool link_is_redirect_path(struct str path)
{
    for (size_t i = 0; i < GLOBUS_REDIRECT_PATHS; i++) {
        if (str_eq(path, str_of(globus_redirect_paths[i])))
            return true;
    }
    return false;
}

/* ---- the way there --------------------------------------------------------------------------- */

/* Consents given before are asked for again: a new grant without them would not carry them. When
   they have become too many, those still wanted come back one by one, each when it is missed. */
static enum err add_consents(struct ctx *c, int64_t user_id, struct str *scopes)
{
    struct link link;
    struct str all;
    bool found;

    TRY(link_find(c, user_id, &found, &link));
    all = globus_scope_merge(c->arena, found ? link.consents : STR_NONE, *scopes);
    if (all.len <= CONSENTS_MAX)
        *scopes = all;
    return ERR_OK;
}

static struct str verifier_detail(struct ctx *c, struct str state_hash)
{
    return hex_encode(c->arena, state_hash);
}

enum err link_begin(struct ctx *c, const struct session *s, struct str redirect_path,
                    struct str next_path, const struct globus_demands *demands,
                    struct str transfer_id, struct str *authorize_url)
{
    struct str verifier = base64url_encode(c->arena, secret_random(c->arena, VERIFIER_BYTES));
    struct globus_authorize ask = {
        .redirect_uri = grant_redirect_uri(c, redirect_path),
        .state = secret_token(c->arena),
        .nonce = secret_token(c->arena),
        .challenge = globus_pkce_challenge(c->arena, verifier),
    };
    struct str hash = secret_sha256(c->arena, ask.state);
    struct str sealed = seal(c, SEAL_VERIFIER, s->user.id, verifier_detail(c, hash), verifier);

    if (!link_is_redirect_path(redirect_path))
        return FAIL_FIELD(c, "redirect_path",
                          "redirect_path: must be one of the paths registered at Globus");
    if (demands)
        ask.demands = *demands;
    TRY(add_consents(c, s->user.id, &ask.demands.scopes));
    TRY(db_exec(c, SQL_OAUTH_BEGIN,
                DB_ARGS(db_bytes(hash), db_bytes(s->id_hash), db_int(c, s->user.id),
                        db_bytes(sealed), db_text(c, ask.nonce), db_text(c, ask.redirect_uri),
                        db_text(c, link_local_path(next_path, ENDPOINTS_PAGE)),
                        db_text(c, ask.demands.scopes),
                        transfer_id.len ? db_text(c, transfer_id) : db_null(),
                        db_int(c, STATE_LIFETIME_S)),
                NULL));
    *authorize_url = globus_authorize_url(c, &ask);
    return ERR_OK;
}

/* ---- the way back ---------------------------------------------------------------------------- */

struct round_trip {
    struct str redirect_uri, verifier, nonce, scopes;
    struct link_return back;
};

static enum err explain_bad_state(struct ctx *c, const struct session *s, struct str hash)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_OAUTH_FATE, DB_ARGS(db_bytes(hash), db_bytes(s->id_hash)), &rows));
    if (rows.count && db_get_bool(&rows, 0, "is_used"))
        return FAIL(c, ERR_BAD_STATE,
                    "This answer from Globus was already used. If Globus is not connected, connect "
                    "it again.");
    if (rows.count && db_get_bool(&rows, 0, "is_expired"))
        return FAIL(c, ERR_BAD_STATE,
                    "Signing in at Globus took too long. Connect Globus again; it takes half an "
                    "hour at most.");
    return FAIL(c, ERR_BAD_STATE,
                "This answer from Globus does not belong to your session here. Nothing was "
                "connected; connect Globus again "
                "in this browser.");
}

static enum err use_state(struct ctx *c, const struct session *s, struct str redirect_path,
                          struct str state, struct round_trip *out)
{
    struct str hash = secret_sha256(c->arena, state), sealed;
    struct db_rows rows;

    out->redirect_uri = grant_redirect_uri(c, redirect_path);
    TRY(db_maybe(c, SQL_OAUTH_USE,
                 DB_ARGS(db_bytes(hash), db_bytes(s->id_hash), db_text(c, out->redirect_uri)),
                 &rows));
    if (!rows.count)
        return explain_bad_state(c, s, hash);
    sealed = db_get_bytes(c, &rows, 0, "verifier");
    out->nonce = db_get_text(&rows, 0, "nonce");
    out->scopes = db_get_text(&rows, 0, "scopes");
    out->back = (struct link_return){db_get_text(&rows, 0, "next_path"),
                                     db_get_text(&rows, 0, "transfer_id")};
    return seal_open(c, SEAL_VERIFIER, s->user.id, verifier_detail(c, hash), sealed,
                     &out->verifier);
}

static enum err store(struct ctx *c, int64_t user_id, const struct globus_grant *grant,
                      struct str consents)
{
    TRY(db_begin(c));
    TRY(grant_store(c, user_id, grant, consents));
    TRY(audit_note(c, user_id, "globus.connect", grant->identity.username));
    return db_commit(c);
}

enum err link_complete(struct ctx *c, const struct session *s, struct str redirect_path,
                       struct str state, struct str code, struct link_return *out)
{
    struct globus_grant grant = {.token_count = 0};
    struct round_trip trip;
    enum err e;

    TRY(use_state(c, s, redirect_path, state, &trip));
    TRY(globus_code_exchange(c, code, trip.redirect_uri, trip.verifier, trip.nonce, &grant));
    e = store(c, s->user.id, &grant, trip.scopes);
    if (e != ERR_OK) {
        db_rollback(c);
        revocation_drop(c, s->user.id, grant.tokens, grant.token_count);
        return e;
    }
    *out = trip.back;
    return ERR_OK;
}

enum err link_decline(struct ctx *c, const struct session *s, struct str redirect_path,
                      struct str state, struct link_return *out)
{
    struct round_trip trip;

    TRY(use_state(c, s, redirect_path, state, &trip));
    *out = trip.back;
    return ERR_OK;
}
