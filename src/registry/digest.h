/**
 * SHA-256 of many bytes with OpenSSL, which uses the CPU's SHA instructions
 * (reference/engineering.md §3: five times libsodium).
 */
#ifndef REGISTRY_DIGEST_H
#define REGISTRY_DIGEST_H

#include "base/ctx.h"

struct digest;

/** A running hash; it ends with the arena. */
MUST_USE enum err digest_begin(struct ctx *c, struct digest **out);
MUST_USE enum err digest_add(struct ctx *c, struct digest *d, struct str bytes);
/** The hash of all that was added, as 64 lower-case hex digits. Nothing may be added afterwards. */
MUST_USE enum err digest_end(struct ctx *c, struct digest *d, struct str *hex);

/** 64 lower-case hex digits. */
bool digest_is_hex(struct str s);

#endif
