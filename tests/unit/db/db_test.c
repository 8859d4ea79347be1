/* needs: database */
#include "statements.h"
#include "support/database.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The statements used here belong to other modules; any would do. */
static enum err user_by_name(struct ctx *c, const char *name, struct db_rows *rows)
{
    return db_one(c, SQL_USER_GET, DB_ARGS(db_text(c, str_of(name))), "There is no such user.",
                  rows);
}

static enum err add_user(struct ctx *c, const char *name)
{
    struct db_rows rows;

    return db_one(c, SQL_USER_CREATE, DB_ARGS(db_text(c, str_of(name)), db_null(), db_bool(false)),
                  "", &rows);
}

/* End every session of the program under test, and wait until the server has let go of it. */
static void kill_backends(void)
{
    database_run("select pg_terminate_backend(pid, 5000) from pg_stat_activity "
                 "where datname = current_database() and application_name like 'transload%'",
                 NULL, 0);
}

static void db_prepares_every_statement_on_a_fresh_schema(void **state)
{
    struct ctx *c = unit_ctx(state);

    assert_ok(c, db_ready(c));
    assert_true(SQL_QUERY_COUNT > 0);
}

/* Of how many sessions is it known that they work for this request? */
static long count_told(struct ctx *c)
{
    return database_count(str_printf(c->arena,
                                     "select count(*) from pg_stat_activity "
                                     "where application_name = 'transload " STR_FMT "'",
                                     STR_ARG(c->request_id))
                              .ptr);
}

static void db_tells_the_server_which_request_a_session_works_for(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct db_rows rows;

    c->request_id = STR("request-7");
    assert_ok(c, add_user(c, "told-by-no-write"));
    assert_int_equal(count_told(c), 0);
    assert_ok(c, db_maybe(c, SQL_USER_LOGIN, DB_ARGS(db_text(c, STR("nobody"))), &rows));
    assert_int_equal(rows.count, 0);
    assert_int_equal(count_told(c), 1);
    kill_backends();
    assert_ok(c, user_by_name(c, "told-by-no-write", &rows));
    assert_int_equal(count_told(c), 1);
}

static void db_tells_it_again_behind_a_rollback(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct db_rows rows;

    c->request_id = STR("request-8");
    assert_ok(c, db_begin(c));
    assert_ok(c, db_maybe(c, SQL_USER_LOGIN, DB_ARGS(db_text(c, STR("nobody"))), &rows));
    db_rollback(c);
    assert_int_equal(count_told(c), 0);
    assert_ok(c, db_maybe(c, SQL_USER_LOGIN, DB_ARGS(db_text(c, STR("nobody"))), &rows));
    assert_int_equal(count_told(c), 1);
}

/* With the server's default path a schema named like the user would come first. */
static void db_finds_its_tables_whatever_another_schema_holds(void **state)
{
    struct ctx *c = unit_ctx(state);

    database_run("create schema postgres create table users (username text)", NULL, 0);
    assert_ok(c, add_user(c, "in-public"));
    database_run("drop schema postgres cascade", NULL, 0);
    assert_int_equal(
        database_count("select count(*) from public.users where username = 'in-public'"), 1);
}

static void run_many_as_one(struct ctx *c)
{
    struct db_rows rows;

    if (db_one(c, SQL_USER_LIST, DB_NO_ARGS, "", &rows) != ERR_OK)
        ctx_forgive(c);
}

static void read_a_column_that_is_not_there(struct ctx *c)
{
    struct db_rows rows;

    assert_ok(c, db_many(c, SQL_USER_LIST, DB_NO_ARGS, &rows));
    (void)db_get_int(&rows, 0, "no_such_column");
}

static void read_text_as_a_number(struct ctx *c)
{
    struct db_rows rows;

    assert_ok(c, db_many(c, SQL_USER_LIST, DB_NO_ARGS, &rows));
    (void)db_get_int(&rows, 0, "username");
}

static void begin_twice(struct ctx *c)
{
    if (db_begin(c) == ERR_OK && db_begin(c) == ERR_OK)
        ctx_forgive(c);
}

