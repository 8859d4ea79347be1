#include "registry/manage.h"

#include "change.h"
#include "create.h"

#include "base/settings.h"
#include "db/db.h"

/* ---- create and edit ------------------------------------------------------------------------- */

static enum err check_name(struct ctx *c, struct str *name)
{
    *name = str_lower(c->arena, *name);
    if (!collection_name_is_valid(*name))
        return FAIL_FIELD(
            c, "name",
            "name: letters and digits, with . _ - / between them, at most %d characters.",
            COLLECTION_NAME_MAX);
    return ERR_OK;
}

static enum err check_private(struct ctx *c, bool is_private)
{
    if (c->settings->private_only && !is_private)
        return FAIL_FIELD(c, "private", "private: this registry keeps every collection private.");
    return ERR_OK;
}

static enum err name_is_taken(struct ctx *c, struct str name)
{
    ctx_note_field(c, ERR_CONFLICT, "name", "name: there is a collection " STR_FMT " already.",
                   STR_ARG(name));
    return ERR_CONFLICT;
}

static enum err create(struct ctx *c, struct viewer v, const struct collection_edit *edit,
                       struct collection *out)
{
    bool is_private = c->settings->private_only || c->settings->default_private;
    struct str name = edit->name;
    int64_t id;

    TRY(check_name(c, &name));
    if (edit->has_private)
        is_private = edit->is_private;
    TRY(check_private(c, is_private));
    TRY(create_collection(c, v, name, edit->description, is_private, &id));
    if (id == 0)
        return name_is_taken(c, name);
    return collection_get(c, v, id, out);
}

enum err collection_create(struct ctx *c, struct viewer v, const struct collection_edit *edit,
                           struct collection *out)
{
    TRY(db_begin(c));
    return change_end(c, create(c, v, edit, out));
}

static enum err note_edit(struct ctx *c, struct viewer v, const struct collection *old,
                          const struct collection *new)
{
    if (!str_eq(old->name, new->name))
        TRY(change_note(
            c, v, new->id, "collection.rename",
            str_printf(c->arena, STR_FMT " -> " STR_FMT, STR_ARG(old->name), STR_ARG(new->name))));
    if (!str_eq(old->description, new->description))
        TRY(change_note(c, v, new->id, "collection.describe", new->name));
    if (old->is_private != new->is_private)
        TRY(change_note(c, v, new->id, new->is_private ? "collection.private" : "collection.public",
                        new->name));
    return ERR_OK;
}

/* What was not sent stays. */
static enum err apply_edit(struct ctx *c, const struct collection_edit *edit, struct collection *k)
{
    if (edit->description.ptr)
        k->description = edit->description;
    if (edit->name.ptr) {
        k->name = edit->name;
        TRY(check_name(c, &k->name));
    }
    if (!edit->has_private)
        return ERR_OK;
    k->is_private = edit->is_private;
    return check_private(c, k->is_private);
}

static enum err edit_under_lock(struct ctx *c, struct viewer v, int64_t id,
                                const struct collection_edit *edit, struct collection *out)
{
    struct collection old, new;
    enum err e;

    TRY(change_collection(c, v, id, ACTION_EDIT, &old));
    new = old;
    TRY(apply_edit(c, edit, &new));
    e = db_exec(c, SQL_COLLECTION_UPDATE,
                DB_ARGS(db_int(c, id), db_text(c, new.name), db_text(c, new.description),
                        db_bool(new.is_private)),
                NULL);
    if (e == ERR_CONFLICT)
        return name_is_taken(c, new.name);
    TRY(e);
    TRY(note_edit(c, v, &old, &new));
    return collection_get(c, v, id, out);
}

enum err collection_edit(struct ctx *c, struct viewer v, int64_t id,
                         const struct collection_edit *edit, struct collection *out)
{
    TRY(db_begin(c));
    return change_end(c, edit_under_lock(c, v, id, edit, out));
}

/* ---- members --------------------------------------------------------------------------------- */

/* After the change, before the commit: the lock of the collection makes this the truth. */
static enum err check_owners(struct ctx *c, const struct collection *k)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_MEMBER_COUNT_OWNERS, DB_ARGS(db_int(c, k->id)), "member_count_owners",
               &rows));
    if (db_get_int(&rows, 0, "owners") == 0)
        return FAIL(c, ERR_CONFLICT,
                    "A collection needs an owner: make somebody else an owner of " STR_FMT
                    " first.",
                    STR_ARG(k->name));
    return ERR_OK;
}

