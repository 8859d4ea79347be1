/**
 * What Prometheus asks for: every metric there is, and the counters behind them.
 *
 * A metric is a row of METRIC_TABLE and nothing else: name, type, unit and meaning in /metrics, in
 * `transload metrics` and in docs/monitoring.md come from there, and the tests hold dashboard and
 * alert rules to it. Counters are cells of one board in memory. Before it forks, a pool's parent
 * makes the board a mapping that all its workers share, so one worker answers for all and a death
 * loses nothing (docs/adr/0025). A label takes its values from a list fixed at start: no request
 * can make a new series. Source: Prometheus text format 0.0.4.
 */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include "base/err.h"
#include "base/str.h"

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

/* Units: cells and samples of METRIC_SECONDS hold milliseconds. */
enum metric_unit { METRIC_ONES, METRIC_BYTES, METRIC_SECONDS };

/* What a label may say. Of the first, what is beyond the list is the list's last. */
enum metric_space {
    BY_NOTHING,
    BY_ROUTE,   /* rows of the route table; "none": no such address */
    BY_STATUS,  /* HTTP status; "other" */
    BY_SERVICE, /* of Globus: "auth", "transfer" */
    BY_RESULT,  /* enum err, by its code */
    BY_JOB,     /* of the agent */
    METRIC_SPACES
};

/* Most values of each label. */
enum {
    BY_NOTHING_MAX = 1,
    BY_ROUTE_MAX = 160,
    BY_STATUS_MAX = 24,
    BY_SERVICE_MAX = 2,
    BY_RESULT_MAX = ERR_COUNT,
    BY_JOB_MAX = 16,
};

// clang-format off
/* id, name, type, unit, first and second label of its cells, labels (for people), what it says */
#define METRIC_TABLE(X) \
    X(HTTP_REQUESTS, "transload_http_requests_total", COUNTER, ONES, BY_ROUTE, BY_STATUS, "pool, route, status", \
      "Requests answered") \
    X(HTTP_SECONDS, "transload_http_request_seconds", HISTOGRAM, SECONDS, BY_ROUTE, BY_NOTHING, "pool, route, le", \
      "From the first byte of a request to the last of its answer, as the worker sees it") \
    X(POOL_WORKERS, "transload_pool_workers", GAUGE, ONES, BY_NOTHING, BY_NOTHING, "pool", \
      "Workers that are ready: as many requests are served at once") \
    X(POOL_BUSY, "transload_pool_busy_workers", GAUGE, ONES, BY_NOTHING, BY_NOTHING, "pool", \
      "Workers with a request in hand, the one that answers /metrics included; when all are, requests wait") \
    X(POOL_OLDEST, "transload_pool_oldest_request_seconds", GAUGE, SECONDS, BY_NOTHING, BY_NOTHING, "pool", \
      "Age of the request that is in hand longest") \
    X(WORKER_DEATHS, "transload_pool_worker_deaths_total", COUNTER, ONES, BY_NOTHING, BY_NOTHING, "pool", \
      "Workers that ended without being told to") \
    X(PUSHES, "transload_pushes_total", COUNTER, ONES, BY_RESULT, BY_NOTHING, "pool, result", \
      "Image uploads that ended, by outcome") \
    X(PUSHED_BYTES, "transload_pushed_bytes_total", COUNTER, BYTES, BY_NOTHING, BY_NOTHING, "pool", \
      "Sizes of the images that were pushed") \
    X(DOWNLOADS, "transload_downloads_total", COUNTER, ONES, BY_NOTHING, BY_NOTHING, "pool", \
      "Downloads begun or gone on with; nginx sends the bytes") \
    X(DOWNLOAD_BYTES, "transload_download_bytes_total", COUNTER, BYTES, BY_NOTHING, BY_NOTHING, "pool", \
      "Sizes of the images whose downloads were begun; how much arrived only nginx knows") \
    X(GLOBUS_CALLS, "transload_globus_calls_total", COUNTER, ONES, BY_SERVICE, BY_RESULT, "pool or agent, service, result", \
      "Calls of Globus, repetitions included, by outcome; ok is success") \
    X(GLOBUS_SECONDS, "transload_globus_call_seconds", HISTOGRAM, SECONDS, BY_SERVICE, BY_NOTHING, "pool or agent, service, le", \
      "How long Globus took to answer; of calls sent together, the slowest") \
    X(TOKEN_REFRESHES, "transload_token_refreshes_total", COUNTER, ONES, BY_RESULT, BY_NOTHING, "pool or agent, result", \
      "Access tokens of users renewed at Globus, by outcome; globus_reconnect: the user must connect again") \
    X(JOB_RUNS, "transload_agent_job_runs_total", COUNTER, ONES, BY_JOB, BY_RESULT, "agent, job, result", \
      "Runs of the agent's jobs, by outcome") \
    X(JOB_SECONDS, "transload_agent_job_seconds_total", COUNTER, SECONDS, BY_JOB, BY_NOTHING, "agent, job", \
      "Time the agent's jobs took") \
    X(AGENT_SEEN, "transload_agent_seen_seconds", GAUGE, SECONDS, BY_NOTHING, BY_NOTHING, "agent", \
      "Since when an agent has not stored its counters; it does so every ten seconds") \
    X(TRANSFERS_OPEN, "transload_transfers_open", GAUGE, ONES, BY_NOTHING, BY_NOTHING, "state", \
      "Transfers that have not ended, by state; waiting: not submitted yet") \
    X(TRANSFERS_OLDEST, "transload_transfers_oldest_seconds", GAUGE, SECONDS, BY_NOTHING, BY_NOTHING, "state", \
      "Age of the oldest of them") \
    X(TRANSFERS_OVERDUE, "transload_transfers_overdue_seconds", GAUGE, SECONDS, BY_NOTHING, BY_NOTHING, "", \
      "How long the open transfer that is longest due has been waiting for an agent to look at it") \
    X(REVOCATIONS, "transload_revocations_pending", GAUGE, ONES, BY_NOTHING, BY_NOTHING, "", \
      "Tokens that Globus must still be told to revoke") \
    X(REVOCATIONS_OLDEST, "transload_revocations_oldest_seconds", GAUGE, SECONDS, BY_NOTHING, BY_NOTHING, "", \
      "Age of the oldest of them") \
    X(IMAGES_DAMAGED, "transload_images_damaged", GAUGE, ONES, BY_NOTHING, BY_NOTHING, "", \
      "Images that are refused because their bytes are damaged") \
    X(STORE_FREE, "transload_store_free_bytes", GAUGE, BYTES, BY_NOTHING, BY_NOTHING, "", \
      "Room left on the file system of IMAGES_ROOT") \
    X(STORE_SIZE, "transload_store_size_bytes", GAUGE, BYTES, BY_NOTHING, BY_NOTHING, "", \
      "Size of the file system of IMAGES_ROOT") \
    X(DATABASE_UP, "transload_database_up", GAUGE, ONES, BY_NOTHING, BY_NOTHING, "", \
      "1: PostgreSQL answers and its schema is this program's; 0: not, and what lies in it is left out here") \
    X(BUILD_INFO, "transload_build_info", GAUGE, ONES, BY_NOTHING, BY_NOTHING, "version, schema", \
      "Always 1; which program answers")
