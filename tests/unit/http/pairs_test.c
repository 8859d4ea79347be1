#include "pairs.h"
#include "support/unit.h"

static void a_parameter_is_found_and_decoded(void **state)
{
    static const struct {
        const char *text, *value; /* NULL: absent */
    } rows[] = {
        {"",                 NULL      },
        {"a",                NULL      },
        {"qq=1",             NULL      },
        {"Q=1",              NULL      },
        {"q",                ""        },
        {"q=",               ""        },
        {"q=a",              "a"       },
        {"q=a=b",            "a=b"     },
        {"q=a+b%2B",         "a b+"    },
        {"%71=x",            "x"       },
        {"&&q=x&",           "x"       },
        {"a=1&q=%C3%A9&b=2", "\xc3\xa9"},
        {"q=a;b",            "a;b"     },
        {"other=%ff&q=x",    "x"       },
    };
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str found;

        assert_ok(c, pairs_find(c, str_of(rows[i].text), "q", 10, &found));
        if (rows[i].value)
            assert_str(found, rows[i].value);
        assert_int_equal(found.ptr != NULL, rows[i].value != NULL);
    }
}

static void a_parameter_that_is_not_certain_is_refused_by_name(void **state)
{
    static const char *const texts[] = {
        "q=1&q=2", "q=1&%71=2", "q&q",       "q=%",       "q=%2",          "q=%zz",
        "q=%00",   "q=%ff",     "%zz=1&q=1", "q=1&%zz=1", "q=12345678901",
    };
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct str found;

        ctx_forgive(c);
        if (pairs_find(c, str_of(texts[i]), "q", 10, &found) != ERR_INPUT)
            fail_msg("%s is accepted", texts[i]);
        assert_string_equal(c->failure.field, "q");
    }
}

static void a_cookie_is_found_by_its_exact_name(void **state)
{
    static const struct {
        const char *header, *value;
    } rows[] = {
        {"",              NULL   },
        {"s",             NULL   },
        {"ss=1",          NULL   },
        {"S=1",           NULL   },
        {"s=1",           "1"    },
        {"s=",            ""     },
        {"a=b; s=1; c=d", "1"    },
        {"a=b;s=1",       "1"    },
        {" \ts=x=y ",     "x=y"  },
        {"s=\"1\"",       "\"1\""},
        {"s=%41",         "%41"  },
        {";;; s=1;;",     "1"    },
    };
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str found;

        assert_ok(c, cookie_find(c, str_of(rows[i].header), "s", &found));
        if (rows[i].value)
            assert_str(found, rows[i].value);
        assert_int_equal(found.ptr != NULL, rows[i].value != NULL);
    }
}

static void a_cookie_sent_twice_is_refused(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str found;

    assert_err(c, cookie_find(c, STR("s=1; s=1"), "s", &found), ERR_INPUT);
    assert_err(c, cookie_find(c, STR("s=; a=b; s="), "s", &found), ERR_INPUT);
}

UNIT_MAIN(UNIT(a_parameter_is_found_and_decoded),
          UNIT(a_parameter_that_is_not_certain_is_refused_by_name),
          UNIT(a_cookie_is_found_by_its_exact_name), UNIT(a_cookie_sent_twice_is_refused))
