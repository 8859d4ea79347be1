/* One import under way: what the steps share. */
#ifndef IMPORT_MOVE_H
#define IMPORT_MOVE_H

#include "import/sregistry.h"
#include "old.h"

/* From ids there to ids here, in the order of the old ids. */
struct id_map {
    struct id_pair {
        int64_t old, new; /* new 0: it would be created (dry run) */
        struct str name;
        bool is_known; /* false: it could not be brought, so what refers to it cannot either */
    } * list;
    size_t count;
};

struct move {
    const struct import_options *options;
    const struct old *old;
    struct import_report *report;
    struct id_map users, collections;
    struct arena *arena; /* of what outlives one item: maps and problems */
};

/** The pair of an old id; NULL when the old database contradicts itself. */
const struct id_pair *move_find(const struct id_map *map, int64_t old);

/**
 * How one item went, and that it was found: an outcome that concerns only this item becomes a
 * problem of the report and ERR_OK, the others (database gone, disk full) come back.
 */
MUST_USE enum err move_judge(struct ctx *c, struct move *m, enum err e, struct import_count *count,
                             const char *kind, struct str name);

/** Was a thing changed here since it was last brought? With *brought: was it ever brought? */
MUST_USE enum err move_is_ours(struct ctx *c, const char *own_action, const char *bring_action,
                               struct str subject, bool *is_ours, bool *brought);

/* The steps, in this order; each counts what it does. */
MUST_USE enum err move_users(struct ctx *c, struct move *m);
MUST_USE enum err move_collections(struct ctx *c, struct move *m);
MUST_USE enum err move_members(struct ctx *c, struct move *m);
MUST_USE enum err move_containers(struct ctx *c, struct move *m);
MUST_USE enum err move_labels(struct ctx *c, struct move *m);

#endif
