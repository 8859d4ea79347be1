#include "handlers.h"

#include "db/db.h"
#include "registry/store.h"

struct health {
    struct str status;
};

static const struct json_field health_fields[] = {
    {"status", JSON_STR, offsetof(struct health, status), 0, 0, NULL},
};
static const struct json_shape health_shape = JSON_SHAPE(struct health, health_fields);

/*
 * Alive: nothing outside this process is asked, so that a monitor does not restart it because the
 * database is down.
 */
enum err handle_healthz(struct req *r)
{
    struct health h = {STR("alive")};

    return reply_json(r, 200, &health_shape, &h);
}

enum err handle_readyz(struct req *r)
{
    struct health h = {STR("ready")};

    TRY(db_ready(r->ctx));
    TRY(store_check(r->ctx));
    return reply_json(r, 200, &health_shape, &h);
}
