#include "jwk.h"
#include "jwt.h"
#include "token_maker.h"

#include "base/secret.h"

#define CLIENT "c11e0000-0000-4000-8000-00000000000a"
#define RS512  "{\"typ\":\"JWT\",\"alg\":\"RS512\"}"

/* The claims of a good token, one by one; the clock of the tests stands at 1768469400. */
#define ISS   "\"iss\":\"https://auth.globus.org\","
#define AUD   "\"aud\":\"" CLIENT "\","
#define EXP   "\"exp\":1768642200,"
#define IAT   "\"iat\":1768469400,"
#define NONCE "\"nonce\":\"the-nonce\","
#define SUB   "\"sub\":\"ae341a98-d274-11e5-b888-dbae3a8ba545\""
#define GOOD  "{" ISS AUD EXP IAT NONCE SUB "}"

static EVP_PKEY *our_key, *other_key, *weak_key;

static struct jwt_want want_of(struct ctx *c)
{
    return (struct jwt_want){.issuer = STR("https://auth.globus.org"),
                             .audience = STR(CLIENT),
                             .nonce = STR("the-nonce"),
                             .now_s = clock_now_s(c->clock),
                             .leeway_s = 300};
}

/* All that stands between a token and belief. */
static enum err verify(struct ctx *c, struct str token, struct globus_identity *out)
{
    struct jwt_want want = want_of(c);
    struct jwk_set keys;
    struct jwt jwt;

    TRY(jwk_set_read(c, make_jwks(c, our_key), &keys));
    TRY(jwt_parse(c, token, &jwt));
    if (!jwk_set_verify(&keys, jwt.kid, jwt.signed_text, jwt.signature))
        return FAIL(c, ERR_GLOBUS, "signature");
    return jwt_check(c, jwt.payload, &want, out);
}

static struct str good_token(struct ctx *c)
{
    return make_token(c, our_key, RS512, STR(GOOD));
}

static void assert_refused(struct ctx *c, struct str token, const char *why)
{
    struct globus_identity untouched = {.id = STR("untouched")};

    if (verify(c, token, &untouched) != ERR_GLOBUS)
        fail_msg("accepted: %s", why);
    assert_str(untouched.id, "untouched");
}

static void jwt_accepts_a_good_token_and_reads_who_it_is(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str payload =
        STR("{" ISS AUD EXP IAT NONCE
            "\"preferred_username\":\"alice@uni.example\",\"name\":\"Alice\",\"email\":null,"
            "\"organization\":7,\"identity_set\":[{\"sub\":1}]," SUB "}");
    struct globus_identity who;

    assert_ok(c, verify(c, make_token(c, our_key, RS512, payload), &who));
    assert_str(who.id, "ae341a98-d274-11e5-b888-dbae3a8ba545");
    assert_str(who.username, "alice@uni.example");
    assert_str(who.name, "Alice");
    assert_int_equal(who.email.len, 0);
    assert_int_equal(who.organization.len, 0); /* of an odd type: absent, not an error */
}

static void jwt_accepts_the_harmless_variants(void **state)
{
    // clang-format off
    static const struct {
        const char *header, *payload;
    } good[] = {
        {"{\"alg\":\"RS512\"}", GOOD},
        {"{\"alg\":\"RS512\",\"typ\":\"jwt\",\"kid\":\"any\"}", GOOD},
        {RS512, "{" ISS "\"aud\":[\"" CLIENT "\"]," EXP IAT NONCE SUB "}"},
        {RS512, "{" ISS "\"aud\":[\"other\",\"" CLIENT "\"],\"azp\":\"" CLIENT "\"," EXP IAT NONCE SUB "}"},
        {RS512, "{" ISS AUD EXP IAT NONCE "\"azp\":\"" CLIENT "\"," SUB "}"},
        {RS512, "{" ISS AUD EXP IAT SUB "}"}, /* without nonce: see jwt.h */
        {RS512, "{" ISS AUD "\"exp\":1768469101,\"iat\":1768400000," NONCE SUB "}"}, /* over for 299 s */
        {RS512, "{" ISS AUD EXP "\"iat\":1768469700," NONCE SUB "}"}, /* a clock 300 s ahead */
        {RS512, "{" ISS AUD EXP IAT "\"nbf\":1768469700," NONCE SUB "}"},
    };
    // clang-format on
    struct ctx *c = unit_ctx(state);
    struct globus_identity who;

    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_ok(c,
                  verify(c, make_token(c, our_key, good[i].header, str_of(good[i].payload)), &who));
}

