/**
 * PostgreSQL, one connection per process.
 *
 * Statements are files in sql/queries, embedded at build and prepared when the connection is made,
 * so a schema that does not fit is found then and not in the middle of a request. Behind a pooler
 * that gives each transaction another session they have no name, and are sent whole each time; what
 * a session is set to must be set there, and is checked (docs/adr/0029). Values are always
 * parameters. A connection found lost is made again before the call; one lost during a call is made
 * again for a statement that only reads, because one that writes may have been done. Inside a
 * transaction it is ERR_UNAVAILABLE until the transaction ends. SQLSTATE becomes an outcome in one
 * table (src/db/failure.c): unique and foreign key violations are ERR_CONFLICT, text that is not
 * UTF-8 or holds a NUL ERR_INPUT, a lost connection, an overloaded server, deadlock and time-out
 * ERR_UNAVAILABLE, the rest ERR_INTERNAL. Nothing here knows what a row means.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/ctx.h"
#include "db/queries.h"

struct db;

/**
 * A connection that is not made yet; ends with db_close(), after the arenas of all who used it.
 *
 * @param conninfo   copied
 * @param is_pooled  two transactions may find two sessions: nothing is left in one
 */
RETURNS_NONNULL struct db *db_open(const char *conninfo, bool is_pooled);
void db_close(struct db *db);

/**
 * Ask the server now: is it there, and is the schema this program's?
 *
 * @return ERR_OK; ERR_UNAVAILABLE with the sentence to show, which names the remedy when the schema
 * is another (so does any call)
 */
MUST_USE enum err db_ready(struct ctx *c);

/* One parameter; made by the db_… functions below. */
struct db_param {
    const char *value; /* NULL is SQL null */
    size_t len;
    bool is_binary;
};

struct db_param db_text(struct ctx *c, struct str s);         /* "" stays "" */
struct db_param db_text_or_null(struct ctx *c, struct str s); /* an absent string is null */
struct db_param db_int(struct ctx *c, int64_t value);
struct db_param db_bool(bool value);
struct db_param db_bytes(struct str bytes); /* bytea */
struct db_param db_null(void);

/* db_one(c, SQL_USER_BY_NAME, DB_ARGS(db_text(c, name)), &rows) */
#define DB_ARGS(...) \
    (const struct db_param[]){__VA_ARGS__}, \
        sizeof((const struct db_param[]){__VA_ARGS__}) / sizeof(struct db_param)
#define DB_NO_ARGS NULL, 0

/* Rows in the arena of the context. */
struct db_rows {
    void *result; /* PGresult */
    size_t count;
};

/** A statement that declares `none`: number of rows changed through *changed (may be NULL). */
MUST_USE enum err db_exec(struct ctx *c, enum sql_query q, const struct db_param *params, size_t n,
                          size_t *changed);
/**
 * A statement that declares `one`: no row is ERR_NOT_FOUND with the given sentence in what, two are
 * ERR_INTERNAL.
 */
MUST_USE enum err db_one(struct ctx *c, enum sql_query q, const struct db_param *params, size_t n,
                         const char *what, struct db_rows *rows);
/** A statement that declares `maybe`: rows->count is 0 or 1. */
MUST_USE enum err db_maybe(struct ctx *c, enum sql_query q, const struct db_param *params, size_t n,
                           struct db_rows *rows);
/** A statement that declares `many`. */
MUST_USE enum err db_many(struct ctx *c, enum sql_query q, const struct db_param *params, size_t n,
                          struct db_rows *rows);

/* Columns by name. A name the statement does not return, or another type, is a mistake of ours and
   aborts, as is a statement run against what it declares. Null reads as absent, 0 or false.
   Integers may be of any size and numeric without fraction (sums). */
struct str db_get_text(const struct db_rows *rows, size_t row, const char *column);
int64_t db_get_int(const struct db_rows *rows, size_t row, const char *column);
bool db_get_bool(const struct db_rows *rows, size_t row, const char *column);
bool db_is_null(const struct db_rows *rows, size_t row, const char *column);
/** bytea, decoded into the arena. */
struct str db_get_bytes(struct ctx *c, const struct db_rows *rows, size_t row, const char *column);

/** Begin a transaction; it is rolled back with the arena unless committed. Never call out to other
   services inside one, and never begin one inside another: that aborts. */
MUST_USE enum err db_begin(struct ctx *c);
/** ERR_INTERNAL when a statement in it had failed: nothing was stored then. */
MUST_USE enum err db_commit(struct ctx *c);
/** End a transaction without effect. */
void db_rollback(struct ctx *c);

/* Migrations: sql/migrations, numbered, forward only, each in a transaction. */

/** The version of the schema in the database, 0 when it is empty. */
MUST_USE enum err db_schema_version(struct ctx *c, int *version);
/** Bring the schema to DB_SCHEMA_VERSION; *from is what it was. Safe to run twice and at once
   (advisory lock). ERR_CONFLICT when the schema is newer than this program. */
MUST_USE enum err db_migrate(struct ctx *c, int *from);

#endif
