/**
 * How much may be stored, in bytes, per user and per collection.
 *
 * A user pays for what the tags he pushed show, a collection for what its tags show; bytes that
 * several tags show count once. What no tag shows any more costs nothing, though the sweep may not
 * have come by yet. A push reserves its room before its body is read, under a lock of the user and
 * of the collection, so pushes at once cannot exceed a limit together; the commit looks again, at
 * the true size. A reservation that is not renewed runs out by itself (docs/adr/0013).
 */
#ifndef REGISTRY_QUOTA_H
#define REGISTRY_QUOTA_H

#include "registry/name.h"

struct quota {
    int64_t limit; /* 0: none */
    int64_t used;
    int64_t reserved; /* by pushes under way */
};

/** What a user may store and stores. */
MUST_USE enum err quota_of_user(struct ctx *c, int64_t user_id, struct quota *out);
/** The same for a collection; one that does not exist has the standard limit. */
MUST_USE enum err quota_of_collection(struct ctx *c, struct str name, struct quota *out);

struct collection_quota {
    int64_t id;
    struct str name;
    struct quota quota; /* reserved is not filled */
};
struct collection_quotas {
    struct collection_quota *list;
    size_t count;
};
/** The collections that a user owns, fullest first. */
MUST_USE enum err quota_of_own_collections(struct ctx *c, int64_t user_id, int64_t limit,
                                           struct collection_quotas *out);

enum { QUOTA_STANDARD = -1, QUOTA_NONE = 0 };
/** A limit of the user's own in bytes, QUOTA_NONE, or the setting's again with QUOTA_STANDARD. */
MUST_USE enum err quota_set_user(struct ctx *c, int64_t user_id, int64_t bytes);
/** The same; ERR_NOT_FOUND. */
MUST_USE enum err quota_set_collection(struct ctx *c, struct str name, int64_t bytes);

/** May this user push anything at all to this tag? ERR_QUOTA says whose limit is used up. */
MUST_USE enum err quota_check(struct ctx *c, int64_t user_id, const struct image_name *n);
/**
 * Promise a push its room: ERR_QUOTA when there is not so much.
 *
 * @param[out] reservation  for the calls below; 0: there is no limit, so nothing was reserved
 */
MUST_USE enum err quota_reserve(struct ctx *c, int64_t user_id, const struct image_name *n,
                                int64_t bytes, int64_t *reservation);
/** Say that the push goes on: at least every RESERVATION_RENEW_S seconds. */
MUST_USE enum err quota_renew(struct ctx *c, int64_t reservation);
/** Give the room back; what could not be given back runs out. Keeps the failure noted on c. */
void quota_release(struct ctx *c, int64_t reservation);

enum { RESERVATION_HOLDS_S = 300, RESERVATION_RENEW_S = 60 };

#endif
