/**
 * Download URLs: whoever holds one may fetch these bytes for some minutes, without signing in
 * (sregistry sends no credentials there).
 *
 *     DOMAIN_NAME/containers/<id>/download/<expiry>-<user id>-<image id>-<MAC>
 *
 * It means the bytes it was made for, also when the tag has moved meanwhile. The rights of the user
 * who asked for it are judged again when it is used, so access that was withdrawn ends at once.
 */
#ifndef APP_DOWNLOAD_H
#define APP_DOWNLOAD_H

#include "registry/collection.h"

/** An absolute URL for this viewer; secret: never logged. */
struct str download_url(struct ctx *c, struct viewer v, const struct container *k);

#endif
