/* Reading a stored image again, a part at a time, and hashing it. */
#ifndef REGISTRY_READING_H
#define REGISTRY_READING_H

#include "base/ctx.h"

#include <sys/types.h>

struct reading {
    struct str path; /* below IMAGES_ROOT */
    int64_t size_bytes;
    int64_t offset; /* bytes hashed so far */
    struct str
        state; /* the running hash after them; absent, or another version's: from the start */

    int64_t bytes_read; /* by the last call */
    bool is_at_end;
    struct str sha256; /* hex, at the end */
    dev_t device;      /* of the file, when it was found: names of one file agree in both */
    ino_t inode;
    struct str problem; /* why these bytes cannot be the image's; absent: they may be */
};

/**
 * Go on for at most max_bytes (0: only look whether the file is there and of its size), or until
 * the clock (clock_mono_ms) shows until_ms. The bytes come from the disk where the kernel can be
 * told so, not from its cache, which would hide a damaged disk.
 *
 * @return ERR_OK, with a problem or without; ERR_UNAVAILABLE the store is not there
 */
MUST_USE enum err reading_continue(struct ctx *c, struct reading *r, int64_t max_bytes,
                                   int64_t until_ms);
/**
 * Read all of it, from the start and as fast as the disk gives; sets sha256 unless there is a
 * problem. The same errors.
 */
MUST_USE enum err reading_whole(struct ctx *c, struct reading *r);

#endif
