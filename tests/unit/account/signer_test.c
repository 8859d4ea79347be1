/* needs: database */
#include "support/database.h"

#include "account/signature.h"

static const struct signed_image hello = {STR_INIT("demo"), STR_INIT("hello"), STR_INIT("latest")};

/*
 * What the sregistry client of this user would send, made here from the parts of the specification.
 */
static struct signature sign(struct ctx *c, const char *username, struct str token, int64_t at)
{
    struct signature s = {.type = STR("push"),
                          .username = str_of(username),
                          .timestamp = time_format_hour(c->arena, at)};
    struct str payload =
        str_printf(c->arena, "push|demo|" STR_FMT "|hello|latest|", STR_ARG(s.timestamp));

    s.mac = secret_hmac(c->arena, token, payload);
    s.hour = at - at % 3600;
    return s;
}

static void signature_user_knows_the_signer_and_the_key(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct signature s;
    struct str token, key;
    struct user u, found;

    assert_ok(c, user_create(c, STR("signer"), STR_NONE, false, &u));
    assert_ok(c, user_new_client_token(c, u.id, &token));
    s = sign(c, "Signer", token, UNIT_NOW_S); /* as typed into a secrets file */
    assert_ok(c, signature_user(c, &s, UNIT_NOW_S, &found, &key));
    assert_int_equal(found.id, u.id);
    assert_true(signature_covers(c, &s, key, STR("push"), &hello));
}

static void signature_user_refuses_unknown_and_switched_off_users(void **state)
{
    static const char *const names[] = {"signer-off", "signer-unknown", "NOT A NAME",
                                        "x' or true --"};
    struct ctx *c = unit_ctx(state);
    struct user u;
    struct str key;

    assert_ok(c, user_create(c, STR("signer-off"), STR_NONE, false, &u));
    assert_ok(c, user_set_active(c, u.id, false));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct signature s = sign(c, names[i], STR("k"), UNIT_NOW_S);

        assert_err(c, signature_user(c, &s, UNIT_NOW_S, &u, &key), ERR_BAD_SIGNATURE);
    }
}

static void signature_user_accepts_the_hours_around_the_turn(void **state)
{
    enum { TURN = UNIT_NOW_S - UNIT_NOW_S % 3600 };
    static const struct {
        int64_t signed_at, began_at;
        enum err expected;
    } rows[] = {
        {TURN,        TURN,        ERR_OK           },
        {TURN - 1,    TURN,        ERR_OK           }, /* signed at hh:59 */
        {TURN - 1,    TURN + 3599, ERR_OK           },
        {TURN - 3601, TURN,        ERR_BAD_SIGNATURE},
        {TURN,        TURN - 1,    ERR_OK           }, /* the client's clock is ahead */
        {TURN,        TURN - 300,  ERR_OK           },
        {TURN,        TURN - 301,  ERR_BAD_SIGNATURE},
        {TURN + 3600, TURN - 1,    ERR_BAD_SIGNATURE},
    };
    struct ctx *c = unit_ctx(state);
    struct user u;
    struct str key;

    assert_ok(c, user_create(c, STR("signer-hours"), STR_NONE, false, &u));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct signature s = sign(c, "signer-hours", STR("k"), rows[i].signed_at);

        assert_err(c, signature_user(c, &s, rows[i].began_at, &u, &key), rows[i].expected);
    }
    assert_str(c->failure.detail, "The signature is of the hour 20260115T10Z, but here it is "
                                  "2026-01-15T08:59:59Z: check the clock of your machine.");
}

UNIT_MAIN(UNIT_DB(signature_user_knows_the_signer_and_the_key),
          UNIT_DB(signature_user_refuses_unknown_and_switched_off_users),
          UNIT_DB(signature_user_accepts_the_hours_around_the_turn))
