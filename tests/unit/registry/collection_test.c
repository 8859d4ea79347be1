/* needs: database */
#include "support/registry.h"

static const struct viewer visitor = {0};

/*
 * alice owns open/…, and secret/…, of which bob is a contributor; carol is nobody's; root is an
 * admin.
 */
struct people {
    struct viewer alice, bob, carol, root;
    struct container open, secret;
};

static struct people people(struct ctx *c)
{
    struct people p = {registry_user(c, "alice"),
                       registry_user(c, "bob"),
                       registry_user(c, "carol"),
                       registry_user(c, "root"),
                       {0},
                       {0}};

    p.root.is_admin = true;
    database_run("update users set is_admin = true where username = 'root'", NULL, 0);
    p.open = registry_push(c, p.alice, "open/n:t", STR("open image"));
    images_settings.default_private = true;
    p.secret = registry_push(c, p.alice, "secret/n:t", STR("secret image"));
    images_settings.default_private = false;
    registry_member(c, p.bob, "secret", "contributor");
    return p;
}

/* Who may read what: the same answer from each way to ask. */
struct reader {
    struct viewer viewer;
    bool secret;
    enum role in_open, in_secret;
};

static void assert_reads(struct ctx *c, const struct people *p, const struct reader *r)
{
    struct collection_query q = {.viewer = r->viewer, .limit = PAGE_SIZE};
    struct collection_page page;
    struct container k;
    struct collection of;
    struct catalog all;
    bool found;

    assert_ok(c, collection_list(c, &q, &page));
    assert_int_equal(page.count, r->secret ? 2 : 1);
    assert_str(page.list[0].name, "open");
    assert_int_equal(page.list[0].role, r->in_open);
    assert_ok(c, catalog_list(c, r->viewer, STR_NONE, &all));
    assert_int_equal(all.count, r->secret ? 2 : 1);
    assert_ok(c, catalog_list(c, r->viewer, STR("secret"), &all));
    assert_int_equal(all.count, r->secret ? 1 : 0);

    assert_ok(c, container_get(c, r->viewer, p->open.id, &k));
    assert_int_equal(k.role, r->in_open);
    assert_err(c, container_get(c, r->viewer, p->secret.id, &k),
               r->secret ? ERR_OK : ERR_NOT_FOUND);
    assert_err(c, container_get_as(c, r->viewer.user_id, p->secret.id, 0, &k),
               r->secret ? ERR_OK : ERR_NOT_FOUND);
    assert_ok(c, container_get_as(c, r->viewer.user_id, p->open.id, 0, &k));
    assert_int_equal(k.role, r->in_open);
    assert_err(c, collection_get(c, r->viewer, p->secret.collection_id, &of),
               r->secret ? ERR_OK : ERR_NOT_FOUND);

    assert_ok(c, container_find(c, r->viewer, &p->secret.name, &found, &k));
    assert_true(found);
    assert_int_equal(k.role, r->in_secret);
    assert_int_equal(role_may(k.role, ACTION_READ, k.is_private), r->secret);
    assert_ok(c, collection_find(c, r->viewer, STR("secret"), &found, &of));
    assert_true(found);
    assert_int_equal(of.role, r->in_secret);
}

static void every_way_to_ask_knows_the_same_rights(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct people p = people(c);
    const struct reader readers[] = {
        {visitor, false, ROLE_VISITOR,  ROLE_VISITOR    },
        {p.carol, false, ROLE_STRANGER, ROLE_STRANGER   },
        {p.bob,   true,  ROLE_STRANGER, ROLE_CONTRIBUTOR},
        {p.alice, true,  ROLE_OWNER,    ROLE_OWNER      },
        {p.root,  true,  ROLE_ADMIN,    ROLE_ADMIN      },
    };

    for (size_t i = 0; i < COUNT_OF(readers); i++)
        assert_reads(c, &p, &readers[i]);
}

