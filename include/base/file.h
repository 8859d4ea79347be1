/** Reading small files whole. Images are not small files: see registry/store.h. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/ctx.h"

/**
 * Read a file into the arena.
 *
 * @param max_bytes  a longer file is ERR_INPUT
 * @param[out] found false, with ERR_OK, when there is no such file
 */
MUST_USE enum err file_read(struct ctx *c, const char *path, size_t max_bytes, struct str *out,
                            bool *found);

#endif
