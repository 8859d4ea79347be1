/*
 * Transfers as rows: what is read and written, one function for each statement
 * (sql/queries/transfer_*.sql).
 */
#ifndef TRANSFER_ROW_H
#define TRANSFER_ROW_H

#include "db/db.h"
#include "transfer/several.h"

/** Row i of a statement that returns the columns of a transfer. */
struct transfer row_read(const struct db_rows *rows, size_t i);

/* A wish as it is stored. */
struct row_wish {
    int64_t user_id, container_id, image_id, size_bytes;
    struct str uri, sha256, source_path, endpoint_id, endpoint_name, path;
};
/** Store it, or find the open one that is equal; *is_new says which. */
MUST_USE enum err row_store(struct ctx *c, const struct row_wish *w, struct transfer *out,
                            bool *is_new);

/* One of several images, as it is stored. */
struct row_file {
    int64_t ordinal, image_id, size_bytes;
    struct str uri, sha256, name;
};
/** The same for several images: w->sha256 is of the list, source_path and path are folders. */
MUST_USE enum err row_store_several(struct ctx *c, const struct row_wish *w,
                                    const struct row_file *files, size_t count,
                                    struct transfer *out, bool *is_new);
/** What the new wish leaves out, to be read with transfer_left_out(). */
MUST_USE enum err row_leave_out(struct ctx *c, const struct transfer *t,
                                const struct left_out *list, size_t count);

/* What changes about an open transfer. */
struct row_change {
    enum transfer_state state;
    struct str text;
    int64_t next_look_s;
    bool is_final;
};
/** After a submit that did not succeed. */
MUST_USE enum err row_settle(struct ctx *c, const struct transfer *t,
                             const struct row_change *change);
/** After a look at the task; the numbers of *t are stored too. */
MUST_USE enum err row_update(struct ctx *c, const struct transfer *t,
                             const struct row_change *change);
/** Look again later; firm: Globus asked for it, and nobody who watches hastens it. */
MUST_USE enum err row_postpone(struct ctx *c, const struct transfer *t, int64_t seconds, bool firm);

/**
 * Store the endpoint's name and the full path in row and *t. ERR_CONFLICT when another open wish
 * goes to that very path.
 */
MUST_USE enum err row_locate(struct ctx *c, struct transfer *t, struct str endpoint_name,
                             struct str path);
/**
 * Store a submission id, or take the one that is stored; in *t. ERR_CONFLICT when the wish is
 * finished.
 */
MUST_USE enum err row_submission(struct ctx *c, struct transfer *t, struct str submission_id);
/** is_compared: Globus was given the sha256 of each image and compares it at both ends. */
MUST_USE enum err row_accept(struct ctx *c, struct transfer *t, struct str task_id,
                             bool is_compared);

/* How much is claimed at once. */
struct row_limits {
    int64_t users, rows; /* at most, and rows of each user */
    int64_t round_ms;    /* what became due later is left to the next round */
    int64_t lease_s;
};
/** Due transfers, ordered by user, under a lease. */
MUST_USE enum err row_claim(struct ctx *c, const struct row_limits *limits, struct transfer **list,
                            size_t *count);

/**
 * Seconds until the agent looks at an open transfer of that age: often at first, then less and
 * less.
 */
int64_t row_next_look_s(const struct ctx *c, int64_t age_s);
/** The longest time that says. */
int64_t row_longest_look_s(const struct ctx *c);

#endif
