/**
 * Names of collections, containers and tags: the rules, in one place.
 *
 *   collection   parts joined by '/'; a part is a-z 0-9 with '.', '_' and '-' inside        at most
 * 250 characters name         a-z 0-9 _ first, then also '.', '-' and '+' at most 250 tag a-z 0-9 _
 * first, then also '.' and '-' (a tag of the OCI specification)     at most 128
 *
 * Upper case is made lower before the rules apply; all else outside them is refused, so a name can
 * stand in a path, a URL, a header and a log line as it is. A URL's last component is
 * name[:tag][@version], all before it is the collection. Source: reference/sregistry-api.md parts 2
 * and 9 (rows 23, 35).
 */
#ifndef REGISTRY_NAME_H
#define REGISTRY_NAME_H

#include "base/ctx.h"

enum { COLLECTION_NAME_MAX = 250, CONTAINER_NAME_MAX = 250, TAG_MAX = 128 };

struct image_name {
    struct str collection, name, tag;
    /* what stood after @, unchecked: compare with image_version(); absent: none */
    struct str version;
};

/**
 * Check and lower-case the three parts; ERR_INPUT names the field ("collection", "name", "tag") and
 * says the rule.
 */
MUST_USE enum err image_name_check(struct ctx *c, struct image_name *n);
/** Split "coll/ection/name:tag@version" and check; the tag defaults to latest. */
MUST_USE enum err image_name_parse(struct ctx *c, struct str path, struct image_name *out);
/** True when s, already lower case, keeps the rule for collections. */
bool collection_name_is_valid(struct str s);
/** "collection/name:tag". */
struct str image_name_uri(struct arena *a, const struct image_name *n);
/** "sha256.<hex>". */
struct str image_version(struct arena *a, struct str sha256_hex);

#endif
