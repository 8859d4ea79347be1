/* needs: database */
#include "signup.h"
#include "support/database.h"

static void signup_allows_nobody_everybody_or_the_listed_domains(void **state)
{
    static const struct {
        const char *setting, *username;
        bool allowed;
    } rows[] = {
        {"nobody",                   "alice@uni.example",       false},
        {"everybody",                "alice@uni.example",       true },
        {"uni.example",              "alice@uni.example",       true },
        {"uni.example",              "alice@UNI.example",       true },
        {"lab.example, uni.example", "alice@uni.example",       true },
        {"uni.example",              "alice@sub.uni.example",   false},
        {"uni.example",              "alice@notuni.example",    false},
        {"uni.example",              "alice@uni.example.evil",  false},
        {"uni.example",              "uni.example",             false},
        {"uni.example",              "alice@",                  false},
        {"uni.example",              "a@uni.example@evil.test", false},
        {"uni.example",              "",                        false},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct settings s = {.globus_signup = rows[i].setting};

        if (signup_allows(&s, str_of(rows[i].username)) != rows[i].allowed)
            fail_msg("%s with %s", rows[i].username, rows[i].setting);
    }
}

static void signup_name_is_always_one_that_a_user_may_have(void **state)
{
    static const struct {
        const char *globus, *name;
    } rows[] = {
        {"alice@uni.example",        "alice"      },
        {"Alice.Smith@uni.example",  "alice.smith"},
        {"a+b_c-d@uni.example",      "a+b_c-d"    },
        {"o'neill@uni.example",      "o-neill"    },
        {"..alice@uni.example",      "alice"      },
        {"j\xc3\xbcrg@uni.example",  "j--rg"      },
        {"\xe5\xbc\xa0@uni.example", "user"       },
        {"@uni.example",             "user"       },
        {"",                         "user"       },
        {"alice",                    "alice"      },
        {"a b/c@uni.example",        "a-b-c"      },
    };
    struct ctx *c = unit_ctx(state);
    struct buf longest = {.arena = c->arena};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str name = signup_name(c->arena, str_of(rows[i].globus));

        assert_str(name, rows[i].name);
        assert_ok(c, user_name_check(c, name));
    }
    for (int i = 0; i < 200; i++)
        buf_add_byte(&longest, 'x');
    assert_int_equal(signup_name(c->arena, buf_str(&longest)).len, 60);
}

static void signup_user_never_gives_an_existing_account_away(void **state)
{
    static const char *const names[] = {"taken-2", "taken-3", "taken-4"};
    struct ctx *c = unit_ctx(state);
    struct user first, made;

    assert_ok(c, user_create(c, STR("taken"), STR("a long password"), true, &first));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_ok(c, db_begin(c));
        assert_ok(c, signup_user(c, STR("Taken@uni.example"), &made));
        assert_ok(c, db_commit(c));
        assert_str(made.username, names[i]);
        assert_int_not_equal(made.id, first.id);
        assert_false(made.is_admin);
    }
    assert_int_equal(database_count("select count(*) from users where username like 'taken-%' and "
                                    "password_hash is null and client_token is not null"),
                     3);
}

UNIT_MAIN(UNIT(signup_allows_nobody_everybody_or_the_listed_domains),
          UNIT_DB(signup_name_is_always_one_that_a_user_may_have),
          UNIT_DB(signup_user_never_gives_an_existing_account_away))
