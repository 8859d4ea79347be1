/* Where a page of transfers ended: creation time and id of its last row. */
#ifndef TRANSFER_CURSOR_H
#define TRANSFER_CURSOR_H

#include "base/ctx.h"

struct cursor {
    int64_t created_us; /* microseconds since 1970, PostgreSQL's resolution */
    struct str id;      /* UUID */
};

/** "<microseconds>.<id>": nothing secret, and every query asks for the user's own rows anyway. */
struct str cursor_format(struct arena *a, const struct cursor *cur);
/** ERR_INPUT naming cursor. */
MUST_USE enum err cursor_parse(struct ctx *c, struct str text, struct cursor *out);

#endif
