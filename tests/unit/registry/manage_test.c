/* needs: database */
#include "support/registry.h"

#include "registry/manage.h"

static enum err create(struct ctx *c, struct viewer v, const char *name, struct collection *out)
{
    return collection_create(c, v, &(struct collection_edit){.name = str_of(name)}, out);
}

static void a_collection_is_made_as_the_settings_say(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct collection k;

    assert_ok(c, create(c, alice, "Open/One", &k));
    assert_str(k.name, "open/one");
    assert_false(k.is_private);
    assert_int_equal(k.role, ROLE_OWNER);
    images_settings.default_private = true;
    assert_ok(c, create(c, alice, "two", &k));
    assert_true(k.is_private);
    assert_err(c, create(c, alice, "two", &k), ERR_CONFLICT);
    assert_err(c, create(c, alice, "..", &k), ERR_INPUT);
    assert_string_equal(c->failure.field, "name");
}

static void a_user_who_owns_enough_creates_no_more_but_an_admin_may(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice"), root = registry_user(c, "root");
    struct image_name n = registry_name(c, "three/n:t");
    struct collection k;
    struct container out;

    root.is_admin = true;
    images_settings.user_collection_limit = 2;
    assert_ok(c, create(c, alice, "one", &k));
    registry_push(c, alice, "two/n:t", STR("a"));
    assert_err(c, create(c, alice, "three", &k), ERR_FORBIDDEN);
    assert_err(c, push_check(c, alice, &n), ERR_FORBIDDEN);
    assert_err(c, registry_try_push(c, alice, "three/n:t", STR("a"), &out), ERR_FORBIDDEN);
    registry_push(c, alice, "two/n:t", STR("b")); /* what is there may still be pushed to */
    for (int i = 0; i < 3; i++)
        assert_ok(c, create(c, root, str_printf(c->arena, "roots%d", i).ptr, &k));
    assert_ok(c, collection_delete(c, alice, 1, STR("one")));
    assert_ok(c, create(c, alice, "three", &k));
}

static void only_an_owner_manages_and_a_stranger_learns_nothing(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice"), bob = registry_user(c, "bob");
    const struct collection_edit hide = {.has_private = true, .is_private = true};
    struct collection k, out;

    assert_ok(c, create(c, alice, "tacos", &k));
    assert_err(c, collection_edit(c, bob, k.id, &hide, &out), ERR_FORBIDDEN);
    assert_ok(c, collection_edit(c, alice, k.id, &hide, &out));
    assert_err(c, collection_edit(c, bob, k.id, &hide, &out), ERR_NOT_FOUND);
    assert_err(c, collection_delete(c, bob, k.id, STR("tacos")), ERR_NOT_FOUND);
    assert_err(c, collection_set_member(c, bob, k.id, STR("bob"), STR("owner"), &out),
               ERR_NOT_FOUND);
    assert_ok(c, collection_set_member(c, alice, k.id, STR("bob"), STR("contributor"), &out));
    assert_err(c, collection_set_member(c, bob, k.id, STR("bob"), STR("owner"), &out),
               ERR_FORBIDDEN);
    assert_err(c, collection_remove_member(c, alice, k.id, STR("alice")), ERR_CONFLICT);
    assert_ok(c, collection_get(c, alice, k.id, &out)); /* and the refusal changed nothing */
    assert_int_equal(out.role, ROLE_OWNER);
}

static void where_users_create_nothing_a_private_name_looks_free(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice"), bob = registry_user(c, "bob");
    struct image_name taken = registry_name(c, "taken/n:t"), unused = registry_name(c, "other/n:t");
    struct str detail;

    images_settings.default_private = true;
    registry_push(c, alice, "taken/n:t", STR("a"));
    images_settings.user_collections = false;
    assert_err(c, push_check(c, bob, &taken), ERR_FORBIDDEN);
    detail = c->failure.detail;
    assert_err(c, push_check(c, bob, &unused), ERR_FORBIDDEN);
    assert_int_equal(detail.len, c->failure.detail.len); /* but for the name, of the same length */
    assert_ok(c, push_check(c, alice, &taken));
}

static void each_change_is_noted(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct collection k;
    char noted[500];

    registry_user(c, "bob");
    assert_ok(c, create(c, alice, "tacos", &k));
    assert_ok(
        c, collection_edit(c, alice, k.id, &(struct collection_edit){.name = STR("burritos")}, &k));
    assert_ok(c, collection_set_member(c, alice, k.id, STR("bob"), STR("owner"), &k));
    assert_ok(c, collection_remove_member(c, alice, k.id, STR("bob")));
    assert_ok(c, collection_delete(c, alice, k.id, STR("Burritos")));
    database_run("select string_agg(action || ' ' || subject, ', ' order by id) from audit", noted,
                 sizeof noted);
    assert_string_equal(noted,
                        "collection.create tacos, collection.rename tacos -> burritos, "
                        "collection.member burritos: bob owner, "
                        "collection.member_remove burritos: bob, collection.delete burritos");
}

UNIT_MAIN(UNIT_REGISTRY(a_collection_is_made_as_the_settings_say),
          UNIT_REGISTRY(a_user_who_owns_enough_creates_no_more_but_an_admin_may),
          UNIT_REGISTRY(only_an_owner_manages_and_a_stranger_learns_nothing),
          UNIT_REGISTRY(where_users_create_nothing_a_private_name_looks_free),
          UNIT_REGISTRY(each_change_is_noted))
