/**
 * Tags as their owners manage them: frozen, added, moved; and what a tag pointed at before.
 *
 * A tag that moves leaves its content behind as an earlier version (KEEP_VERSIONS of them), which
 * can be pulled by its digest until it is deleted or too many came after it. A frozen tag neither
 * moves nor goes. Each change is one transaction with its audit row.
 */
#ifndef REGISTRY_TAGS_H
#define REGISTRY_TAGS_H

#include "registry/collection.h"

/** Freeze a tag or let it go. ERR_NOT_FOUND, ERR_FORBIDDEN. */
MUST_USE enum err container_freeze(struct ctx *c, struct viewer v, int64_t id, bool frozen,
                                   struct container *out);
/**
 * Give what a tag points at another tag of the same name.
 *
 * @param move  the tag may exist and point at something else; ERR_CONFLICT otherwise
 * @return ERR_INPUT bad tag; ERR_FORBIDDEN no right, or the tag is frozen
 */
MUST_USE enum err container_tag(struct ctx *c, struct viewer v, int64_t id, struct str tag,
                                bool move, struct container *out);

struct version {
    int64_t image_id;
    struct str sha256;
    int64_t size_bytes;
    int64_t pushed_at; /* Unix seconds: when the tag came to it */
    int64_t moved_at;  /* when it moved on */
};
struct version_list {
    struct version *list;
    size_t count;
};
/** Earlier contents of a container that was found readable, the last one first. */
MUST_USE enum err version_list(struct ctx *c, const struct container *k, struct version_list *out);
/** Forget one; ERR_NOT_FOUND, ERR_FORBIDDEN. Its bytes go when nothing needs them. */
MUST_USE enum err version_delete(struct ctx *c, struct viewer v, int64_t id, struct str sha256);

/** "sha256." and 64 lower-case hex digits: no tag may look like a digest. Gives the digits. */
bool version_parse(struct str s, struct str *sha256);

#endif
