/*
 * What a test that needs a database begins with: UNIT_DB(test) instead of UNIT(test), and "needs:
 * database" in the file.
 *
 * Each test gets a struct ctx with a connection to the database in TRANSLOAD_TEST_DATABASE, brought
 * to the current schema, and with settings and a SECRET_KEY that never change. Tests of one program
 * share the database: they use names of their own.
 */
#ifndef SUPPORT_DATABASE_H
#define SUPPORT_DATABASE_H

#include "support/unit.h"

#include "base/secret.h"
#include "base/settings.h"
#include "db/db.h"

#include <libpq-fe.h>

#include <stdio.h>

static const char *database_conninfo(void)
{
    const char *conninfo = getenv("TRANSLOAD_TEST_DATABASE");

    if (!conninfo) {
        fputs(
            "TRANSLOAD_TEST_DATABASE is not set: run this with tests/unit/with_database.sh once\n",
            stderr);
        exit(1);
    }
    return conninfo;
}

/*
 * Run SQL on a connection of its own: what a test arranges or looks at behind the program's back.
 */
static inline void database_run(const char *sql, char *first_value, size_t size)
{
    PGconn *connection = PQconnectdb(database_conninfo());
    PGresult *r = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(r);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(connection));
    if (first_value)
        snprintf(first_value, size, "%s", PQntuples(r) ? PQgetvalue(r, 0, 0) : "");
    PQclear(r);
    PQfinish(connection);
}

/* The same for a number. */
static inline long database_count(const char *sql)
{
    char value[32];

    database_run(sql, value, sizeof value);
    return strtol(value, NULL, 10);
}

static const char database_settings[] =
    "DATABASE_URL=unused\n"
    "SECRET_KEY=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
    "DOMAIN_NAME=http://127.0.0.1:8080\n"
#ifdef TRANSLOAD_GLOBUS
    "ENABLE_GLOBUS=true\n"
#endif
    "DATABASE_TRACE=true\n"
    "SOCIAL_AUTH_GLOBUS_KEY=3a8cd1f0-0000-4000-8000-00000000c11e\n"
    "SOCIAL_AUTH_GLOBUS_USERNAME=3a8cd1f0-0000-4000-8000-00000000c11e@clients.auth.globus.org\n"
    "SOCIAL_AUTH_GLOBUS_SECRET=s3cret\n"
    "PLUGIN_GLOBUS_ENDPOINT=3a8cd1f0-0000-4000-8000-0000000000e9\n";

/* A context of its own, beside or instead of a test's: what another worker would have. */
static inline struct ctx database_ctx(struct arena *arena, const struct clock *clock)
{
    struct ctx c = {.arena = arena, .clock = clock, .request_id = STR("test")};
    struct settings *s = arena_alloc(arena, sizeof *s);

    if (settings_parse(&c, "test", str_of(database_settings), NULL, s) != ERR_OK)
        fail_msg(STR_FMT, STR_ARG(c.failure.detail));
    c.settings = s;
    c.db = db_open(database_conninfo(), false);
    return c;
}

static inline int database_begin(void **state)
{
    struct unit *u;
    int from;

    if (unit_begin(state) != 0)
        return -1;
    u = *state;
    secret_init();
    u->ctx = database_ctx(u->ctx.arena, &u->clock);
    if (!secret_set_key(str_of(u->ctx.settings->secret_key)))
        return -1;
    assert_ok(&u->ctx, db_migrate(&u->ctx, &from));
    return 0;
}

static inline int database_end(void **state)
{
    struct unit *u = *state;

    arena_reset(u->ctx.arena);
    db_close(u->ctx.db);
    return unit_end(state);
}

#define UNIT_DB(test) cmocka_unit_test_setup_teardown(test, database_begin, database_end)

#endif
