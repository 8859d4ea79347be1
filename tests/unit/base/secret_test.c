#include "support/unit.h"

#include "base/codec.h"
#include "base/secret.h"

#include <string.h>

#define KEY_A    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_B    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e20"
#define PURPOSE  "globus_tokens.access_token"
#define OVERHEAD (SECRET_PREFIX_BYTES + 24 + 16) /* form and key, nonce, tag */

static void use_key(const char *hex)
{
    secret_init();
    assert_true(secret_set_key(str_of(hex)));
}

static struct str filled(struct arena *a, int byte, size_t len)
{
    char *bytes = arena_alloc(a, len);

    memset(bytes, byte, len);
    return str_view(bytes, len);
}

/* FIPS 180-2 */
static void sha256_is_that_of_the_standard(void **state)
{
    struct arena *a = unit_ctx(state)->arena;

    assert_str(hex_encode(a, secret_sha256(a, STR("abc"))),
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_str(hex_encode(a, secret_sha256(a, STR_NONE)),
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* RFC 4231 §4.2, §4.3, §4.7 */
static void hmac_is_that_of_the_rfc(void **state)
{
    struct arena *a = unit_ctx(state)->arena;

    assert_str(hex_encode(a, secret_hmac(a, filled(a, 0x0b, 20), STR("Hi There"))),
               "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_str(hex_encode(a, secret_hmac(a, STR("Jefe"), STR("what do ya want for nothing?"))),
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_str(
        hex_encode(a, secret_hmac(a, filled(a, 0xaa, 131),
                                  STR("Test Using Larger Than Block-Size Key - Hash Key First"))),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void a_key_is_64_hex_digits(void **state)
{
    static const char *const wrong[] = {
        "", "00", KEY_A "00", "x" KEY_A,
        "0001:02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"};
    struct arena *a = unit_ctx(state)->arena;
    struct str before;

    use_key(KEY_A);
    before = secret_mac(a, KEY_DOWNLOAD_URL, STR("m"));
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(secret_set_key(str_of(wrong[i])));
    assert_false(secret_set_key(STR_NONE));
    assert_true(str_eq(before, secret_mac(a, KEY_DOWNLOAD_URL, STR("m"))));
}

static void a_mac_depends_on_key_and_message(void **state)
{
    struct arena *a = unit_ctx(state)->arena;
    struct str mac;

    use_key(KEY_A);
    mac = secret_mac(a, KEY_DOWNLOAD_URL, STR("m"));
    assert_int_equal(mac.len, SHA256_BYTES);
    assert_false(str_eq(mac, secret_mac(a, KEY_DOWNLOAD_URL, STR("n"))));
    use_key(KEY_B);
    assert_false(str_eq(mac, secret_mac(a, KEY_DOWNLOAD_URL, STR("m"))));
}

static void what_is_sealed_opens_for_the_same_row_only(void **state)
{
    static const struct str plains[] = {STR_INIT("token"), STR_INIT(""), STR_INIT("a\0b")};
    struct ctx *c = unit_ctx(state);
    struct str sealed, plain;

    use_key(KEY_A);
    for (size_t i = 0; i < COUNT_OF(plains); i++) {
        sealed = secret_seal(c->arena, PURPOSE, STR("7"), plains[i]);
        assert_int_equal(sealed.len, OVERHEAD + plains[i].len);
        assert_ok(c, secret_open(c, PURPOSE, STR("7"), sealed, &plain));
        assert_true(str_eq(plain, plains[i]));
        assert_err(c, secret_open(c, PURPOSE, STR("8"), sealed, &plain), ERR_INTERNAL);
        assert_err(c, secret_open(c, PURPOSE "s", STR("7"), sealed, &plain), ERR_INTERNAL);
        assert_err(c, secret_open(c, PURPOSE "7", STR_NONE, sealed, &plain), ERR_INTERNAL);
    }
    use_key(KEY_B);
    assert_err(c, secret_open(c, PURPOSE, STR("7"), sealed, &plain), ERR_INTERNAL);
}

/* A changed bit, a missing or an additional byte anywhere. */
static void a_changed_value_does_not_open(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str sealed, plain;

    use_key(KEY_A);
    sealed = secret_seal(c->arena, PURPOSE, STR("7"), STR("token"));
    for (size_t i = 0; i < sealed.len; i++) {
        struct str changed = str_dup(c->arena, sealed);

        ((char *)(uintptr_t)changed.ptr)[i] ^= 1;
        assert_err(c, secret_open(c, PURPOSE, STR("7"), changed, &plain), ERR_INTERNAL);
        assert_err(c, secret_open(c, PURPOSE, STR("7"), str_take(sealed, i), &plain), ERR_INTERNAL);
    }
    assert_err(c, secret_open(c, PURPOSE, STR("7"), STR_NONE, &plain), ERR_INTERNAL);
    assert_false(str_contains(c->failure.detail, '\0'));
}

static void randomness_does_not_repeat(void **state)
{
    struct arena *a = unit_ctx(state)->arena;
    struct str token = secret_token(a);

    use_key(KEY_A);
    assert_int_equal(token.len, 64);
    assert_true(str_is_made_of(token, "0123456789abcdef"));
    assert_false(str_eq(token, secret_token(a)));
    assert_int_equal(secret_random(a, 0).len, 0);
    assert_false(str_eq(secret_seal(a, PURPOSE, STR("7"), STR("token")),
                        secret_seal(a, PURPOSE, STR("7"), STR("token"))));
}

UNIT_MAIN(UNIT(sha256_is_that_of_the_standard), UNIT(hmac_is_that_of_the_rfc),
          UNIT(a_key_is_64_hex_digits), UNIT(a_mac_depends_on_key_and_message),
          UNIT(what_is_sealed_opens_for_the_same_row_only), UNIT(a_changed_value_does_not_open),
          UNIT(randomness_does_not_repeat))
