#include "call.h"
#include "error.h"
#include "id_token.h"

#include "base/codec.h"
#include "base/settings.h"
#include "globus/auth.h"

enum {
    TOKEN_BYTES_MAX = 16 * 1024,
    EXPIRES_MIN_S = 60,
    EXPIRES_MAX_S = 10 * 24 * 3600,
    EXPIRES_DEFAULT_S = 3600, /* when Globus does not say: short, so that a refresh finds out */
};

/* One token of an answer; the top one carries the others. */
struct token_text {
    struct str access_token, refresh_token, scope, resource_server, token_type;
    int64_t expires_in;
};

struct answer_text {
    struct token_text top;
    struct str id_token;
    struct json_list others;
};

#define TOKEN_FIELDS(type, at) \
    {"access_token", JSON_STR,        offsetof(type, at access_token), \
     JSON_REQUIRED,  TOKEN_BYTES_MAX, NULL}, \
        {"resource_server", JSON_STR, offsetof(type, at resource_server), JSON_REQUIRED, 0, NULL}, \
        {"refresh_token", JSON_STR,        offsetof(type, at refresh_token), \
         JSON_LENIENT,    TOKEN_BYTES_MAX, NULL}, \
        {"scope", JSON_STR, offsetof(type, at scope), JSON_LENIENT, 0, NULL}, \
        {"token_type", JSON_STR, offsetof(type, at token_type), JSON_LENIENT, 0, NULL}, \
    { \
        "expires_in", JSON_INT, offsetof(type, at expires_in), JSON_LENIENT, 0, NULL \
    }

static const struct json_field token_fields[] = {TOKEN_FIELDS(struct token_text, )};
static const struct json_shape token_shape = JSON_SHAPE(struct token_text, token_fields);

// clang-format off
static const struct json_field answer_fields[] = {
    TOKEN_FIELDS(struct answer_text, top.),
    {"id_token",     JSON_STR,  offsetof(struct answer_text, id_token), JSON_LENIENT, 0, NULL},
    {"other_tokens", JSON_LIST, offsetof(struct answer_text, others),   JSON_LENIENT, 0, &token_shape},
};
// clang-format on
static const struct json_shape answer_shape = JSON_SHAPE(struct answer_text, answer_fields);

/* ---- asking ---------------------------------------------------------------------------------- */

static struct call form_call(struct ctx *c, const char *path, struct str form)
{
    struct call call = call_auth(c, "POST", str_of(path));

    call.request.basic_user = str_of(c->settings->globus_client_id);
    call.request.basic_password = str_of(c->settings->globus_client_secret);
    call.request.content_type = "application/x-www-form-urlencoded";
    call.request.body = form;
    return call;
}

/* Only invalid_grant, as 400 or 401, speaks of the code or token that was sent (§1.5). */
static bool is_grant_refused(struct ctx *c, const struct call *call)
{
    bool refused = call->response.status == 400 || call->response.status == 401;

    return refused && str_eq(answer_oauth_error(c, &call->response), STR("invalid_grant"));
}

/* Any other refusal speaks of us; what is stored stays. */
static enum err other_failure(struct ctx *c, const struct call *call)
{
    if (call->err != ERR_GLOBUS && call->err != ERR_GLOBUS_UNAVAILABLE &&
        call->err != ERR_THROTTLED) {
        ctx_note(c, ERR_GLOBUS,
                 "Globus refused this registry as a client; the administrator must look at "
                 "SOCIAL_AUTH_GLOBUS_KEY "
                 "and SOCIAL_AUTH_GLOBUS_SECRET");
        ctx_note_cause(c, call->failure.cause);
        return ERR_GLOBUS;
    }
    c->failure = call->failure;
    c->failure.err = call->err == ERR_THROTTLED ? ERR_GLOBUS_UNAVAILABLE : call->err;
    return c->failure.err;
}