static void db_aborts_on_mistakes_of_the_program(void **state)
{
    void (*const mistakes[])(struct ctx *) = {run_many_as_one, read_a_column_that_is_not_there,
                                              read_text_as_a_number, begin_twice};
    struct ctx *c = unit_ctx(state);

    assert_ok(c, add_user(c, "somebody"));
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        pid_t pid = fork();
        int status;

        if (pid == 0) {
            struct ctx own = database_ctx(c->arena, c->clock);

            signal(SIGABRT, SIG_DFL);
            mistakes[i](&own);
            _exit(0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    }
}

static void db_one_without_a_row_is_not_found(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct db_rows rows;

    assert_err(c, user_by_name(c, "nobody-here", &rows), ERR_NOT_FOUND);
    assert_str(c->failure.detail, "There is no such user.");
}

static void db_tells_a_unique_violation_from_other_failures(void **state)
{
    struct ctx *c = unit_ctx(state);

    assert_ok(c, add_user(c, "twice"));
    assert_err(c, add_user(c, "twice"), ERR_CONFLICT);
    assert_non_null(strstr(c->failure.cause.ptr, "23505"));
    assert_err(c, add_user(c, "NOT A NAME"), ERR_INTERNAL);
    assert_ok(c, db_ready(c));
}

static void db_refuses_text_that_postgresql_cannot_hold(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct db_rows rows;
    struct str with_nul = STR("ali\0ce"), not_utf8 = STR("ali\xff");

    assert_err(c, db_one(c, SQL_USER_GET, DB_ARGS(db_text(c, with_nul)), "", &rows), ERR_INPUT);
    assert_err(c, db_one(c, SQL_USER_GET, DB_ARGS(db_text(c, not_utf8)), "", &rows), ERR_INPUT);
}

static void db_reads_after_its_backend_was_killed(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct db_rows rows;

    assert_ok(c, add_user(c, "survivor"));
    kill_backends();
    assert_ok(c, user_by_name(c, "survivor", &rows));
}

static void db_writes_once_after_its_backend_was_killed(void **state)
{
    struct ctx *c = unit_ctx(state);

    assert_ok(c, db_ready(c));
    kill_backends();
    assert_ok(c, add_user(c, "written-once"));
    assert_int_equal(database_count("select count(*) from users where username = 'written-once'"),
                     1);
}

static void db_reports_a_connection_lost_inside_a_transaction(void **state)
{
    struct ctx *c = unit_ctx(state);

    assert_ok(c, db_begin(c));
    assert_ok(c, add_user(c, "half-done"));
    kill_backends();
    assert_err(c, add_user(c, "other-half"), ERR_UNAVAILABLE);
    assert_int_equal(c->failure.retry_after_s, 5);
    assert_str(c->failure.detail, "The database is not reachable; try again in a moment.");
    assert_err(c, db_commit(c), ERR_UNAVAILABLE);
    db_rollback(c);
    assert_ok(c, add_user(c, "afterwards"));
    assert_int_equal(
        database_count("select count(*) from users where username in ('half-done', 'other-half')"),
        0);
}

static void db_rolls_an_open_transaction_back_with_its_arena(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct ctx job = *c;

    job.arena = arena_create();
    assert_ok(&job, db_begin(&job));
    assert_ok(&job, add_user(&job, "never-was"));
    arena_destroy(job.arena);
    assert_ok(c, add_user(c, "is"));
    assert_int_equal(
        database_count("select count(*) from users where username in ('never-was', 'is')"), 1);
}

static void db_keeps_what_was_committed_when_the_arena_goes(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct ctx job = *c;

    job.arena = arena_create();
    assert_ok(&job, db_begin(&job));
    assert_ok(&job, add_user(&job, "committed"));
    assert_ok(&job, db_commit(&job));
    /* The arena that began the first transaction must not end the second. */
    assert_ok(c, db_begin(c));
    assert_ok(c, add_user(c, "committed-too"));
    arena_destroy(job.arena);
    assert_ok(c, db_commit(c));
    assert_int_equal(database_count("select count(*) from users where username like 'committed%'"),
                     2);
}

static void db_refuses_a_commit_after_a_failed_statement(void **state)
{
    struct ctx *c = unit_ctx(state);

    assert_ok(c, db_begin(c));
    assert_err(c, add_user(c, "NOT A NAME"), ERR_INTERNAL);
    assert_err(c, db_commit(c), ERR_INTERNAL);
    assert_ok(c, db_ready(c));
}

static void db_is_unavailable_without_a_server(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct ctx far = *c;
    struct db_rows rows;

    far.db = db_open("host=/nonexistent dbname=none", false);
    assert_err(&far, user_by_name(&far, "x", &rows), ERR_UNAVAILABLE);
    assert_int_equal(far.failure.retry_after_s, 5);
    assert_err(&far, db_ready(&far), ERR_UNAVAILABLE);
    db_close(far.db);
}

static void db_says_what_to_do_when_the_schema_is_older(void **state)
{
    struct ctx *c = unit_ctx(state);
    int version;

    assert_ok(c, db_ready(c));
    database_run("alter table schema_migrations rename to schema_migrations_away", NULL, 0);
    assert_err(c, db_ready(c), ERR_UNAVAILABLE);
    database_run("alter table schema_migrations_away rename to schema_migrations", NULL, 0);
    assert_str(
        c->failure.detail,
        str_printf(
            c->arena,
            "The database has schema version 0, this program needs %d: run `transload migrate`.",
            DB_SCHEMA_VERSION)
            .ptr);
    assert_ok(c, db_ready(c));
    assert_ok(c, db_schema_version(c, &version));
    assert_int_equal(version, DB_SCHEMA_VERSION);
}

static void db_says_what_to_do_when_the_schema_is_newer(void **state)
{
    struct ctx *c = unit_ctx(state);
    int from;

    database_run("insert into schema_migrations (version, name) values (9999, 'future')", NULL, 0);
    assert_err(c, db_ready(c), ERR_UNAVAILABLE);
    assert_err(c, db_migrate(c, &from), ERR_CONFLICT);
    database_run("delete from schema_migrations where version = 9999", NULL, 0);
    assert_ok(c, db_ready(c));
}

static void db_lives_with_a_newer_schema_that_says_so(void **state)
{
    struct ctx *c = unit_ctx(state);

    database_run(str_printf(c->arena,
                            "insert into schema_migrations (version, name, works_with) values "
                            "(9998, 'added', 1), (9999, 'future', %d)",
                            DB_SCHEMA_VERSION)
                     .ptr,
                 NULL, 0);
    assert_ok(c, db_ready(c));
    database_run("update schema_migrations set works_with = 9998 where version = 9998", NULL, 0);
    assert_err(c, db_ready(c), ERR_UNAVAILABLE);
    database_run("delete from schema_migrations where version >= 9998", NULL, 0);
    assert_ok(c, db_ready(c));
}

static void db_migrates_twice_without_harm(void **state)
{
    struct ctx *c = unit_ctx(state);
    int from;

    assert_ok(c, db_migrate(c, &from));
    assert_int_equal(from, DB_SCHEMA_VERSION);
    assert_ok(c, db_ready(c));
}

static void db_migrates_an_empty_database_once_when_several_begin_together(void **state)
{
    enum { MIGRATORS = 4 };
    struct ctx *c = unit_ctx(state);
    pid_t pids[MIGRATORS];
    int status, done = 0;

    database_run(
        "set client_min_messages = 'warning'; drop schema public cascade; create schema public",
        NULL, 0);
    for (int i = 0; i < MIGRATORS; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            struct ctx own = database_ctx(arena_create(), &clock_real);
            int from;

            _exit(db_migrate(&own, &from) == ERR_OK ? 0 : 1);
        }
    }
    for (int i = 0; i < MIGRATORS; i++)
        done += waitpid(pids[i], &status, 0) == pids[i] && status == 0;
    assert_int_equal(done, MIGRATORS);
    assert_int_equal(database_count("select count(*) from schema_migrations"), DB_SCHEMA_VERSION);
    assert_ok(c, db_ready(c));
}

