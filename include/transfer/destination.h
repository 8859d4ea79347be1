/**
 * Where a user sends images: places they starred, places they sent to last, and the usual one.
 *
 * A place is an endpoint and a folder. Names and owners are what Globus said when the place was
 * starred or sent to last, so that a list needs no Globus. The usual place is the starred one that
 * the user marked, otherwise the one sent to last; files sent there are named by the user's
 * pattern. Source: reference/product.md C10, E7.
 */
#ifndef TRANSFER_DESTINATION_H
#define TRANSFER_DESTINATION_H

#include "account/link.h"
#include "registry/collection.h"

enum { DESTINATIONS_STARRED_MAX = 50, DESTINATIONS_RECENT_MAX = 8, PATTERN_MAX = 200 };

#define PATTERN_DEFAULT "{collection}/{name}_{tag}.sif"

struct destination {
    int64_t id;
    struct str endpoint_id, endpoint_name;
    struct str owner, organization; /* absent when not known */
    struct str folder;              /* ends with /; absent: the endpoint's default folder */
    bool is_starred, is_usual;
    int64_t starred_at, last_sent_at; /* Unix seconds; 0: not, never */
};

struct destinations {
    struct destination *list;
    size_t count;
};

/** Starred places, the usual one first, then at most DESTINATIONS_RECENT_MAX others by last use. */
MUST_USE enum err destination_list(struct ctx *c, int64_t user_id, struct destinations *out);

/** The usual place; *found false when nothing was sent or marked yet. */
MUST_USE enum err destination_usual(struct ctx *c, int64_t user_id, bool *found,
                                    struct destination *out);

/**
 * Star a place, asking Globus for the endpoint; once more is no error.
 *
 * @param folder  begins with / or ~/, no ".." in it; absent: the endpoint's default folder
 * @return ERR_OK; ERR_INPUT endpoint_id, path; ERR_CONFLICT DESTINATIONS_STARRED_MAX are starred;
 * what link_with_token() says
 */
MUST_USE enum err destination_star(struct ctx *c, int64_t user_id, struct str endpoint_id,
                                   struct str folder, struct globus_demands *demands,
                                   struct destination *out);
/** ERR_NOT_FOUND when it is not starred by this user. */
MUST_USE enum err destination_unstar(struct ctx *c, int64_t user_id, int64_t id);
/** Make a starred place the usual one, or no longer; ERR_NOT_FOUND as above. */
MUST_USE enum err destination_set_usual(struct ctx *c, int64_t user_id, int64_t id, bool is_usual,
                                        struct destination *out);

/**
 * Make a folder at an endpoint, in one that is there; one that is there already is no error.
 *
 * @param folder     as above, but not absent and no top
 * @param[out] made  as it is kept: ends with /
 * @return ERR_OK; ERR_INPUT endpoint_id, path; what globus_mkdir() and link_with_token() say
 */
MUST_USE enum err destination_make_folder(struct ctx *c, int64_t user_id, struct str endpoint_id,
                                          struct str folder, struct globus_demands *demands,
                                          struct str *made);

/** An image was sent there. What fails is only logged: the transfer matters more. */
void destination_note(struct ctx *c, int64_t user_id, const struct globus_endpoint *e,
                      struct str folder);

/** The pattern that names this user's files. */
MUST_USE enum err pattern_of(struct ctx *c, int64_t user_id, struct str *out);
/** Set it; absent: the default again. ERR_INPUT naming pattern. */
MUST_USE enum err pattern_set(struct ctx *c, int64_t user_id, struct str pattern);

/**
 * A relative path made of letters, digits, . _ - + / and the fields {collection}, {name}, {tag} and
 * {digest}, in which {name} or {digest} occurs. ERR_INPUT naming pattern, with the rule.
 */
MUST_USE enum err pattern_check(struct ctx *c, struct str pattern);
/**
 * The relative path of this image's file. It never leaves the folder it is put into: no part of it
 * is empty, "." or "..". A name too long for one part of a path is cut.
 *
 * @return ERR_OK; ERR_INPUT naming pattern: not even a cut name fits
 */
MUST_USE enum err pattern_expand(struct ctx *c, struct str pattern, const struct container *image,
                                 struct str *out);

#endif