/* Signed with our key: only what the token says is wrong. */
static void jwt_refuses_wrong_claims_and_headers(void **state)
{
    // clang-format off
    static const struct {
        const char *why, *header, *payload;
    } bad[] = {
        {"another issuer", RS512, "{\"iss\":\"https://auth.elsewhere.example\"," AUD EXP IAT NONCE SUB "}"},
        {"issuer with a slash", RS512, "{\"iss\":\"https://auth.globus.org/\"," AUD EXP IAT NONCE SUB "}"},
        {"issuer as list", RS512, "{\"iss\":[\"https://auth.globus.org\"]," AUD EXP IAT NONCE SUB "}"},
        {"no issuer", RS512, "{" AUD EXP IAT NONCE SUB "}"},
        {"null issuer", RS512, "{\"iss\":null," AUD EXP IAT NONCE SUB "}"},
        {"another audience", RS512, "{" ISS "\"aud\":\"someone-else\"," EXP IAT NONCE SUB "}"},
        {"audience with our id as prefix", RS512, "{" ISS "\"aud\":\"" CLIENT "0\"," EXP IAT NONCE SUB "}"},
        {"no audience", RS512, "{" ISS EXP IAT NONCE SUB "}"},
        {"audience list without us", RS512, "{" ISS "\"aud\":[\"a\",\"b\"]," EXP IAT NONCE SUB "}"},
        {"empty audience list", RS512, "{" ISS "\"aud\":[]," EXP IAT NONCE SUB "}"},
        {"audience list with a number", RS512, "{" ISS "\"aud\":[1,\"" CLIENT "\"],\"azp\":\"" CLIENT "\"," EXP IAT NONCE SUB "}"},
        {"audience object", RS512, "{" ISS "\"aud\":{\"a\":\"" CLIENT "\"}," EXP IAT NONCE SUB "}"},
        {"several audiences without azp", RS512, "{" ISS "\"aud\":[\"" CLIENT "\",\"other\"]," EXP IAT NONCE SUB "}"},
        {"another azp", RS512, "{" ISS AUD "\"azp\":\"other\"," EXP IAT NONCE SUB "}"},
        {"azp of another type", RS512, "{" ISS AUD "\"azp\":true," EXP IAT NONCE SUB "}"},
        {"expired", RS512, "{" ISS AUD "\"exp\":1768469100,\"iat\":1768400000," NONCE SUB "}"},
        {"expired long ago", RS512, "{" ISS AUD "\"exp\":1,\"iat\":1," NONCE SUB "}"},
        {"no exp", RS512, "{" ISS AUD IAT NONCE SUB "}"},
        {"exp as string", RS512, "{" ISS AUD "\"exp\":\"1768642200\"," IAT NONCE SUB "}"},
        {"exp 1e300", RS512, "{" ISS AUD "\"exp\":1e300," IAT NONCE SUB "}"},
        {"exp 1e400", RS512, "{" ISS AUD "\"exp\":1e400," IAT NONCE SUB "}"},
        {"exp with a fraction", RS512, "{" ISS AUD "\"exp\":1768642200.5," IAT NONCE SUB "}"},
        {"exp negative", RS512, "{" ISS AUD "\"exp\":-1," IAT NONCE SUB "}"},
        {"exp above 2^53", RS512, "{" ISS AUD "\"exp\":9007199254740994," IAT NONCE SUB "}"},
        {"exp before iat", RS512, "{" ISS AUD "\"exp\":1768469400,\"iat\":1768469500," NONCE SUB "}"},
        {"iat in the future", RS512, "{" ISS AUD EXP "\"iat\":1768469701," NONCE SUB "}"},
        {"no iat", RS512, "{" ISS AUD EXP NONCE SUB "}"},
        {"iat 0", RS512, "{" ISS AUD EXP "\"iat\":0," NONCE SUB "}"},
        {"nbf in the future", RS512, "{" ISS AUD EXP IAT "\"nbf\":1768469701," NONCE SUB "}"},
        {"nbf as string", RS512, "{" ISS AUD EXP IAT "\"nbf\":\"0\"," NONCE SUB "}"},
        {"another nonce", RS512, "{" ISS AUD EXP IAT "\"nonce\":\"another\"," SUB "}"},
        {"nonce of another type", RS512, "{" ISS AUD EXP IAT "\"nonce\":1," SUB "}"},
        {"no subject", RS512, "{" ISS AUD EXP IAT "\"nonce\":\"the-nonce\"}"},
        {"subject no UUID", RS512, "{" ISS AUD EXP IAT NONCE "\"sub\":\"alice\"}"},
        {"subject twice", RS512, "{" ISS AUD EXP IAT NONCE "\"sub\":\"ae341a98-d274-11e5-b888-dbae3a8ba546\"," SUB "}"},
        {"audience twice", RS512, "{" ISS AUD "\"aud\":\"x\"," EXP IAT NONCE SUB "}"},
        {"escaped NUL behind the issuer", RS512, "{\"iss\":\"https://auth.globus.org\\u0000.evil\"," AUD EXP IAT NONCE SUB "}"},
        {"payload no object", RS512, "[" GOOD "]"},
        {"payload empty", RS512, ""},
        {"payload not JSON", RS512, "iss=https://auth.globus.org"},
        {"payload followed by text", RS512, GOOD "x"},
        {"payload not UTF-8", RS512, "{" ISS AUD EXP IAT NONCE "\"name\":\"\xff\"," SUB "}"},
        {"alg none", "{\"alg\":\"none\"}", GOOD},
        {"alg RS256 in the header alone", "{\"alg\":\"RS256\"}", GOOD},
        {"alg in lower case", "{\"alg\":\"rs512\"}", GOOD},
        {"alg missing", "{\"typ\":\"JWT\"}", GOOD},
        {"alg a list", "{\"alg\":[\"RS512\"]}", GOOD},
        {"alg twice", "{\"alg\":\"RS512\",\"alg\":\"none\"}", GOOD},
        {"critical extension", "{\"alg\":\"RS512\",\"crit\":[\"exp\"]}", GOOD},
        {"critical extension, empty", "{\"alg\":\"RS512\",\"crit\":[]}", GOOD},
        {"brings its own key", "{\"alg\":\"RS512\",\"jwk\":{}}", GOOD},
        {"points to a key set", "{\"alg\":\"RS512\",\"jku\":\"https://evil.example/jwk.json\"}", GOOD},
        {"points to a certificate", "{\"alg\":\"RS512\",\"x5u\":\"https://evil.example/x\"}", GOOD},
        {"brings a certificate", "{\"alg\":\"RS512\",\"x5c\":[\"MII\"]}", GOOD},
        {"another type", "{\"alg\":\"RS512\",\"typ\":\"at+jwt\"}", GOOD},
        {"kid of another type", "{\"alg\":\"RS512\",\"kid\":1}", GOOD},
        {"header no object", "\"RS512\"", GOOD},
        {"header empty", "", GOOD},
    };
    // clang-format on
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_refused(c, make_token(c, our_key, bad[i].header, str_of(bad[i].payload)),
                       bad[i].why);
}

