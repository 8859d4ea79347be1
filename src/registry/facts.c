#include "registry/facts.h"

#include "disk.h"

#include "base/settings.h"
#include "db/db.h"

#include <fcntl.h>

enum { BATCH = 50 }; /* images asked for at a time */

// clang-format off
static const struct json_field object_fields[] = {
    {"id",           JSON_INT, offsetof(struct sif_object, id),           0, 0, NULL},
    {"kind",         JSON_STR, offsetof(struct sif_object, kind),         0, 0, NULL},
    {"name",         JSON_STR, offsetof(struct sif_object, name),         0, 0, NULL},
    {"size",         JSON_INT, offsetof(struct sif_object, size),         0, 0, NULL},
    {"file_system",  JSON_STR, offsetof(struct sif_object, file_system),  JSON_OMIT_EMPTY, 0, NULL},
    {"role",         JSON_STR, offsetof(struct sif_object, role),         JSON_OMIT_EMPTY, 0, NULL},
    {"architecture", JSON_STR, offsetof(struct sif_object, architecture), JSON_OMIT_EMPTY, 0, NULL},
    {"hash",         JSON_STR, offsetof(struct sif_object, hash),         JSON_OMIT_EMPTY, 0, NULL},
    {"fingerprint",  JSON_STR, offsetof(struct sif_object, fingerprint),  JSON_OMIT_EMPTY, 0, NULL},
};
const struct json_shape sif_object_shape = JSON_SHAPE(struct sif_object, object_fields);

static const struct json_field label_fields[] = {
    {"name",  JSON_STR, offsetof(struct sif_label, name),  0, 0, NULL},
    {"value", JSON_STR, offsetof(struct sif_label, value), 0, 0, NULL},
};
const struct json_shape sif_label_shape = JSON_SHAPE(struct sif_label, label_fields);

/* What a column holds of facts that have parts. */
struct contents {
    struct json_list objects, labels;
};
static const struct json_field contents_fields[] = {
    {"objects", JSON_LIST, offsetof(struct contents, objects), 0, 0, &sif_object_shape},
    {"labels",  JSON_LIST, offsetof(struct contents, labels),  0, 0, &sif_label_shape },
};
// clang-format on
static const struct json_shape contents_shape = JSON_SHAPE(struct contents, contents_fields);

/* ---- rows ------------------------------------------------------------------------------------ */

enum err facts_store(struct ctx *c, int64_t image_id, const struct sif_facts *f)
{
    const struct contents contents = {
        .objects = {f->objects, f->object_count},
        .labels = {f->labels,  f->label_count },
    };
    struct buf json = {.arena = c->arena};

    json_write(&json, &contents_shape, &contents);
    return db_exec(c, SQL_FACTS_STORE,
                   DB_ARGS(db_int(c, image_id), db_text(c, str_of(image_format_name(f->format))),
                           db_text(c, f->remark), db_text(c, f->architecture),
                           f->built_at ? db_int(c, f->built_at) : db_null(),
                           db_text(c, f->definition), db_text(c, buf_str(&json))),
                   NULL);
}

static enum image_format format_of(struct str name)
{
    for (int i = 0; i < FORMAT_COUNT; i++) {
        if (str_eq(name, str_of(image_format_name((enum image_format)i))))
            return (enum image_format)i;
    }
    return FORMAT_UNKNOWN;
}

enum err facts_get(struct ctx *c, int64_t image_id, bool *found, struct sif_facts *out)
{
    struct contents contents = {
        .objects = {NULL, 0}
    };
    struct db_rows rows;

    TRY(db_maybe(c, SQL_FACTS_GET, DB_ARGS(db_int(c, image_id)), &rows));
    *found = rows.count == 1;
    if (!*found)
        return ERR_OK;
    TRY(json_read(c, db_get_text(&rows, 0, "contents"), &contents_shape, &contents));
    *out = (struct sif_facts){
        .format = format_of(db_get_text(&rows, 0, "format")),
        .remark = db_get_text(&rows, 0, "remark"),
        .architecture = db_get_text(&rows, 0, "architecture"),
        .built_at = db_get_int(&rows, 0, "built_at"),
        .definition = db_get_text(&rows, 0, "definition"),
        .objects = contents.objects.items,
        .object_count = contents.objects.count,
        .labels = contents.labels.items,
        .label_count = contents.labels.count,
    };
    return ERR_OK;
}

