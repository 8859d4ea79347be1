/**
 * Moving in from Singularity Registry Server 2.1: its PostgreSQL database and its directory of
 * images.
 *
 * The old registry is only read, in one snapshot of its database, and may go on serving. The import
 * can be repeated: what is here already is recognised by its name, what was changed here since (a
 * new token, a tag pushed) is kept, and nothing is ever removed. What cannot be brought is reported
 * with its reason and does not stop the rest. Source: reference/sregistry-api.md part 7.
 */
#ifndef IMPORT_SREGISTRY_H
#define IMPORT_SREGISTRY_H

#include "base/ctx.h"
#include "registry/bring.h"

struct import_options {
    const char *database; /* libpq connection string or URL */
    const char *images;   /* the directory that was MEDIA_ROOT there, /var/www/images */
    bool dry_run;         /* look at everything, hash nothing, change nothing */
};

/* What became of one kind of thing; found is the sum of the others. */
struct import_count {
    int64_t found, created, updated, unchanged, kept, failed;
};

struct import_problem {
    struct str kind; /* "user", "collection", "member", "container" */
    struct str name, reason;
};

struct import_report {
    struct import_count users, collections, members, containers, labels;
    int64_t bytes; /* of the containers created and updated */
    int64_t ways[BRING_WAYS];
    int64_t shares, stars, teams, frozen; /* there, and without a place here */
    struct import_problem *problems;
    size_t problem_count, problem_capacity;
};

/**
 * Do it; ERR_INPUT when the database is not one of sregistry 2.1 or the directory is none.
 */
MUST_USE enum err import_sregistry(struct ctx *c, const struct import_options *options,
                                   struct import_report *report);

#endif
