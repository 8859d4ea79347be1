#include "old.h"

#include <libpq-fe.h>

#include <string.h>

struct old {
    PGconn *connection;
};

static const char begin_snapshot[] = "set default_transaction_read_only = on; set timezone = 'UTC';"
                                     "begin transaction isolation level repeatable read read only";

static void finish(void *connection)
{
    PQfinish(connection);
}

static void clear(void *result)
{
    PQclear(result);
}

/* The first line: the others quote the statement. */
static enum err failed(struct ctx *c, const char *what, const char *message)
{
    struct str line = str_trim(str_take(str_of(message), strcspn(message, "\n")));

    return FAIL(c, ERR_INPUT, "--database: %s: " STR_FMT, what, STR_ARG(line));
}

enum err old_open(struct ctx *c, const char *conninfo, struct old **out)
{
    static const char *const keywords[] = {"application_name", "dbname", "client_encoding", NULL};
    const char *values[] = {"transload import", conninfo, "UTF8", NULL};
    struct old *old = arena_alloc(c->arena, sizeof *old);
    PGresult *r;

    old->connection = PQconnectdbParams(keywords, values, 1);
    arena_defer(c->arena, finish, old->connection);
    if (PQstatus(old->connection) != CONNECTION_OK)
        return failed(c, "cannot be reached", PQerrorMessage(old->connection));
    r = PQexec(old->connection, begin_snapshot);
    arena_defer(c->arena, clear, r);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        return failed(c, "cannot be read", PQresultErrorMessage(r));
    *out = old;
    return ERR_OK;
}

enum err old_rows(struct ctx *c, const struct old *old, enum old_query q, struct db_rows *rows)
{
    PGresult *r = PQexec(old->connection, old_statements[q]);

    arena_defer(c->arena, clear, r);
    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        return failed(c, "is not the database of an sregistry 2.1", PQresultErrorMessage(r));
    *rows = (struct db_rows){r, (size_t)PQntuples(r)};
    return ERR_OK;
}
