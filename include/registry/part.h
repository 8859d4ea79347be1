/**
 * An upload in parts, for senders whose connection comes and goes, such as a browser on a train.
 *
 * The ticket of the push names a file in IMAGES_ROOT/.parts, which nobody but the service may read.
 * Each part says where it begins. What arrived of it stays, also when the connection is lost in its
 * middle: it is made durable, and the ticket's row says how much it is. When the last byte is there
 * the file is hashed and pushed like any other. An upload is given up a day after its last part,
 * and when its user has begun PARTS_PER_USER others since (docs/adr/0015).
 */
#ifndef REGISTRY_PART_H
#define REGISTRY_PART_H

#include "registry/push.h"

enum { PARTS_PER_USER = 3, PARTS_LIFE_S = 86400 };

/* An upload that is open for a part; no other process has it. */
struct part {
    struct str hash; /* of the ticket */
    struct image_name name;
    int64_t size; /* of the whole */
    int64_t received;
    int fd;
};

/** How much has arrived; ERR_FORBIDDEN when the ticket is unknown, used, expired or another user's.
 */
MUST_USE enum err part_look(struct ctx *c, int64_t user_id, struct str ticket, int64_t *received);

/**
 * Open the upload for the part that begins at offset; it is closed with the arena.
 *
 * @param size  of the whole; the same with each part
 * @return ERR_OK; ERR_FORBIDDEN as above, or another size before; ERR_CONFLICT offset is not what
 * was received, or another part is being received; ERR_TOO_LARGE; ERR_NO_SPACE; ERR_UNAVAILABLE
 */
MUST_USE enum err part_begin(struct ctx *c, int64_t user_id, struct str ticket, int64_t size,
                             int64_t offset, struct part **out);
/** Append; ERR_INPUT beyond the size that was said. */
MUST_USE enum err part_write(struct ctx *c, struct part *p, struct str piece);
/** Make durable what was written since part_begin(), and note it. */
MUST_USE enum err part_keep(struct ctx *c, const struct part *p);
/** The first bytes, at most SIF_HEAD_BYTES. */
MUST_USE enum err part_head(struct ctx *c, const struct part *p, struct str *out);
/** All of it, finished, for push_commit(). */
MUST_USE enum err part_whole(struct ctx *c, const struct part *p, struct upload **out);

/** It is pushed, or given up: the ticket is used, the file is gone. */
MUST_USE enum err part_end(struct ctx *c, int64_t user_id, struct str ticket);
/** Remove what was given up; for the agent. */
MUST_USE enum err part_sweep(struct ctx *c, int64_t *removed);

#endif