/* The claims are good: only the signature is another one. */
static void jwt_refuses_every_other_signature(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str text = signed_part(c, STR(RS512), STR(GOOD));
    struct str hs256 = signed_part(c, STR("{\"alg\":\"HS256\"}"), STR(GOOD));
    struct str rs256 = signed_part(c, STR("{\"alg\":\"RS256\"}"), STR(GOOD));
    struct str none = signed_part(c, STR("{\"alg\":\"none\"}"), STR(GOOD));
    struct str modulus = rsa_number(c, our_key, OSSL_PKEY_PARAM_RSA_N);
    struct str jwks = make_jwks(c, our_key);
    struct str real = rsa_sign(c, our_key, "SHA512", RSA_PKCS1_PADDING, text);
    // clang-format off
    const struct {
        const char *why;
        struct str token;
    } bad[] = {
        {"another key", make_token(c, other_key, RS512, STR(GOOD))},
        {"RS256", with_signature(c, rs256, rsa_sign(c, our_key, "SHA256", RSA_PKCS1_PADDING, rs256))},
        {"SHA-256 under RS512", with_signature(c, text, rsa_sign(c, our_key, "SHA256", RSA_PKCS1_PADDING, text))},
        {"SHA-384 under RS512", with_signature(c, text, rsa_sign(c, our_key, "SHA384", RSA_PKCS1_PADDING, text))},
        {"PSS under RS512", with_signature(c, text, rsa_sign(c, our_key, "SHA512", RSA_PKCS1_PSS_PADDING, text))},
        {"HS256 with the public key", with_signature(c, hs256, hmac_sign(c, modulus, "SHA256", hs256))},
        {"HS256 with the key set", with_signature(c, hs256, hmac_sign(c, jwks, "SHA256", hs256))},
        {"HS512 under RS512", with_signature(c, text, hmac_sign(c, modulus, "SHA512", text))},
        {"none with a signature", with_signature(c, none, real)},
        {"none without one", str_printf(c->arena, STR_FMT ".", STR_ARG(none))},
        {"RS512 without one", str_printf(c->arena, STR_FMT ".", STR_ARG(text))},
        {"shortened", with_signature(c, text, str_take(real, real.len - 1))},
        {"without its first byte", with_signature(c, text, str_skip(real, 1))},
        {"with a byte more", with_signature(c, text, str_printf(c->arena, STR_FMT "x", STR_ARG(real)))},
        {"of other text", with_signature(c, signed_part(c, STR(RS512), STR("{}")), real)},
    };
    // clang-format on

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_refused(c, bad[i].token, bad[i].why);
}

