/**
 * Can this user send a file to this endpoint now, and if not, what is missing?
 *
 * Computed from entity type, online, paused and consent; never from the dead `activated` field.
 * Advisory: the submit is the judge. Source: reference/globus-api.md §2.3, reference/product.md
 * S46, S47, S65.
 */
#ifndef TRANSFER_ENDPOINT_STATUS_H
#define TRANSFER_ENDPOINT_STATUS_H

#include "account/link.h"

enum { BADGES_MAX = 4 };

struct endpoint_status {
    /* false: bare servers, GCSv4, the registry's own source; no list shows them */
    bool is_offered;
    bool is_ready; /* "activated": a write could succeed now */
    /* ready, or a wish is taken all the same: it waits there, or Globus is the judge */
    bool is_sendable;
    /* the action is a round-trip to Globus for data_access on this collection */
    bool needs_consent;
    /* a sentence; when ready: what may still come, mostly absent */
    struct str reason;
    struct str action_url; /* where to get what is missing; absent when ready */
    struct str badges[BADGES_MAX];
    size_t badge_count;
};

struct endpoint_status endpoint_status_of(struct ctx *c, const struct globus_endpoint *e,
                                          const struct link *l);

/**
 * The demand that gives data_access on one collection. Ask for it only when needs_consent:
 * elsewhere it breaks the login.
 */
struct globus_demands endpoint_consent(struct ctx *c, const struct globus_endpoint *e);

#endif
