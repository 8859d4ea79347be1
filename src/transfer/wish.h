/* What every wish and every place for wishes has to pass. */
#ifndef TRANSFER_WISH_H
#define TRANSFER_WISH_H

#include "globus/transfer.h"

/** A UUID, and not the registry's own collection; ERR_INPUT naming endpoint_id. */
MUST_USE enum err wish_check_endpoint_id(struct ctx *c, struct str id);
/**
 * Servers, legacy endpoints and the registry's own source are no destinations, whatever a request
 * says: ERR_INPUT naming endpoint_id.
 */
MUST_USE enum err wish_check_destination(struct ctx *c, int64_t user_id,
                                         const struct globus_endpoint *e);

#endif
