#include "support/unit.h"

#include "base/metrics.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct str text_of(struct arena *a)
{
    struct metric_list l = {.arena = a};
    struct buf text = {.arena = a};

    metrics_collect(&l, metrics_label(a, STR_NONE, "pool", STR("api")));
    metrics_write(&text, &l);
    return buf_str(&text);
}

static bool has_line(struct arena *a, const char *line)
{
    return strstr(str_z(a, text_of(a)), str_printf(a, "\n%s\n", line).ptr) != NULL;
}

static void a_counter_has_its_labels_and_its_head(void **state)
{
    struct arena *a = unit_ctx(state)->arena;
    static const char *const routes[] = {"GET /a\"\\\n", "none"};

    metrics_name(BY_ROUTE, routes, COUNT_OF(routes));
    metrics_add(METRIC_HTTP_REQUESTS, 0, metrics_status(404), 2);
    assert_true(has_line(a, "# TYPE transload_http_requests_total counter"));
    assert_true(has_line(a, "# HELP transload_pushed_bytes_total Sizes of the images that were "
                            "pushed."));
    assert_true(has_line(a, "transload_http_requests_total{pool=\"api\",route=\"GET "
                            "/a\\\"\\\\\\n\",status=\"404\"} 2"));
    assert_true(has_line(a, "transload_pushed_bytes_total{pool=\"api\"} 0"));
}

static void what_is_beyond_a_label_is_other(void **state)
{
    struct arena *a = unit_ctx(state)->arena;
    static const char *const routes[] = {"GET /a", "none"};

    metrics_name(BY_ROUTE, routes, COUNT_OF(routes));
    metrics_add(METRIC_HTTP_REQUESTS, 100000, 100000, 1);
    metrics_add(METRIC_HTTP_REQUESTS, 1, metrics_status(418), 1);
    assert_true(has_line(
        a, "transload_http_requests_total{pool=\"api\",route=\"other\",status=\"other\"} 1"));
    assert_true(has_line(
        a, "transload_http_requests_total{pool=\"api\",route=\"none\",status=\"other\"} 1"));
}

static void a_histogram_counts_upwards(void **state)
{
    struct arena *a = unit_ctx(state)->arena;

    metrics_observe(METRIC_GLOBUS_SECONDS, 1, 5);
    metrics_observe(METRIC_GLOBUS_SECONDS, 1, 6);
    metrics_observe(METRIC_GLOBUS_SECONDS, 1, 999999);
    assert_true(has_line(
        a, "transload_globus_call_seconds_bucket{pool=\"api\",service=\"transfer\",le=\"0.005\"} "
           "1"));
    assert_true(has_line(
        a, "transload_globus_call_seconds_bucket{pool=\"api\",service=\"transfer\",le=\"0.01\"} "
           "2"));
    assert_true(has_line(
        a, "transload_globus_call_seconds_bucket{pool=\"api\",service=\"transfer\",le=\"+Inf\"} "
           "3"));
    assert_true(has_line(
        a, "transload_globus_call_seconds_sum{pool=\"api\",service=\"transfer\"} 1000.01"));
    assert_true(
        has_line(a, "transload_globus_call_seconds_count{pool=\"api\",service=\"transfer\"} 3"));
    assert_null(strstr(str_z(a, text_of(a)), "service=\"auth\"")); /* nothing seen, nothing told */
}

static void processes_of_a_pool_count_together(void **state)
{
    struct arena *a = unit_ctx(state)->arena;
    enum { WORKERS = 8, TIMES = 20000 };

    assert_true(metrics_share());
    for (int i = 0; i < WORKERS; i++) {
        if (fork() == 0) {
            for (int n = 0; n < TIMES; n++)
                metrics_add(METRIC_DOWNLOADS, 0, 0, 1);
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        continue;
    assert_true(has_line(a, "transload_downloads_total{pool=\"api\"} 160000"));
}

static void a_name_that_is_stored_is_found_again(void **state UNUSED)
{
    enum metric m = METRIC_COUNT;

    assert_true(metrics_find(STR("transload_agent_job_runs_total"), &m));
    assert_int_equal(m, METRIC_JOB_RUNS);
    assert_false(metrics_find(STR("transload_agent_job"), &m));
}

UNIT_MAIN(UNIT(a_counter_has_its_labels_and_its_head), UNIT(what_is_beyond_a_label_is_other),
          UNIT(a_histogram_counts_upwards), UNIT(processes_of_a_pool_count_together),
          UNIT(a_name_that_is_stored_is_found_again))
