/**
 * Hex, base64 and percent-encoding. Decoders are strict: anything that the encoder would not write
 * is refused.
 */
#ifndef BASE_CODEC_H
#define BASE_CODEC_H

#include "base/str.h"

/** Lower-case hex. */
struct str hex_encode(struct arena *a, struct str bytes);
MUST_USE bool hex_decode(struct arena *a, struct str hex, struct str *bytes);

/** RFC 4648 §4, padded. */
struct str base64_encode(struct arena *a, struct str bytes);
MUST_USE bool base64_decode(struct arena *a, struct str text, struct str *bytes);
/** RFC 4648 §5 without padding, as in JOSE and PKCE. */
struct str base64url_encode(struct arena *a, struct str bytes);
MUST_USE bool base64url_decode(struct arena *a, struct str text, struct str *bytes);

/** Percent-encode all but RFC 3986 unreserved bytes (and '/' when keep_slash). */
struct str url_encode(struct arena *a, struct str s, bool keep_slash);
/** Decode %XX once; '+' becomes a blank when form is set. False on a broken escape or a NUL. */
MUST_USE bool url_decode(struct arena *a, struct str s, bool form, struct str *out);

/** Append name=value, both percent-encoded, with '&' or the given first separator before it. */
void url_add_param(struct buf *url, char separator, const char *name, struct str value);

/** The five characters that matter in HTML text and quoted attributes become entities. */
struct str html_escape(struct arena *a, struct str s);

#endif
