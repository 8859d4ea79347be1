/* The old registry's database: read only, one snapshot. */
#ifndef IMPORT_OLD_H
#define IMPORT_OLD_H

#include "import/old_sql.h"

#include "db/db.h"

struct old;

/** Connect and begin the snapshot; ends with the arena. ERR_INPUT with the server's words. */
MUST_USE enum err old_open(struct ctx *c, const char *conninfo, struct old **out);
/** All rows of a statement of sql/import, read with the db_get_… functions. */
MUST_USE enum err old_rows(struct ctx *c, const struct old *old, enum old_query q,
                           struct db_rows *rows);

#endif