static enum err find_user(struct ctx *c, struct str username, int64_t *id)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_MEMBER_USER, DB_ARGS(db_text(c, username)), &rows));
    if (rows.count == 0)
        return FAIL_FIELD(c, "username", "username: there is no active user " STR_FMT ".",
                          STR_ARG(str_take(username, 64)));
    *id = db_get_int(&rows, 0, "id");
    return ERR_OK;
}

static enum err check_role(struct ctx *c, struct str role)
{
    if (str_eq(role, STR("owner")) || str_eq(role, STR("contributor")))
        return ERR_OK;
    return FAIL_FIELD(c, "role", "role: must be owner or contributor.");
}

static enum err write_member(struct ctx *c, const struct collection *k, struct str username,
                             struct str role)
{
    int64_t user_id;

    TRY(check_role(c, role));
    TRY(find_user(c, username, &user_id));
    TRY(db_exec(c, SQL_MEMBER_SET, DB_ARGS(db_int(c, k->id), db_int(c, user_id), db_text(c, role)),
                NULL));
    return check_owners(c, k);
}

static enum err set_member(struct ctx *c, struct viewer v, int64_t id, struct str username,
                           struct str role, struct collection *out)
{
    struct collection k;

    TRY(change_collection(c, v, id, ACTION_MEMBERS, &k));
    TRY(write_member(c, &k, username, role));
    TRY(change_note(c, v, k.id, "collection.member",
                    str_printf(c->arena, STR_FMT ": " STR_FMT " " STR_FMT, STR_ARG(k.name),
                               STR_ARG(username), STR_ARG(role))));
    /* Who made himself less may not be able to read what comes of it. */
    return collection_get(c, (struct viewer){v.user_id, true}, id, out);
}

enum err collection_set_member(struct ctx *c, struct viewer v, int64_t id, struct str username,
                               struct str role, struct collection *out)
{
    TRY(db_begin(c));
    return change_end(c, set_member(c, v, id, str_lower(c->arena, username), role, out));
}

static enum err remove_member(struct ctx *c, struct viewer v, int64_t id, struct str username)
{
    struct collection k;
    size_t removed = 0;

    TRY(change_collection(c, v, id, ACTION_MEMBERS, &k));
    TRY(db_exec(c, SQL_MEMBER_REMOVE, DB_ARGS(db_int(c, id), db_text(c, username)), &removed));
    if (removed == 0)
        return FAIL(c, ERR_NOT_FOUND, "There is no such member of this collection.");
    TRY(check_owners(c, &k));
    return change_note(
        c, v, k.id, "collection.member_remove",
        str_printf(c->arena, STR_FMT ": " STR_FMT, STR_ARG(k.name), STR_ARG(username)));
}

enum err collection_remove_member(struct ctx *c, struct viewer v, int64_t id, struct str username)
{
    TRY(db_begin(c));
    return change_end(c, remove_member(c, v, id, str_lower(c->arena, username)));
}

/* ---- delete ---------------------------------------------------------------------------------- */

static enum err delete_under_lock(struct ctx *c, struct viewer v, int64_t id, struct str name)
{
    struct collection k;
    struct db_rows rows;
    int64_t frozen;

    TRY(change_collection(c, v, id, ACTION_DROP, &k));
    if (!str_eq(str_lower(c->arena, name), k.name))
        return FAIL_FIELD(c, "name", "name: to delete the collection, give its name: " STR_FMT ".",
                          STR_ARG(k.name));
    TRY(db_one(c, SQL_COLLECTION_COUNT_FROZEN, DB_ARGS(db_int(c, id)), "collection_count_frozen",
               &rows));
    frozen = db_get_int(&rows, 0, "frozen");
    if (frozen > 0)
        return FAIL(c, ERR_CONFLICT,
                    "%lld of its tags are frozen: unfreeze them first, then delete it.",
                    (long long)frozen);
    TRY(db_exec(c, SQL_COLLECTION_DELETE, DB_ARGS(db_int(c, id)), NULL));
    return change_note(c, v, k.id, "collection.delete", k.name);
}

enum err collection_delete(struct ctx *c, struct viewer v, int64_t id, struct str name)
{
    TRY(db_begin(c));
    return change_end(c, delete_under_lock(c, v, id, name));
}