static void container_get_as_judges_the_user_of_now(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct people p = people(c);
    struct container k;

    assert_ok(c, container_get_as(c, p.root.user_id, p.secret.id, 0, &k));
    database_run("update users set is_admin = false where username = 'root'", NULL, 0);
    assert_err(c, container_get_as(c, p.root.user_id, p.secret.id, 0, &k), ERR_NOT_FOUND);
    assert_ok(c, container_get_as(c, p.alice.user_id, p.secret.id, 0, &k));
    database_run("update users set is_active = false where username = 'alice'", NULL, 0);
    assert_err(c, container_get_as(c, p.alice.user_id, p.secret.id, 0, &k), ERR_NOT_FOUND);
    database_run("delete from collection_members where user_id = (select id from users where "
                 "username = 'bob')",
                 NULL, 0);
    assert_err(c, container_get_as(c, p.bob.user_id, p.secret.id, 0, &k), ERR_NOT_FOUND);
    assert_err(c, container_get_as(c, 999999, p.secret.id, 0, &k), ERR_NOT_FOUND);
    assert_ok(c, container_get_as(c, 999999, p.open.id, 0, &k));
    assert_int_equal(k.role, ROLE_VISITOR);
}

static void a_collection_names_its_members(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct people p = people(c);
    struct collection k;

    registry_member(c, p.root, "secret", "owner");
    assert_ok(c, collection_get(c, p.alice, p.secret.collection_id, &k));
    assert_int_equal(k.owners.count, 2);
    assert_str(((const struct str *)k.owners.items)[0], "alice");
    assert_str(((const struct str *)k.owners.items)[1], "root");
    assert_int_equal(k.contributors.count, 1);
    assert_str(((const struct str *)k.contributors.items)[0], "bob");
    assert_int_equal(k.container_count, 1);
    assert_true(k.is_private);
    assert_int_equal(k.created_at, k.created_us / 1000000);
    assert_ok(c, collection_get(c, p.alice, p.open.collection_id, &k));
    assert_int_equal(k.contributors.count, 0);
}

/* ---- lists ----------------------------------------------------------------------------------- */

static void many_collections(struct viewer owner, int count)
{
    char sql[256];

    snprintf(sql, sizeof sql,
             "with made as (insert into collections (name, is_private) select 'c' || lpad(i::text, "
             "4, '0'), false"
             " from generate_series(1, %d) i returning id) insert into collection_members select "
             "id, %lld, 'owner' from made",
             count, (long long)owner.user_id);
    database_run(sql, NULL, 0);
}

static void collection_list_pages_by_name_without_gap_or_repeat(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct collection_query q = {.viewer = visitor, .limit = 7};
    int seen = 0;

    many_collections(registry_user(c, "alice"), 50);
    do {
        struct collection_page page;

        assert_ok(c, collection_list(c, &q, &page));
        for (size_t i = 0; i < page.count; i++)
            assert_str(page.list[i].name, str_printf(c->arena, "c%04d", ++seen).ptr);
        q.cursor = page.next;
    } while (q.cursor.len);
    assert_int_equal(seen, 50);
}

static void a_page_that_is_just_full_is_the_last(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct collection_query q = {.viewer = visitor, .limit = 10};
    struct collection_page page;

    many_collections(registry_user(c, "alice"), 10);
    assert_ok(c, collection_list(c, &q, &page));
    assert_int_equal(page.count, 10);
    assert_int_equal(page.next.len, 0);
}

static size_t count_found(struct ctx *c, const struct collection_query *q)
{
    struct collection_page page;

    assert_ok(c, collection_list(c, q, &page));
    return page.count;
}

static void collection_list_finds_part_of_a_name_literally(void **state)
{
    static const struct {
        const char *text;
        size_t found;
    } rows[] = {
        {"",         4},
        {"a_b",      1},
        {"a",        3},
        {"A_B",      1},
        {"%",        0},
        {"_",        1},
        {"\\",       0},
        {"x",        2},
        {"'",        0},
        {"zz",       0},
        {"\xc3\xa9", 0},
    };
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");

    registry_push(c, alice, "a_b/n:t", STR("image"));
    registry_push(c, alice, "axb/n:t", STR("image"));
    registry_push(c, alice, "a.c/n:t", STR("image"));
    registry_push(c, alice, "x/n:t", STR("image"));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct collection_query q = {
            .viewer = visitor, .limit = 10, .text = str_of(rows[i].text)};

        if (count_found(c, &q) != rows[i].found)
            fail_msg("\"%s\" finds %zu", rows[i].text, count_found(c, &q));
    }
}

static void collection_list_refuses_what_it_cannot_mean(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct collection_page page;

    assert_err(
        c, collection_list(c, &(struct collection_query){.limit = 10, .text = STR("\xff")}, &page),
        ERR_INPUT);
    assert_string_equal(c->failure.field, "q");
    assert_err(c,
               collection_list(c, &(struct collection_query){.limit = 10, .cursor = STR("forged!")},
                               &page),
               ERR_INPUT);
    assert_string_equal(c->failure.field, "cursor");
}

