#include "move.h"

#include "registry/collection.h"

struct old_container {
    struct image_name name;
    struct str version, datafile;
    int64_t created_at;
};

/*
 * The path below the directory of images. The database holds it below MEDIA_ROOT, or whole; of one
 * that is whole and elsewhere the last two parts are its collection and its name.
 */
static struct str path_below(struct arena *a, struct str datafile)
{
    static const struct str media_root = STR_INIT("/var/www/images/");
    struct str head, file, rest, collection;

    if (str_has_prefix(datafile, media_root))
        return str_skip(datafile, media_root.len);
    if (!str_has_prefix(datafile, STR("/")))
        return datafile;
    (void)str_cut_last(datafile, '/', &head, &file);
    (void)str_cut_last(head, '/', &rest, &collection);
    return str_printf(a, STR_FMT "/" STR_FMT, STR_ARG(collection), STR_ARG(file));
}

/* "sha256.<hex>", which a worker there put in place of an MD5 sooner or later; absent otherwise. */
static struct str known_digest(struct str version)
{
    static const struct str prefix = STR_INIT("sha256.");
    struct str hex = str_skip(version, prefix.len);

    return str_has_prefix(version, prefix) && hex.len == 64 ? hex : STR_NONE;
}

/* What a tag is here, before anything is done. */
struct present {
    bool exists, is_kept; /* kept: somebody pushed it here since */
    struct str sha256;
};

static enum err look(struct ctx *c, const struct old_container *old, int64_t collection_id,
                     struct present *p)
{
    struct str uri = image_name_uri(c->arena, &old->name);
    struct container here;
    bool brought;

    *p = (struct present){0};
    if (collection_id == 0)
        return ERR_OK;
    TRY(container_find(c, (struct viewer){0}, &old->name, &p->exists, &here));
    if (!p->exists)
        return ERR_OK;
    p->sha256 = here.sha256;
    return move_is_ours(c, "image.push", "image.import", uri, &p->is_kept, &brought);
}

static void count_one(struct import_report *r, const struct present *p, int64_t size)
{
    r->bytes += size;
    if (p->exists)
        r->containers.updated++;
    else
        r->containers.created++;
}

static enum err bring(struct ctx *c, struct move *m, const struct old_container *old,
                      int64_t collection_id, const struct present *p)
{
    struct str path = path_below(c->arena, old->datafile), digest = known_digest(old->version);
    const struct bring_target target = {collection_id, old->name, old->created_at};
    struct brought file;
    enum bring_way way;

    TRY(bring_open(c, m->options->images, path, &file));
    if (digest.len && !str_eq(digest, file.sha256))
        return FAIL(c, ERR_INPUT,
                    "the file is damaged: its sha256 is " STR_FMT
                    ", the old registry says " STR_FMT,
                    STR_ARG(file.sha256), STR_ARG(digest));
    if (p->exists && str_eq(p->sha256, file.sha256)) {
        m->report->containers.unchanged++;
        return ERR_OK;
    }
    TRY(bring_commit(c, &target, &file, &way));
    m->report->ways[way]++;
    count_one(m->report, p, file.size);
    return ERR_OK;
}

static enum err look_only(struct ctx *c, struct move *m, const struct old_container *old,
                          const struct present *p)
{
    int64_t size;

    TRY(bring_look(c, m->options->images, path_below(c->arena, old->datafile), &size));
    count_one(m->report, p, size);
    return ERR_OK;
}

static enum err move_container(struct ctx *c, struct move *m, struct old_container *old,
                               const struct id_pair *collection)
{
    struct str digest = known_digest(old->version);
    struct present p;

    if (!collection || !collection->is_known)
        return FAIL(c, ERR_NOT_FOUND, "the collection was not brought");
    old->name.collection = collection->name;
    TRY(image_name_check(c, &old->name));
    if (old->datafile.len == 0)
        return FAIL(c, ERR_NOT_FOUND,
                    "it has no file: it was built elsewhere, or its file was lost");
    TRY(look(c, old, collection->new, &p));
    if (p.is_kept) {
        m->report->containers.kept++;
        return ERR_OK;
    }
    if (p.exists && str_eq(p.sha256, digest)) { /* a second run reads no file again */
        m->report->containers.unchanged++;
        return ERR_OK;
    }
    return m->options->dry_run ? look_only(c, m, old, &p) : bring(c, m, old, collection->new, &p);
}

/* Each in an arena of its own: open files and buffers end with it. */
static enum err move_one(struct ctx *c, struct move *m, struct old_container *old,
                         const struct id_pair *collection)
{
    struct arena *scratch = arena_create();
    struct ctx item = *c;
    struct str name = str_printf(scratch, STR_FMT "/" STR_FMT ":" STR_FMT,
                                 STR_ARG(collection ? collection->name : STR_NONE),
                                 STR_ARG(old->name.name), STR_ARG(old->name.tag));
    enum err e;

    item.arena = scratch;
    e = move_container(&item, m, old, collection);
    e = move_judge(&item, m, e, &m->report->containers, "container", name);
    if (e != ERR_OK) {
        ctx_note(c, e, STR_FMT, STR_ARG(item.failure.detail));
        ctx_note_cause(c, str_dup(c->arena, item.failure.cause));
    }
    arena_destroy(scratch);
    return e;
}

enum err move_containers(struct ctx *c, struct move *m)
{
    struct db_rows rows;

    TRY(old_rows(c, m->old, OLD_CONTAINERS, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        struct old_container old = {
            .name = {.name = db_get_text(&rows, i, "name"), .tag = db_get_text(&rows, i, "tag")},
            .version = db_get_text(&rows, i, "version"),
            .datafile = db_get_text(&rows, i, "datafile"),
            .created_at = db_get_int(&rows, i, "created_at")
        };

        m->report->frozen += db_get_bool(&rows, i, "is_frozen");
        TRY(move_one(c, m, &old,
                     move_find(&m->collections, db_get_int(&rows, i, "collection_id"))));
    }
    return ERR_OK;
}
