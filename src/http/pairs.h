/* Lists of name=value as they stand in a query, a form body or a Cookie header: found by name,
 * never twice. */
#ifndef HTTP_PAIRS_H
#define HTTP_PAIRS_H

#include "base/ctx.h"

/**
 * A value of an application/x-www-form-urlencoded text (query or form), decoded.
 *
 * @param[out] out  absent when there is no such name; valid UTF-8 without NUL otherwise
 * @return ERR_OK; ERR_INPUT naming it: twice, badly encoded, longer than max_len. A broken name
 * anywhere is an error too, since it could have been this one.
 */
MUST_USE enum err pairs_find(struct ctx *c, struct str text, const char *name, size_t max_len,
                             struct str *out);

/** A cookie, raw (RFC 6265 §4.2.1; double quotes around the value stay). Twice is ERR_INPUT: which
 * one a browser meant is unknown. */
MUST_USE enum err cookie_find(struct ctx *c, struct str header, const char *name, struct str *out);

#endif
