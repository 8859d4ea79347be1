/* One line of a file of others: put there, all else left alone. */
#ifndef SETUP_LINE_H
#define SETUP_LINE_H

#include "base/ctx.h"

/**
 * Make this line the file's only one that begins with the prefix; one that begins with '#' and the
 * prefix gives its place. Written to a new file that takes the old one's place, mode and owner.
 *
 * @param[out] changed  false: it was so
 * @return ERR_OK; ERR_UNAVAILABLE it cannot be written; ERR_INPUT it is too long to be what it
 * should be
 */
MUST_USE enum err line_put(struct ctx *c, const char *path, struct str prefix, struct str line,
                           bool *changed);

#endif
