#include "batch.h"

#include <string.h>

bool batch_add(struct batch *b, int64_t collection_id, struct str sha256)
{
    struct batch_file *f = &b->files[b->count++];

    f->collection_id = collection_id;
    memcpy(f->sha256, sha256.ptr, sizeof f->sha256);
    return b->count == BATCH_MAX;
}

/* Digits and hex need no quotes in it. */
void batch_write(const struct batch *b, struct buf *ids, struct buf *digests)
{
    for (size_t i = 0; i < b->count; i++) {
        const struct batch_file *f = &b->files[i];
        const char *separator = i ? "," : "{";

        buf_printf(ids, "%s%lld", separator, (long long)f->collection_id);
        buf_printf(digests, "%s" STR_FMT, separator,
                   STR_ARG(str_view(f->sha256, sizeof f->sha256)));
    }
    buf_add_byte(ids, '}');
    buf_add_byte(digests, '}');
}
