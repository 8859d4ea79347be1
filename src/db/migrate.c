#include "failure.h"
#include "statements.h"

#include "base/log.h"

/* Two migrations at once wait for each other; any number that nobody else locks. */
#define MIGRATION_LOCK "7250314905186297"

/* The migration that gives schema_migrations its column works_with; those before it lack it. */
enum { TELLS_WORKS_WITH = 27 };

static enum err record(struct ctx *c, const struct db_migration *m)
{
    struct str sql =
        m->version < TELLS_WORKS_WITH
            ? str_printf(c->arena,
                         "insert into public.schema_migrations (version, name) values (%d, '%s')",
                         m->version, m->name)
            : str_printf(c->arena,
                         "insert into public.schema_migrations (version, name, works_with) "
                         "values (%d, '%s', %d)",
                         m->version, m->name, m->works_with);

    return connection_run(c, sql.ptr, NULL);
}

static enum err apply(struct ctx *c, const struct db_migration *m)
{
    TRY(connection_run(c, m->sql, NULL));
    return record(c, m);
}

/* One migration, whole or not at all. */
static enum err migrate_once(struct ctx *c, const struct db_migration *m)
{
    PGresult *r;
    enum err e;

    TRY(connection_run(c, "begin", NULL));
    e = apply(c, m);
    if (e == ERR_OK)
        e = connection_run(c, "commit", &r);
    else
        PQclear(connection_exec(c->db, "rollback"));
    if (e == ERR_OK)
        log_to(LOG_NOTICE, "schema_migrated", {"version", str_printf(c->arena, "%d", m->version)},
               {"name", str_of(m->name)});
    return e;
}

static enum err migrate_all(struct ctx *c, int *from)
{
    TRY(connection_run(c,
                       "create table if not exists public.schema_migrations ("
                       " version integer primary key,"
                       " name text not null,"
                       " applied_at timestamptz not null default now())",
                       NULL));
    TRY(connection_schema_version(c, from));
    if (*from > DB_SCHEMA_VERSION)
        return FAIL(
            c, ERR_CONFLICT,
            "The database has schema version %d, this program knows %d: install the newer program.",
            *from, DB_SCHEMA_VERSION);
    for (int version = *from; version < DB_SCHEMA_VERSION; version++)
        TRY(migrate_once(c, &db_migrations[version]));
    return ERR_OK;
}

enum err db_schema_version(struct ctx *c, int *version)
{
    TRY(connection_open(c));
    return connection_schema_version(c, version);
}

enum err db_migrate(struct ctx *c, int *from)
{
    enum err e;

    *from = 0;
    TRY(connection_open(c));
    /* A migration may take as long as it takes, and waits for the one that runs elsewhere. */
    c->db->patience_ms = 0;
    TRY(connection_run(
        c,
        "set statement_timeout = 0; set lock_timeout = 0; select pg_advisory_lock(" MIGRATION_LOCK
        ")",
        NULL));
    e = migrate_all(c, from);
    connection_drop(c->db); /* gives the lock back, and the next call prepares on the new schema */
    return e;
}
