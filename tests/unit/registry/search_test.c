/* needs: database */
#include "support/registry.h"
#include "support/sif_image.h"

#include "registry/manage.h"
#include "registry/search.h"

static enum err try_search(struct ctx *c, struct viewer v, const char *text, struct str cursor,
                           struct search_page *page)
{
    const struct search_query q = {v, str_of(text), cursor, 2};

    return search_containers(c, &q, page);
}

/* Names of all hits, page by page: "salsa avocados". */
static const char *found(struct ctx *c, struct viewer v, const char *text)
{
    struct buf b = {.arena = c->arena};
    struct search_page page = {.next = STR_NONE};

    do {
        assert_ok(c, try_search(c, v, text, page.next, &page));
        for (size_t i = 0; i < page.count; i++)
            buf_printf(&b, "%s" STR_FMT, b.len ? " " : "",
                       STR_ARG(page.list[i].container.name.name));
    } while (page.next.len);
    return str_z(c->arena, buf_str(&b));
}

static struct str labelled(struct ctx *c, const char *labels)
{
    struct image *m = image_new(c);

    image_add(m, 0x4003, "", str_of(labels));
    return image_bytes(m);
}

static void every_word_must_occur_somewhere(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");

    registry_push(c, alice, "tacos/avocados:v1", labelled(c, "{\"maintainer\": \"Zoë\"}"));
    registry_push(c, alice, "tacos/salsa-verde:2.1", STR("b"));
    database_run("update collections set description = 'For Friday, 100% hot'", NULL, 0);
    assert_string_equal(found(c, alice, "avocado"), "avocados");
    assert_string_equal(found(c, alice, "VOCA"), "avocados");
    assert_string_equal(found(c, alice, "tacos verde"), "salsa-verde");
    assert_string_equal(found(c, alice, "tacos/salsa-verde:2.1"), "salsa-verde");
    assert_string_equal(found(c, alice, "avocados verde"), "");
    assert_string_equal(found(c, alice, "maintainer zoë"), "avocados");
    assert_string_equal(found(c, alice, "friday hot"), "salsa-verde avocados");
    assert_string_equal(found(c, alice, "fr"), "salsa-verde avocados"); /* begins a word */
    assert_string_equal(found(c, alice, "ri"), "");
    assert_string_equal(found(c, alice, "2"), "salsa-verde");
    assert_string_equal(found(c, alice, "%avocados_"), "avocados"); /* no wildcards */
}

static void a_name_that_is_the_query_comes_first(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");

    registry_push(c, alice, "food/hot:v1", STR("a"));
    registry_push(c, alice, "hot/chili:v1", STR("b"));
    registry_push(c, alice, "food/hotter:v1", STR("c"));
    registry_push(c, alice, "hot/hot:v1", STR("d"));
    registry_push(c, alice, "food/hottest:v1", STR("e"));
    assert_string_equal(found(c, alice, "hot"), "hot chili hot hottest hotter");
}

static void what_is_found_follows_what_changes(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k =
        registry_push(c, alice, "tacos/avocados:v1", labelled(c, "{\"a\": \"old\"}"));

    registry_push(c, alice, "tacos/avocados:v1", labelled(c, "{\"a\": \"newer\"}"));
    assert_string_equal(found(c, alice, "old"), "");
    assert_string_equal(found(c, alice, "newer"), "avocados");
    database_run("update collections set name = 'burritos'", NULL, 0);
    assert_string_equal(found(c, alice, "tacos"), "");
    assert_string_equal(found(c, alice, "burritos"), "avocados");
    database_run("insert into image_labels select image_id, 'late', 'label' from containers", NULL,
                 0);
    assert_string_equal(found(c, alice, "late label"), "avocados");
    assert_ok(c, container_delete(c, alice, &k));
    assert_string_equal(found(c, alice, "burritos"), "");
}

static void what_is_private_is_found_by_its_members_only(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice"), bob = registry_user(c, "bob"), visitor = {0};
    struct viewer admin = {.user_id = bob.user_id, .is_admin = true};
    struct image_name n = {.name = STR("sauce")};
    struct container_hits hits;
    struct label_hits labels;

    registry_push(c, alice, "secret/sauce:v1", labelled(c, "{\"key\": \"value\"}"));
    database_run("update collections set is_private = true", NULL, 0);
    assert_string_equal(found(c, alice, "sauce"), "sauce");
    assert_string_equal(found(c, alice, "secret"), "sauce");
    assert_string_equal(found(c, admin, "value"), "sauce");
    assert_string_equal(found(c, bob, "sauce"), "");
    assert_string_equal(found(c, bob, "secret"), "");
    assert_string_equal(found(c, visitor, "value"), "");
    assert_ok(c, search_by_name(c, bob, &n, &hits));
    assert_int_equal(hits.count, 0);
    assert_ok(c, search_by_label(c, bob, STR_NONE, STR_NONE, &labels));
    assert_int_equal(labels.count, 0);
    assert_ok(c, search_by_name(c, alice, &n, &hits));
    assert_int_equal(hits.count, 1);
    assert_ok(c, search_by_label(c, alice, STR("key"), STR_NONE, &labels));
    assert_int_equal(labels.count, 1);
}

static void labels_list_their_containers(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct label_hits hits;
    const struct str *uris;

    registry_push(c, alice, "tacos/a:v1", labelled(c, "{\"arch\": \"arm\", \"os\": \"linux\"}"));
    registry_push(c, alice, "tacos/b:v1", labelled(c, "{\"arch\": \"arm\"}"));
    registry_push(c, alice, "tacos/c:v1", labelled(c, "{\"arch\": \"Arm\"}"));
    assert_ok(c, search_by_label(c, alice, STR("arch"), STR("arm"), &hits));
    assert_int_equal(hits.count, 1);
    assert_int_equal(hits.list[0].uris.count, 2);
    uris = hits.list[0].uris.items;
    assert_str(uris[0], "tacos/a:v1");
    assert_str(uris[1], "tacos/b:v1");
    assert_ok(c, search_by_label(c, alice, STR("arch"), STR_NONE, &hits));
    assert_int_equal(hits.count, 2);
    assert_ok(c, search_by_label(c, alice, STR_NONE, STR("linux"), &hits));
    assert_int_equal(hits.count, 1);
    assert_str(hits.list[0].name, "os");
}

static void a_query_has_limits(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    static const char *const bad[] = {"", "  ", "-/:%", "a b c d e f", "\xff"};
    struct search_page page;

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_err(c, try_search(c, alice, bad[i], STR_NONE, &page), ERR_INPUT);
        assert_string_equal(c->failure.field, "q");
        ctx_forgive(c);
    }
    assert_err(c, try_search(c, alice, "a", STR("Mi4xLjE"), &page), ERR_INPUT); /* place 2 */
    assert_string_equal(c->failure.field, "cursor");
}

UNIT_MAIN(UNIT_REGISTRY(every_word_must_occur_somewhere),
          UNIT_REGISTRY(a_name_that_is_the_query_comes_first),
          UNIT_REGISTRY(what_is_found_follows_what_changes),
          UNIT_REGISTRY(what_is_private_is_found_by_its_members_only),
          UNIT_REGISTRY(labels_list_their_containers), UNIT_REGISTRY(a_query_has_limits))
