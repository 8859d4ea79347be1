#include "move.h"

#include "registry/collection.h"

/* Of a tag that could not be brought, or whose labels break the limits here, they stay behind. */
static void count(struct import_count *n, bool dry_run, int64_t there, int64_t fit,
                  int64_t unchanged)
{
    n->found += there;
    n->unchanged += unchanged;
    n->created += (dry_run ? there : fit) - unchanged;
    n->failed += dry_run ? 0 : there - fit;
}

/* Labels of a tag that shows another image here by now say nothing about that. */
static enum err is_kept(struct ctx *c, const struct image_name *n, bool *kept)
{
    bool brought;

    return move_is_ours(c, "image.push", "image.import", image_name_uri(c->arena, n), kept,
                        &brought);
}

static enum err bring(struct ctx *c, struct move *m, int64_t collection_id,
                      const struct image_name *n, const struct db_rows *old, size_t i)
{
    bool dry_run = m->options->dry_run;
    struct db_rows rows;

    TRY(db_one(c, SQL_IMPORT_LABELS,
               DB_ARGS(db_int(c, collection_id), db_text(c, n->name), db_text(c, n->tag),
                       db_text(c, db_get_text(old, i, "labels")), db_bool(dry_run)),
               "import_labels", &rows));
    count(&m->report->labels, dry_run, db_get_int(old, i, "count"), db_get_int(&rows, 0, "found"),
          db_get_int(&rows, 0, "unchanged"));
    return ERR_OK;
}

static enum err move_one(struct ctx *c, struct move *m, const struct db_rows *old, size_t i)
{
    const struct id_pair *collection =
        move_find(&m->collections, db_get_int(old, i, "collection_id"));
    struct import_count *n = &m->report->labels;
    int64_t there = db_get_int(old, i, "count");
    struct image_name name = {.name = str_lower(c->arena, db_get_text(old, i, "name")),
                              .tag = str_lower(c->arena, db_get_text(old, i, "tag"))};
    bool kept;

    if (!collection || !collection->is_known) {
        n->found += there;
        n->failed += there;
        return ERR_OK;
    }
    name.collection = collection->name;
    TRY(is_kept(c, &name, &kept));
    if (!kept)
        return bring(c, m, collection->new, &name, old, i);
    n->found += there;
    n->kept += there;
    return ERR_OK;
}

enum err move_labels(struct ctx *c, struct move *m)
{
    struct db_rows rows;

    TRY(old_rows(c, m->old, OLD_LABELS, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        struct ctx item = *c;
        enum err e;

        item.arena = arena_create();
        e = move_one(&item, m, &rows, i);
        if (e != ERR_OK) {
            ctx_note(c, e, STR_FMT, STR_ARG(item.failure.detail));
            ctx_note_cause(c, str_dup(c->arena, item.failure.cause));
        }
        arena_destroy(item.arena);
        TRY(e);
    }
    return ERR_OK;
}
