/* Header values with parameters: Content-Type and the Content-Disposition of a multipart part. */
#ifndef HTTP_PART_H
#define HTTP_PART_H

#include "base/ctx.h"

/**
 * Take the next parameter from `; name=value; name="value"` (RFC 9110 §5.6.6).
 *
 * @param rest   what is left of the header value, at a ';'; moved past the parameter
 * @param[out] value  a quoted value without its quotes, backslashes as they stand
 * @return false when rest does not begin with a well-formed parameter
 */
MUST_USE bool param_next(struct str *rest, struct str *name, struct str *value);

/* What the header lines of one part say. */
struct part {
    struct str name;
    bool has_filename;
};

/**
 * Read the header lines of a part, without the empty line at their end.
 *
 * Only Content-Disposition matters, and it must be there once, be form-data and have a name.
 *
 * @return ERR_OK or ERR_INPUT
 */
MUST_USE enum err part_parse(struct ctx *c, struct str lines, struct part *out);

#endif
