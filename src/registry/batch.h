/* Image files met on a walk over the store and not looked up in the database yet. */
#ifndef REGISTRY_BATCH_H
#define REGISTRY_BATCH_H

#include "base/secret.h"
#include "base/str.h"

enum { BATCH_MAX = 500 };

struct batch {
    struct batch_file {
        int64_t collection_id;
        char sha256[2 * SHA256_BYTES];
    } files[BATCH_MAX];
    size_t count;
};

/* sha256: 64 hex digits. True when it is full now and must be looked up. */
bool batch_add(struct batch *b, int64_t collection_id, struct str sha256);
/* PostgreSQL's notation of two arrays: collection ids and digests (hex). */
void batch_write(const struct batch *b, struct buf *ids, struct buf *digests);

#endif
