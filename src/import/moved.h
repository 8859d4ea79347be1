/* The table of moved settings at work, and the connection strings made of DATABASES. */
#ifndef IMPORT_MOVED_H
#define IMPORT_MOVED_H

#include "assignment.h"
#include "import/old_settings.h"

/** What a row does with the value; by its row of the table. */
enum moved_act {
    ACT_COPY,
    ACT_URL,     /* without a slash at the end */
    ACT_LIMIT,   /* None is 0 */
    ACT_MINUTES, /* minutes to seconds */
    ACT_PLUGINS,
    ACT_DATABASE,
    ACT_ASIDE,
    ACT_DROP,
};
enum moved_act moved_act(const struct moved_info *info);
/** The row for an old name; NULL when there is none. */
const struct moved_info *moved_find(struct str old);

struct old_database {
    bool is_known;   /* the files speak of a database */
    struct str url;  /* of a database of its own on the same server; absent when not to be known */
    struct str from; /* conninfo of the old one without its password, for the operator's shell */
    struct str why;  /* a sentence without its stop: what is missing, or what to look at */
};
/** What the files in force say of PostgreSQL. */
struct old_database old_database_read(struct ctx *c, const struct assignments *all);

#endif
