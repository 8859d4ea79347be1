/* The tables that cmake/embed_sql.py makes from sql/. */
#ifndef DB_STATEMENTS_H
#define DB_STATEMENTS_H

#include "db/queries.h"

enum db_expects { DB_ONE, DB_MAYBE, DB_MANY, DB_NONE };

struct db_statement {
    const char *name;
    enum db_expects expects;
    const char *sql;
};
extern const struct db_statement db_statements[];

struct db_migration {
    int version;
    int works_with; /* schema of the oldest program that lives with it */
    const char *name;
    const char *sql;
};
extern const struct db_migration db_migrations[];

#endif
