#include "counters.h"

#include "jobs.h"

#include "base/host.h"
#include "base/json.h"
#include "base/metrics.h"
#include "db/db.h"

enum { HOST_MAX = 64 };

static bool is_kept; /* nothing is stored until counters_begin() */
static const char *job_names[JOBS_MAX];
_Static_assert((int)JOBS_MAX <= (int)BY_JOB_MAX, "each job has cells of its own");

void counters_begin(void)
{
    is_kept = true;
    for (size_t i = 0; i < agent_job_count; i++)
        job_names[i] = agent_jobs[i].name;
    metrics_name(BY_JOB, job_names, agent_job_count);
}

void counters_note_job(size_t job, enum err e, int64_t took_ms)
{
    metrics_add(METRIC_JOB_RUNS, job, e, 1);
    metrics_add(METRIC_JOB_SECONDS, job, 0, took_ms);
}

struct counter_view {
    struct str metric, suffix, labels;
    int64_t value;
};
static const struct json_field counter_fields[] = {
    {"metric", JSON_STR, offsetof(struct counter_view, metric), 0, 0, NULL},
    {"suffix", JSON_STR, offsetof(struct counter_view, suffix), 0, 0, NULL},
    {"labels", JSON_STR, offsetof(struct counter_view, labels), 0, 0, NULL},
    {"value",  JSON_INT, offsetof(struct counter_view, value),  0, 0, NULL},
};
static const struct json_shape counter_shape = JSON_SHAPE(struct counter_view, counter_fields);

struct counters_view {
    struct json_list items;
};
static const struct json_field counters_fields[] = {
    {"items", JSON_LIST, offsetof(struct counters_view, items), 0, 0, &counter_shape},
};
static const struct json_shape counters_shape = JSON_SHAPE(struct counters_view, counters_fields);

/* An agent has no pool: its rows of these would be zero for ever. */
static bool is_of_pools(enum metric m)
{
    return m == METRIC_WORKER_DEATHS || m == METRIC_PUSHED_BYTES || m == METRIC_DOWNLOADS ||
           m == METRIC_DOWNLOAD_BYTES;
}

static struct str collect(struct arena *a)
{
    struct metric_list l = {.arena = a};
    struct counter_view *views;
    struct buf text = {.arena = a};
    size_t count = 0;

    metrics_collect(&l, STR_NONE);
    views = arena_alloc_array(a, l.count, sizeof *views);
    for (size_t i = 0; i < l.count; i++) {
        const struct metric_sample *s = &l.list[i];

        if (!is_of_pools(s->metric))
            views[count++] = (struct counter_view){str_of(metric_infos[s->metric].name), s->suffix,
                                                   s->labels, s->value};
    }
    json_write(&text, &counters_shape,
               &(struct counters_view){
                   {views, count}
    });
    return buf_str(&text);
}

enum err counters_store(struct ctx *c, struct str *report UNUSED)
{
    struct str host = host_name(c->arena);

    if (!is_kept || host.len == 0)
        return ERR_OK;
    TRY(db_exec(c, SQL_AGENT_COUNTERS_FORGET, DB_NO_ARGS, NULL));
    return db_exec(c, SQL_AGENT_COUNTERS_STORE,
                   DB_ARGS(db_text(c, str_take(host, HOST_MAX)), db_text(c, collect(c->arena))),
                   NULL);
}
