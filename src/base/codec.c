#include "base/codec.h"

#include <sodium.h>

#include <string.h>

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

struct str hex_encode(struct arena *a, struct str bytes)
{
    char *hex = arena_alloc(a, bytes.len * 2 + 1);

    sodium_bin2hex(hex, bytes.len * 2 + 1, (const unsigned char *)bytes.ptr, bytes.len);
    return str_view(hex, bytes.len * 2);
}

bool hex_decode(struct arena *a, struct str hex, struct str *bytes)
{
    unsigned char *bin = arena_alloc(a, hex.len / 2 + 1);
    size_t len;

    /* libsodium takes upper case too, which hex_encode() does not write. */
    if (hex.len % 2 != 0 || !str_is_made_of(hex, "0123456789abcdef") ||
        sodium_hex2bin(bin, hex.len / 2, hex.ptr, hex.len, NULL, &len, NULL) != 0 ||
        len != hex.len / 2)
        return false;
    *bytes = str_view(bin, len);
    return true;
}

static struct str encode64(struct arena *a, struct str bytes, int variant)
{
    size_t size = sodium_base64_encoded_len(bytes.len, variant);
    char *text = arena_alloc(a, size);

    sodium_bin2base64(text, size, (const unsigned char *)bytes.ptr, bytes.len, variant);
    return str_view(text, strlen(text));
}

/* digits: those of the variant. libsodium 1.0.18 takes some bytes beyond ASCII for one. */
static bool decode64(struct arena *a, struct str text, struct str *bytes, int variant,
                     const char *digits)
{
    unsigned char *bin = arena_alloc(a, text.len + 1);
    const char *end = NULL;
    size_t len;

    if (!str_is_made_of(text, digits) ||
        sodium_base642bin(bin, text.len, text.ptr ? text.ptr : "", text.len, NULL, &len, &end,
                          variant) != 0)
        return false;
    if (text.len && end != text.ptr + text.len)
        return false;
    *bytes = str_view(bin, len);
    return true;
}

struct str base64_encode(struct arena *a, struct str bytes)
{
    return encode64(a, bytes, sodium_base64_VARIANT_ORIGINAL);
}

bool base64_decode(struct arena *a, struct str text, struct str *bytes)
{
    return decode64(a, text, bytes, sodium_base64_VARIANT_ORIGINAL, ALNUM "+/=");
}

struct str base64url_encode(struct arena *a, struct str bytes)
{
    return encode64(a, bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool base64url_decode(struct arena *a, struct str text, struct str *bytes)
{
    return decode64(a, text, bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING, ALNUM "-_");
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static void add_encoded(struct buf *b, struct str s, bool keep_slash)
{
    for (size_t i = 0; i < s.len; i++) {
        if (is_unreserved(s.ptr[i]) || (keep_slash && s.ptr[i] == '/'))
            buf_add_byte(b, s.ptr[i]);
        else
            buf_printf(b, "%%%02X", (unsigned char)s.ptr[i]);
    }
}

struct str url_encode(struct arena *a, struct str s, bool keep_slash)
{
    struct buf b = {.arena = a};

    add_encoded(&b, s, keep_slash);
    return buf_str(&b);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool url_decode(struct arena *a, struct str s, bool form, struct str *out)
{
    char *text = arena_alloc(a, s.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];

        if (c == '%') {
            int high = s.len - i > 2 ? hex_digit(s.ptr[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(s.ptr[i + 2]) : -1;

            if (low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (form && c == '+') {
            c = ' ';
        }
        if (c == '\0')
            return false;
        text[len++] = c;
    }
    *out = str_view(text, len);
    return true;
}

void url_add_param(struct buf *url, char separator, const char *name, struct str value)
{
    buf_add_byte(url, separator);
    add_encoded(url, str_of(name), false);
    buf_add_byte(url, '=');
    add_encoded(url, value, false);
}

struct str html_escape(struct arena *a, struct str s)
{
    struct buf b = {.arena = a};

    for (size_t i = 0; i < s.len; i++) {
        switch (s.ptr[i]) {
        case '&':
            buf_add(&b, STR("&amp;"));
            break;
        case '<':
            buf_add(&b, STR("&lt;"));
            break;
        case '>':
            buf_add(&b, STR("&gt;"));
            break;
        case '"':
            buf_add(&b, STR("&quot;"));
            break;
        case '\'':
            buf_add(&b, STR("&#39;"));
            break;
        default:
            buf_add_byte(&b, s.ptr[i]);
        }
    }
    return buf_str(&b);
}