// clang-format on

enum metric {
#define METRIC_NAME(id, name, kind, unit, first, second, labels, help) METRIC_##id,
    METRIC_TABLE(METRIC_NAME)
#undef METRIC_NAME
        METRIC_COUNT
};

struct metric_info {
    const char *name;
    enum metric_kind kind;
    enum metric_unit unit;
    const char *labels; /* names, for people */
    const char *help;   /* a sentence without its stop */
};
extern const struct metric_info metric_infos[METRIC_COUNT];
/** "counter", "gauge", "histogram". */
const char *metric_kind_name(enum metric_kind kind);
/** "", "bytes", "seconds". */
const char *metric_unit_name(enum metric_unit unit);

/* ---- counting -------------------------------------------------------------------------------- */

/** From now on this process and those it forks count on one board. False, and each counts for
 * itself, when there is no memory for it. */
MUST_USE bool metrics_share(void);
/** The values of BY_ROUTE or BY_JOB; they must outlive the process. At most BY_…_MAX. */
void metrics_name(enum metric_space space, const char *const *names, size_t count);
/** The value of BY_STATUS for a status. */
size_t metrics_status(int status);
/** Add to a counter; first and second choose the values of its labels, 0 where it has none. */
void metrics_add(enum metric m, size_t first, size_t second, int64_t n);
/** Count one that took so long in a histogram. */
void metrics_observe(enum metric m, size_t first, int64_t ms);

/* ---- telling --------------------------------------------------------------------------------- */

struct metric_sample {
    enum metric metric;
    struct str suffix; /* of the name: "", "_bucket", "_sum", "_count" */
    struct str labels; /* as written between the braces */
    int64_t value;
};

struct metric_list {
    struct arena *arena;
    struct metric_sample *list;
    size_t count, cap;
};

/** name="value", escaped, behind what labels hold already. */
struct str metrics_label(struct arena *a, struct str labels, const char *name, struct str value);
void metrics_put(struct metric_list *l, enum metric m, struct str suffix, struct str labels,
                 int64_t value);
/** Put every cell of the board that ever counted, behind those labels. */
void metrics_collect(struct metric_list *l, struct str labels);
/** The text: each metric of the table that has samples, with its HELP and TYPE. */
void metrics_write(struct buf *out, const struct metric_list *l);
/** The metric with this name; false when there is none. */
MUST_USE bool metrics_find(struct str name, enum metric *out);

#endif
