/**
 * Text and bytes as pointer and length.
 *
 * Untrusted bytes travel as struct str and are never assumed to end in NUL. A plain `const char *`
 * in this program is validated text that does. Results live in the arena that is passed in; a
 * struct str itself owns nothing.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct str {
    const char *ptr; /* may be NULL only when len is 0: "absent" */
    size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_INIT(lit) \
    { \
        "" lit, sizeof(lit) - 1 \
    } /* for static tables */
#define STR_NONE   ((struct str){NULL, 0})
#define STR_FMT    "%.*s"
#define STR_ARG(s) (int)(s).len, ((s).len ? (s).ptr : "")

/** View of a terminated string; NULL gives STR_NONE. */
struct str str_of(const char *z);
/** View of len bytes. */
struct str str_view(const void *bytes, size_t len);

bool str_eq(struct str a, struct str b);
/** Equal but for the case of A-Z. */
bool str_eq_nocase(struct str a, struct str b);
/** Equal in a time that depends on the lengths only. For secrets. */
bool str_eq_secret(struct str a, struct str b);
bool str_has_prefix(struct str s, struct str prefix);
bool str_has_suffix(struct str s, struct str suffix);
/** True when every byte of s is in the terminated set. */
bool str_is_made_of(struct str s, const char *set);
bool str_contains(struct str s, char byte);

/** s without its first n bytes (all of it when n > len). */
struct str str_skip(struct str s, size_t n);
/** The first n bytes of s (all of it when n > len). */
struct str str_take(struct str s, size_t n);
/** s without blanks and tabs at both ends. */
struct str str_trim(struct str s);

/**
 * Split at the first sep: *head before it, *tail after it. False, head = s and tail empty, when
 * there is none.
 */
bool str_cut(struct str s, char sep, struct str *head, struct str *tail);
/** The same at the last sep. */
bool str_cut_last(struct str s, char sep, struct str *head, struct str *tail);

/** Decimal integer with optional '-', nothing else, within min..max. */
MUST_USE bool str_to_int(struct str s, int64_t min, int64_t max, int64_t *out);
/** Well-formed UTF-8 without NUL (RFC 3629: no surrogates, shortest form). */
bool str_is_utf8(struct str s);
/** 8-4-4-4-12 hex digits. */
bool str_is_uuid(struct str s);

/** Copy with a NUL behind it. */
struct str str_dup(struct arena *a, struct str s);
/**
 * Copy as a terminated string; bytes after an inner NUL are unreachable, so check for one first
 * where it matters.
 */
RETURNS_NONNULL const char *str_z(struct arena *a, struct str s);
/** Copy with A-Z made a-z. */
struct str str_lower(struct arena *a, struct str s);
/** printf into the arena; the result is terminated. */
struct str str_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);

/** Text that grows in an arena. Zero it and set .arena to start. */
struct buf {
    struct arena *arena;
    char *ptr;
    size_t len, cap;
};

void buf_add(struct buf *b, struct str s);
void buf_add_byte(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
struct str buf_str(const struct buf *b);

#endif
