#include "python.h"

enum { PREFIX_MAX = 2 };

static int hex_digit(char b)
{
    if (b >= '0' && b <= '9')
        return b - '0';
    if (b >= 'a' && b <= 'f')
        return b - 'a' + 10;
    return b >= 'A' && b <= 'F' ? b - 'A' + 10 : -1;
}

/* \xHH of ASCII. */
static bool add_hex(struct buf *out, struct str digits)
{
    int high = digits.len >= 2 ? hex_digit(digits.ptr[0]) : -1;
    int low = digits.len >= 2 ? hex_digit(digits.ptr[1]) : -1;

    if (high < 0 || high > 7 || low < 0 || (high == 0 && low == 0))
        return false;
    buf_add_byte(out, (char)(high * 16 + low));
    return true;
}

/* What stands behind a backslash; false: an escape that is not read here. */
static bool add_escape(struct buf *out, struct str *rest)
{
    static const char names[] = "ntr\\'\"";
    static const char bytes[] = "\n\t\r\\'\"";
    char b = rest->ptr[0];

    *rest = str_skip(*rest, 1);
    if (b == '\n')
        return true;
    for (size_t i = 0; names[i]; i++) {
        if (b == names[i]) {
            buf_add_byte(out, bytes[i]);
            return true;
        }
    }
    if (b == 'x' && add_hex(out, *rest)) {
        *rest = str_skip(*rest, 2);
        return true;
    }
    if ((b >= '0' && b <= '7') || str_contains(STR("abfvxuUN\r"), b))
        return false;
    buf_add_byte(out, '\\');
    buf_add_byte(out, b);
    return true;
}

static bool add_string(struct buf *out, struct str inside, bool is_raw)
{
    while (inside.len) {
        char b = inside.ptr[0];

        inside = str_skip(inside, 1);
        if (b != '\\' || is_raw || inside.len == 0)
            buf_add_byte(out, b);
        else if (!add_escape(out, &inside))
            return false;
    }
    return true;
}

/* Letters before a quote that say how to read the string: how many. */
static size_t prefix_length(const struct python *p)
{
    struct python ahead = *p;

    for (size_t n = 0; n <= PREFIX_MAX; n++) {
        if (python_quotes(&ahead))
            return n;
        if (!str_contains(STR("rRuUbBfF"), python_peek(&ahead, 0)))
            break;
        python_skip(&ahead, 1);
    }
    return PREFIX_MAX + 1;
}

bool python_is_string(const struct python *p)
{
    return prefix_length(p) <= PREFIX_MAX;
}

enum err python_strings(struct python *p, struct str *out, bool *is_known)
{
    struct buf text = {.arena = p->c->arena};

    *is_known = true;
    while (python_is_string(p)) {
        struct str prefix = str_view(p->at, prefix_length(p)), inside;
        size_t quotes;

        python_skip(p, prefix.len);
        quotes = python_quotes(p);
        inside.ptr = p->at + quotes;
        TRY(python_skip_string(p));
        inside.len = (size_t)(p->at - inside.ptr) - quotes;
        *is_known = *is_known && str_is_made_of(prefix, "rRuU") &&
                    add_string(&text, inside, prefix.len && (prefix.ptr[0] | 0x20) == 'r');
        python_skip_blank(p);
    }
    *out = buf_str(&text);
    return ERR_OK;
}
