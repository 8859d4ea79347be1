/** Where a tag points: the one place that moves it, for a push and for container_tag(). */
#ifndef REGISTRY_TAG_H
#define REGISTRY_TAG_H

#include "registry/tags.h"

/**
 * Point the tag k->name at k->image_id, inside a transaction: what it pointed at is kept as an
 * earlier version. Fills id and times. ERR_FORBIDDEN: frozen.
 *
 * @param what  for the audit row
 */
MUST_USE enum err tag_point(struct ctx *c, struct viewer v, struct container *k, const char *what);
/** ERR_FORBIDDEN that says so, when the tag is there and frozen. */
MUST_USE enum err tag_check_frozen(struct ctx *c, const struct image_name *n, bool is_frozen);

#endif
