#include "program.h"

#include "base/settings.h"
#include "db/db.h"
#include "net/net.h"

/*
 * A worker starts whether or not the database answers: it serves 503 until it does, and needs no restart. A wrong schema is told at
 * each request and by /readyz; `transload serve` itself refuses to start on one.
 */
enum err app_start_worker(struct ctx *c)
{
    c->db = db_open(c->settings->database_url);
    c->net = net_open();
    return ERR_OK;
}

bool app_has_feature(const struct ctx *c, enum feature f)
{
    return f != GLOBUS || c->settings->enable_globus;
}
