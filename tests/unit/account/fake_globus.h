/*
 * Globus Auth played by functions: what the module account calls of it. Calls are counted in a
 * table of the test's database, so that several processes count together.
 */
#ifndef ACCOUNT_FAKE_GLOBUS_H
#define ACCOUNT_FAKE_GLOBUS_H

#include "support/database.h"

#include "account/link.h"

#include <string.h>

/* What the next call answers; a test sets it. */
static struct {
    enum err exchange, refresh;
    const char *identity; /* of a code exchange */
    const char *prefix;   /* of the tokens handed out */
    bool has_refresh_token;
    bool rotates; /* a refresh hands out a new refresh token too */
    int64_t refresh_takes_ms;
    bool revokes; /* revocations are confirmed */
    void (*during_refresh)(struct ctx *c);
} fake_globus;

static void fake_globus_reset(void)
{
    memset(&fake_globus, 0, sizeof fake_globus);
    fake_globus.identity = "ae341a98-d274-11e5-b888-dbae3a8ba545";
    fake_globus.prefix = "first";
    fake_globus.has_refresh_token = true;
    fake_globus.revokes = true;
    database_run("set client_min_messages = 'warning'; create table if not exists fake_calls (name "
                 "text, argument text); "
                 "delete from fake_calls",
                 NULL, 0);
}

static void fake_globus_note(struct ctx *c, const char *name, struct str argument)
{
    database_run(str_printf(c->arena, "insert into fake_calls values ('%s', '" STR_FMT "')", name,
                            STR_ARG(argument))
                     .ptr,
                 NULL, 0);
}

static long fake_globus_calls(const char *name)
{
    char sql[200];

    snprintf(sql, sizeof sql, "select count(*) from fake_calls where name = '%s'", name);
    return database_count(sql);
}

static struct globus_token fake_token(struct ctx *c, const char *server, const char *kind,
                                      bool with_refresh)
{
    return (struct globus_token){
        .resource_server = str_of(server),
        .access_token = str_printf(c->arena, "%s-%s-access", fake_globus.prefix, kind),
        .refresh_token = with_refresh
                             ? str_printf(c->arena, "%s-%s-refresh", fake_globus.prefix, kind)
                             : STR_NONE,
        .scope = STR("scope"),
        .expires_in_s = 172800,
    };
}

enum err globus_code_exchange(struct ctx *c, struct str code, struct str redirect_uri,
                              struct str verifier, struct str nonce, struct globus_grant *out)
{
    fake_globus_note(c, "exchange", redirect_uri);
    assert_int_equal(verifier.len, 43);
    assert_int_equal(nonce.len, 64);
    assert_str(code, "the-code");
    if (fake_globus.exchange != ERR_OK)
        return FAIL(c, fake_globus.exchange, "as told");
    memset(out, 0, sizeof *out);
    out->tokens[0] = fake_token(c, "auth.globus.org", "auth", fake_globus.has_refresh_token);
    out->tokens[1] =
        fake_token(c, GLOBUS_TRANSFER_SERVER, "transfer", fake_globus.has_refresh_token);
    out->token_count = 2;
    out->identity = (struct globus_identity){.id = str_of(fake_globus.identity),
                                             .username = STR("alice@globusid.org"),
                                             .name = STR("Alice"),
                                             .email = STR("alice@example.org")};
    return ERR_OK;
}

enum err globus_token_refresh(struct ctx *c, struct str refresh_token, struct globus_token *out)
{
    fake_globus_note(c, "refresh", refresh_token);
    clock_pause_ms(&clock_real, fake_globus.refresh_takes_ms);
    if (fake_globus.during_refresh)
        fake_globus.during_refresh(c);
    if (fake_globus.refresh != ERR_OK)
        return FAIL(c, fake_globus.refresh, "as told");
    *out = fake_token(c, GLOBUS_TRANSFER_SERVER, "refreshed", fake_globus.rotates);
    return ERR_OK;
}

void globus_token_revoke(struct ctx *c, const struct str *tokens, bool *done, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fake_globus_note(c, "revoke", tokens[i]);
        done[i] = fake_globus.revokes;
    }
}

/* ---- what tests begin with ------------------------------------------------------------------- */

static inline struct session fake_sign_in(struct ctx *c, const char *username)
{
    struct session s;
    struct user u;
    struct str token;

    if (user_get(c, str_of(username), &u) != ERR_OK)
        assert_ok(c, user_create(c, str_of(username), STR_NONE, false, &u));
    assert_ok(
        c, session_create(c, &u, (struct session_origin){.address = STR("192.0.2.1")}, &token, &s));
    return s;
}

/* The value of a parameter of a URL whose values need no decoding. */
static inline struct str fake_url_param(struct str url, const char *name)
{
    struct str head, rest = url, key, value;

    (void)str_cut(url, '?', &head, &rest);
    while (rest.len) {
        (void)str_cut(rest, '&', &head, &rest);
        if (str_cut(head, '=', &key, &value) && str_eq(key, str_of(name)))
            return value;
    }
    return STR_NONE;
}

#define FAKE_PATH STR("/globus/login/")

static inline struct str fake_begin(struct ctx *c, const struct session *s)
{
    struct str url;

    assert_ok(c, link_begin(c, s, FAKE_PATH, STR("/settings/integrations"), NULL, STR_NONE, &url));
    return fake_url_param(url, "state");
}

static inline void fake_connect(struct ctx *c, const struct session *s)
{
    struct link_return back;

    assert_ok(c, link_complete(c, s, FAKE_PATH, fake_begin(c, s), STR("the-code"), &back));
}

/* Each test of a link has an identity of its own, because a Globus identity belongs to one user. */
static inline struct session fake_connected(struct ctx *c, const char *username,
                                            const char *identity)
{
    struct session s;

    fake_globus_reset();
    fake_globus.identity = identity;
    s = fake_sign_in(c, username);
    fake_connect(c, &s);
    return s;
}

#endif
