/**
 * A look before a transfer: is anything in its way, and is the image there already?
 *
 * Nothing is stored and nothing forbidden by it: Globus has the last word at the submit. "Already
 * there" needs both ends of the evidence: this user's own newest finished transfer to that file
 * brought these very bytes (its checksum was compared then), and the file has had that size and
 * not been written since. Source: reference/product.md C13.
 */
#ifndef TRANSFER_PREFLIGHT_H
#define TRANSFER_PREFLIGHT_H

#include "transfer/transfer.h"

enum preflight_result {
    PREFLIGHT_OK,
    PREFLIGHT_CARE,    /* it will work, but the user should know */
    PREFLIGHT_NO,      /* the transfer would fail */
    PREFLIGHT_UNKNOWN, /* it could not be looked at now */
    PREFLIGHT_RESULT_COUNT
};
/** "ok", "care", "no", "unknown". */
const char *preflight_result_name(enum preflight_result r);

struct preflight_check {
    const char *name; /* "image", "source", "folder", "file" */
    enum preflight_result result;
    struct str text; /* one sentence */
};

enum { PREFLIGHT_CHECKS = 4 };

struct preflight {
    struct preflight_check checks[PREFLIGHT_CHECKS];
    struct str path;        /* of the file */
    struct str transfer_id; /* that brought it there; absent: it is not there already */
};
/**
 * @return ERR_OK with what each check found; as transfer_create() for what would be refused before
 * Globus is asked; ERR_GLOBUS_NOT_CONNECTED, ERR_GLOBUS_RECONNECT
 */
MUST_USE enum err transfer_preflight(struct ctx *c, const struct transfer_wish *w,
                                     struct preflight *out);

#endif
