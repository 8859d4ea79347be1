/**
 * Making a guest collection of Globus Connect Personal, with the token of whoever owns the mapped
 * one. Nothing is repeated: who asks looks first whether it is there. The outcomes are those of
 * globus/transfer.h. @source reference/globus-api.md §2.9, §3.3
 */
#ifndef GLOBUS_COLLECTION_H
#define GLOBUS_COLLECTION_H

#include "globus/transfer.h"

/**
 * @param host  the mapped collection
 * @param path  on that host, absolute, ends with /
 * @return ERR_OK with its id; ERR_FORBIDDEN no subscription, or not the owner
 */
MUST_USE enum err globus_guest_create(struct ctx *c, struct globus_session *s, struct str host,
                                      struct str path, struct str display_name, struct str *id);

/** Give an identity a role, such as "access_manager"; ERR_FORBIDDEN as above. */
MUST_USE enum err globus_role_create(struct ctx *c, struct globus_session *s, struct str collection,
                                     struct str identity, const char *role);

#endif
