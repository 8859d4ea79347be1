/* The connection of this process, as the files of this module see it. */
#ifndef DB_CONNECTION_H
#define DB_CONNECTION_H

#include "db/db.h"

#include <libpq-fe.h>

enum { TOLD_MAX = 63 }; /* what PostgreSQL keeps of an application_name, at least of the id in it */

struct db {
    struct arena *arena; /* owns this struct and the connection string */
    const char *conninfo;
    PGconn *connection;      /* NULL: not connected */
    char told[TOLD_MAX + 1]; /* the request that the session is known to work for; "": none */
    bool is_pooled;          /* another session may serve each transaction */
    bool is_prepared;        /* the schema fits and every statement is prepared, or goes unnamed */
    uint64_t transaction;    /* number of the open transaction, 0 when none is */
    uint64_t transactions_begun;
    int64_t patience_ms;   /* how long an answer may take; 0: as long as it takes */
    int64_t refused_until; /* monotonic: no attempt to connect before, since the last fell silent */
};

/**
 * Connect if needed and set the session up; the schema is not looked at. ERR_UNAVAILABLE. Not
 * inside a transaction.
 */
MUST_USE enum err connection_open(struct ctx *c);
/**
 * The same, and check the schema and prepare every statement. Inside a transaction: is the
 * connection still there?
 */
MUST_USE enum err connection_ready(struct ctx *c);
/** Forget the connection; the next call makes a new one. */
void connection_drop(struct db *db);
/** Did the last call lose the connection? */
bool connection_is_lost(const struct db *db);

/**
 * Run plain SQL, such as begin. The result belongs to the arena; *result may be NULL when nobody
 * wants it.
 */
MUST_USE enum err connection_run(struct ctx *c, const char *sql, PGresult **result);
/**
 * The next result of what was sent, as PQgetResult(), but never later than the session's patience:
 * a server that says nothing (frozen, or cut off behind a proxy) loses the connection instead, and
 * the result says so.
 */
PGresult *connection_result(struct db *db);
/** The server fell silent: nobody asks it for a moment. */
void connection_note_silence(struct db *db);
/** PQexec() with the same limit; the caller clears the result. */
PGresult *connection_exec(struct db *db, const char *sql);
/** Let the arena own a result. */
void connection_adopt(struct ctx *c, PGresult *result);

/** The version of the schema, 0 when there is none. */
MUST_USE enum err connection_schema_version(struct ctx *c, int *version);

/** A mistake of this program, not of a person or of a machine: say which and abort. */
NORETURN void connection_bug(const char *what, const char *name);

#endif
