#include "layout.h"

#include <string.h>

static const struct str magic = STR_INIT("SIF_MAGIC\0");

/* A file while it is read. */
struct file {
    const struct sif_source *source;
    struct object_at *objects;
    size_t count;
};

/* ---- format ---------------------------------------------------------------------------------- */

static bool has_at(struct str head, size_t offset, struct str bytes)
{
    return str_has_prefix(str_skip(head, offset), bytes);
}

enum image_format sif_format_of_head(struct str head)
{
    /* Singularity 2 put a line "#!/usr/bin/env run-singularity" before the file system. */
    static const struct str launch = STR_INIT("#!/usr/bin/env run-singularity\n");
    static const struct str squashfs = STR_INIT("hsqs"), ext3 = STR_INIT("\x53\xef");
    enum { EXT3_MAGIC = 1080 };
    size_t start = str_has_prefix(head, launch) ? launch.len : 0;

    if (has_at(head, HEADER_MAGIC, magic))
        return FORMAT_SIF;
    if (has_at(head, start, squashfs))
        return FORMAT_SQUASHFS;
    if (has_at(head, start + EXT3_MAGIC, ext3))
        return FORMAT_EXT3;
    return FORMAT_UNKNOWN;
}

const char *image_format_name(enum image_format format)
{
    static const char *const names[FORMAT_COUNT] = {
        [FORMAT_UNKNOWN] = "unknown",
        [FORMAT_SIF] = "sif",
        [FORMAT_SQUASHFS] = "squashfs",
        [FORMAT_EXT3] = "ext3",
    };

    return names[format];
}

/* ---- header ---------------------------------------------------------------------------------- */

/* It begins as SIF, and is not. */
static void refuse(struct sif_facts *out, struct str why)
{
    *out = (struct sif_facts){.format = FORMAT_UNKNOWN, .remark = why};
}

/* False, and refused: the numbers of the header cannot be right. */
static bool check_header(struct ctx *c, const unsigned char *header, int64_t file_size,
                         struct sif_facts *out)
{
    int64_t objects = layout_i64(header + HEADER_OBJECTS);
    int64_t at = layout_i64(header + HEADER_OBJECTS_AT);

    if (memcmp(header + HEADER_VERSION, "01", sizeof "01") != 0)
        refuse(out, STR("its header is of another version than 01"));
    else if (objects < 0 || objects > SIF_OBJECTS_MAX)
        refuse(out, str_printf(c->arena, "its header counts %lld objects; at most %d are taken",
                               (long long)objects, SIF_OBJECTS_MAX));
    else if (at < HEADER_BYTES || at > file_size - objects * OBJECT_BYTES)
        refuse(out, STR("its list of objects lies outside the file: it is cut off or damaged"));
    return out->format == FORMAT_SIF;
}

/* ---- objects --------------------------------------------------------------------------------- */

static enum err read_objects(struct ctx *c, struct file *f, const unsigned char *header,
                             struct sif_facts *out)
{
    size_t total = (size_t)layout_i64(header + HEADER_OBJECTS);
    unsigned char *list = arena_alloc_array(c->arena, total, OBJECT_BYTES);

    f->objects = arena_alloc_array(c->arena, total, sizeof *f->objects);
    TRY(f->source->read(c, f->source->arg, layout_i64(header + HEADER_OBJECTS_AT), list,
                        total * OBJECT_BYTES));
    for (size_t i = 0; i < total; i++) {
        const unsigned char *at = list + i * OBJECT_BYTES;

        if (at[OBJECT_USED] == 0)
            continue;
        if (!object_decode(c->arena, at, f->source->size, &f->objects[f->count++])) {
            refuse(out, STR("one of its objects lies outside the file: it is cut off or damaged"));
            return ERR_OK;
        }
    }
    return ERR_OK;
}

static enum err read_object(struct ctx *c, const struct file *f, const struct object_at *o,
                            struct str *out)
{
    size_t size = (size_t)o->object.size;
    char *bytes = arena_alloc(c->arena, size);

