/* The request target: path and query of REQUEST_URI, taken apart and decoded once. */
#ifndef HTTP_PATH_H
#define HTTP_PATH_H

#include "base/ctx.h"

enum { PATH_MAX_BYTES = 2048 };

/**
 * Split and decode.
 *
 * The raw text is what the client sent, so that nothing is decoded twice. Refused: what does not
 * begin with '/', a broken escape, a NUL or another control byte, text that is not UTF-8, a segment
 * "." or ".." however it was written. One slash at the end is taken off ("/" stays), so "/x" and
 * "/x/" are the same route.
 *
 * @param[out] path   decoded, in the arena; as it was sent when it is refused, so that the refusal
 * can be told in a form that fits the address
 * @param[out] query  raw, without '?'; absent when there is none
 * @return ERR_OK or ERR_INPUT
 */
MUST_USE enum err path_parse(struct ctx *c, struct str target, struct str *path, struct str *query);

#endif
