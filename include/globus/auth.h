/**
 * Globus Auth (OAuth 2, OpenID Connect) as typed calls.
 *
 * Messages only: no database, no sessions, no decision about whom a token belongs to. Codes and
 * tokens never reach a log; a refused grant and a passing fault are told apart, because only the
 * first ends a connection (promise P6).
 */
#ifndef GLOBUS_AUTH_H
#define GLOBUS_AUTH_H

#include "base/ctx.h"

/* Asked for at the first connect: these four and no other (S10–S13). */
#define GLOBUS_TRANSFER_SCOPE  "urn:globus:auth:scope:transfer.api.globus.org:all"
#define GLOBUS_SCOPES          "openid profile email " GLOBUS_TRANSFER_SCOPE
#define GLOBUS_TRANSFER_SERVER "transfer.api.globus.org"

/*
 * Below the registry's address, byte for byte: with a slash at its end it is another one. All are
 * registered, since the predecessor's guide names them (S14–S19).
 */
enum { GLOBUS_REDIRECT_PATHS = 6 };
extern const char *const globus_redirect_paths[GLOBUS_REDIRECT_PATHS];

/* A state that begins so belongs to no browser here: its code is shown, to be pasted elsewhere. */
#define GLOBUS_SETUP_STATE "setup."

enum { GLOBUS_TOKENS_MAX = 4 };

/* What an authorize request asks for beyond the four scopes (step-up); all may be absent. */
struct globus_demands {
    /*
     * required_scopes, separated by blanks; merged into the four scopes as Globus's syntax demands
     */
    struct str scopes;
    /* session_required_identities, separated by commas; the same for the next two */
    struct str identities;
    struct str single_domain;
    struct str policies;
    bool mfa;
    struct str prompt;
    struct str message; /* session_message */
};

struct globus_authorize {
    struct str redirect_uri, state, nonce, challenge; /* challenge: PKCE S256 of the verifier */
    struct globus_demands demands;
};

/**
 * All of both lists of scopes as one: a parent stands there once, with the children of both. What
 * is no scope expression is passed through as it came; Globus is the judge. @source
 * reference/globus-api.md §1.3
 */
struct str globus_scope_merge(struct arena *a, struct str base, struct str more);

/** The URL to send the browser to. @source reference/globus-api.md §1.2 */
struct str globus_authorize_url(struct ctx *c, const struct globus_authorize *a);
/** base64url(SHA-256(verifier)). @source RFC 7636 §4.2 */
struct str globus_pkce_challenge(struct arena *a, struct str verifier);

struct globus_token {
    /* refresh_token may be absent */
    struct str resource_server, access_token, refresh_token, scope;
    int64_t expires_in_s; /* clamped to 1 minute … 10 days; an hour when Globus does not say */
};

struct globus_identity {
    struct str id;                        /* sub: UUID of the primary identity */
    struct str username;                  /* preferred_username */
    struct str name, email, organization; /* may be absent */
};

struct globus_grant {
    struct globus_token tokens[GLOBUS_TOKENS_MAX];
    size_t token_count;
    struct globus_identity identity; /* of an authorization_code grant */
};

/** The token for a resource server; NULL when the grant holds none. */
const struct globus_token *globus_grant_token(const struct globus_grant *g,
                                              struct str resource_server);

/**
 * Exchange an authorization code; verifies the ID token (RS512, iss, aud, exp, iat, nonce). Sent
 * once: a code is single-use.
 *
 * @param[out] out  holds a token for Transfer and an identity; untouched unless ERR_OK
 * @return ERR_OK; ERR_BAD_STATE the code was refused (expired, used, foreign); ERR_GLOBUS a wrong
 * or unverifiable answer, or Globus refuses this client; ERR_GLOBUS_UNAVAILABLE a passing fault or
 * an unreadable answer
 */
MUST_USE enum err globus_code_exchange(struct ctx *c, struct str code, struct str redirect_uri,
                                       struct str verifier, struct str nonce,
                                       struct globus_grant *out);

/**
 * Get a new access token. Sent once.
 *
 * @param[out] out  untouched unless ERR_OK; a refresh token in it replaces the one that was sent
 * @return ERR_OK; ERR_GLOBUS_RECONNECT invalid_grant, as 400 or 401; ERR_GLOBUS_UNAVAILABLE,
 * ERR_GLOBUS: keep the token
 */
MUST_USE enum err globus_token_refresh(struct ctx *c, struct str refresh_token,
                                       struct globus_token *out);

/**
 * A Transfer access token of the service's own client identity (client credentials grant). Used for
 * the piece of work at hand and dropped: nothing to seal, nothing to renew.
 *
 * @return ERR_OK; ERR_GLOBUS Globus refuses this client; ERR_GLOBUS_UNAVAILABLE
 * @source reference/globus-api.md §1.4, §3.3 step 6
 */
MUST_USE enum err globus_client_token(struct ctx *c, struct globus_token *out);

/**
 * Revoke count tokens in parallel, then ask for each that was taken whether it is inactive; done[i]
 * says that Globus said so of the i-th. Leaves no failure behind.
 *
 * @source reference/globus-api.md §1.7, §1.8
 */
void globus_token_revoke(struct ctx *c, const struct str *tokens, bool *done, size_t count);

/** Where the browser ends its Globus session, with a link back to return_url. */
struct str globus_logout_url(struct ctx *c, struct str return_url);

#endif
