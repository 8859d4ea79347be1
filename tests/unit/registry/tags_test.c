/* needs: database */
#include "support/registry.h"

#include "base/codec.h"
#include "registry/share.h"
#include "registry/tags.h"

/* Digests of the earlier versions, first byte of each content, the last one first: "cb". */
static struct str earlier(struct ctx *c, const struct container *k)
{
    struct buf b = {.arena = c->arena};
    struct version_list all;

    assert_ok(c, version_list(c, k, &all));
    for (size_t i = 0; i < all.count; i++) {
        for (const char *content = "abcdef"; *content; content++) {
            struct str digest =
                hex_encode(c->arena, secret_sha256(c->arena, (struct str){content, 1}));

            if (str_eq(digest, all.list[i].sha256))
                buf_add_byte(&b, *content);
        }
    }
    return buf_str(&b);
}

static void a_tag_that_moves_leaves_its_contents_behind(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k;

    images_settings.keep_versions = 2;
    registry_push(c, alice, "tacos/avocados:v1", STR("a"));
    k = registry_push(c, alice, "tacos/avocados:v1", STR("a"));
    assert_str(earlier(c, &k), "");
    registry_push(c, alice, "tacos/avocados:v1", STR("b"));
    registry_push(c, alice, "tacos/avocados:v1", STR("c"));
    assert_str(earlier(c, &k), "ba");
    registry_push(c, alice, "tacos/avocados:v1", STR("d"));
    assert_str(earlier(c, &k), "cb");
    registry_push(c, alice, "tacos/avocados:v1", STR("b")); /* back: no earlier one any more */
    assert_str(earlier(c, &k), "dc");
    images_settings.keep_versions = 0;
    registry_push(c, alice, "tacos/avocados:v1", STR("e"));
    assert_str(earlier(c, &k), "");
}

static void a_digest_finds_the_tag_that_was_named_before_others(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container first, second, found;
    struct image_name n = registry_name(c, "tacos/avocados:v2");
    bool is_there;

    images_settings.keep_versions = 5;
    first = registry_push(c, alice, "tacos/avocados:v1", STR("a"));
    second = registry_push(c, alice, "tacos/avocados:v2", STR("a"));
    assert_ok(c, container_find_version(c, alice, &n, first.sha256, &is_there, &found));
    assert_true(is_there);
    assert_int_equal(found.id, second.id);
    registry_push(c, alice, "tacos/avocados:v2", STR("b"));
    assert_ok(c, container_find_version(c, alice, &n, first.sha256, &is_there, &found));
    assert_int_equal(found.id, second.id); /* as what it was */
    assert_str(found.sha256, str_z(c->arena, first.sha256));
    assert_ok(c, container_delete(c, alice, &second));
    assert_ok(c, container_find_version(c, alice, &n, first.sha256, &is_there, &found));
    assert_int_equal(found.id, first.id);
    n.name = STR("guacamole");
    assert_ok(c, container_find_version(c, alice, &n, first.sha256, &is_there, &found));
    assert_false(is_there);
}

static void a_frozen_tag_stays_where_it_is(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice"), bob = registry_user(c, "bob");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", STR("a")), other, out;
    struct image_name n = k.name;

    other = registry_push(c, alice, "tacos/avocados:v2", STR("b"));
    assert_err(c, container_freeze(c, bob, k.id, true, &out), ERR_FORBIDDEN);
    assert_ok(c, container_freeze(c, alice, k.id, true, &out));
    assert_true(out.is_frozen);
    assert_err(c, push_check(c, alice, &n), ERR_FORBIDDEN);
    assert_err(c, registry_try_push(c, alice, "tacos/avocados:v1", STR("b"), &out), ERR_FORBIDDEN);
    assert_err(c, registry_try_push(c, alice, "tacos/avocados:v1", STR("a"), &out), ERR_FORBIDDEN);
    assert_err(c, container_tag(c, alice, other.id, STR("v1"), true, &out), ERR_FORBIDDEN);
    assert_ok(c, container_get(c, alice, k.id, &out));
    assert_err(c, container_delete(c, alice, &out), ERR_FORBIDDEN);
    assert_str(out.sha256, str_z(c->arena, k.sha256));
    assert_true(registry_is_whole(c));
}

static void a_version_is_sha256_and_64_hex_digits(void **state UNUSED)
{
    static const struct str good =
        STR_INIT("sha256.0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    struct str digits;

    assert_true(version_parse(good, &digits));
    assert_int_equal(digits.len, 64);
    assert_false(version_parse(str_take(good, good.len - 1), &digits));
    assert_false(version_parse(str_skip(good, 7), &digits));
    assert_false(version_parse(STR("sha256."), &digits));
    assert_false(version_parse(STR_NONE, &digits));
}

static void a_share_link_opens_its_own_container_alone(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", STR("a")), out;
    struct container other = registry_push(c, alice, "tacos/avocados:v2", STR("a"));
    struct share share;
    struct str secret;

    images_settings.keep_versions = 0;
    images_settings.share_link_days = 30;
    assert_ok(c, share_create(c, alice, k.id, 30, &share, &secret));
    assert_ok(c, share_open(c, k.id, secret, &out));
    assert_err(c, share_open(c, other.id, secret, &out), ERR_FORBIDDEN);
    database_run("update users set is_active = false", NULL, 0);
    assert_err(c, share_open(c, k.id, secret, &out), ERR_FORBIDDEN);
    database_run("update users set is_active = true", NULL, 0);
    registry_push(c, alice, "tacos/avocados:v1", STR("b")); /* and nothing of it is kept */
    assert_err(c, share_open(c, k.id, secret, &out), ERR_FORBIDDEN);
}

UNIT_MAIN(UNIT_REGISTRY(a_tag_that_moves_leaves_its_contents_behind),
          UNIT_REGISTRY(a_digest_finds_the_tag_that_was_named_before_others),
          UNIT_REGISTRY(a_frozen_tag_stays_where_it_is),
          UNIT(a_version_is_sha256_and_64_hex_digits),
          UNIT_REGISTRY(a_share_link_opens_its_own_container_alone))