static void mine_are_those_the_viewer_belongs_to(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct people p = people(c);
    const struct {
        struct viewer viewer;
        size_t mine;
    } rows[] = {
        {visitor, 0},
        {p.carol, 0},
        {p.bob,   1},
        {p.alice, 2},
        {p.root,  0}
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct collection_query q = {.viewer = rows[i].viewer, .limit = 10, .mine = true};

        assert_int_equal(count_found(c, &q), rows[i].mine);
    }
}

static void container_list_pages_from_the_last_push(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct str cursor = STR_NONE;
    struct collection of;
    struct container k;
    int expected = 12;
    bool found;

    for (int i = 1; i <= 12; i++)
        k = registry_push(c, alice, str_printf(c->arena, "tacos/n:v%d", i).ptr, STR("image"));
    database_run("update containers set updated_at = '2026-01-15T09:30:00.123456Z' where tag in "
                 "('v12', 'v11', 'v10', 'v9')",
                 NULL, 0);
    database_run("update containers set updated_at = '2026-01-14T09:30:00Z' where updated_at > "
                 "'2026-01-15T09:30:00.123456Z'",
                 NULL, 0);
    assert_ok(c, collection_find(c, alice, k.name.collection, &found, &of));
    do { /* equal times: by id, the later first */
        struct container_page page;

        assert_ok(c, container_list(c, &of, cursor, 5, &page));
        for (size_t i = 0; i < page.count; i++)
            assert_str(image_name_uri(c->arena, &page.list[i].name),
                       str_printf(c->arena, "tacos/n:v%d", expected--).ptr);
        cursor = page.next;
    } while (cursor.len);
    assert_int_equal(expected, 0);
    assert_err(c, container_list(c, &of, STR("AAAA"), 5, &(struct container_page){0}), ERR_INPUT);
}

static void the_catalog_holds_empty_collections_too(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container gone = registry_push(c, alice, "a/n:t", STR("image"));
    struct catalog all;

    registry_push(c, alice, "b/n:t", STR("image"));
    registry_push(c, alice, "b/n:s", STR("image"));
    registry_push(c, alice, "b/m:u", STR("image"));
    assert_ok(c, container_delete(c, alice, &gone));
    assert_ok(c, catalog_list(c, visitor, STR_NONE, &all));
    assert_int_equal(all.count, 2);
    assert_str(all.list[0].name, "a");
    assert_int_equal(all.list[0].count, 0);
    assert_int_equal(all.list[1].count, 3);
    assert_str(image_name_uri(c->arena, &all.list[1].containers[0].name), "b/m:u");
    assert_str(image_name_uri(c->arena, &all.list[1].containers[1].name), "b/n:s");
    assert_str(image_name_uri(c->arena, &all.list[1].containers[2].name), "b/n:t");
    assert_ok(c, catalog_list(c, visitor, STR("b"), &all));
    assert_int_equal(all.count, 1);
    assert_ok(c, catalog_list(c, visitor, STR("none"), &all));
    assert_int_equal(all.count, 0);
}

static void a_deleted_container_is_gone_and_noted(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", STR("image"));
    bool found;

    assert_ok(c, container_delete(c, alice, &k));
    assert_err(c, container_delete(c, alice, &k), ERR_NOT_FOUND);
    assert_ok(c, container_find(c, alice, &k.name, &found, &k));
    assert_false(found);
    assert_int_equal(database_count("select count(*) from audit where action = 'image.delete' and "
                                    "subject = 'tacos/avocados:v1'"),
                     1);
}

UNIT_MAIN(UNIT_REGISTRY(every_way_to_ask_knows_the_same_rights),
          UNIT_REGISTRY(container_get_as_judges_the_user_of_now),
          UNIT_REGISTRY(a_collection_names_its_members),
          UNIT_REGISTRY(collection_list_pages_by_name_without_gap_or_repeat),
          UNIT_REGISTRY(a_page_that_is_just_full_is_the_last),
          UNIT_REGISTRY(collection_list_finds_part_of_a_name_literally),
          UNIT_REGISTRY(collection_list_refuses_what_it_cannot_mean),
          UNIT_REGISTRY(mine_are_those_the_viewer_belongs_to),
          UNIT_REGISTRY(container_list_pages_from_the_last_push),
          UNIT_REGISTRY(the_catalog_holds_empty_collections_too),
          UNIT_REGISTRY(a_deleted_container_is_gone_and_noted))
