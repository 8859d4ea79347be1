/* needs: database */
#include "support/database.h"

#include "account/download_limit.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HOUR_S = 3600 };

static const struct downloader ALICE = {.user_id = 7};
static const struct downloader VISITOR = {.address = STR_INIT("192.0.2.7")};

/* The test's own settings: so many downloads in an hour. */
static struct settings *allow(struct ctx *c, int64_t account, int64_t visitor)
{
    struct settings *s = arena_alloc(c->arena, sizeof *s);

    *s = *c->settings;
    s->download_limit = account;
    s->visitor_download_limit = visitor;
    s->download_window_s = HOUR_S;
    c->settings = s;
    database_run("truncate download_counts, download_grants", NULL, 0);
    return s;
}

static enum err download(struct ctx *c, const struct downloader *d, const char *capability)
{
    struct download_allowance left;

    return download_count(c, d, str_of(capability), false, &left);
}

static enum err go_on(struct ctx *c, const struct downloader *d, const char *capability)
{
    struct download_allowance left;

    return download_count(c, d, str_of(capability), true, &left);
}

static int64_t used(struct ctx *c, const struct downloader *d)
{
    struct download_allowance left;

    assert_ok(c, download_allowance(c, d, &left));
    return left.used;
}

static void without_a_limit_nothing_is_stored(void **state)
{
    struct ctx *c = unit_ctx(state);

    allow(c, 0, 0);
    assert_ok(c, download(c, &ALICE, "a"));
    assert_int_equal(database_count("select count(*) from download_counts"), 0);
}

static void an_account_has_its_downloads_and_no_more(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct download_allowance left;

    allow(c, 2, 0);
    assert_ok(c, download_check(c, &ALICE, &left));
    assert_int_equal(left.limit - left.used, 2);
    assert_ok(c, download(c, &ALICE, "a"));
    assert_ok(c, download(c, &ALICE, "a")); /* the whole file again is another download */
    assert_err(c, download(c, &ALICE, "b"), ERR_THROTTLED);
    assert_true(c->failure.retry_after_s > HOUR_S - 60 && c->failure.retry_after_s <= HOUR_S);
    assert_err(c, download_check(c, &ALICE, &left), ERR_THROTTLED);
    assert_int_equal(used(c, &ALICE), 2);
    assert_ok(c, download(c, &VISITOR, "c")); /* who has no limit here */
}

static void a_busy_address_locks_no_account_out(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct downloader behind_it = {.user_id = 7, .address = VISITOR.address};
    struct downloader elsewhere = {.address = STR("192.0.2.8")};

    allow(c, 5, 1);
    assert_ok(c, download(c, &VISITOR, "a"));
    assert_err(c, download(c, &VISITOR, "b"), ERR_THROTTLED);
    assert_non_null(strstr(c->failure.detail.ptr, "signs in"));
    assert_ok(c, download(c, &behind_it, "c"));
    assert_ok(c, download(c, &elsewhere, "d"));
}

static void of_ipv6_the_network_counts(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct downloader one = {.address = STR("2001:db8:1:2::1")};
    struct downloader other = {.address = STR("2001:db8:1:2::2")};

    allow(c, 0, 1);
    assert_ok(c, download(c, &one, "a"));
    assert_err(c, download(c, &other, "b"), ERR_THROTTLED);
}

static void going_on_by_the_same_url_counts_once(void **state)
{
    struct ctx *c = unit_ctx(state);

    allow(c, 1, 0);
    assert_ok(c, download(c, &ALICE, "a"));
    assert_ok(c, go_on(c, &ALICE, "a"));
    assert_ok(c, go_on(c, &ALICE, "a"));
    assert_int_equal(used(c, &ALICE), 1);
    assert_err(c, go_on(c, &ALICE, "b"), ERR_THROTTLED); /* nothing of it was ever counted */
    database_run("update download_grants set expires_at = now()", NULL, 0);
    assert_err(c, go_on(c, &ALICE, "a"), ERR_THROTTLED);
}

static void a_new_period_begins_anew(void **state)
{
    struct ctx *c = unit_ctx(state);

    allow(c, 1, 0);
    assert_ok(c, download(c, &ALICE, "a"));
    assert_err(c, download(c, &ALICE, "b"), ERR_THROTTLED);
    database_run("update download_counts set resets_at = now()", NULL, 0);
    assert_int_equal(used(c, &ALICE), 0);
    assert_ok(c, download(c, &ALICE, "b"));
    assert_err(c, download(c, &ALICE, "c"), ERR_THROTTLED);
}

static void a_setting_answers_403(void **state)
{
    struct ctx *c = unit_ctx(state);

    allow(c, 1, 0)->download_limit_forbids = true;
    assert_ok(c, download(c, &ALICE, "a"));
    assert_err(c, download(c, &ALICE, "b"), ERR_FORBIDDEN);
}

/* ---- at once --------------------------------------------------------------------------------- */

enum { PROCESSES = 6, TRIES = 10, LIMIT = 17 };

/* Exit code: how many downloads were allowed. */
static void download_in_a_child(const struct ctx *parent)
{
    struct arena *a = arena_create();
    struct ctx c = database_ctx(a, &clock_real);
    int allowed = 0;

    c.settings = parent->settings;
    for (int i = 0; i < TRIES; i++)
        allowed += download(&c, &ALICE, str_printf(a, "%d-%d", (int)getpid(), i).ptr) == ERR_OK;
    arena_destroy(a);
    db_close(c.db);
    _exit(allowed);
}

static void downloads_at_once_do_not_exceed_the_limit_together(void **state)
{
    struct ctx *c = unit_ctx(state);
    int allowed = 0;

    allow(c, LIMIT, 0);
    for (int i = 0; i < PROCESSES; i++) {
        if (fork() == 0)
            download_in_a_child(c);
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status;

        assert_true(wait(&status) > 0 && WIFEXITED(status));
        allowed += WEXITSTATUS(status);
    }
    assert_int_equal(allowed, LIMIT);
    assert_int_equal(used(c, &ALICE), LIMIT);
}

UNIT_MAIN(UNIT_DB(without_a_limit_nothing_is_stored),
          UNIT_DB(an_account_has_its_downloads_and_no_more),
          UNIT_DB(a_busy_address_locks_no_account_out), UNIT_DB(of_ipv6_the_network_counts),
          UNIT_DB(going_on_by_the_same_url_counts_once), UNIT_DB(a_new_period_begins_anew),
          UNIT_DB(a_setting_answers_403),
          UNIT_DB(downloads_at_once_do_not_exceed_the_limit_together))
