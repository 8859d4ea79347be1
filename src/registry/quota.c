#include "registry/quota.h"

#include "quota_commit.h"

#include "base/settings.h"
#include "db/db.h"

enum { UNKNOWN_BYTES = 1 }; /* the least that an image can need */

/* Both quotas that a push must fit into. */
struct pair {
    struct quota user, collection;
};

static bool is_limited(const struct pair *p)
{
    return p->user.limit > 0 || p->collection.limit > 0;
}

static enum err read_limits(struct ctx *c, int64_t user_id, struct str collection, struct pair *out)
{
    const struct settings *s = c->settings;
    struct db_rows rows;

    TRY(db_one(c, SQL_QUOTA_LIMITS,
               DB_ARGS(db_int(c, user_id), db_text(c, collection), db_int(c, s->user_quota),
                       db_int(c, s->collection_quota)),
               "quota_limits", &rows));
    out->user.limit = db_get_int(&rows, 0, "user_limit");
    out->collection.limit = db_get_int(&rows, 0, "collection_limit");
    return ERR_OK;
}

static enum err read_use(struct ctx *c, int64_t user_id, struct str collection, struct pair *out)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_QUOTA_USE, DB_ARGS(db_int(c, user_id), db_text(c, collection)), "quota_use",
               &rows));
    out->user.used = db_get_int(&rows, 0, "user_used");
    out->user.reserved = db_get_int(&rows, 0, "user_reserved");
    out->collection.used = db_get_int(&rows, 0, "collection_used");
    out->collection.reserved = db_get_int(&rows, 0, "collection_reserved");
    return ERR_OK;
}

static enum err lock(struct ctx *c, int64_t user_id, struct str collection)
{
    struct db_rows rows;

    return db_one(c, SQL_QUOTA_LOCK, DB_ARGS(db_int(c, user_id), db_text(c, collection)),
                  "quota_lock", &rows);
}

/* ---- what is there --------------------------------------------------------------------------- */

enum err quota_of_user(struct ctx *c, int64_t user_id, struct quota *out)
{
    struct pair p = {0};

    TRY(read_limits(c, user_id, STR(""), &p));
    TRY(read_use(c, user_id, STR(""), &p));
    *out = p.user;
    return ERR_OK;
}

enum err quota_of_collection(struct ctx *c, struct str name, struct quota *out)
{
    struct pair p = {0};

    TRY(read_limits(c, 0, name, &p));
    TRY(read_use(c, 0, name, &p));
    *out = p.collection;
    return ERR_OK;
}

enum err quota_of_own_collections(struct ctx *c, int64_t user_id, int64_t limit,
                                  struct collection_quotas *out)
{
    struct db_rows rows;

    TRY(db_many(
        c, SQL_QUOTA_COLLECTIONS,
        DB_ARGS(db_int(c, user_id), db_int(c, c->settings->collection_quota), db_int(c, limit)),
        &rows));
    *out = (struct collection_quotas){arena_alloc_array(c->arena, rows.count, sizeof *out->list),
                                      rows.count};
    for (size_t i = 0; i < rows.count; i++)
        out->list[i] = (struct collection_quota){
            .id = db_get_int(&rows, i, "id"),
            .name = db_get_text(&rows, i, "name"),
            .quota = {.limit = db_get_int(&rows, i, "limit_bytes"),
                      .used = db_get_int(&rows, i, "used_bytes")},
        };
    return ERR_OK;
}

static struct db_param limit_param(struct ctx *c, int64_t bytes)
{
    return bytes == QUOTA_STANDARD ? db_null() : db_int(c, bytes);
}

enum err quota_set_user(struct ctx *c, int64_t user_id, int64_t bytes)
{
    return db_exec(c, SQL_QUOTA_SET_USER, DB_ARGS(db_int(c, user_id), limit_param(c, bytes)), NULL);
}

enum err quota_set_collection(struct ctx *c, struct str name, int64_t bytes)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_QUOTA_SET_COLLECTION, DB_ARGS(db_text(c, name), limit_param(c, bytes)),
                 &rows));
    return rows.count ? ERR_OK : FAIL(c, ERR_NOT_FOUND, "There is no such collection.");
}

/* ---- refusing -------------------------------------------------------------------------------- */

