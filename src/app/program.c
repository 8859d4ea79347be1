#include "program.h"

#include "account/alive.h"
#include "base/settings.h"
#include "db/db.h"
#include "net/net.h"

#include <unistd.h>

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
    c->db = db_open(c->settings->database_url, c->settings->database_pooled);
    c->net = net_open();
    arena_defer(c->arena, close_connections, c);
    return ERR_OK;
}

static enum err pulse(struct ctx *c, const char *role, int workers)
{
    enum err e;

    c->db = db_open(c->settings->database_url, c->settings->database_pooled);
    e = alive_note(c, role, getppid(), workers); /* the pool is the parent */
    db_close(c->db);
    return e;
}

enum err app_pulse_api(struct ctx *c, int workers)
{
    return pulse(c, "api", workers);
}

enum err app_pulse_upload(struct ctx *c, int workers)
{
    return pulse(c, "upload", workers);
}

bool app_has_feature(const struct ctx *c, enum feature f)
{
    return f != GLOBUS || c->settings->enable_globus;
}
