#include "support/unit.h"

#include "base/codec.h"
#include "base/secret.h"

#define OLD "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define NEW "f00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct str seal(struct ctx *c)
{
    return secret_seal(c->arena, "table.column", STR("7"), STR("a token"));
}

static enum err open(struct ctx *c, struct str sealed)
{
    struct str plain;
    enum err e = secret_open(c, "table.column", STR("7"), sealed, &plain);

    if (e == ERR_OK)
        assert_str(plain, "a token");
    return e;
}

static void secret_open_takes_every_key_and_seal_takes_the_first(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str old, fresh;

    secret_init();
    assert_true(secret_set_key(STR(OLD)));
    old = seal(c);
    assert_true(secret_set_keys(STR(NEW), STR(OLD)));
    fresh = seal(c);
    assert_ok(c, open(c, old));
    assert_ok(c, open(c, fresh));
    assert_true(str_has_prefix(fresh, secret_prefix(c->arena)));
    assert_false(str_has_prefix(old, secret_prefix(c->arena)));
    assert_true(secret_set_key(STR(NEW)));
    assert_err(c, open(c, old), ERR_INTERNAL);
    assert_ok(c, open(c, fresh));
    assert_true(secret_set_key(STR(OLD)));
    assert_err(c, open(c, fresh), ERR_INTERNAL);
}

static void secret_open_takes_the_form_without_a_number(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str sealed;
    struct buf first = {.arena = c->arena};

    secret_init();
    assert_true(secret_set_key(STR(OLD)));
    sealed = seal(c);
    buf_add_byte(&first, 1);
    buf_add(&first, str_skip(sealed, SECRET_PREFIX_BYTES));
    assert_ok(c, open(c, buf_str(&first)));
    assert_true(secret_set_keys(STR(NEW), STR(OLD)));
    assert_ok(c, open(c, buf_str(&first)));
}

static void secret_open_refuses_what_was_cut_or_changed(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str sealed;

    secret_init();
    assert_true(secret_set_key(STR(OLD)));
    sealed = seal(c);
    for (size_t n = 0; n < sealed.len; n++) {
        struct buf b = {.arena = c->arena};

        assert_err(c, open(c, str_take(sealed, n)), ERR_INTERNAL);
        buf_add(&b, str_take(sealed, n));
        buf_add_byte(&b, (char)(sealed.ptr[n] ^ 1));
        buf_add(&b, str_skip(sealed, n + 1));
        assert_err(c, open(c, buf_str(&b)), ERR_INTERNAL);
    }
}

static void secret_mac_fits_what_any_key_signed(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct str mac;

    secret_init();
    assert_true(secret_set_key(STR(OLD)));
    mac = hex_encode(c->arena, secret_mac(c->arena, KEY_DOWNLOAD_URL, STR("message")));
    assert_true(secret_set_keys(STR(NEW), STR(OLD)));
    assert_true(secret_mac_fits(c->arena, KEY_DOWNLOAD_URL, STR("message"), mac));
    assert_false(secret_mac_fits(c->arena, KEY_DOWNLOAD_URL, STR("another"), mac));
    assert_false(secret_mac_fits(c->arena, KEY_DOWNLOAD_URL, STR("message"), STR("")));
    assert_true(secret_set_key(STR(NEW)));
    assert_false(secret_mac_fits(c->arena, KEY_DOWNLOAD_URL, STR("message"), mac));
}

static void secret_set_keys_takes_all_or_nothing(void **state)
{
    static const char *const wrong[] = {"x", OLD "," OLD "," OLD "," OLD, OLD " " OLD, OLD "00"};
    struct ctx *c = unit_ctx(state);
    struct str sealed;

    secret_init();
    assert_true(secret_set_key(STR(OLD)));
    sealed = seal(c);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_false(secret_set_keys(STR(NEW), str_of(wrong[i])));
        assert_ok(c, open(c, sealed));
    }
}

UNIT_MAIN(UNIT(secret_open_takes_every_key_and_seal_takes_the_first),
          UNIT(secret_open_takes_the_form_without_a_number),
          UNIT(secret_open_refuses_what_was_cut_or_changed),
          UNIT(secret_mac_fits_what_any_key_signed), UNIT(secret_set_keys_takes_all_or_nothing))