/* "1.5 GiB", as the portal writes sizes. */
static struct str size_text(struct ctx *c, int64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = (double)bytes;
    size_t unit = 0;

    for (; value >= 1024 && unit + 1 < COUNT_OF(units); unit++)
        value /= 1024;
    return str_printf(c->arena, unit && value < 99.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

/* bytes: what the image needs, as far as that is known yet. */
static enum err refuse(struct ctx *c, const struct quota *q, struct str whose, int64_t bytes)
{
    struct str limit = size_text(c, q->limit), used = size_text(c, q->used);
    struct str reserved = size_text(c, q->reserved), needed = size_text(c, bytes);

    if (bytes <= UNKNOWN_BYTES)
        needed = STR("some room");
    return FAIL(c, ERR_QUOTA,
                STR_FMT " may store " STR_FMT "; " STR_FMT " are stored, " STR_FMT
                        " are being pushed, and this image needs " STR_FMT
                        ". Delete images that nobody needs, or ask the operator for more.",
                STR_ARG(whose), STR_ARG(limit), STR_ARG(used), STR_ARG(reserved), STR_ARG(needed));
}

static enum err refuse_user(struct ctx *c, const struct quota *q, int64_t bytes)
{
    return refuse(c, q, STR("You"), bytes);
}

static enum err refuse_collection(struct ctx *c, const struct quota *q, struct str name,
                                  int64_t bytes)
{
    return refuse(c, q, str_printf(c->arena, "The collection " STR_FMT, STR_ARG(name)), bytes);
}

/* What a push sets free counts for it; one that replaces no less than it brings always fits. */
static bool fits(const struct quota *q, int64_t bytes, int64_t replaced)
{
    return q->limit == 0 || bytes <= replaced ||
           bytes - replaced <= q->limit - q->used - q->reserved;
}

static enum err check(struct ctx *c, int64_t user_id, const struct image_name *n, int64_t bytes,
                      struct pair *p)
{
    struct db_rows rows;
    int64_t of_user = 0, of_collection = 0;

    TRY(read_use(c, user_id, n->collection, p));
    TRY(db_maybe(c, SQL_QUOTA_REPLACED,
                 DB_ARGS(db_int(c, user_id), db_text(c, n->collection), db_text(c, n->name),
                         db_text(c, n->tag)),
                 &rows));
    if (rows.count == 1) {
        of_user = db_get_int(&rows, 0, "of_user");
        of_collection = db_get_int(&rows, 0, "of_collection");
    }
    if (!fits(&p->user, bytes, of_user))
        return refuse_user(c, &p->user, bytes);
    if (!fits(&p->collection, bytes, of_collection))
        return refuse_collection(c, &p->collection, n->collection, bytes);
    return ERR_OK;
}

enum err quota_check(struct ctx *c, int64_t user_id, const struct image_name *n)
{
    struct pair p = {0};

    TRY(read_limits(c, user_id, n->collection, &p));
    return is_limited(&p) ? check(c, user_id, n, UNKNOWN_BYTES, &p) : ERR_OK;
}

/* ---- reserving ------------------------------------------------------------------------------- */

static enum err reserve_locked(struct ctx *c, int64_t user_id, const struct image_name *n,
                               int64_t bytes, struct pair *p, int64_t *reservation)
{
    struct db_rows rows;

    TRY(lock(c, user_id, n->collection));
    TRY(check(c, user_id, n, bytes, p));
    TRY(db_one(c, SQL_RESERVATION_CREATE,
               DB_ARGS(db_int(c, user_id), db_text(c, n->collection), db_int(c, bytes),
                       db_int(c, RESERVATION_HOLDS_S)),
               "reservation_create", &rows));
    *reservation = db_get_int(&rows, 0, "id");
    return db_commit(c);
}

enum err quota_reserve(struct ctx *c, int64_t user_id, const struct image_name *n, int64_t bytes,
                       int64_t *reservation)
{
    struct pair p = {0};
    enum err e;

    *reservation = 0;
    TRY(read_limits(c, user_id, n->collection, &p));
    if (!is_limited(&p))
        return ERR_OK;
    TRY(db_begin(c));
    e = reserve_locked(c, user_id, n, bytes, &p, reservation);
    if (e != ERR_OK)
        db_rollback(c);
    return e;
}

enum err quota_renew(struct ctx *c, int64_t reservation)
{
    return db_exec(c, SQL_RESERVATION_RENEW,
                   DB_ARGS(db_int(c, reservation), db_int(c, RESERVATION_HOLDS_S)), NULL);
}

void quota_release(struct ctx *c, int64_t reservation)
{
    struct failure kept = c->failure;

    if (reservation == 0)
        return;
    (void)!db_exec(c, SQL_RESERVATION_DELETE, DB_ARGS(db_int(c, reservation)), NULL);
    c->failure = kept;
}

/* ---- at the commit --------------------------------------------------------------------------- */

enum err quota_commit_begin(struct ctx *c, struct quota_commit *q)
{
    struct pair p = {0};

    TRY(read_limits(c, q->user_id, q->collection, &p));
    q->is_limited = is_limited(&p);
    if (!q->is_limited)
        return ERR_OK;
    TRY(lock(c, q->user_id, q->collection));
    TRY(read_use(c, q->user_id, q->collection, &p));
    q->user = p.user;
    q->collection_quota = p.collection;
    return ERR_OK;
}

static bool exceeds(const struct quota *before, int64_t used)
{
    return before->limit > 0 && used > before->limit && used > before->used;
}

enum err quota_commit_check(struct ctx *c, const struct quota_commit *q)
{
    struct pair now = {0};

    if (!q->is_limited)
        return ERR_OK;
    TRY(read_use(c, q->user_id, q->collection, &now));
    if (exceeds(&q->user, now.user.used))
        return refuse_user(c, &q->user, now.user.used - q->user.used);
    if (exceeds(&q->collection_quota, now.collection.used))
        return refuse_collection(c, &q->collection_quota, q->collection,
                                 now.collection.used - q->collection_quota.used);
    return ERR_OK;
}