    TRY(f->source->read(c, f->source->arg, o->offset, bytes, size));
    *out = str_view(bytes, size);
    return ERR_OK;
}

static const struct object_at *find_type(const struct file *f, enum object_type type)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->objects[i].type == type)
            return &f->objects[i];
    }
    return NULL;
}

static enum err read_definition(struct ctx *c, const struct file *f, struct sif_facts *out)
{
    const struct object_at *o = find_type(f, OBJECT_DEFINITION);
    struct str text;

    if (!o || o->object.size > SIF_DEFINITION_MAX)
        return ERR_OK;
    TRY(read_object(c, f, o, &text));
    if (str_is_utf8(text))
        out->definition = text;
    return ERR_OK;
}

static bool has_labels(const struct object_at *o)
{
    return o->object.size <= SIF_METADATA_MAX &&
           (o->type == OBJECT_LABELS ||
            (o->type == OBJECT_JSON && str_eq(o->object.name, STR("inspect-metadata.json"))));
}

/* An image has one such object; of more, only as many bytes are read as one may have. */
static enum err read_labels(struct ctx *c, const struct file *f, struct sif_facts *out)
{
    struct sif_label *labels = arena_alloc_array(c->arena, SIF_LABELS_MAX, sizeof *labels);
    int64_t left = SIF_METADATA_MAX;

    for (size_t i = 0; i < f->count; i++) {
        const struct object_at *o = &f->objects[i];
        struct str json;

        if (!has_labels(o) || o->object.size > left)
            continue;
        left -= o->object.size;
        TRY(read_object(c, f, o, &json));
        labels_add(c, json, labels, &out->label_count);
    }
    out->labels = labels;
    return ERR_OK;
}

static void list_objects(struct ctx *c, const struct file *f, struct sif_facts *out)
{
    struct sif_object *objects = arena_alloc_array(c->arena, f->count, sizeof *objects);

    for (size_t i = 0; i < f->count; i++) {
        objects[i] = f->objects[i].object;
        if (out->architecture.len == 0 && f->objects[i].is_primary)
            out->architecture = objects[i].architecture;
    }
    out->objects = objects;
    out->object_count = f->count;
}

/* ---- facts ----------------------------------------------------------------------------------- */

static enum err read_head(struct ctx *c, const struct sif_source *source, struct str *out)
{
    size_t len = source->size < SIF_HEAD_BYTES ? (size_t)source->size : SIF_HEAD_BYTES;
    char *bytes = arena_alloc(c->arena, SIF_HEAD_BYTES);

    *out = str_view(bytes, len);
    return source->read(c, source->arg, 0, bytes, len);
}

/* Also of a writer whose clock was never set, or that writes other units. */
static int64_t built_at(const unsigned char *header)
{
    static const int64_t end_of_9999 = INT64_C(253402300799);
    int64_t at = layout_i64(header + HEADER_CREATED);

    return at > 0 && at <= end_of_9999 ? at : 0;
}

static enum err read_image(struct ctx *c, struct file *f, const unsigned char *header,
                           struct sif_facts *out)
{
    if (f->source->size < HEADER_BYTES) {
        refuse(out, STR("its header is cut off"));
        return ERR_OK;
    }
    if (!check_header(c, header, f->source->size, out))
        return ERR_OK;
    TRY(read_objects(c, f, header, out));
    if (out->format != FORMAT_SIF)
        return ERR_OK;
    out->built_at = built_at(header);
    out->architecture = layout_architecture(header + HEADER_ARCHITECTURE);
    list_objects(c, f, out);
    TRY(read_definition(c, f, out));
    return read_labels(c, f, out);
}

enum err sif_read(struct ctx *c, const struct sif_source *source, struct sif_facts *out)
{
    struct file f = {.source = source};
    struct str head;

    *out = (struct sif_facts){.format = FORMAT_UNKNOWN};
    TRY(read_head(c, source, &head));
    out->format = sif_format_of_head(head);
    if (out->format != FORMAT_SIF)
        return ERR_OK;
    return read_image(c, &f, (const unsigned char *)head.ptr, out);
}