UNIT_MAIN(UNIT_DB(db_prepares_every_statement_on_a_fresh_schema),
          UNIT_DB(db_tells_the_server_which_request_a_session_works_for),
          UNIT_DB(db_tells_it_again_behind_a_rollback),
          UNIT_DB(db_finds_its_tables_whatever_another_schema_holds),
          UNIT_DB(db_aborts_on_mistakes_of_the_program), UNIT_DB(db_one_without_a_row_is_not_found),
          UNIT_DB(db_tells_a_unique_violation_from_other_failures),
          UNIT_DB(db_refuses_text_that_postgresql_cannot_hold),
          UNIT_DB(db_reads_after_its_backend_was_killed),
          UNIT_DB(db_writes_once_after_its_backend_was_killed),
          UNIT_DB(db_reports_a_connection_lost_inside_a_transaction),
          UNIT_DB(db_rolls_an_open_transaction_back_with_its_arena),
          UNIT_DB(db_keeps_what_was_committed_when_the_arena_goes),
          UNIT_DB(db_refuses_a_commit_after_a_failed_statement),
          UNIT_DB(db_is_unavailable_without_a_server),
          UNIT_DB(db_says_what_to_do_when_the_schema_is_older),
          UNIT_DB(db_says_what_to_do_when_the_schema_is_newer),
          UNIT_DB(db_lives_with_a_newer_schema_that_says_so),
          UNIT_DB(db_migrates_twice_without_harm),
          UNIT_DB(db_migrates_an_empty_database_once_when_several_begin_together))
