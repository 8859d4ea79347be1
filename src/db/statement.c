#include "failure.h"
#include "statements.h"

#include "base/settings.h"

#include <string.h>

enum { PARAMS_MAX = 32 };

static bool is_read(enum sql_query q)
{
    return strncmp(db_statements[q].sql, "select", 6) == 0;
}

/* libpq reads text up to a NUL, so one inside would silently shorten a value. */
static bool has_inner_nul(const struct db_param *p)
{
    return p->value && !p->is_binary && memchr(p->value, '\0', p->len);
}

/* The parameters as libpq takes them. */
struct values {
    const char *texts[PARAMS_MAX];
    int lengths[PARAMS_MAX], formats[PARAMS_MAX];
    int count;
};

static void set_values(struct values *v, const struct db_param *params, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        v->texts[i] = params[i].value;
        v->lengths[i] = (int)params[i].len;
        v->formats[i] = params[i].is_binary;
    }
    v->count = (int)n;
}

/* One answer; none follows but the NULL behind it, unless the connection broke. */
static PGresult *take(struct db *db)
{
    PGresult *r = connection_result(db), *end;

    while (r && (end = connection_result(db)))
        PQclear(end);
    return r;
}

static int send_prepared(struct db *db, enum sql_query q, const struct values *v)
{
    return PQsendQueryPrepared(db->connection, db_statements[q].name, v->count, v->texts,
                               v->lengths, v->formats, 0);
}

/*
 * A read that first tells the server for which request it works, in the same round trip. Reads
 * only: what writes is done when the answer to the sync has come, and nobody waits for that here.
 */
static PGresult *run_and_tell(struct db *db, enum sql_query q, const struct values *v)
{
    PGconn *connection = db->connection;
    const char *id = db->told;
    PGresult *r = NULL;

    if (PQenterPipelineMode(connection) &&
        PQsendQueryPrepared(connection, db_statements[SQL_SESSION_TELL].name, 1, &id, NULL, NULL,
                            0) &&
        send_prepared(db, q, v) && PQpipelineSync(connection)) {
        PQclear(take(db));
        r = take(db);
        PQclear(connection_result(db)); /* of the sync */
    }
    if (!PQexitPipelineMode(connection))
        connection_drop(db); /* out of step with its answers */
    return r;
}

/* Is there nothing to tell, or was it told? */
static bool is_told(const struct ctx *c)
{
    if (!c->settings || !c->settings->database_trace)
        return true;
    return str_eq(str_of(c->db->told), str_take(c->request_id, TOLD_MAX));
}

static void note_told(struct ctx *c)
{
    struct str id = str_take(c->request_id, TOLD_MAX);

    memcpy(c->db->told, id.ptr, id.len);
    c->db->told[id.len] = '\0';
}

static PGresult *send(struct ctx *c, enum sql_query q, const struct db_param *params, size_t n)
{
    struct db *db = c->db;
    struct values v;

    set_values(&v, params, n);
    if (db->is_pooled) {
        const char *sql = str_printf(c->arena, "/* " STR_FMT " */ %s", STR_ARG(c->request_id),
                                     db_statements[q].sql)
                              .ptr;

        return PQsendQueryParams(db->connection, sql, v.count, NULL, v.texts, v.lengths, v.formats,
                                 0)
                   ? take(db)
                   : NULL;
    }
    if (is_read(q) && !is_told(c)) {
        note_told(c);
        return run_and_tell(db, q, &v);
    }
    return send_prepared(db, q, &v) ? take(db) : NULL;
}

/*
 * A statement that only reads is run once more on a new connection when the old one broke under it.
 * One that writes is not: it may have been done. (A connection that broke while idle is replaced
 * before anything is sent: connection.c.)
 */
static enum err run(struct ctx *c, enum sql_query q, const struct db_param *params, size_t n,
                    PGresult **out)
{
    struct db *db = c->db;
    PGresult *r;
    ExecStatusType status;

    TRY(connection_ready(c));
    r = send(c, q, params, n);
    if (connection_is_lost(db) && !db->transaction && is_read(q)) {
        PQclear(r);
        TRY(connection_ready(c));
        r = send(c, q, params, n);
    }
    connection_adopt(c, r);
    status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        return failure_of_result(c, r, db_statements[q].name);
    *out = r;
    return ERR_OK;
}

static enum err run_checked(struct ctx *c, enum sql_query q, enum db_expects expects,
                            const struct db_param *params, size_t n, PGresult **out)
{
    if (db_statements[q].expects != expects)
        connection_bug("a statement run against what it declares", db_statements[q].name);
    if (n > PARAMS_MAX)
        connection_bug("too many parameters", db_statements[q].name);
    for (size_t i = 0; i < n; i++) {
        if (has_inner_nul(&params[i]))
            return FAIL(c, ERR_INPUT, "Text must be UTF-8 without NUL.");
    }
    return run(c, q, params, n, out);
}

static enum err run_rows(struct ctx *c, enum sql_query q, enum db_expects expects,
                         const struct db_param *params, size_t n, struct db_rows *rows)
{
    PGresult *r = NULL;

    TRY(run_checked(c, q, expects, params, n, &r));
    *rows = (struct db_rows){r, (size_t)PQntuples(r)};
    if (expects != DB_MANY && rows->count > 1)
        return FAIL(c, ERR_INTERNAL, "%s found %zu rows instead of one", db_statements[q].name,
                    rows->count);
    return ERR_OK;
}

enum err db_exec(struct ctx *c, enum sql_query q, const struct db_param *params, size_t n,
                 size_t *changed)
{
    PGresult *r = NULL;
    int64_t count = 0;

    TRY(run_checked(c, q, DB_NONE, params, n, &r));
    /*
     * Empty for statements that count nothing; the row of a select (pg_advisory_xact_lock) is not a
     * change worth counting.
     */
    if (PQresultStatus(r) == PGRES_COMMAND_OK &&
        !str_to_int(str_of(PQcmdTuples(r)), 0, INT64_MAX, &count))
        count = 0;
    if (changed)
        *changed = (size_t)count;
    return ERR_OK;
}

enum err db_one(struct ctx *c, enum sql_query q, const struct db_param *params, size_t n,
                const char *what, struct db_rows *rows)
{
    TRY(run_rows(c, q, DB_ONE, params, n, rows));
    return rows->count ? ERR_OK : FAIL(c, ERR_NOT_FOUND, "%s", what);
}

enum err db_maybe(struct ctx *c, enum sql_query q, const struct db_param *params, size_t n,
                  struct db_rows *rows)
{
    return run_rows(c, q, DB_MAYBE, params, n, rows);
}

enum err db_many(struct ctx *c, enum sql_query q, const struct db_param *params, size_t n,
                 struct db_rows *rows)
{
    return run_rows(c, q, DB_MANY, params, n, rows);
}
