#include "program.h"

#include "base/settings.h"
#include "db/db.h"
#include "net/net.h"

static void close_connections(void *arg)
{
    struct ctx *c = arg;

    net_close(c->net);
    db_close(c->db);
}

/*
 * A worker starts whether or not the database answers, and whatever its schema is: it serves 503
 * with a sentence until both are right, and needs no restart then.
 */
enum err app_start_worker(struct ctx *c)
{
    c->db = db_open(c->settings->database_url);
    c->net = net_open();
    arena_defer(c->arena, close_connections, c);
    return ERR_OK;
}

bool app_has_feature(const struct ctx *c, enum feature f)
{
    return f != GLOBUS || c->settings->enable_globus;
}