/* ---- an upload ------------------------------------------------------------------------------- */

static enum err refuse(struct ctx *c, enum image_format format, struct str remark)
{
    static const char *const what[FORMAT_COUNT] = {
        [FORMAT_UNKNOWN] = "it is none",
        [FORMAT_SIF] = "",
        [FORMAT_SQUASHFS] = "it is a bare squashfs file system",
        [FORMAT_EXT3] = "it is a bare ext3 file system",
    };

    if (remark.len)
        return FAIL_FIELD(c, "file1",
                          "file1: this registry takes only SIF images, and of this one " STR_FMT
                          ". Make it again with apptainer build.",
                          STR_ARG(remark));
    return FAIL_FIELD(c, "file1",
                      "file1: this registry takes only SIF images, and %s. Make one of it with "
                      "apptainer build.",
                      what[format]);
}

/* sif_source.read */
static enum err read_upload(struct ctx *c, void *arg, int64_t offset, void *into, size_t len)
{
    return upload_read(c, arg, offset, into, len);
}

enum err facts_of_upload(struct ctx *c, struct upload *u, struct sif_facts *out)
{
    const struct sif_source source = {read_upload, u, upload_size(u)};

    TRY(sif_read(c, &source, out));
    if (c->settings->require_sif && out->format != FORMAT_SIF)
        return refuse(c, out->format, out->remark);
    return ERR_OK;
}

enum err facts_check_head(struct ctx *c, struct str head)
{
    enum image_format format;

    if (!c->settings->require_sif || head.len < SIF_HEAD_BYTES)
        return ERR_OK;
    format = sif_format_of_head(head);
    return format == FORMAT_SIF ? ERR_OK : refuse(c, format, STR_NONE);
}

/* ---- images that came otherwise -------------------------------------------------------------- */

/* sif_source.read */
static enum err read_file(struct ctx *c, void *arg, int64_t offset, void *into, size_t len)
{
    const int *fd = arg;

    return disk_read_at(c, *fd, offset, into, len);
}

static enum err fill_one(struct ctx *c, int root, const struct db_rows *rows, size_t i)
{
    struct str path =
        store_path(c->arena, db_get_int(rows, i, "collection_id"), db_get_text(rows, i, "sha256"));
    int fd = openat(root, path.ptr, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    const struct sif_source source = {read_file, &fd, db_get_int(rows, i, "size_bytes")};
    struct sif_facts facts;
    enum err e = sif_read(c, &source, &facts); /* of a file that is not there: EBADF */

    disk_close(fd);
    return e == ERR_OK ? facts_store(c, db_get_int(rows, i, "id"), &facts) : e;
}

/* A file that is missing or cut off is for the comparison to find (verify.h). */
static enum err fill_batch(struct ctx *c, int root, const struct db_rows *rows,
                           struct facts_report *did)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct ctx own = *c;
        enum err e;

        own.arena = arena_create();
        e = fill_one(&own, root, rows, i);
        arena_destroy(own.arena);
        did->read += e == ERR_OK;
        did->failed += e != ERR_OK;
    }
    return db_ready(c);
}

static enum err fill_from(struct ctx *c, int root, int64_t max_ms, struct facts_report *did)
{
    int64_t until_ms = clock_mono_ms(c->clock) + max_ms, last = 0;
    struct db_rows rows;

    do {
        TRY(db_many(c, SQL_FACTS_DUE, DB_ARGS(db_int(c, last), db_int(c, BATCH)), &rows));
        TRY(fill_batch(c, root, &rows, did));
        last = rows.count ? db_get_int(&rows, rows.count - 1, "id") : 0;
    } while (rows.count == BATCH && clock_mono_ms(c->clock) < until_ms);
    return ERR_OK;
}

enum err facts_fill(struct ctx *c, int64_t max_ms, struct facts_report *did)
{
    int root;
    enum err e;

    TRY(disk_open_root(c, &root));
    e = fill_from(c, root, max_ms, did);
    disk_close(root);
    return e;
}
