/**
 * Several images of one collection as one task: one wish, one task, as for a single image
 * (transfer.h, promise P3). What may not be sent is left out and named; the rest goes.
 */
#ifndef TRANSFER_SEVERAL_H
#define TRANSFER_SEVERAL_H

#include "transfer/transfer.h"

enum { SEVERAL_MAX = 1000 };

struct several_wish {
    int64_t user_id;
    struct viewer viewer;
    int64_t collection_id;
    const int64_t *container_ids;
    size_t container_count; /* 0: the whole collection */
    struct str endpoint_id; /* UUID */
    struct str folder;      /* begins with / or ~/ */
};

struct left_out {
    struct str image;  /* its uri; "image 7" when the viewer may not know it */
    struct str reason; /* one sentence */
};
/** What a stored transfer left out when it was made; a single image's leaves out nothing. */
MUST_USE enum err transfer_left_out(struct ctx *c, const struct transfer *t, struct left_out **list,
                                    size_t *count);

struct several_result {
    struct transfer_result result;
    struct left_out *left_out;
    size_t left_out_count;
};
/**
 * Each file gets the name that it would have alone; two that would have the same one are told apart
 * by their digest.
 *
 * @return as transfer_create(); ERR_NOT_FOUND collection; ERR_INPUT also containers: more than
 * SEVERAL_MAX, or none that may be sent
 */
MUST_USE enum err transfer_create_several(struct ctx *c, const struct several_wish *w,
                                          struct several_result *out);

#endif
