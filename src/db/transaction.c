#include "connection.h"

/* A transaction that its arena will end, unless it has ended by then. */
struct open_transaction {
    struct db *db;
    uint64_t number;
};

/*
 * Without a context there is nobody to tell; when this fails the connection goes, and the server
 * rolls back.
 */
static void roll_back(struct db *db)
{
    PGresult *r = connection_is_lost(db) ? NULL : connection_exec(db, "rollback");

    db->transaction = 0;
    db->told[0] = '\0'; /* may have been rolled back, too */
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        connection_drop(db);
    PQclear(r);
}

static void roll_back_with_arena(void *arg)
{
    const struct open_transaction *t = arg;

    if (t->db->transaction == t->number)
        roll_back(t->db);
}

enum err db_begin(struct ctx *c)
{
    struct db *db = c->db;
    struct open_transaction *t = arena_alloc(c->arena, sizeof *t);

    if (db->transaction)
        connection_bug("a transaction inside a transaction", "begin");
    TRY(connection_ready(c));
    TRY(connection_run(c, "begin", NULL));
    db->transaction = ++db->transactions_begun;
    *t = (struct open_transaction){db, db->transaction};
    arena_defer(c->arena, roll_back_with_arena, t);
    return ERR_OK;
}

enum err db_commit(struct ctx *c)
{
    PGresult *r;

    if (!c->db->transaction)
        connection_bug("a commit without a transaction", "commit");
    TRY(connection_ready(c));
    TRY(connection_run(c, "commit", &r));
    c->db->transaction = 0;
    /*
     * PostgreSQL answers "ROLLBACK" when a statement in it had failed: the caller went on after an
     * error.
     */
    if (str_eq(str_of(PQcmdStatus(r)), STR("ROLLBACK")))
        return FAIL(c, ERR_INTERNAL,
                    "A transaction was committed after one of its statements had failed.");
    return ERR_OK;
}

void db_rollback(struct ctx *c)
{
    if (c->db->transaction)
        roll_back(c->db);
}
