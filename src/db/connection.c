#include "connection.h"

#include "failure.h"
#include "statements.h"

#include "base/log.h"
#include "base/settings.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum {
    STATEMENT_LIMIT_S = 15, /* tests come without settings, or with some of them */
    GRACE_S = 5,            /* on top, for the way and for a busy host */
    SLOW_MS = 1000,         /* who took longer to refuse did not refuse, he fell silent */
};

/*
 * Keywords before the settings' own connection string are defaults that the string may change;
 * those behind it stand. A host that fell silent is noticed within ten seconds, and after a
 * fail-over the host that takes writes is found.
 */
static const char *const keywords[] = {
    "connect_timeout",      "application_name", "keepalives_idle", "tcp_user_timeout",
    "target_session_attrs", "dbname",           "client_encoding", NULL};

/*
 * The schema is found by name alone: nothing in another schema, or of a temporary table, can take a
 * table's place.
 */
static const char session_setup[] = "set search_path = public, pg_temp;"
                                    "set timezone = 'UTC';"
                                    "set bytea_output = 'hex';"
                                    "set client_min_messages = 'warning';"
                                    "set lock_timeout = '5s';"
                                    "set idle_in_transaction_session_timeout = '60s'";

/*
 * Whether a session is so already. The pooler, who keeps the sessions, sets them up: what was set
 * here would hold for whichever session this is, and not for the next.
 */
static const char session_check[] =
    "select current_setting('search_path') = 'public, pg_temp'"
    " and current_setting('timezone') = 'UTC'"
    " and current_setting('bytea_output') = 'hex'"
    " and '0' not in (current_setting('statement_timeout'), current_setting('lock_timeout'),"
    " current_setting('idle_in_transaction_session_timeout'))";

void connection_bug(const char *what, const char *name)
{
    log_to(LOG_ERROR, "db_misused", {"what", str_of(what)}, {"name", str_of(name)});
    abort();
}

struct db *db_open(const char *conninfo, bool is_pooled)
{
    struct arena *arena = arena_create();
    struct db *db = arena_alloc(arena, sizeof *db);

    db->arena = arena;
    db->conninfo = str_z(arena, str_of(conninfo));
    db->is_pooled = is_pooled;
    return db;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    connection_drop(db);
    arena_destroy(db->arena);
}

void connection_drop(struct db *db)
{
    PQfinish(db->connection);
    db->connection = NULL;
    db->is_prepared = false;
    db->told[0] = '\0';
}

bool connection_is_lost(const struct db *db)
{
    return !db->connection || PQstatus(db->connection) != CONNECTION_OK;
}

static void clear_result(void *result)
{
    PQclear(result);
}

void connection_adopt(struct ctx *c, PGresult *result)
{
    arena_defer(c->arena, clear_result, result);
}

/*
 * A server that was restarted, or that ended this session, has spoken on an idle connection or
 * closed it: seen before anything is sent, so that a new connection cannot run a statement twice.
 * An empty query tells a farewell from a notice.
 */
static void drop_if_closed(struct db *db)
{
    struct pollfd p = {.fd = PQsocket(db->connection), .events = POLLIN};

    if (p.fd >= 0 && poll(&p, 1, 0) > 0)
        PQclear(connection_exec(db, ""));
    if (connection_is_lost(db))
        connection_drop(db);
}

static void notice(void *arg UNUSED, const PGresult *result)
{
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    log_to(LOG_DEBUG, "db_notice", {"text", str_of(text)});
}

static enum err check_session(struct ctx *c)
{
    PGresult *r = NULL;

    TRY(connection_run(c, session_check, &r));
    if (strcmp(PQgetvalue(r, 0, 0), "t") != 0)
        return FAIL(c, ERR_UNAVAILABLE,
                    "The pooler does not set its sessions up: give it the connect_query of "
                    "docs/several-hosts.md.");
    return ERR_OK;
}

/* The session as this program wants it, and how long an answer is waited for. */
static enum err set_up_session(struct ctx *c)
{
    int64_t limit_s = c->settings ? c->settings->database_timeout_s : 0;

    if (!limit_s)
        limit_s = STATEMENT_LIMIT_S;
    c->db->patience_ms = (limit_s + GRACE_S) * 1000;
    if (c->db->is_pooled)
        return check_session(c);
    return connection_run(
        c,
        str_printf(c->arena, "%s;set statement_timeout = '%ds'", session_setup, (int)limit_s).ptr,
        NULL);
}

static enum err connect(struct ctx *c)
{
    struct db *db = c->db;
    const char *values[COUNT_OF(keywords)] = {"5",          "transload",  "30",   "10000",
                                              "read-write", db->conninfo, "UTF8", NULL};

    db->connection = PQconnectdbParams(keywords, values, 1);
    if (connection_is_lost(db) || PQsetnonblocking(db->connection, 1) != 0)
        return failure_of_connection(c);
    (void)PQsetNoticeReceiver(db->connection, notice, NULL);
    return set_up_session(c);
}

/*
 * A server that refuses costs nothing, one that is silent some seconds: for a moment nobody asks
 * it, or requests that need no database would wait behind those that do.
 */
