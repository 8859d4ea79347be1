#include "support/unit.h"

#include "base/codec.h"

#include <string.h>

struct pair {
    const char *plain, *encoded;
};

/* RFC 4648 §10 */
static void base64_is_that_of_the_rfc(void **state)
{
    static const struct pair rows[] = {
        {"",       ""        },
        {"f",      "Zg=="    },
        {"fo",     "Zm8="    },
        {"foo",    "Zm9v"    },
        {"foob",   "Zm9vYg=="},
        {"fooba",  "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    struct arena *a = unit_ctx(state)->arena;
    struct str back;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_str(base64_encode(a, str_of(rows[i].plain)), rows[i].encoded);
        assert_true(base64_decode(a, str_of(rows[i].encoded), &back));
        assert_str(back, rows[i].plain);
    }
}

/* RFC 7515 appendix C */
static void base64url_is_that_of_jose(void **state)
{
    struct arena *a = unit_ctx(state)->arena;
    struct str back;

    assert_str(base64url_encode(a, STR("\x03\xec\xff\xe0\xc1")), "A-z_4ME");
    assert_true(base64url_decode(a, STR("A-z_4ME"), &back));
    assert_true(str_eq(back, STR("\x03\xec\xff\xe0\xc1")));
    assert_true(base64url_decode(a, STR_NONE, &back));
    assert_int_equal(back.len, 0);
}

static void only_what_an_encoder_writes_is_decoded(void **state)
{
    // clang-format off
    static const struct str no_base64[] = {STR_INIT("Zg"), STR_INIT("Zg="), STR_INIT("Zg==="), STR_INIT("Zh=="), STR_INIT("Z===") , STR_INIT("A-z_"),
                                           STR_INIT("Zm9v\n"), STR_INIT(" Zm9v"), STR_INIT("Zm9\0"), STR_INIT("=")};
    static const struct str no_base64url[] = {STR_INIT("Zg=="), STR_INIT("Zh"), STR_INIT("Z"), STR_INIT("A+z/"), STR_INIT("Zm9v "), STR_INIT("00\x9a" "0410")};
    static const struct str no_hex[] = {STR_INIT("a"), STR_INIT("0g"), STR_INIT("AB"), STR_INIT("0 "), STR_INIT("0x"), STR_INIT("ab\0c")};
    // clang-format on
    struct arena *a = unit_ctx(state)->arena;
    struct str out;

    for (size_t i = 0; i < COUNT_OF(no_base64); i++)
        assert_false(base64_decode(a, no_base64[i], &out));
    for (size_t i = 0; i < COUNT_OF(no_base64url); i++)
        assert_false(base64url_decode(a, no_base64url[i], &out));
    for (size_t i = 0; i < COUNT_OF(no_hex); i++)
        assert_false(hex_decode(a, no_hex[i], &out));
}

static void hex_goes_there_and_back(void **state)
{
    struct arena *a = unit_ctx(state)->arena;
    struct str back;

    assert_str(hex_encode(a, STR("\0\x0f\xf0\xff")), "000ff0ff");
    assert_true(hex_decode(a, STR("000ff0ff"), &back));
    assert_true(str_eq(back, STR("\0\x0f\xf0\xff")));
    assert_str(hex_encode(a, STR_NONE), "");
    assert_true(hex_decode(a, STR_NONE, &back));
    assert_int_equal(back.len, 0);
}

static void percent_encoding_leaves_the_unreserved_alone(void **state)
{
    struct arena *a = unit_ctx(state)->arena;

    assert_str(url_encode(a, STR("aZ09-._~"), false), "aZ09-._~");
    assert_str(url_encode(a, STR("a/b c+d%&=\xc3\xa9"), false), "a%2Fb%20c%2Bd%25%26%3D%C3%A9");
    assert_str(url_encode(a, STR("a/b?"), true), "a/b%3F");
    assert_str(url_encode(a, STR_NONE, true), "");
}

static void percent_encoding_is_decoded_once(void **state)
{
    // clang-format off
    static const struct {
        struct str text;
        bool form;
        const char *out; /* NULL: refused */
    } rows[] = {
        {STR_INIT("a%20b+c"), false, "a b+c"}, {STR_INIT("a%20b+c"), true, "a b c"}, {STR_INIT("%252e"), false, "%2e"},
        {STR_INIT("%c3%A9"), false, "\xc3\xa9"}, {STR_INIT(""), true, ""}, {STR_INIT("%"), false, NULL}, {STR_INIT("%4"), false, NULL},
        {STR_INIT("a%4g"), false, NULL}, {STR_INIT("%g4"), false, NULL}, {STR_INIT("%00"), false, NULL}, {STR_INIT("a\0b"), false, NULL},
        {STR_INIT("%-1"), false, NULL}, {STR_INIT("% 1"), false, NULL},
    };
    // clang-format on
    struct str out;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool ok = url_decode(unit_ctx(state)->arena, rows[i].text, rows[i].form, &out);

        assert_int_equal(ok, rows[i].out != NULL);
        if (ok)
            assert_str(out, rows[i].out);
    }
}

static void parameters_are_joined_encoded(void **state)
{
    struct buf url = {.arena = unit_ctx(state)->arena};

    buf_add(&url, STR("/login"));
    url_add_param(&url, '?', "next", STR("/a?b=c&d"));
    url_add_param(&url, '&', "a b", STR_NONE);
    assert_str(buf_str(&url), "/login?next=%2Fa%3Fb%3Dc%26d&a%20b=");
}

static void html_loses_what_could_open_or_close(void **state)
{
    struct arena *a = unit_ctx(state)->arena;

    assert_str(html_escape(a, STR("<a href=\"x\" b='y'>&amp;\xc3\xa9")),
               "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;\xc3\xa9");
}

UNIT_MAIN(UNIT(base64_is_that_of_the_rfc), UNIT(base64url_is_that_of_jose),
          UNIT(only_what_an_encoder_writes_is_decoded), UNIT(hex_goes_there_and_back),
          UNIT(percent_encoding_leaves_the_unreserved_alone),
          UNIT(percent_encoding_is_decoded_once), UNIT(parameters_are_joined_encoded),
          UNIT(html_loses_what_could_open_or_close))
