/**
 * A change of SECRET_KEY: everything sealed is sealed again, while the service runs.
 *
 * What is not sealed with SECRET_KEY is found by the beginning of the stored value, so a run that
 * was interrupted goes on where it ended, and two runs at once do no harm. A value that changed
 * meanwhile is left to who changed it. Tokens that are being refreshed at this moment are left out,
 * because their sealed form is what the refresh goes by (docs/adr/0005); they come in the next
 * round.
 */
#ifndef ACCOUNT_KEYS_H
#define ACCOUNT_KEYS_H

#include "base/ctx.h"

struct keys_report {
    int64_t resealed; /* values sealed again by this call */
    int64_t left;     /* values that other keys still seal: in use at the moment, or unopened */
    int64_t unopened; /* of these, sealed with a key that is not here: they stay as they are */
};
/** Seal everything again. Own transactions, a few rows each. ERR_OK also when some are left. */
MUST_USE enum err keys_rotate(struct ctx *c, struct keys_report *out);

struct keys_count {
    struct str place; /* table.column */
    int64_t current, others;
};
struct keys_counts {
    struct keys_count *list;
    size_t count;
};
/** How many values each place holds, by the key that sealed them. */
MUST_USE enum err keys_count(struct ctx *c, struct keys_counts *out);

#endif
