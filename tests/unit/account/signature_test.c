#include "support/unit.h"

#include "account/signature.h"

#include <string.h>

/* The vectors of reference/sregistry-api.md part 3. */
#define KEY        "0123456789abcdef0123456789abcdef01234567"
#define CREDENTIAL "/YWxpY2U=/20260115T09Z,Signature="

static const struct vector {
    const char *type, *mac;
} vectors[] = {
    {"push",   "c7c5e2dd0923615ea260857e1d31a2368c5901ff3bdfdc02823155440d583b74"},
    {"upload", "1f5e0d59d9833fb9dd5a457c6edc1d9b3259a99e9caef9dedc9701977fce09b5"},
    {"pull",   "be1dfd67fb7492ef41851394c75bb4812cbd9e525e248e2c67294ff277f0abba"},
    {"delete", "2cb8b791403b663eb38f63520914cdd2fe2602aa0897ae65b165d12c9a05d09c"},
};

static const struct signed_image hello = {STR_INIT("demo"), STR_INIT("hello"), STR_INIT("latest")};

static struct str header(struct ctx *c, const struct vector *v)
{
    return str_printf(c->arena, "SREGISTRY-HMAC-SHA256 Credential=%s" CREDENTIAL "%s", v->type,
                      v->mac);
}

static void signature_covers_what_the_client_signed(void **state)
{
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        struct signature s;

        assert_ok(c, signature_parse(c, header(c, &vectors[i]), &s));
        assert_str(s.type, vectors[i].type);
        assert_str(s.username, "alice");
        assert_str(s.timestamp, "20260115T09Z");
        assert_int_equal(s.hour, UNIT_NOW_S - 1800);
        assert_true(signature_covers(c, &s, STR(KEY), str_of(vectors[i].type), &hello));
    }
}

static void signature_covers_nothing_else(void **state)
{
    struct ctx *c = unit_ctx(state);
    const struct signed_image others[] = {
        {STR_INIT("demo2"),      STR_INIT("hello"), STR_INIT("latest")},
        {STR_INIT("demo"),       STR_INIT("hell"),  STR_INIT("latest")},
        {STR_INIT("demo"),       STR_INIT("hello"), STR_INIT("1")     },
        {STR_INIT("demo|hello"), STR_INIT(""),      STR_INIT("latest")},
    };
    struct signature s;

    assert_ok(c, signature_parse(c, header(c, &vectors[0]), &s));
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_false(signature_covers(c, &s, STR(KEY), STR("push"), &others[i]));
    assert_false(signature_covers(c, &s, STR(KEY), STR("upload"), &hello));
    assert_false(signature_covers(c, &s, STR("1123456789abcdef0123456789abcdef01234567"),
                                  STR("push"), &hello));
    assert_false(signature_covers(c, &s, STR(""), STR("push"), &hello));
}

/* base64 of "?ÿ?é" holds '/', of "ab" ends in "=". */
static void signature_takes_any_base64_for_the_user_name(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct signature s;

    assert_ok(c, signature_parse(
                     c,
                     STR("SREGISTRY-HMAC-SHA256 Credential=push/P8O/P8Op/20260115T09Z,Signature="
                         "c7c5e2dd0923615ea260857e1d31a2368c5901ff3bdfdc02823155440d583b74"),
                     &s));
    assert_str(s.username, "?\xc3\xbf?\xc3\xa9");
}

static void signature_takes_the_parts_in_any_order(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct signature s;

    assert_ok(c,
              signature_parse(
                  c,
                  STR("SREGISTRY-HMAC-SHA256 "
                      "Signature=c7c5e2dd0923615ea260857e1d31a2368c5901ff3bdfdc02823155440d583b74, "
                      "Credential=push/YWxpY2U=/20260115T09Z"),
                  &s));
    assert_str(s.username, "alice");
}

#define MAC "c7c5e2dd0923615ea260857e1d31a2368c5901ff3bdfdc02823155440d583b74"
#define S   "SREGISTRY-HMAC-SHA256 "

static void signature_refuses_what_is_malformed_with_a_sentence(void **state)
{
    // clang-format off
    static const char *const headers[] = {
        "",
        "Bearer abc",
        "SREGISTRY-HMAC-SHA256",
        "SREGISTRY-HMAC-SHA256 ",
        S "Credential",
        S "Credential=push/YWxpY2U=/20260115T09Z",
        S "Signature=" MAC,
        S "Credential=push,Signature=" MAC,
        S "Credential=push/YWxpY2U=,Signature=" MAC,
        S "Credential=/YWxpY2U=/20260115T09Z,Signature=" MAC,
        S "Credential=build/YWxpY2U=/20260115T09Z,Signature=" MAC,
        S "Credential=push//20260115T09Z,Signature=" MAC,
        S "Credential=push/YWxpY2U/20260115T09Z,Signature=" MAC,
        S "Credential=push/!!!!/20260115T09Z,Signature=" MAC,
        S "Credential=push//////20260115T09Z,Signature=" MAC,
        S "Credential=push//w==/20260115T09Z,Signature=" MAC,
        S "Credential=push/YWwA/20260115T09Z,Signature=" MAC,
        S "Credential=push/YWxpY2U=/20260115T9Z,Signature=" MAC,
        S "Credential=push/YWxpY2U=/20261315T09Z,Signature=" MAC,
        S "Credential=push/YWxpY2U=/,Signature=" MAC,
        S "Credential=push/YWxpY2U=/20260115T09Z,Signature=",
        S "Credential=push/YWxpY2U=/20260115T09Z,Signature=" MAC "00",
        S "Credential=push/YWxpY2U=/20260115T09Z,Signature=zzc5e2dd0923615ea260857e1d31a2368c5901ff3bdfdc02823155440d583b74",
        S "Credential=push/YWxpY2U=/20260115T09Z,Signature=" MAC ",Signature=" MAC,
        S "Credential=push/YWxpY2U=/20260115T09Z,Credential=push/YWxpY2U=/20260115T09Z,Signature=" MAC,
        S "Credential=push/YWxpY2U=/20260115T09Z,Signature=" MAC ",Other=1",
        S "Credential=push/YWxpY2U=/20260115T09Z,Signature=" MAC ",",
    };
    // clang-format on
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        struct signature s = {.hour = 7};

        assert_err(c, signature_parse(c, str_of(headers[i]), &s), ERR_BAD_SIGNATURE);
        assert_true(c->failure.detail.len > 20);
        assert_int_equal(s.hour, 7); /* untouched */
    }
}

static void signature_refuses_an_endless_header(void **state)
{
    struct ctx *c = unit_ctx(state);
    char *text = arena_alloc(c->arena, 5000);
    struct signature s;

    memset(text, '/', 5000);
    memcpy(text, S "Credential=push/", strlen(S "Credential=push/"));
    assert_err(c, signature_parse(c, str_view(text, 5000), &s), ERR_BAD_SIGNATURE);
}

UNIT_MAIN(UNIT(signature_covers_what_the_client_signed), UNIT(signature_covers_nothing_else),
          UNIT(signature_takes_any_base64_for_the_user_name),
          UNIT(signature_takes_the_parts_in_any_order),
          UNIT(signature_refuses_what_is_malformed_with_a_sentence),
          UNIT(signature_refuses_an_endless_header))
