#include "move.h"

#include "base/settings.h"
#include "registry/collection.h"

struct old_collection {
    struct str name, description;
    bool is_private;
    int64_t created_at, updated_at;
};

static enum err store(struct ctx *c, const struct old_collection *old, int64_t *id)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_IMPORT_COLLECTION,
               DB_ARGS(db_text(c, old->name), db_bool(old->is_private),
                       db_text(c, old->description), db_int(c, old->created_at),
                       db_int(c, old->updated_at)),
               "import_collection", &rows));
    *id = db_get_int(&rows, 0, "id");
    return ERR_OK;
}

/* One that is here stays as it is, but what was made private there must not be public here. */
static enum err move_collection(struct ctx *c, struct move *m, const struct old_collection *old,
                                struct id_pair *pair)
{
    struct import_count *count = &m->report->collections;
    struct collection here;
    bool found, changes;

    if (!collection_name_is_valid(old->name))
        return FAIL(c, ERR_INPUT,
                    "a collection's name is made of a-z 0-9 with . _ - / inside, at most %d",
                    COLLECTION_NAME_MAX);
    TRY(collection_find(c, (struct viewer){0}, old->name, &found, &here));
    changes = !found || (old->is_private && !here.is_private);
    pair->new = found ? here.id : 0;
    if (changes && !m->options->dry_run)
        TRY(store(c, old, &pair->new));
    if (!found)
        count->created++;
    else if (changes)
        count->updated++;
    else
        count->unchanged++;
    return ERR_OK;
}

enum err move_collections(struct ctx *c, struct move *m)
{
    struct db_rows rows;

    TRY(old_rows(c, m->old, OLD_COLLECTIONS, &rows));
    m->collections.list = arena_alloc_array(m->arena, rows.count, sizeof *m->collections.list);
    for (size_t i = 0; i < rows.count; i++) {
        struct old_collection old = {.name = str_lower(m->arena, db_get_text(&rows, i, "name")),
                                     .description = db_get_text(&rows, i, "description"),
                                     .is_private = db_get_bool(&rows, i, "is_private") ||
                                                   c->settings->private_only,
                                     .created_at = db_get_int(&rows, i, "created_at"),
                                     .updated_at = db_get_int(&rows, i, "updated_at")};
        struct id_pair pair = {.old = db_get_int(&rows, i, "id"), .name = old.name};
        enum err e = move_collection(c, m, &old, &pair);

        pair.is_known = e == ERR_OK;
        TRY(move_judge(c, m, e, &m->report->collections, "collection", old.name));
        m->collections.list[m->collections.count++] = pair;
    }
    return ERR_OK;
}

/* ---- members --------------------------------------------------------------------------------- */

static enum err move_member(struct ctx *c, struct move *m, const struct id_pair *collection,
                            const struct id_pair *user, struct str role)
{
    struct import_count *count = &m->report->members;
    size_t changed = 0;

    if (!collection || !collection->is_known)
        return FAIL(c, ERR_NOT_FOUND, "the collection was not brought");
    if (!user || !user->is_known)
        return FAIL(c, ERR_NOT_FOUND, "the user was not brought");
    if (!m->options->dry_run)
        TRY(db_exec(c, SQL_IMPORT_MEMBER,
                    DB_ARGS(db_int(c, collection->new), db_int(c, user->new), db_text(c, role)),
                    &changed));
    else /* what the database would say, as far as that can be known */
        changed = collection->new == 0 || user->new == 0;
    if (changed)
        count->created++;
    else
        count->unchanged++;
    return ERR_OK;
}

static struct str member_name(struct arena *a, const struct id_pair *collection,
                              const struct id_pair *user)
{
    struct str c = collection ? collection->name : STR_NONE, u = user ? user->name : STR_NONE;

    return str_printf(a, STR_FMT ", " STR_FMT, STR_ARG(c), STR_ARG(u));
}

enum err move_members(struct ctx *c, struct move *m)
{
    struct db_rows rows;

    TRY(old_rows(c, m->old, OLD_MEMBERS, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct id_pair *collection =
            move_find(&m->collections, db_get_int(&rows, i, "collection_id"));
        const struct id_pair *user = move_find(&m->users, db_get_int(&rows, i, "user_id"));
        enum err e = move_member(c, m, collection, user, db_get_text(&rows, i, "role"));

        TRY(move_judge(c, m, e, &m->report->members, "member",
                       member_name(c->arena, collection, user)));
    }
    return ERR_OK;
}
