#include "base/ctx.h"

#include <stdarg.h>
#include <stdio.h>

enum { DETAIL_MAX = 1024 }; /* a sentence; a longer one is cut */

/* s without its last character, which was perhaps cut: JSON and pages want whole ones. */
static struct str without_last(struct str s)
{
    while (s.len && ((unsigned char)s.ptr[s.len - 1] & 0xc0) == 0x80)
        s.len--;
    return str_take(s, s.len ? s.len - 1 : 0);
}

static PRINTF_LIKE(4, 0) void note(struct ctx *c, enum err e, const char *field, const char *format,
                                   va_list args)
{
    char text[DETAIL_MAX];
    int len = vsnprintf(text, sizeof text, format, args);
    struct str detail = str_of(text);

    if (len >= DETAIL_MAX)
        detail = without_last(detail);
    c->failure = (struct failure){.err = e, .field = field, .detail = str_dup(c->arena, detail)};
}

void ctx_note(struct ctx *c, enum err e, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    note(c, e, NULL, format, args);
    va_end(args);
}

void ctx_note_field(struct ctx *c, enum err e, const char *field, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    note(c, e, field, format, args);
    va_end(args);
}

void ctx_note_cause(struct ctx *c, struct str cause)
{
    c->failure.cause = str_dup(c->arena, cause);
}

void ctx_forgive(struct ctx *c)
{
    c->failure = (struct failure){.err = ERR_OK};
}
