#include "base/metrics.h"

#include "handlers.h"

#include "base/settings.h"
#include "db/db.h"
#include "http/use.h"

#include <sys/statvfs.h>

static const char content_type[] = "text/plain; version=0.0.4; charset=utf-8";

static void put(struct metric_list *l, enum metric m, struct str labels, int64_t value)
{
    metrics_put(l, m, STR_NONE, labels, value);
}

/* ---- of this pool ---------------------------------------------------------------------------- */

static void put_build(struct metric_list *l)
{
    struct str labels = metrics_label(l->arena, STR_NONE, "version", STR(TRANSLOAD_VERSION));
    struct str schema = str_printf(l->arena, "%d", DB_SCHEMA_VERSION);

    put(l, METRIC_BUILD_INFO, metrics_label(l->arena, labels, "schema", schema), 1);
}

static void put_pool(struct ctx *c, struct metric_list *l, const char *name)
{
    struct str pool = metrics_label(c->arena, STR_NONE, "pool", str_of(name));
    struct pool_use use = pool_use_now(c->clock);

    metrics_collect(l, pool);
    put(l, METRIC_POOL_WORKERS, pool, use.workers);
    put(l, METRIC_POOL_BUSY, pool, use.busy);
    put(l, METRIC_POOL_OLDEST, pool, use.oldest_ms);
}

/* ---- of the host ----------------------------------------------------------------------------- */

static void put_store(const struct ctx *c, struct metric_list *l)
{
    struct statvfs s;

    if (statvfs(c->settings->images_root, &s) != 0)
        return; /* /readyz says why */
    put(l, METRIC_STORE_FREE, STR_NONE, (int64_t)s.f_bavail * (int64_t)s.f_frsize);
    put(l, METRIC_STORE_SIZE, STR_NONE, (int64_t)s.f_blocks * (int64_t)s.f_frsize);
}

/* ---- of the database ------------------------------------------------------------------------- */

static enum err put_transfers(struct ctx *c, struct metric_list *l)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_METRICS_TRANSFERS, DB_NO_ARGS, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        struct str labels =
            metrics_label(c->arena, STR_NONE, "state", db_get_text(&rows, i, "state"));

        put(l, METRIC_TRANSFERS_OPEN, labels, db_get_int(&rows, i, "count"));
        put(l, METRIC_TRANSFERS_OLDEST, labels, db_get_int(&rows, i, "age_ms"));
    }
    return ERR_OK;
}

static enum err put_queues(struct ctx *c, struct metric_list *l)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_METRICS_QUEUES, DB_NO_ARGS, "metrics_queues", &rows));
    put(l, METRIC_TRANSFERS_OVERDUE, STR_NONE, db_get_int(&rows, 0, "overdue_ms"));
    put(l, METRIC_REVOCATIONS, STR_NONE, db_get_int(&rows, 0, "revocations"));
    put(l, METRIC_REVOCATIONS_OLDEST, STR_NONE, db_get_int(&rows, 0, "revocation_age_ms"));
    put(l, METRIC_IMAGES_DAMAGED, STR_NONE, db_get_int(&rows, 0, "damaged"));
    return ERR_OK;
}

static struct str agent_label(struct arena *a, struct str agent)
{
    return metrics_label(a, STR_NONE, "agent", agent);
}

/* A series this program does not know was stored by another version: left out. */
static enum err put_agents(struct ctx *c, struct metric_list *l)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_AGENT_COUNTERS_LIST, DB_NO_ARGS, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        struct str labels = agent_label(c->arena, db_get_text(&rows, i, "agent"));
        struct str own = db_get_text(&rows, i, "labels");
        enum metric m;

        if (own.len)
            labels = str_printf(c->arena, STR_FMT "," STR_FMT, STR_ARG(labels), STR_ARG(own));
        if (metrics_find(db_get_text(&rows, i, "metric"), &m))
            metrics_put(l, m, db_get_text(&rows, i, "suffix"), labels,
                        db_get_int(&rows, i, "value"));
    }
    TRY(db_many(c, SQL_AGENT_COUNTERS_SEEN, DB_NO_ARGS, &rows));
    for (size_t i = 0; i < rows.count; i++)
        put(l, METRIC_AGENT_SEEN, agent_label(c->arena, db_get_text(&rows, i, "agent")),
            db_get_int(&rows, i, "age_ms"));
    return ERR_OK;
}

static enum err put_rows(struct ctx *c, struct metric_list *l)
{
    TRY(db_ready(c));
    TRY(put_transfers(c, l));
    TRY(put_queues(c, l));
    return put_agents(c, l);
}

/* Without a database the rest is told all the same: that is when somebody looks. */
static void put_database(struct ctx *c, struct metric_list *l)
{
    size_t before = l->count;
    bool is_up = put_rows(c, l) == ERR_OK;

    if (!is_up) {
        l->count = before;
        ctx_forgive(c);
    }
    put(l, METRIC_DATABASE_UP, STR_NONE, is_up);
}

/* ---- handlers -------------------------------------------------------------------------------- */

/* Figures tell how a site is used. Who may see them stands in nginx, where addresses are known. */
static enum err check_monitor(struct req *r)
{
    if (r->is_monitor)
        return ERR_OK;
    return FAIL(r->ctx, ERR_NOT_FOUND, "There is nothing at this address.");
}

static enum err reply_list(struct req *r, const struct metric_list *l)
{
    struct buf text = {.arena = r->ctx->arena};

    metrics_write(&text, l);
    return reply_bytes(r, 200, content_type, buf_str(&text));
}

/* GET /metrics */
enum err handle_metrics(struct req *r)
{
    struct metric_list l = {.arena = r->ctx->arena};

    TRY(check_monitor(r));
    put_build(&l);
    put_pool(r->ctx, &l, "api");
    put_store(r->ctx, &l);
    put_database(r->ctx, &l);
    return reply_list(r, &l);
}

/* GET /metrics/upload */
enum err handle_metrics_upload(struct req *r)
{
    struct metric_list l = {.arena = r->ctx->arena};

    TRY(check_monitor(r));
    put_pool(r->ctx, &l, "upload");
    return reply_list(r, &l);
}