/* Send one grant. When Globus refuses it for good the outcome is refused, with that sentence. */
static enum err send_grant(struct ctx *c, struct str form, enum err refused, const char *sentence,
                           struct answer_text *out)
{
    struct call call = form_call(c, "/v2/oauth2/token", form);

    /* a code that arrives twice may cost the tokens it gave (RFC 6749 §4.1.2) */
    call.request.once = true;
    if (call_send(c, &call, 1) == ERR_OK)
        return call_read(c, &call, &answer_shape, out);
    if (!is_grant_refused(c, &call))
        return other_failure(c, &call);
    ctx_note(c, refused, "%s", sentence);
    ctx_note_cause(c, call.failure.cause);
    return refused;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Tokens become part of a header: visible ASCII only. */
static bool is_token(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] <= 0x20 || s.ptr[i] >= 0x7f)
            return false;
    }
    return s.len > 0;
}

static int64_t clamp_expiry(int64_t seconds)
{
    if (seconds == 0)
        return EXPIRES_DEFAULT_S;
    if (seconds < EXPIRES_MIN_S)
        return EXPIRES_MIN_S;
    return seconds > EXPIRES_MAX_S ? EXPIRES_MAX_S : seconds;
}

static bool read_token(const struct token_text *t, struct globus_token *out)
{
    if (!is_token(t->access_token) ||
        (t->token_type.len && !str_eq_nocase(t->token_type, STR("Bearer"))))
        return false;
    *out = (struct globus_token){
        .resource_server = t->resource_server,
        .access_token = t->access_token,
        .refresh_token = is_token(t->refresh_token) ? t->refresh_token : STR_NONE,
        .scope = t->scope,
        .expires_in_s = clamp_expiry(t->expires_in),
    };
    return true;
}

/* Which token stands at the top is not fixed: all go into one list. */
static void read_tokens(const struct answer_text *answer, struct globus_grant *out)
{
    const struct token_text *others = answer->others.items;

    out->token_count = 0;
    out->token_count += read_token(&answer->top, &out->tokens[0]);
    for (size_t i = 0; i < answer->others.count && out->token_count < GLOBUS_TOKENS_MAX; i++)
        out->token_count += read_token(&others[i], &out->tokens[out->token_count]);
}

const struct globus_token *globus_grant_token(const struct globus_grant *g,
                                              struct str resource_server)
{
    for (size_t i = 0; i < g->token_count; i++) {
        if (str_eq(g->tokens[i].resource_server, resource_server))
            return &g->tokens[i];
    }
    return NULL;
}

/* ---- the calls ------------------------------------------------------------------------------- */

enum err globus_code_exchange(struct ctx *c, struct str code, struct str redirect_uri,
                              struct str verifier, struct str nonce, struct globus_grant *out)
{
    struct buf form = {.arena = c->arena};
    struct answer_text answer = {0};
    struct globus_grant grant;

    buf_add(&form, STR("grant_type=authorization_code"));
    url_add_param(&form, '&', "code", code);
    url_add_param(&form, '&', "redirect_uri", redirect_uri);
    url_add_param(&form, '&', "code_verifier", verifier);
    TRY(send_grant(
        c, buf_str(&form), ERR_BAD_STATE,
        "Globus did not accept this login: it was used already or took too long; connect again",
        &answer));

    read_tokens(&answer, &grant);
    if (!globus_grant_token(&grant, STR(GLOBUS_TRANSFER_SERVER)))
        return FAIL(c, ERR_GLOBUS,
                    "Globus granted no access to transfers; connect again and allow it");
    if (answer.id_token.len == 0)
        return FAIL(c, ERR_GLOBUS, "Globus did not say who signed in; connect again");
    TRY(id_token_verify(c, answer.id_token, nonce, &grant.identity));
    *out = grant;
    return ERR_OK;
}

enum err globus_token_refresh(struct ctx *c, struct str refresh_token, struct globus_token *out)
{
    struct buf form = {.arena = c->arena};
    struct answer_text answer = {0};

