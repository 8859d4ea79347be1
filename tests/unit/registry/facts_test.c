/* needs: database */
#include "support/registry.h"
#include "support/sif_image.h"

#include "registry/facts.h"

enum { LABELS = 0x4003, DEFINITION = 0x4001 };

static struct str labelled_image(struct ctx *c)
{
    struct image *m = image_new(c);

    image_add(m, DEFINITION, "recipe", STR("From: alpine\n"));
    image_add(m, LABELS, "", STR("{\"maintainer\": \"alice\", \"quote\": \"\\\"\\u00fc\\n\"}"));
    return image_bytes(m);
}

static void check_facts(struct ctx *c, int64_t image_id)
{
    struct sif_facts f;
    bool found;

    assert_ok(c, facts_get(c, image_id, &found, &f));
    assert_true(found);
    assert_int_equal(f.format, FORMAT_SIF);
    assert_str(f.architecture, "amd64");
    assert_int_equal(f.built_at, 1700000000);
    assert_str(f.definition, "From: alpine\n");
    assert_int_equal(f.object_count, 2);
    assert_str(f.objects[0].kind, "definition file");
    assert_int_equal(f.objects[1].id, 2);
    assert_int_equal(f.label_count, 2);
    assert_str(f.labels[0].value, "alice");
    assert_str(f.labels[1].value, "\"\u00fc\n");
}

static void a_push_keeps_what_the_image_says(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", labelled_image(c));

    check_facts(c, k.image_id);
    registry_push(c, alice, "tacos/avocados:v2", labelled_image(c)); /* the same image */
    assert_int_equal(database_count("select count(*) from image_facts"), 1);
    assert_int_equal(database_count("select count(*) from image_labels"), 2);
}

static void the_agent_reads_what_no_push_brought(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", labelled_image(c)), gone;
    struct facts_report did = {0};
    struct sif_facts f;
    bool found;

    gone = registry_push(c, alice, "tacos/avocados:v2", STR("no file"));
    assert_ok(c, store_remove(c, gone.collection_id, gone.sha256));
    database_run("delete from image_facts; delete from image_labels; "
                 "update images set facts_at = null",
                 NULL, 0);
    assert_ok(c, facts_fill(c, 1000, &did));
    assert_int_equal(did.read, 1);
    assert_int_equal(did.failed, 1);
    check_facts(c, k.image_id);
    assert_ok(c, facts_get(c, gone.image_id, &found, &f));
    assert_false(found);
    did = (struct facts_report){0};
    assert_ok(c, facts_fill(c, 1000, &did));
    assert_int_equal(did.read, 0);
}

static void what_is_no_sif_is_stored_and_said_to_be_what_it_is(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k = registry_push(c, alice, "tacos/avocados:v1", STR("hsqs and more"));
    struct sif_facts f;
    bool found;

    assert_ok(c, facts_get(c, k.image_id, &found, &f));
    assert_true(found);
    assert_int_equal(f.format, FORMAT_SQUASHFS);
    assert_int_equal(f.object_count + f.label_count, 0);
    assert_int_equal(f.built_at, 0);
}

static void where_sif_is_required_nothing_else_is_stored(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct viewer alice = registry_user(c, "alice");
    struct container k;

    images_settings.require_sif = true;
    assert_err(c, registry_try_push(c, alice, "tacos/avocados:v1", STR("hsqs"), &k), ERR_INPUT);
    assert_string_equal(c->failure.field, "file1");
    assert_non_null(strstr(c->failure.detail.ptr, "squashfs"));
    ctx_forgive(c);
    assert_err(
        c, registry_try_push(c, alice, "tacos/avocados:v1", str_take(labelled_image(c), 500), &k),
        ERR_INPUT);
    assert_non_null(strstr(c->failure.detail.ptr, "cut off"));
    ctx_forgive(c);
    assert_int_equal(database_count("select count(*) from images"), 0);
    registry_push(c, alice, "tacos/avocados:v1", labelled_image(c));
}

static void the_first_bytes_are_enough_to_refuse(void **state)
{
    static char zeros[SIF_HEAD_BYTES];
    struct ctx *c = unit_ctx(state);
    struct upload *u;

    images_settings.require_sif = true;
    assert_ok(c, upload_begin(c, &u));
    assert_ok(c, upload_write(c, u, str_view(zeros, sizeof zeros - 1)));
    assert_ok(c, facts_check_head(c, upload_head(u))); /* not yet */
    assert_ok(c, upload_write(c, u, str_view(zeros, 1)));
    assert_err(c, facts_check_head(c, upload_head(u)), ERR_INPUT);
    images_settings.require_sif = false;
    assert_ok(c, facts_check_head(c, upload_head(u)));
}

UNIT_MAIN(UNIT_REGISTRY(a_push_keeps_what_the_image_says),
          UNIT_REGISTRY(the_agent_reads_what_no_push_brought),
          UNIT_REGISTRY(what_is_no_sif_is_stored_and_said_to_be_what_it_is),
          UNIT_REGISTRY(where_sif_is_required_nothing_else_is_stored),
          UNIT_REGISTRY(the_first_bytes_are_enough_to_refuse))
