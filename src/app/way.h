/*
 * The way through Globus: a refusal that a consent, a fresh login or a new connection can clear
 * comes with the address to go to.
 */
#ifndef APP_WAY_H
#define APP_WAY_H

#include "account/link.h"
#include "http/request.h"

/* Where the browser comes back to; the other registered paths answer as well (S14–S19). */
#define CALLBACK_PATH  "/globus/login"
#define ENDPOINTS_PAGE "/globus/transfer"

/**
 * Hand on the outcome of a call to Globus, and add failure.authorize_url when a round-trip would
 * clear it.
 *
 * @param next      where to return; absent: the endpoints page
 * @param transfer  the wish that goes on afterwards; absent: none
 * @return e, or the failure to store the state of the round-trip
 */
MUST_USE enum err way_through_globus(struct req *r, enum err e,
                                     const struct globus_demands *demands, struct str next,
                                     struct str transfer);

/**
 * Form field redirect_path: which of its registered paths Globus is to return to, for an app that
 * has only one of them registered.
 */
MUST_USE enum err way_callback_path(struct req *r, struct str *path);

/* What Globus sent along with the browser. */
struct returned {
    struct str code, state, error;
    struct str path; /* as it was sent, with the slash that the router takes off (S14–S19) */
};

/** Read it; a parameter that is there twice is refused. */
MUST_USE enum err way_returned(const struct req *r, struct returned *out);
/** Did Globus send anything? Otherwise somebody typed the address. */
bool way_is_return(const struct returned *in);
/** Why Globus sent an error instead of a code; what says what was not done. */
enum err way_declined(struct ctx *c, const struct returned *in, const char *what);

#endif