    buf_add(&form, STR("grant_type=refresh_token"));
    url_add_param(&form, '&', "refresh_token", refresh_token);
    TRY(send_grant(c, buf_str(&form), ERR_GLOBUS_RECONNECT,
                   "your connection to Globus has ended; connect again", &answer));
    if (!read_token(&answer.top, out))
        return FAIL(c, ERR_GLOBUS_UNAVAILABLE,
                    "Globus gave a token that cannot be used; try again in a moment");
    return ERR_OK;
}

enum err globus_client_token(struct ctx *c, struct globus_token *out)
{
    struct buf form = {.arena = c->arena};
    struct answer_text answer = {0};
    struct globus_grant grant;
    const struct globus_token *token;

    buf_add(&form, STR("grant_type=client_credentials"));
    url_add_param(&form, '&', "scope", STR(GLOBUS_TRANSFER_SCOPE));
    TRY(send_grant(c, buf_str(&form), ERR_GLOBUS,
                   "Globus gives this registry no token of its own; the administrator must allow "
                   "the client credentials grant in its registration",
                   &answer));
    read_tokens(&answer, &grant);
    token = globus_grant_token(&grant, STR(GLOBUS_TRANSFER_SERVER));
    if (!token)
        return FAIL(c, ERR_GLOBUS_UNAVAILABLE,
                    "Globus gave a token that cannot be used; try again in a moment");
    *out = *token;
    return ERR_OK;
}

/* ---- the end of tokens ----------------------------------------------------------------------- */

struct active_text {
    bool is_active;
};
static const struct json_field active_fields[] = {
    {"active", JSON_BOOL, offsetof(struct active_text, is_active), JSON_REQUIRED, 0, NULL},
};
static const struct json_shape active_shape = JSON_SHAPE(struct active_text, active_fields);

/* Confirmed, or refused because the token is dead already. */
static bool is_revoked(struct ctx *c, const struct call *call)
{
    struct str word;

    if (call->err == ERR_OK)
        return true;
    word = answer_oauth_error(c, &call->response);
    return call->response.status == 400 &&
           (str_eq(word, STR("invalid_token")) || str_eq(word, STR("invalid_grant")));
}

static bool is_inactive(struct ctx *c, const struct call *call)
{
    struct active_text answer = {.is_active = true};

    return call->err == ERR_OK && call_read(c, call, &active_shape, &answer) == ERR_OK &&
           !answer.is_active;
}

/* Send one form for each token that done[] names, and let judge() say of each whether it is done.
 */
static void send_tokens(struct ctx *c, const char *path, const struct str *tokens, bool *done,
                        size_t count, bool (*judge)(struct ctx *c, const struct call *call))
{
    struct call *calls = arena_alloc_array(c->arena, count, sizeof *calls);
    size_t sent = 0, read = 0;

    for (size_t i = 0; i < count; i++) {
        struct buf form = {.arena = c->arena};

        buf_add(&form, STR("token="));
        buf_add(&form, url_encode(c->arena, tokens[i], false));
        if (done[i])
            calls[sent++] = form_call(c, path, buf_str(&form));
    }
    if (call_send(c, calls, sent) != ERR_OK)
        ctx_forgive(c); /* done[] says it all */
    for (size_t i = 0; i < count; i++) {
        if (done[i])
            done[i] = judge(c, &calls[read++]);
    }
}

void globus_token_revoke(struct ctx *c, const struct str *tokens, bool *done, size_t count)
{
    for (size_t i = 0; i < count; i++)
        done[i] = true;
    send_tokens(c, "/v2/oauth2/token/revoke", tokens, done, count, is_revoked);
    /* the revoke call answers 200 whatever it did; only this tells that nobody can use the token */
    send_tokens(c, "/v2/oauth2/token/introspect", tokens, done, count, is_inactive);
    ctx_forgive(c); /* of an answer that could not be read */
}
