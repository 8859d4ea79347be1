/**
 * Share links: an address that hands out one image to whoever holds it, until it expires or is
 * revoked.
 *
 * The link means the bytes that the tag pointed at when it was made; it ends with them, and with
 * its maker's right to share. The secret is 256 random bits, stored hashed, and shown once.
 */
#ifndef REGISTRY_SHARE_H
#define REGISTRY_SHARE_H

#include "registry/collection.h"

struct share {
    int64_t id;
    struct str sha256, created_by;
    int64_t created_at, expires_at; /* Unix seconds */
};
struct share_list {
    struct share *list;
    size_t count;
};

/**
 * Make one. ERR_INPUT: days not 1 to SHARE_LINK_DAYS; ERR_FORBIDDEN: no right, or switched off.
 *
 * @param[out] secret  64 hex digits, for the address
 */
MUST_USE enum err share_create(struct ctx *c, struct viewer v, int64_t container_id, int64_t days,
                               struct share *out, struct str *secret);
/** Those that have not expired, newest first, for who may make them. */
MUST_USE enum err share_list(struct ctx *c, struct viewer v, int64_t container_id,
                             struct share_list *out);
/** ERR_NOT_FOUND when there is none. */
MUST_USE enum err share_revoke(struct ctx *c, struct viewer v, int64_t container_id, int64_t id);
/** What a link hands out; ERR_FORBIDDEN for every reason why it hands out nothing. */
MUST_USE enum err share_open(struct ctx *c, int64_t container_id, struct str secret,
                             struct container *out);

#endif
