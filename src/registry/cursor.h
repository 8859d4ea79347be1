/**
 * Where a page begins, as an opaque word: base64url of the sort key, so that clients do not build
 * on its form.
 */
#ifndef REGISTRY_CURSOR_H
#define REGISTRY_CURSOR_H

#include "base/ctx.h"

/** Cursor after the row with this name. */
struct str cursor_of_name(struct ctx *c, struct str name);
/** *name is absent when the cursor is; one that this program did not make is ERR_INPUT. */
MUST_USE enum err cursor_read_name(struct ctx *c, struct str cursor, struct str *name);

/** Cursor after the row with this time (microseconds) and id. */
struct str cursor_of_time(struct ctx *c, int64_t at_us, int64_t id);
/** *id is 0 when the cursor is absent; the same rule. */
MUST_USE enum err cursor_read_time(struct ctx *c, struct str cursor, int64_t *at_us, int64_t *id);

/* Where a search goes on: rows are sorted by place, then by time and id. */
struct place {
    int64_t place, at_us, id;
};
struct str cursor_of_place(struct ctx *c, const struct place *at);
/** id is 0 when the cursor is absent; the same rule. */
MUST_USE enum err cursor_read_place(struct ctx *c, struct str cursor, struct place *at);

#endif
