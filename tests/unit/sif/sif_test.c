#include "layout.h"
#include "support/sif_image.h"

#include <string.h>

static unsigned char *image_add_partition(struct image *m, int64_t file_system, int64_t role,
                                          const char *architecture)
{
    unsigned char *at = image_add(m, OBJECT_PARTITION, "rootfs", STR("hsqs"));

    put(at + PARTITION_FILE_SYSTEM, file_system, 4);
    put(at + PARTITION_ROLE, role, 4);
    memcpy(at + PARTITION_ARCHITECTURE, architecture, ARCHITECTURE_BYTES);
    return at;
}

static enum err read_memory(struct ctx *c, void *arg, int64_t offset, void *into, size_t len)
{
    const struct str *file = arg;

    (void)c;
    assert_true(offset >= 0 && (size_t)offset + len <= file->len);
    if (len > 0)
        memcpy(into, file->ptr + offset, len);
    return ERR_OK;
}

static struct sif_facts facts_of(struct ctx *c, struct str file)
{
    const struct sif_source source = {read_memory, &file, (int64_t)file.len};
    struct sif_facts f;

    assert_ok(c, sif_read(c, &source, &f));
    return f;
}

static struct sif_facts facts_of_image(struct ctx *c, const struct image *m)
{
    return facts_of(c, str_view(m->bytes, m->len));
}

static void a_whole_image_says_what_it_is(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct image *m = image_new(c);
    struct sif_facts f;
    unsigned char *signature;

    image_add(m, OBJECT_DEFINITION, "recipe", STR("From: alpine\n"));
    image_add_partition(m, 1, 2, "02");
    signature = image_add(m, OBJECT_SIGNATURE, "", STR("PGP"));
    put(signature + SIGNATURE_HASH, 2, 4);
    memset(signature + SIGNATURE_FINGERPRINT, 0xab, FINGERPRINT_BYTES);
    image_add(m, OBJECT_SIGNATURE, "", STR("DSSE"));
    f = facts_of_image(c, m);
    assert_int_equal(f.format, FORMAT_SIF);
    assert_str(f.remark, "");
    assert_str(f.architecture, "amd64");
    assert_int_equal(f.built_at, 1700000000);
    assert_str(f.definition, "From: alpine\n");
    assert_int_equal(f.object_count, 4);
    assert_str(f.objects[0].kind, "definition file");
    assert_str(f.objects[0].name, "recipe");
    assert_int_equal(f.objects[0].size, 13);
    assert_str(f.objects[1].kind, "partition");
    assert_str(f.objects[1].file_system, "squashfs");
    assert_str(f.objects[1].role, "primary system");
    assert_str(f.objects[1].architecture, "amd64");
    assert_str(f.objects[2].hash, "SHA-384");
    assert_str(f.objects[2].fingerprint, "ABABABABABABABABABABABABABABABABABABABAB");
    assert_str(f.objects[3].hash, "unknown");
    assert_str(f.objects[3].fingerprint, "");
}

static void the_partition_tells_what_the_header_does_not(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct image *m = image_new(c);

    memcpy(m->bytes + HEADER_ARCHITECTURE, "00", 3);
    put(m->bytes + HEADER_CREATED, INT64_MAX, 8);
    image_add_partition(m, 99, 4, "11");
    image_add_partition(m, 5, 2, "04");
    assert_str(facts_of_image(c, m).architecture, "arm64");
    assert_int_equal(facts_of_image(c, m).built_at, 0);
    assert_str(facts_of_image(c, m).objects[0].file_system, "unknown");
}

static void labels_are_found_in_each_of_their_places(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct image *m = image_new(c);
    struct sif_facts f;

    image_add(m, OBJECT_JSON, "oci-config.json", STR("{\"not\": \"a label\"}"));
    image_add(m, OBJECT_JSON, "inspect-metadata.json",
              STR("{\"data\": {\"attributes\": {\"labels\": {\"a\": \"1\", \"n\": 5}}}}"));
    image_add(m, OBJECT_LABELS, "", STR("{\"a\": \"2\", \"b\": \"3\", \"\": \"x\"}"));
    image_add(m, OBJECT_LABELS, "", STR("{\"system-partition\": {\"c\": \"4\"}}"));
    image_add(m, OBJECT_LABELS, "", STR("{\"d\": "));
    f = facts_of_image(c, m);
    assert_int_equal(f.label_count, 3);
    assert_str(f.labels[0].name, "a");
    assert_str(f.labels[0].value, "1"); /* the first one stays */
    assert_str(f.labels[1].name, "b");
    assert_str(f.labels[2].name, "c");
    assert_str(f.labels[2].value, "4");
    assert_int_equal(c->failure.err, ERR_OK);
}

static void labels_have_limits(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct image *m = image_new(c);
    struct buf json = {.arena = c->arena}, value = {.arena = c->arena};

    for (int i = 0; i <= SIF_LABEL_VALUE_MAX; i++)
        buf_add_byte(&value, 'v');
    buf_printf(&json, "{\"long\": \"" STR_FMT "\"", STR_ARG(buf_str(&value)));
    for (int i = 0; i < SIF_LABELS_MAX + 10; i++)
        buf_printf(&json, ", \"label%d\": \"x\"", i);
    buf_add(&json, STR("}"));
    image_add(m, OBJECT_LABELS, "", buf_str(&json));
    assert_int_equal(facts_of_image(c, m).label_count, SIF_LABELS_MAX);
    assert_str(facts_of_image(c, m).labels[0].name, "label0");
}

