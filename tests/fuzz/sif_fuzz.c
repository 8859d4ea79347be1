/* A whole file that may be a SIF image: header, descriptors, labels. */
// modules: sif base
#include "sif/sif.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

/* sif_source.read: what lies outside of the file is never asked for. */
static enum err read_memory(struct ctx *c, void *arg, int64_t offset, void *into, size_t len)
{
    const struct str *bytes = arg;

    (void)c;
    demand(offset >= 0 && (size_t)offset <= bytes->len && len <= bytes->len - (size_t)offset);
    if (len > 0)
        memcpy(into, bytes->ptr + offset, len);
    return ERR_OK;
}

static void check_text(struct str s, size_t max)
{
    demand(s.len <= max && (s.len == 0 || str_is_utf8(s)));
}

static void check_objects(const struct sif_facts *f, size_t file_size)
{
    demand(f->object_count <= SIF_OBJECTS_MAX);
    for (size_t i = 0; i < f->object_count; i++) {
        const struct sif_object *o = &f->objects[i];

        demand(o->size >= 0 && (size_t)o->size <= file_size && o->kind.len > 0);
        check_text(o->name, 128);
        demand(o->fingerprint.len == 0 || o->fingerprint.len == 40);
    }
}

static void check_labels(const struct sif_facts *f)
{
    demand(f->label_count <= SIF_LABELS_MAX);
    for (size_t i = 0; i < f->label_count; i++) {
        demand(f->labels[i].name.len > 0);
        check_text(f->labels[i].name, SIF_LABEL_NAME_MAX);
        check_text(f->labels[i].value, SIF_LABEL_VALUE_MAX);
        for (size_t j = 0; j < i; j++)
            demand(!str_eq(f->labels[i].name, f->labels[j].name));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx c = {.arena = arena_create()};
    struct str bytes = str_view(data, size);
    const struct sif_source source = {read_memory, &bytes, (int64_t)size};
    struct sif_facts f;

    demand(sif_read(&c, &source, &f) == ERR_OK && c.failure.err == ERR_OK);
    if (f.format == FORMAT_SIF)
        demand(f.remark.len == 0);
    else
        demand(f.object_count == 0 && f.label_count == 0 && f.definition.len == 0);
    demand(f.built_at >= 0);
    check_text(f.remark, 200);
    check_text(f.definition, SIF_DEFINITION_MAX);
    check_objects(&f, size);
    check_labels(&f);
    arena_destroy(c.arena);
    return 0;
}
