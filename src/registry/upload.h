/* What an upload is made of: for uploads that arrive at once (upload.c) and in parts (part.c). */
#ifndef REGISTRY_UPLOAD_H
#define REGISTRY_UPLOAD_H

#include "registry/store.h"

/**
 * A finished upload of a file that is all there: it is read and hashed.
 *
 * @param fd  the caller's; it must stay open as long as the upload
 */
MUST_USE enum err upload_of_file(struct ctx *c, int fd, struct upload **out);

#endif
