#include "registry/push.h"

#include "container.h"
#include "create.h"
#include "quota_commit.h"
#include "tag.h"

#include "base/codec.h"
#include "base/fault.h"
#include "base/settings.h"
#include "registry/facts.h"

/* ---- rights ---------------------------------------------------------------------------------- */

/* The collection that is pushed to; id 0: there is none yet. */
struct target {
    int64_t id;
    bool is_private;
    enum role role;
};

static enum err find_target(struct ctx *c, struct viewer v, struct str collection,
                            struct target *out)
{
    struct db_rows rows;

    *out = (struct target){0};
    TRY(db_maybe(c, SQL_COLLECTION_ROLE, DB_ARGS(db_int(c, v.user_id), db_text(c, collection)),
                 &rows));
    if (rows.count == 1)
        *out = (struct target){db_get_int(&rows, 0, "id"), db_get_bool(&rows, 0, "is_private"),
                               role_of(v, db_get_text(&rows, 0, "membership"))};
    return ERR_OK;
}

/*
 * Where users create no collections, a private one must not be told from one that is not there.
 * Elsewhere the name being taken tells it anyhow.
 */
static bool may_not_know(const struct ctx *c, struct viewer v, const struct target *t)
{
    return !c->settings->user_collections && !v.is_admin &&
           (t->id == 0 || !role_may(t->role, ACTION_READ, t->is_private));
}

static enum err may_push(struct ctx *c, struct viewer v, const struct image_name *n,
                         const struct target *t)
{
    if (c->settings->disable_building)
        return FAIL(c, ERR_FORBIDDEN, "Pushing is switched off in this registry.");
    if (v.user_id == 0)
        return FAIL(c, ERR_FORBIDDEN, "A push must be signed by a user of this registry.");
    if (may_not_know(c, v, t))
        return FAIL(c, ERR_FORBIDDEN,
                    "There is no collection " STR_FMT ", and only an admin may create one here.",
                    STR_ARG(n->collection));
    if (t->id != 0 && !role_may(t->role, ACTION_PUSH, t->is_private))
        return FAIL(c, ERR_FORBIDDEN, "You are not an owner of the collection " STR_FMT ".",
                    STR_ARG(n->collection));
    return t->id == 0 ? create_check(c, v) : ERR_OK;
}

static enum err check_image(struct ctx *c, struct viewer v, const struct image_name *n)
{
    struct container k;
    struct str sha256;
    bool found;

    if (version_parse(n->tag, &sha256))
        return FAIL_FIELD(c, "tag", "tag: must not look like a digest.");
    TRY(container_find(c, v, n, &found, &k));
    return tag_check_frozen(c, n, found && k.is_frozen);
}

enum err push_check(struct ctx *c, struct viewer v, struct image_name *n)
{
    struct target t;

    TRY(image_name_check(c, n));
    TRY(find_target(c, v, n->collection, &t));
    TRY(may_push(c, v, n, &t));
    TRY(check_image(c, v, n));
    return quota_check(c, v.user_id, n);
}

/* ---- commit ---------------------------------------------------------------------------------- */

static enum err create_target(struct ctx *c, struct viewer v, const struct image_name *n,
                              struct target *t)
{
    bool is_private = c->settings->private_only || c->settings->default_private;
    int64_t id;

    TRY(create_collection(c, v, n->collection, STR(""), is_private, &id));
    if (id == 0) /* somebody else was first, and has committed by now */
        return find_target(c, v, n->collection, t);
    *t = (struct target){id, is_private, ROLE_OWNER};
    return ERR_OK;
}

static enum err find_or_create_target(struct ctx *c, struct viewer v, const struct image_name *n,
                                      struct target *t)
{
    struct db_rows held;

    /* Held, it is neither renamed nor deleted before the commit. */
    TRY(db_maybe(c, SQL_COLLECTION_HOLD, DB_ARGS(db_text(c, n->collection)), &held));
    TRY(find_target(c, v, n->collection, t));
    TRY(may_push(c, v, n, t));
    if (t->id != 0)
        return ERR_OK;
    TRY(create_target(c, v, n, t));
    return may_push(c, v, n, t);
}

/* Right bytes for an image whose own were lost: until the commit it stays refused. */
static enum err heal_image(struct ctx *c, int64_t image_id, int64_t collection_id, struct upload *u)
{
    TRY(upload_replace(c, u, collection_id));
    return db_exec(c, SQL_IMAGE_HEAL, DB_ARGS(db_int(c, image_id)), NULL);
}

/* The row comes before the name: its lock keeps the sweep from deleting it until the commit. */
static enum err store_image(struct ctx *c, int64_t collection_id, struct upload *u,
                            int64_t *image_id)
{
    struct str sha256 = upload_sha256(u), digest;
    struct db_rows rows;

    if (!hex_decode(c->arena, sha256, &digest))
        return FAIL(c, ERR_INTERNAL, "The digest is not hex.");
    TRY(db_one(c, SQL_IMAGE_LOCK, DB_ARGS(db_int(c, collection_id), db_text(c, sha256)),
               "image_lock", &rows));
    TRY(db_one(c, SQL_IMAGE_UPSERT,
               DB_ARGS(db_int(c, collection_id), db_bytes(digest), db_int(c, upload_size(u))),
               "image_upsert", &rows));
    *image_id = db_get_int(&rows, 0, "id");
    fault_point("push:before_link");
    if (db_get_bool(&rows, 0, "is_damaged"))
        TRY(heal_image(c, *image_id, collection_id, u));
    else
        TRY(upload_publish(c, u, collection_id, db_get_int(&rows, 0, "other_collection")));
    fault_point("push:after_link");
    return ERR_OK;
}

static enum err commit_rows(struct ctx *c, struct viewer v, struct upload *u,
                            const struct sif_facts *facts, struct container *k)
{
    struct quota_commit q = {.user_id = v.user_id, .collection = k->name.collection};
    struct target t;

    TRY(find_or_create_target(c, v, &k->name, &t));
    k->collection_id = t.id;
    k->is_private = t.is_private;
    k->role = t.role;
    TRY(store_image(c, t.id, u, &k->image_id));
    TRY(facts_store(c, k->image_id, facts));
    TRY(quota_commit_begin(c, &q));
    TRY(tag_point(c, v, k, "image.push"));
    TRY(quota_commit_check(c, &q));
    fault_point("push:before_commit");
    return db_commit(c);
}

enum err push_commit(struct ctx *c, struct viewer v, const struct image_name *n, struct upload *u,
                     struct container *out)
{
    struct container k = {.name = *n, .sha256 = upload_sha256(u), .size_bytes = upload_size(u)};
    struct sif_facts facts;
    enum err e;

    k.name.version = STR_NONE;
    TRY(facts_of_upload(c, u, &facts));
    TRY(db_begin(c));
    e = commit_rows(c, v, u, &facts, &k);
    upload_settle(u);
    if (e != ERR_OK) { /* now, and not with the arena: other pushes wait for the locks */
        db_rollback(c);
        return e;
    }
    fault_point("push:after_commit");
    *out = k;
    return ERR_OK;
}
