#include "command.h"

#include "db/db.h"

struct migrate_view {
    int64_t from, to;
};
static const struct json_field migrate_fields[] = {
    {"from", JSON_INT, offsetof(struct migrate_view, from), 0, 0, NULL},
    {"to",   JSON_INT, offsetof(struct migrate_view, to),   0, 0, NULL},
};
static const struct json_shape migrate_shape = JSON_SHAPE(struct migrate_view, migrate_fields);

enum err cli_migrate(struct cli *cli)
{
    struct migrate_view view = {.to = DB_SCHEMA_VERSION};
    int from;

    TRY(db_migrate(cli->ctx, &from));
    view.from = from;
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &migrate_shape, &view);
        buf_add_byte(&cli->out, '\n');
    } else if (from == DB_SCHEMA_VERSION) {
        buf_printf(&cli->out, "schema: version %d already, nothing to do\n", from);
    } else {
        buf_printf(&cli->out, "schema: from version %d to %d\n", from, DB_SCHEMA_VERSION);
    }
    return ERR_OK;
}

struct version_view {
    struct str version;
    int64_t schema;
    bool globus; /* was it built with it? */
};
static const struct json_field version_fields[] = {
    {"version", JSON_STR,  offsetof(struct version_view, version), 0, 0, NULL},
    {"schema",  JSON_INT,  offsetof(struct version_view, schema),  0, 0, NULL},
    {"globus",  JSON_BOOL, offsetof(struct version_view, globus),  0, 0, NULL},
};
static const struct json_shape version_shape = JSON_SHAPE(struct version_view, version_fields);

#ifdef TRANSLOAD_GLOBUS
enum { HAS_GLOBUS = true };
#else
enum { HAS_GLOBUS = false };
#endif

enum err cli_version(struct cli *cli)
{
    struct version_view view = {STR(TRANSLOAD_VERSION), DB_SCHEMA_VERSION, HAS_GLOBUS};

    if (cli->options & OPTION_JSON)
        json_write(&cli->out, &version_shape, &view);
    else
        buf_printf(&cli->out, "transload %s, schema %d%s", TRANSLOAD_VERSION, DB_SCHEMA_VERSION,
                   HAS_GLOBUS ? "" : ", built without Globus");
    buf_add_byte(&cli->out, '\n');
    return ERR_OK;
}
