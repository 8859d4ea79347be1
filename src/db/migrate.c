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

/*
 * A migration may take as long as it takes, and waits for the one that runs elsewhere. All this
 * ends with the transaction, so that a pooler's next client finds nothing of it.
 */
static const char begin_alone[] = "begin;"
                                  "set local statement_timeout = 0;"
                                  "set local lock_timeout = 0;"
                                  "select pg_advisory_xact_lock(" MIGRATION_LOCK ")";

static enum err apply(struct ctx *c, int version)
{
    const struct db_migration *m = &db_migrations[version];

    if (version == 0)
        TRY(connection_run(c,
                           "create table if not exists public.schema_migrations ("
                           " version integer primary key,"
                           " name text not null,"
                           " applied_at timestamptz not null default now())",
                           NULL));
    TRY(connection_run(c, m->sql, NULL));
    return record(c, m);
}

/* The version that is there now, and the migration that it lacks. */
static enum err apply_next(struct ctx *c, int *version)
{
    TRY(connection_run(c, begin_alone, NULL));
    TRY(connection_schema_version(c, version));
    if (*version > DB_SCHEMA_VERSION)
        return FAIL(
            c, ERR_CONFLICT,
            "The database has schema version %d, this program knows %d: install the newer program.",
            *version, DB_SCHEMA_VERSION);
    return *version < DB_SCHEMA_VERSION ? apply(c, *version) : ERR_OK;
}

/* One migration, whole or not at all. */
static enum err migrate_once(struct ctx *c, int *version)
{
    enum err e = apply_next(c, version);

    if (e == ERR_OK)
        e = connection_run(c, "commit", NULL);
    else
        PQclear(connection_exec(c->db, "rollback"));
    if (e == ERR_OK && *version < DB_SCHEMA_VERSION)
        log_to(LOG_NOTICE, "schema_migrated",
               {"version", str_printf(c->arena, "%d", db_migrations[*version].version)},
               {"name", str_of(db_migrations[*version].name)});
    return e;
}

static enum err migrate_all(struct ctx *c, int *from)
{
    int version;

    TRY(migrate_once(c, from));
    version = *from;
    while (version < DB_SCHEMA_VERSION)
        TRY(migrate_once(c, &version));
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
    c->db->patience_ms = 0; /* as long as it takes */
    e = migrate_all(c, from);
    connection_drop(c->db); /* the next call prepares on the new schema */
    return e;
}
