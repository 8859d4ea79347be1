#include "base/str.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct str str_of(const char *z)
{
    return (struct str){z, z ? strlen(z) : 0};
}

struct str str_view(const void *bytes, size_t len)
{
    return (struct str){bytes, len};
}

/* Somewhere valid to point memcmp() at, also for an absent string. */
static const char *bytes_of(struct str s)
{
    return s.ptr ? s.ptr : "";
}

bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && memcmp(bytes_of(a), bytes_of(b), a.len) == 0;
}

static char lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c + ('a' - 'A'));
    return c;
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    }
    return true;
}

bool str_eq_secret(struct str a, struct str b)
{
    unsigned difference = a.len != b.len;

    for (size_t i = 0; i < a.len && i < b.len; i++)
        difference |= (unsigned char)a.ptr[i] ^ (unsigned char)b.ptr[i];
    return difference == 0;
}

bool str_has_prefix(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq(str_take(s, prefix.len), prefix);
}

bool str_has_suffix(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_eq(str_skip(s, s.len - suffix.len), suffix);
}

bool str_is_made_of(struct str s, const char *set)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\0' || !strchr(set, s.ptr[i]))
            return false;
    }
    return true;
}

bool str_contains(struct str s, char byte)
{
    return s.len && memchr(s.ptr, byte, s.len);
}

struct str str_skip(struct str s, size_t n)
{
    if (n > s.len)
        n = s.len;
    /* an absent string has no pointer to add to */
    return n ? (struct str){s.ptr + n, s.len - n} : s;
}

struct str str_take(struct str s, size_t n)
{
    return (struct str){s.ptr, n < s.len ? n : s.len};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct str str_trim(struct str s)
{
    while (s.len && is_blank(s.ptr[0]))
        s = str_skip(s, 1);
    while (s.len && is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

static bool cut_at(struct str s, size_t at, struct str *head, struct str *tail)
{
    *head = str_take(s, at);
    *tail = str_skip(s, at + 1);
    return at < s.len;
}

bool str_cut(struct str s, char sep, struct str *head, struct str *tail)
{
    const char *found = s.len ? memchr(s.ptr, sep, s.len) : NULL;

    return cut_at(s, found ? (size_t)(found - s.ptr) : s.len, head, tail);
}

bool str_cut_last(struct str s, char sep, struct str *head, struct str *tail)
{
    for (size_t i = s.len; i > 0; i--) {
        if (s.ptr[i - 1] == sep)
            return cut_at(s, i - 1, head, tail);
    }
    return cut_at(s, s.len, head, tail);
}

bool str_to_int(struct str s, int64_t min, int64_t max, int64_t *out)
{
    bool negative = s.len && s.ptr[0] == '-';
    struct str digits = negative ? str_skip(s, 1) : s;
    int64_t value = 0;

    if (digits.len == 0)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        int digit = digits.ptr[i] - '0';

        if (digit < 0 || digit > 9)
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return false;
    }
    if (negative)
        value = -value;
    if (value < min || value > max)
        return false;
    *out = value;
    return true;
}

/*
 * Length of the well-formed sequence at p, 0 when there is none. The ranges are those of RFC 3629
 * section 4.
 */
static size_t utf8_sequence(const unsigned char *p, size_t left)
{
    static const struct {
        unsigned char first_min, first_max, second_min, second_max;
        size_t len;
    } forms[] = {
        {0x01, 0x7f, 0x00, 0x00, 1},
        {0xc2, 0xdf, 0x80, 0xbf, 2},
        {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3},
        {0xed, 0xed, 0x80, 0x9f, 3},
        {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4},
        {0xf1, 0xf3, 0x80, 0xbf, 4},
        {0xf4, 0xf4, 0x80, 0x8f, 4},
    };

    for (size_t f = 0; f < COUNT_OF(forms); f++) {
        if (p[0] < forms[f].first_min || p[0] > forms[f].first_max)
            continue;
        if (forms[f].len > left)
            return 0;
        if (forms[f].len > 1 && (p[1] < forms[f].second_min || p[1] > forms[f].second_max))
            return 0;
        for (size_t i = 2; i < forms[f].len; i++) {
            if ((p[i] & 0xc0) != 0x80)
                return 0;
        }
        return forms[f].len;
    }
    return 0;
}

bool str_is_utf8(struct str s)
{
    while (s.len) {
        size_t n = utf8_sequence((const unsigned char *)s.ptr, s.len);

        if (n == 0)
            return false;
        s = str_skip(s, n);
    }
    return true;
}

bool str_is_uuid(struct str s)
{
    if (s.len != 36)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? s.ptr[i] != '-' : !isxdigit((unsigned char)s.ptr[i]))
            return false;
    }
    return true;
}

static char *copy(struct arena *a, struct str s)
{
    char *z = arena_alloc(a, s.len + 1);

    if (s.len)
        memcpy(z, s.ptr, s.len);
    return z;
}

struct str str_dup(struct arena *a, struct str s)
{
    return (struct str){copy(a, s), s.len};
}

const char *str_z(struct arena *a, struct str s)
{
    return copy(a, s);
}

struct str str_lower(struct arena *a, struct str s)
{
    char *z = copy(a, s);

    for (size_t i = 0; i < s.len; i++)
        z[i] = lower(z[i]);
    return (struct str){z, s.len};
}

static void buf_reserve(struct buf *b, size_t more)
{
    size_t cap = b->cap ? b->cap : 256;
    char *grown;

    if (b->cap - b->len > more)
        return;
    while (cap - b->len <= more)
        cap *= 2;
    grown = arena_alloc(b->arena, cap);
    if (b->len)
        memcpy(grown, b->ptr, b->len);
    b->ptr = grown;
    b->cap = cap;
}

void buf_add(struct buf *b, struct str s)
{
    buf_reserve(b, s.len);
    if (s.len)
        memcpy(b->ptr + b->len, s.ptr, s.len);
    b->len += s.len;
}

void buf_add_byte(struct buf *b, char c)
{
    buf_add(b, (struct str){&c, 1});
}

static PRINTF_LIKE(2, 0) void buf_vprintf(struct buf *b, const char *format, va_list args)
{
    va_list measured;
    int need;

    va_copy(measured, args);
    need = vsnprintf(NULL, 0, format, measured);
    va_end(measured);
    if (need < 0)
        abort(); /* only a broken format string gets here */
    buf_reserve(b, (size_t)need);
    vsnprintf(b->ptr + b->len, (size_t)need + 1, format, args);
    b->len += (size_t)need;
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    buf_vprintf(b, format, args);
    va_end(args);
}

struct str buf_str(const struct buf *b)
{
    return (struct str){b->ptr, b->len};
}

struct str str_printf(struct arena *a, const char *format, ...)
{
    struct buf b = {.arena = a};
    va_list args;

    va_start(args, format);
    buf_vprintf(&b, format, args);
    va_end(args);
    return buf_str(&b);
}
