#include "tag.h"

#include "change.h"
#include "container.h"
#include "digest.h"
#include "quota_commit.h"

#include "base/settings.h"

enum { VERSIONS_MAX = 1000 };

bool version_parse(struct str s, struct str *sha256)
{
    *sha256 = str_skip(s, sizeof "sha256." - 1);
    return str_has_prefix(s, STR("sha256.")) && digest_is_hex(*sha256);
}

enum err tag_check_frozen(struct ctx *c, const struct image_name *n, bool is_frozen)
{
    if (is_frozen)
        return FAIL(c, ERR_FORBIDDEN, STR_FMT " is frozen, overwriting it is not allowed.",
                    STR_ARG(image_name_uri(c->arena, n)));
    return ERR_OK;
}

/* What the tag points at now becomes an earlier version, unless it is the same. */
static enum err leave(struct ctx *c, const struct container *k)
{
    struct db_rows rows;

    TRY(db_maybe(
        c, SQL_CONTAINER_TAG_STATE,
        DB_ARGS(db_int(c, k->collection_id), db_text(c, k->name.name), db_text(c, k->name.tag)),
        &rows));
    if (rows.count == 0)
        return ERR_OK;
    TRY(tag_check_frozen(c, &k->name, db_get_bool(&rows, 0, "is_frozen")));
    return db_exec(c, SQL_VERSION_KEEP,
                   DB_ARGS(db_int(c, db_get_int(&rows, 0, "id")), db_int(c, k->image_id)), NULL);
}

enum err tag_point(struct ctx *c, struct viewer v, struct container *k, const char *what)
{
    struct str uri = image_name_uri(c->arena, &k->name);
    struct db_rows rows;

    TRY(db_one(
        c, SQL_CONTAINER_TAG_LOCK,
        DB_ARGS(db_int(c, k->collection_id), db_text(c, k->name.name), db_text(c, k->name.tag)),
        "container_tag_lock", &rows));
    TRY(leave(c, k));
    TRY(db_maybe(c, SQL_CONTAINER_UPSERT,
                 DB_ARGS(db_int(c, k->collection_id), db_text(c, k->name.name),
                         db_text(c, k->name.tag), db_int(c, k->image_id), db_int(c, v.user_id),
                         db_text(c, uri), db_text(c, c->request_id), db_text(c, str_of(what)),
                         db_text_or_null(c, c->address)),
                 &rows));
    TRY(tag_check_frozen(c, &k->name, rows.count == 0));
    k->id = db_get_int(&rows, 0, "id");
    container_set_times(k, &rows, 0);
    return db_exec(c, SQL_VERSION_PRUNE,
                   DB_ARGS(db_int(c, k->id), db_int(c, c->settings->keep_versions)), NULL);
}

/* ---- freeze ---------------------------------------------------------------------------------- */

static enum err freeze(struct ctx *c, struct viewer v, int64_t id, bool frozen,
                       struct container *out)
{
    size_t changed = 0;

    TRY(change_container(c, v, id, ACTION_FREEZE, out));
    TRY(db_exec(c, SQL_CONTAINER_FREEZE, DB_ARGS(db_int(c, id), db_bool(frozen)), &changed));
    out->is_frozen = frozen;
    if (changed == 0)
        return ERR_OK;
    return change_note(c, v, out->collection_id, frozen ? "image.freeze" : "image.unfreeze",
                       image_name_uri(c->arena, &out->name));
}

enum err container_freeze(struct ctx *c, struct viewer v, int64_t id, bool frozen,
                          struct container *out)
{
    TRY(db_begin(c));
    return change_end(c, freeze(c, v, id, frozen, out));
}

/* ---- tags ------------------------------------------------------------------------------------ */

static enum err check_tag(struct ctx *c, struct image_name *n)
{
    struct str sha256;

    TRY(image_name_check(c, n));
    if (version_parse(n->tag, &sha256))
        return FAIL_FIELD(c, "tag", "tag: must not look like a digest.");
    return ERR_OK;
}

static enum err check_free(struct ctx *c, const struct container *k)
{
    struct db_rows rows;

    TRY(db_maybe(
        c, SQL_CONTAINER_TAG_STATE,
        DB_ARGS(db_int(c, k->collection_id), db_text(c, k->name.name), db_text(c, k->name.tag)),
        &rows));
    if (rows.count == 1 && db_get_int(&rows, 0, "image_id") != k->image_id)
        return FAIL(c, ERR_CONFLICT, STR_FMT " is there already and holds something else.",
                    STR_ARG(image_name_uri(c->arena, &k->name)));
    return ERR_OK;
}

static enum err add_tag(struct ctx *c, struct viewer v, int64_t id, struct str tag, bool move,
                        struct container *out)
{
    struct quota_commit q;
    struct container k;

    TRY(change_container(c, v, id, ACTION_TAG, &k));
    k.name.tag = tag;
    TRY(check_tag(c, &k.name));
    k.is_frozen = false;
    if (!move)
        TRY(check_free(c, &k));
    q = (struct quota_commit){.user_id = v.user_id, .collection = k.name.collection};
    TRY(quota_commit_begin(c, &q));
    TRY(tag_point(c, v, &k, "image.tag"));
    TRY(quota_commit_check(c, &q));
    *out = k;
    return ERR_OK;
}

enum err container_tag(struct ctx *c, struct viewer v, int64_t id, struct str tag, bool move,
                       struct container *out)
{
    TRY(db_begin(c));
    return change_end(c, add_tag(c, v, id, tag, move, out));
}

/* ---- earlier versions ------------------------------------------------------------------------ */

enum err version_list(struct ctx *c, const struct container *k, struct version_list *out)
{
    struct version_list all;
    struct db_rows rows;

    TRY(db_many(c, SQL_VERSION_LIST, DB_ARGS(db_int(c, k->id), db_int(c, VERSIONS_MAX)), &rows));
    all = (struct version_list){arena_alloc_array(c->arena, rows.count, sizeof *all.list),
                                rows.count};
    for (size_t i = 0; i < rows.count; i++)
        all.list[i] = (struct version){.image_id = db_get_int(&rows, i, "image_id"),
                                       .sha256 = db_get_text(&rows, i, "sha256"),
                                       .size_bytes = db_get_int(&rows, i, "size_bytes"),
                                       .pushed_at = db_get_int(&rows, i, "pushed_at"),
                                       .moved_at = db_get_int(&rows, i, "moved_at")};
    *out = all;
    return ERR_OK;
}

static enum err forget_version(struct ctx *c, struct viewer v, int64_t id, struct str sha256)
{
    struct container k;
    size_t deleted = 0;

    TRY(change_container(c, v, id, ACTION_DELETE, &k));
    if (digest_is_hex(sha256))
        TRY(db_exec(c, SQL_VERSION_DELETE, DB_ARGS(db_int(c, id), db_text(c, sha256)), &deleted));
    if (deleted == 0)
        return FAIL(c, ERR_NOT_FOUND, "There is no such earlier version.");
    return change_note(c, v, k.collection_id, "image.version_delete",
                       str_printf(c->arena, STR_FMT "@sha256." STR_FMT,
                                  STR_ARG(image_name_uri(c->arena, &k.name)), STR_ARG(sha256)));
}

enum err version_delete(struct ctx *c, struct viewer v, int64_t id, struct str sha256)
{
    TRY(db_begin(c));
    return change_end(c, forget_version(c, v, id, sha256));
}
