/* What becomes of each assignment of the old files. */
#ifndef IMPORT_DECIDE_H
#define IMPORT_DECIDE_H

#include "moved.h"

struct decision {
    struct moved m;
    struct str value; /* for m.now; absent when it gets none */
};

struct decisions {
    struct decision *items;
    size_t count;
};

struct decisions decide_all(struct ctx *c, const struct assignments *all);

#endif