static void a_definition_that_is_no_text_or_too_long_is_left_out(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct image *binary = image_new(c), *huge = image_new(c), *most = image_new(c);
    static char text[SIF_DEFINITION_MAX + 1];

    memset(text, 't', sizeof text);
    image_add(binary, OBJECT_DEFINITION, "", STR("\xff\xfe"));
    image_add(huge, OBJECT_DEFINITION, "", str_view(text, sizeof text));
    image_add(most, OBJECT_DEFINITION, "", str_view(text, SIF_DEFINITION_MAX));
    assert_int_equal(facts_of_image(c, binary).definition.len, 0);
    assert_int_equal(facts_of_image(c, huge).definition.len, 0);
    assert_int_equal(facts_of_image(c, most).definition.len, SIF_DEFINITION_MAX);
}

static void refused(struct ctx *c, struct str file, const char *why)
{
    struct sif_facts f = facts_of(c, file);

    assert_int_equal(f.format, FORMAT_UNKNOWN);
    assert_non_null(strstr(str_z(c->arena, f.remark), why));
    assert_int_equal(f.object_count + f.label_count + f.definition.len, 0);
}

static void what_breaks_the_rules_is_not_taken_for_sif(void **state)
{
    static const struct {
        size_t at;
        int64_t value;
        const char *why;
    } spoiled[] = {
        {HEADER_VERSION,    '9',                 "version"        },
        {HEADER_OBJECTS,    -1,                  "-1 objects"     },
        {HEADER_OBJECTS,    SIF_OBJECTS_MAX + 1, "513 objects"    },
        {HEADER_OBJECTS,    INT64_MAX,           "objects"        },
        {HEADER_OBJECTS_AT, 127,                 "list of objects"},
        {HEADER_OBJECTS_AT, INT64_MAX,           "list of objects"},
        {HEADER_OBJECTS_AT, INT64_MIN,           "list of objects"},
    };
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(spoiled); i++) {
        struct image *m = image_new(c);

        put(m->bytes + spoiled[i].at, spoiled[i].value, spoiled[i].at == HEADER_VERSION ? 1 : 8);
        refused(c, str_view(m->bytes, m->len), spoiled[i].why);
    }
    refused(c, str_view(image_new(c)->bytes, HEADER_BYTES - 1), "cut off");
    refused(c, str_view(image_new(c)->bytes, HEADER_BYTES + OBJECT_BYTES), "list of objects");
}

static void objects_outside_the_file_spoil_it(void **state)
{
    static const struct {
        int64_t offset, size;
    } outside[] = {
        {-1,        1        },
        {1,         -1       },
        {INT64_MAX, INT64_MAX},
        {0,         INT64_MAX},
        {FILE_MAX,  1        },
    };
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(outside); i++) {
        struct image *m = image_new(c);
        unsigned char *at = image_add(m, OBJECT_DATA, "", STR("x"));

        put(at + OBJECT_AT, outside[i].offset, 8);
        put(at + OBJECT_SIZE, outside[i].size, 8);
        refused(c, str_view(m->bytes, m->len), "outside the file");
        at[OBJECT_USED] = 0;
        assert_int_equal(facts_of_image(c, m).object_count, 0);
        assert_int_equal(facts_of_image(c, m).format, FORMAT_SIF);
    }
}

static void other_formats_are_told_by_their_first_bytes(void **state)
{
    static unsigned char ext3[2048] = {[1080] = 0x53, [1081] = 0xef};
    static unsigned char launched[2048] = "#!/usr/bin/env run-singularity\n";
    struct ctx *c = unit_ctx(state);

    launched[31 + 1080] = 0x53;
    launched[31 + 1081] = 0xef;
    assert_int_equal(facts_of(c, STR("hsqs....")).format, FORMAT_SQUASHFS);
    assert_int_equal(facts_of(c, STR("#!/usr/bin/env run-singularity\nhsqs")).format,
                     FORMAT_SQUASHFS);
    assert_int_equal(facts_of(c, str_view(ext3, sizeof ext3)).format, FORMAT_EXT3);
    assert_int_equal(facts_of(c, str_view(launched, sizeof launched)).format, FORMAT_EXT3);
    assert_int_equal(facts_of(c, STR("x")).format, FORMAT_UNKNOWN);
    assert_str(facts_of(c, STR("x")).remark, "");
    assert_string_equal(image_format_name(FORMAT_EXT3), "ext3");
}

static enum err fail_to_read(struct ctx *c, void *arg, int64_t offset, void *into, size_t len)
{
    (void)arg, (void)offset, (void)into, (void)len;
    return FAIL(c, ERR_UNAVAILABLE, "The disk is gone.");
}

static void a_failure_to_read_is_told(void **state)
{
    const struct sif_source source = {fail_to_read, NULL, 10};
    struct ctx *c = unit_ctx(state);
    struct sif_facts f;

    assert_int_equal(sif_read(c, &source, &f), ERR_UNAVAILABLE);
}

UNIT_MAIN(UNIT(a_whole_image_says_what_it_is), UNIT(the_partition_tells_what_the_header_does_not),
          UNIT(labels_are_found_in_each_of_their_places), UNIT(labels_have_limits),
          UNIT(a_definition_that_is_no_text_or_too_long_is_left_out),
          UNIT(what_breaks_the_rules_is_not_taken_for_sif), UNIT(objects_outside_the_file_spoil_it),
          UNIT(other_formats_are_told_by_their_first_bytes), UNIT(a_failure_to_read_is_told))
