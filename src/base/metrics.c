/* MAP_ANONYMOUS */
#define _GNU_SOURCE

#include "base/metrics.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

/* ---- the table ------------------------------------------------------------------------------- */

/* Upper ends of the buckets, in milliseconds; the last, +Inf, has none. */
static const int64_t bucket_ends[] = {5,    10,   25,   50,    100,   250,   500,
                                      1000, 2500, 5000, 10000, 30000, 60000, 300000};
enum {
    BUCKETS = COUNT_OF(bucket_ends) + 1,
    WIDTH_COUNTER = 1,
    WIDTH_GAUGE = 1, /* not used: what a gauge shows is found out when it is asked for */
    WIDTH_HISTOGRAM = BUCKETS + 1, /* and the sum */
};

/* Every cell there is. Several processes write and read it, so each is added to as a whole. */
struct board {
#define CELLS(id, name, kind, unit, first, second, labels, help) \
    _Atomic int64_t id[(size_t)(first##_MAX) * (second##_MAX) * WIDTH_##kind];
    METRIC_TABLE(CELLS)
#undef CELLS
};

const struct metric_info metric_infos[METRIC_COUNT] = {
#define INFO(id, name, kind, unit, first, second, labels, help) \
    [METRIC_##id] = {name, METRIC_##kind, METRIC_##unit, labels, help},
    METRIC_TABLE(INFO)
#undef INFO
};

static const struct layout {
    size_t offset; /* of the first cell, in cells */
    enum metric_space first, second;
} layouts[METRIC_COUNT] = {
#define LAYOUT(id, name, kind, unit, first, second, labels, help) \
    [METRIC_##id] = {offsetof(struct board, id) / sizeof(int64_t), first, second},
    METRIC_TABLE(LAYOUT)
#undef LAYOUT
};

const char *metric_kind_name(enum metric_kind kind)
{
    static const char *const names[] = {"counter", "gauge", "histogram"};

    return names[kind];
}

const char *metric_unit_name(enum metric_unit unit)
{
    static const char *const names[] = {"", "bytes", "seconds"};

    return names[unit];
}

bool metrics_find(struct str name, enum metric *out)
{
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        if (str_eq(name, str_of(metric_infos[m].name))) {
            *out = (enum metric)m;
            return true;
        }
    }
    return false;
}

/* ---- what labels say ------------------------------------------------------------------------- */

static const int statuses[] = {200, 201, 202, 204, 206, 301, 302, 303, 304, 400, 401,
                               403, 404, 405, 409, 413, 429, 500, 502, 503, 507};
static const char *const status_names[] = {"200", "201", "202", "204", "206", "301",  "302", "303",
                                           "304", "400", "401", "403", "404", "405",  "409", "413",
                                           "429", "500", "502", "503", "507", "other"};
_Static_assert(COUNT_OF(status_names) == COUNT_OF(statuses) + 1, "each has a name, and the rest");
static const char *const service_names[] = {"auth", "transfer"};
static const char *const result_names[] = {
#define CODE(name, status, code, level, exit_code) code,
    ERR_TABLE(CODE)
#undef CODE
};

static struct space {
    const char *label;
    const char *const *names;
    size_t count;
    size_t max;
} spaces[METRIC_SPACES] = {
    [BY_NOTHING] = {NULL,      NULL,          1,                       BY_NOTHING_MAX},
    [BY_ROUTE] = {"route",   NULL,          0,                       BY_ROUTE_MAX  },
    [BY_STATUS] = {"status",  status_names,  COUNT_OF(status_names),  BY_STATUS_MAX },
    [BY_SERVICE] = {"service", service_names, COUNT_OF(service_names), BY_SERVICE_MAX},
    [BY_RESULT] = {"result",  result_names,  COUNT_OF(result_names),  BY_RESULT_MAX },
    [BY_JOB] = {"job",     NULL,          0,                       BY_JOB_MAX    },
};
_Static_assert(COUNT_OF(status_names) <= BY_STATUS_MAX, "cells for each status");

void metrics_name(enum metric_space space, const char *const *names, size_t count)
{
    struct space *s = &spaces[space];

    s->names = names;
    s->count = count < s->max ? count : s->max;
}

size_t metrics_status(int status)
{
    size_t i = 0;

    while (i < COUNT_OF(statuses) && statuses[i] != status)
        i++;
    return i;
}

/* ---- counting -------------------------------------------------------------------------------- */

static struct board own_board; /* until, and unless, one is shared */
static _Atomic int64_t *cells = (_Atomic int64_t *)&own_board;

bool metrics_share(void)
{
    void *shared =
        mmap(NULL, sizeof(struct board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED)
        return false;
    cells = (_Atomic int64_t *)shared;
    return true;
}

static size_t clamp(enum metric_space space, size_t i)
{
    return i < spaces[space].max ? i : spaces[space].max - 1;
}

static _Atomic int64_t *cell(enum metric m, size_t width, size_t first, size_t second)
{
    const struct layout *l = &layouts[m];
    size_t row = clamp(l->first, first) * spaces[l->second].max + clamp(l->second, second);

    return cells + l->offset + row * width;
}

static void add(_Atomic int64_t *at, int64_t n)
{
    atomic_fetch_add_explicit(at, n, memory_order_relaxed);
}

static int64_t get(_Atomic int64_t *at)
{
    return atomic_load_explicit(at, memory_order_relaxed);
}

void metrics_add(enum metric m, size_t first, size_t second, int64_t n)
{
    add(cell(m, WIDTH_COUNTER, first, second), n);
}

void metrics_observe(enum metric m, size_t first, int64_t ms)
{
    _Atomic int64_t *at = cell(m, WIDTH_HISTOGRAM, first, 0);
    size_t bucket = 0;

    while (bucket < COUNT_OF(bucket_ends) && ms > bucket_ends[bucket])
        bucket++;
    add(at + bucket, 1);
    add(at + BUCKETS, ms);
}

/* ---- samples --------------------------------------------------------------------------------- */

struct str metrics_label(struct arena *a, struct str labels, const char *name, struct str value)
{
    struct buf b = {.arena = a};

    buf_add(&b, labels);
    buf_printf(&b, "%s%s=\"", labels.len ? "," : "", name);
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];

        if (c == '\n')
            buf_add(&b, STR("\\n"));
        else if (c == '"' || c == '\\')
            buf_printf(&b, "\\%c", c);
        else
            buf_add_byte(&b, c);
    }
    buf_add_byte(&b, '"');
    return buf_str(&b);
}

void metrics_put(struct metric_list *l, enum metric m, struct str suffix, struct str labels,
                 int64_t value)
{
    if (l->count == l->cap) {
        struct metric_sample *more;

        l->cap = l->cap ? l->cap * 2 : 64;
        more = arena_alloc_array(l->arena, l->cap, sizeof *more);
        for (size_t i = 0; i < l->count; i++)
            more[i] = l->list[i];
        l->list = more;
    }
    l->list[l->count++] = (struct metric_sample){m, suffix, labels, value};
}

/* "0.25": as in the format's own examples, without zeros at the end. */
static void write_seconds(struct buf *out, int64_t ms)
{
    int64_t rest = ms % 1000;

    buf_printf(out, "%lld", (long long)(ms / 1000));
    if (rest == 0)
        return;
    buf_printf(out, ".%03lld", (long long)rest);
    while (out->ptr[out->len - 1] == '0')
        out->len--;
}

static struct str bucket_label(struct arena *a, struct str labels, size_t bucket)
{
    struct buf end = {.arena = a};

    if (bucket == COUNT_OF(bucket_ends))
        buf_add(&end, STR("+Inf"));
    else
        write_seconds(&end, bucket_ends[bucket]);
    return metrics_label(a, labels, "le", buf_str(&end));
}

static void collect_histogram(struct metric_list *l, enum metric m, _Atomic int64_t *at,
                              struct str labels)
{
    int64_t total = 0;
    int64_t counts[BUCKETS];

    for (size_t b = 0; b < BUCKETS; b++)
        total += counts[b] = get(at + b);
    if (total == 0)
        return;
    total = 0;
    for (size_t b = 0; b < BUCKETS; b++) {
        total += counts[b];
        metrics_put(l, m, STR("_bucket"), bucket_label(l->arena, labels, b), total);
    }
    metrics_put(l, m, STR("_sum"), labels, get(at + BUCKETS));
    metrics_put(l, m, STR("_count"), labels, total);
}

static struct str with_label(struct arena *a, struct str labels, enum metric_space space, size_t i)
{
    const struct space *s = &spaces[space];

    if (space == BY_NOTHING)
        return labels;
    return metrics_label(a, labels, s->label, str_of(i < s->count ? s->names[i] : "other"));
}

/* What has no labels is told from the start: a rate needs the zero before the one. */
static void collect_counter(struct metric_list *l, enum metric m, size_t first, size_t second,
                            struct str labels)
{
    const struct layout *at = &layouts[m];
    int64_t value = get(cell(m, WIDTH_COUNTER, first, second));

    if (value == 0 && (at->first != BY_NOTHING || at->second != BY_NOTHING))
        return;
    labels = with_label(l->arena, labels, at->first, first);
    metrics_put(l, m, STR_NONE, with_label(l->arena, labels, at->second, second), value);
}

static void collect(struct metric_list *l, enum metric m, struct str labels)
{
    const struct layout *at = &layouts[m];

    for (size_t i = 0; i < spaces[at->first].max; i++) {
        if (metric_infos[m].kind == METRIC_HISTOGRAM)
            collect_histogram(l, m, cell(m, WIDTH_HISTOGRAM, i, 0),
                              with_label(l->arena, labels, at->first, i));
        else
            for (size_t j = 0; j < spaces[at->second].max; j++)
                collect_counter(l, m, i, j, labels);
    }
}

void metrics_collect(struct metric_list *l, struct str labels)
{
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        if (metric_infos[m].kind != METRIC_GAUGE)
            collect(l, (enum metric)m, labels);
    }
}

/* ---- text ------------------------------------------------------------------------------------ */

static void write_sample(struct buf *out, const struct metric_sample *s)
{
    const struct metric_info *info = &metric_infos[s->metric];
    bool is_count = str_eq(s->suffix, STR("_bucket")) || str_eq(s->suffix, STR("_count"));

    buf_printf(out, "%s" STR_FMT, info->name, STR_ARG(s->suffix));
    if (s->labels.len)
        buf_printf(out, "{" STR_FMT "}", STR_ARG(s->labels));
    buf_add_byte(out, ' ');
    if (info->unit == METRIC_SECONDS && !is_count)
        write_seconds(out, s->value);
    else
        buf_printf(out, "%lld", (long long)s->value);
    buf_add_byte(out, '\n');
}

/* The samples of a metric stand together, behind its head. */
static void write_metric(struct buf *out, enum metric m, const struct metric_list *l)
{
    const struct metric_info *info = &metric_infos[m];
    bool has_head = false;

    for (size_t i = 0; i < l->count; i++) {
        if (l->list[i].metric != m)
            continue;
        if (!has_head)
            buf_printf(out, "# HELP %s %s.\n# TYPE %s %s\n", info->name, info->help, info->name,
                       metric_kind_name(info->kind));
        has_head = true;
        write_sample(out, &l->list[i]);
    }
}

void metrics_write(struct buf *out, const struct metric_list *l)
{
    for (size_t m = 0; m < METRIC_COUNT; m++)
        write_metric(out, (enum metric)m, l);
}