static enum err connect_unless_silent(struct ctx *c)
{
    int64_t began_ms = clock_mono_ms(&clock_real);
    enum err e;

    if (began_ms < c->db->refused_until)
        return failure_of_connection(c);
    e = connect(c);
    if (e == ERR_OK)
        return ERR_OK;
    connection_drop(c->db);
    if (clock_mono_ms(&clock_real) - began_ms >= SLOW_MS)
        connection_note_silence(c->db);
    return e;
}

enum err connection_open(struct ctx *c)
{
    if (c->db->connection)
        drop_if_closed(c->db);
    return c->db->connection ? ERR_OK : connect_unless_silent(c);
}

enum err connection_run(struct ctx *c, const char *sql, PGresult **result)
{
    PGresult *r = connection_exec(c->db, sql);
    ExecStatusType status = PQresultStatus(r);

    connection_adopt(c, r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        return failure_of_result(c, r, "session");
    if (result)
        *result = r;
    return ERR_OK;
}

enum err connection_schema_version(struct ctx *c, int *version)
{
    PGresult *r = NULL;

    *version = 0;
    TRY(connection_run(c, "select to_regclass('public.schema_migrations') is not null", &r));
    if (strcmp(PQgetvalue(r, 0, 0), "t") != 0)
        return ERR_OK;
    TRY(connection_run(c, "select coalesce(max(version), 0) from public.schema_migrations", &r));
    *version = (int)strtol(PQgetvalue(r, 0, 0), NULL, 10);
    return ERR_OK;
}

/* What was migrated beyond this program: does each step say that this program lives with it? */
static enum err check_newer(struct ctx *c, int version)
{
    PGresult *r = NULL;

    TRY(connection_run(c,
                       str_printf(c->arena,
                                  "select count(*) from public.schema_migrations"
                                  " where version > %d and coalesce(works_with, version) > %d",
                                  DB_SCHEMA_VERSION, DB_SCHEMA_VERSION)
                           .ptr,
                       &r));
    if (strcmp(PQgetvalue(r, 0, 0), "0") == 0)
        return ERR_OK;
    return FAIL(
        c, ERR_UNAVAILABLE,
        "The database has schema version %d, this program knows %d: install the newer program.",
        version, DB_SCHEMA_VERSION);
}

static enum err check_schema(struct ctx *c)
{
    int version;

    TRY(connection_schema_version(c, &version));
    if (version < DB_SCHEMA_VERSION)
        return FAIL(
            c, ERR_UNAVAILABLE,
            "The database has schema version %d, this program needs %d: run `transload migrate`.",
            version, DB_SCHEMA_VERSION);
    return version > DB_SCHEMA_VERSION ? check_newer(c, version) : ERR_OK;
}

/* Answers of a pipeline, in order: one per statement with a NULL behind it, then the one of the
   sync. All are read, so that the connection stays usable; the first failure is the one told. */
static enum err read_prepared(struct ctx *c)
{
    enum err e = ERR_OK;

    for (size_t q = 0; q < SQL_QUERY_COUNT; q++) {
        PGresult *r = connection_result(c->db);

        connection_adopt(c, r);
        if (e == ERR_OK && PQresultStatus(r) != PGRES_COMMAND_OK)
            e = failure_of_result(c, r, db_statements[q].name);
        if (!r)
            return e;
        PQclear(connection_result(c->db));
    }
    PQclear(connection_result(c->db));
    return e;
}

/* All statements in one round trip. */
static enum err prepare_all(struct ctx *c)
{
    PGconn *connection = c->db->connection;
    enum err e;

    if (!PQenterPipelineMode(connection))
        return failure_of_connection(c);
    for (size_t q = 0; q < SQL_QUERY_COUNT; q++) {
        if (!PQsendPrepare(connection, db_statements[q].name, db_statements[q].sql, 0, NULL))
            return failure_of_connection(c);
    }
    if (!PQpipelineSync(connection))
        return failure_of_connection(c);
    e = read_prepared(c);
    if (!PQexitPipelineMode(connection) && e == ERR_OK)
        e = failure_of_connection(c);
    return e;
}

enum err connection_ready(struct ctx *c)
{
    struct db *db = c->db;
    enum err e;

    if (db->transaction)
        return connection_is_lost(db) ? failure_of_connection(c) : ERR_OK;
    TRY(connection_open(c));
    if (db->is_prepared)
        return ERR_OK;
    e = check_schema(c);
    if (e == ERR_OK && !db->is_pooled)
        e = prepare_all(c);
    if (e == ERR_OK)
        db->is_prepared = true;
    else
        connection_drop(db);
    return e;
}

/* Reads would pass, and the next write not: a standby, or an administrator's setting. */
static enum err check_writable(struct ctx *c)
{
    PGresult *r = NULL;

    TRY(connection_run(c, "show transaction_read_only", &r));
    if (strcmp(PQgetvalue(r, 0, 0), "on") != 0)
        return ERR_OK;
    connection_drop(c->db); /* the next call looks for a server that can be written */
    return failure_read_only(c);
}

enum err db_ready(struct ctx *c)
{
    TRY(connection_ready(c));
    TRY(check_schema(c));
    return check_writable(c);
}
