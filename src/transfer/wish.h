/* What every wish and every place for wishes has to pass. */
#ifndef TRANSFER_WISH_H
#define TRANSFER_WISH_H

#include "globus/transfer.h"
#include "transfer/transfer.h"

/** A UUID, and not the registry's own collection; ERR_INPUT naming endpoint_id. */
MUST_USE enum err wish_check_endpoint_id(struct ctx *c, struct str id);
/**
 * Servers, legacy endpoints and the registry's own source are no destinations, whatever a request
 * says: ERR_INPUT naming endpoint_id.
 */
MUST_USE enum err wish_check_destination(struct ctx *c, int64_t user_id,
                                         const struct globus_endpoint *e);

/**
 * Everything that can be known of a wish without Globus: the right to read the image, whether it
 * may leave this way, the rules for the rest.
 *
 * @param[out] path  where the file goes; bare while the endpoint's default directory is not known
 */
MUST_USE enum err wish_check(struct ctx *c, const struct transfer_wish *w, struct container *image,
                             struct str *path);
/** Where the image lies in the registry's own collection. */
struct str wish_source_path(struct ctx *c, const struct container *image);

/** A stored wish that cannot be submitted now is settled with the reason, unless it is further. */
MUST_USE enum err wish_keep(struct ctx *c, const struct failure *why, struct transfer_result *out);
/** What an equal open wish is told, or a stored one is submitted; with a known endpoint or not. */
MUST_USE enum err wish_go_on(struct ctx *c, const struct globus_endpoint *known,
                             struct transfer_result *out);

#endif