static void jwt_refuses_every_other_form(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str good = good_token(c);
    char *long_name = arena_alloc(c->arena, JWT_MAX + 1);
    const char *z = str_z(c->arena, good);
    struct str long_payload, first, rest;

    memset(long_name, 'a', JWT_MAX);
    long_payload =
        str_printf(c->arena, "{\"name\":\"%s\"," ISS AUD EXP IAT NONCE SUB "}", long_name);
    str_cut(good, '.', &first, &rest);
    {
        // clang-format off
        const struct {
            const char *why;
            struct str token;
        } bad[] = {
            {"empty", STR("")},
            {"dots alone", STR("..")},
            {"one part", first},
            {"two parts", rest},
            {"four parts", str_printf(c->arena, "%s.x", z)},
            {"five parts, as of an encrypted token", str_printf(c->arena, "%s.eHg.eHg", z)},
            {"dot behind", str_printf(c->arena, "%s.", z)},
            {"dot before", str_printf(c->arena, ".%s", z)},
            {"padding", str_printf(c->arena, "%s=", z)},
            {"blank before", str_printf(c->arena, " %s", z)},
            {"newline behind", str_printf(c->arena, "%s\n", z)},
            {"byte that is no base64url", str_printf(c->arena, "%s+", z)},
            {"too long", make_token(c, our_key, RS512, long_payload)},
        };
        // clang-format on

        for (size_t i = 0; i < COUNT_OF(bad); i++)
            assert_refused(c, bad[i].token, bad[i].why);
    }
}

static void jwt_refuses_a_token_with_any_byte_changed(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str good = good_token(c);

    for (size_t i = 0; i < good.len; i += 7) {
        char *changed = arena_alloc(c->arena, good.len + 1);

        memcpy(changed, good.ptr, good.len);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_refused(c, str_view(changed, good.len), "a changed byte");
    }
    for (size_t len = 0; len < good.len; len += 11)
        assert_refused(c, str_take(good, len), "cut");
}

static void jwt_failure_shows_no_part_of_the_token(void **state)
{
    struct ctx *c = unit_ctx(state);

    assert_refused(
        c, make_token(c, our_key, RS512, STR("{" ISS AUD EXP IAT "\"nonce\":\"hush\"," SUB "}")),
        "nonce");
    assert_null(strstr(c->failure.detail.ptr, "hush"));
    assert_null(strstr(c->failure.cause.ptr, "hush"));
}

