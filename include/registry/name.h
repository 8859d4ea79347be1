/**
 * Names of collections, containers and tags: the rules, in one place.
 *
 * Names are compared and stored in lower case. A URL's last component is name[:tag][@version], all before it is the collection.
 * Source: reference/sregistry-api.md parts 2 and 9 (rows 23, 35).
 */
#ifndef REGISTRY_NAME_H
#define REGISTRY_NAME_H

#include "base/ctx.h"

enum { COLLECTION_NAME_MAX = 250, CONTAINER_NAME_MAX = 250, TAG_MAX = 128 };

struct image_name {
    struct str collection, name, tag;
    struct str version; /* "sha256.<hex>" after @; absent: none */
};

/** Check and lower-case the three parts; ERR_INPUT names the field ("collection", "name", "tag") and says the rule. */
MUST_USE enum err image_name_check(struct ctx *c, struct image_name *n);
/** Split "coll/ection/name:tag@version" and check; the tag defaults to latest. */
MUST_USE enum err image_name_parse(struct ctx *c, struct str path, struct image_name *out);
/** "collection/name:tag". */
struct str image_name_uri(struct arena *a, const struct image_name *n);

#endif
