/* needs: database */
#include "support/database.h"
#include "user_row.h"

#include "account/session.h"
#include "account/user.h"

static void user_name_check_keeps_the_rule(void **state)
{
    static const char *const good[] = {
        "a",      "0",
        "alice",  "a.b_c@d+e-f",
        "9alice", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    static const char *const bad[] = {
        "",
        "Alice",
        "-a",
        ".a",
        "_a",
        "a b",
        "a/b",
        "a:b",
        "a\n",
        "\xc3\xa9",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_ok(c, user_name_check(c, str_of(good[i])));
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_err(c, user_name_check(c, str_of(bad[i])), ERR_INPUT);
        assert_string_equal(c->failure.field, "username");
    }
}

static void user_create_makes_a_user_once(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct user u, again;

    assert_ok(c, user_create(c, STR("once"), STR_NONE, true, &u));
    assert_true(u.is_admin && u.is_active && u.id > 0 && u.created_at > 0);
    assert_err(c, user_create(c, STR("once"), STR_NONE, false, &again), ERR_CONFLICT);
    assert_string_equal(c->failure.field, "username");
    assert_ok(c, user_get(c, STR("once"), &again)); /* the transaction is over */
    assert_int_equal(again.id, u.id);
    assert_err(c, user_get(c, STR("never"), &again), ERR_NOT_FOUND);
}

static void user_create_refuses_a_weak_password_before_anything_is_stored(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct user u;

    assert_err(c, user_create(c, STR("weak"), STR("short"), false, &u), ERR_INPUT);
    assert_err(c, user_get(c, STR("weak"), &u), ERR_NOT_FOUND);
}

static struct str stored_token(struct ctx *c, const char *username)
{
    struct db_rows rows;
    struct str token;

    assert_ok(c, db_maybe(c, SQL_USER_SIGNER, DB_ARGS(db_text(c, str_of(username))), &rows));
    assert_int_equal(rows.count, 1);
    assert_ok(c, user_open_client_token(c, db_get_int(&rows, 0, "id"),
                                        db_get_bytes(c, &rows, 0, "client_token"), &token));
    return token;
}

static void user_new_client_token_replaces_the_old_one(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str first, token;
    struct user u;

    assert_ok(c, user_create(c, STR("tokens"), STR_NONE, false, &u));
    first = stored_token(c, "tokens");
    assert_int_equal(first.len, CLIENT_TOKEN_LEN);
    assert_ok(c, user_new_client_token(c, u.id, &token));
    assert_int_equal(token.len, CLIENT_TOKEN_LEN);
    assert_false(str_eq(token, first));
    assert_true(str_eq(token, stored_token(c, "tokens")));
    assert_err(c, user_new_client_token(c, 999999, &token), ERR_NOT_FOUND);
}

static void user_client_token_does_not_open_for_another_user(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct db_rows rows;
    struct user a, b;
    struct str token;

    assert_ok(c, user_create(c, STR("seal-a"), STR_NONE, false, &a));
    assert_ok(c, user_create(c, STR("seal-b"), STR_NONE, false, &b));
    database_run("update users set client_token = (select client_token from users where username = "
                 "'seal-a') "
                 "where username = 'seal-b'",
                 NULL, 0);
    assert_ok(c, db_maybe(c, SQL_USER_SIGNER, DB_ARGS(db_text(c, STR("seal-b"))), &rows));
    assert_err(c,
               user_open_client_token(c, b.id, db_get_bytes(c, &rows, 0, "client_token"), &token),
               ERR_INTERNAL);
}

static void user_set_password_and_switching_off_end_sessions(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct session session;
    struct user u;
    struct str token;
    bool found;

    assert_ok(c, user_create(c, STR("ends"), STR("first password"), false, &u));
    assert_ok(c, session_create(c, &u, (struct session_origin){.address = STR("192.0.2.1")}, &token,
                                &session));
    assert_ok(c, user_set_password(c, u.id, STR("second password")));
    assert_ok(c, session_find(c, token, &found, &session));
    assert_false(found);

    assert_ok(c, session_create(c, &u, (struct session_origin){.address = STR("192.0.2.1")}, &token,
                                &session));
    assert_ok(c, user_set_active(c, u.id, false));
    assert_ok(c, user_set_active(c, u.id, true)); /* the session does not come back with the user */
    assert_ok(c, session_find(c, token, &found, &session));
    assert_false(found);
}

static void user_list_is_in_order_of_names(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct user_list users;
    struct user u;

    assert_ok(c, user_create(c, STR("list-b"), STR_NONE, false, &u));
    assert_ok(c, user_create(c, STR("list-a"), STR_NONE, false, &u));
    assert_ok(c, user_list(c, &users));
    assert_true(users.count >= 2);
    for (size_t i = 0; i + 1 < users.count; i++) {
        if (str_eq(users.list[i].username, STR("list-a")))
            assert_str(users.list[i + 1].username, "list-b");
    }
}

UNIT_MAIN(UNIT_DB(user_name_check_keeps_the_rule), UNIT_DB(user_create_makes_a_user_once),
          UNIT_DB(user_create_refuses_a_weak_password_before_anything_is_stored),
          UNIT_DB(user_new_client_token_replaces_the_old_one),
          UNIT_DB(user_client_token_does_not_open_for_another_user),
          UNIT_DB(user_set_password_and_switching_off_end_sessions),
          UNIT_DB(user_list_is_in_order_of_names))