static void jwk_set_leaves_out_keys_of_another_kind(void **state)
{
    struct ctx *c = unit_ctx(state);
    const char *weak = make_jwk(c, weak_key, ""),
               *encrypting = make_jwk(c, other_key, "\"use\":\"enc\",");
    const char *rs256 = make_jwk(c, other_key, "\"alg\":\"RS256\","),
               *ours = make_jwk(c, our_key, "");
    struct jwk_set set;

    assert_ok(
        c, jwk_set_read(c,
                        str_printf(c->arena,
                                   "{\"keys\":[%s,%s,%s,null,3,{\"kty\":\"EC\",\"x\":\"a\"},%s]}",
                                   weak, encrypting, rs256, ours),
                        &set));
    assert_int_equal(set.count, 1);
    assert_err(c, jwk_set_read(c, str_printf(c->arena, "{\"keys\":[%s,%s]}", weak, rs256), &set),
               ERR_GLOBUS);
    assert_err(c, jwk_set_read(c, STR("{\"keys\":[]}"), &set), ERR_GLOBUS);
    assert_err(c, jwk_set_read(c, STR("{\"keys\":7}"), &set), ERR_GLOBUS);
    assert_err(c, jwk_set_read(c, STR("{}"), &set), ERR_GLOBUS);
    assert_err(c, jwk_set_read(c, STR("<html>"), &set), ERR_GLOBUS);
}

static void jwk_set_refuses_broken_numbers(void **state)
{
    static const char *const exponents[] = {
        "", "AQ", "Ag", "AQAA", "AAAA", "AQAB=", "AQABAQABAQABAQAB", "!"};
    struct ctx *c = unit_ctx(state);
    struct str n = rsa_number(c, our_key, OSSL_PKEY_PARAM_RSA_N);
    struct jwk_set set;

    for (size_t i = 0; i < COUNT_OF(exponents); i++) {
        struct str text = str_printf(
            c->arena, "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" STR_FMT "\",\"e\":\"%s\"}]}",
            STR_ARG(n), exponents[i]);

        assert_err(c, jwk_set_read(c, text, &set), ERR_GLOBUS);
    }
    assert_err(
        c, jwk_set_read(c, STR("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"AQAB\"}]}"), &set),
        ERR_GLOBUS);
}

static void jwk_set_picks_by_kid_when_both_sides_have_one(void **state)
{
    struct ctx *c = unit_ctx(state);
    const char *first = make_jwk(c, other_key, "\"kid\":\"1\","),
               *second = make_jwk(c, our_key, "\"kid\":\"2\",");
    struct str text = STR("text"),
               signature = rsa_sign(c, our_key, "SHA512", RSA_PKCS1_PADDING, text);
    struct jwk_set set;

    assert_ok(c, jwk_set_read(c, str_printf(c->arena, "{\"keys\":[%s,%s]}", first, second), &set));
    assert_true(jwk_set_verify(&set, STR("2"), text, signature));
    assert_true(jwk_set_verify(&set, STR_NONE, text, signature));
    assert_false(jwk_set_verify(&set, STR("1"), text, signature));
    assert_false(jwk_set_verify(&set, STR("3"), text, signature));
}

static int make_keys(void **state UNUSED)
{
    secret_init();
    our_key = make_rsa(2048);
    other_key = make_rsa(2048);
    weak_key = make_rsa(1024);
    return 0;
}

static int free_keys(void **state UNUSED)
{
    EVP_PKEY_free(our_key);
    EVP_PKEY_free(other_key);
    EVP_PKEY_free(weak_key);
    return 0;
}

int main(void)
{
    // clang-format off
    const struct CMUnitTest tests[] = {
        UNIT(jwt_accepts_a_good_token_and_reads_who_it_is), UNIT(jwt_accepts_the_harmless_variants),
        UNIT(jwt_refuses_wrong_claims_and_headers), UNIT(jwt_refuses_every_other_signature), UNIT(jwt_refuses_every_other_form),
        UNIT(jwt_refuses_a_token_with_any_byte_changed), UNIT(jwt_failure_shows_no_part_of_the_token),
        UNIT(jwk_set_leaves_out_keys_of_another_kind), UNIT(jwk_set_refuses_broken_numbers),
        UNIT(jwk_set_picks_by_kid_when_both_sides_have_one),
    };
    // clang-format on

    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
