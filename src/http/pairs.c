#include "pairs.h"

#include "base/codec.h"

static enum err decode(struct ctx *c, const char *name, struct str raw, size_t max_len,
                       struct str *out)
{
    if (!url_decode(c->arena, raw, true, out) || !str_is_utf8(*out))
        return FAIL_FIELD(c, name, "%s: is not properly percent-encoded UTF-8", name);
    if (out->len > max_len)
        return FAIL_FIELD(c, name, "%s: %zu bytes, but at most %zu are allowed", name, out->len,
                          max_len);
    return ERR_OK;
}

enum err pairs_find(struct ctx *c, struct str text, const char *name, size_t max_len,
                    struct str *out)
{
    struct str wanted = str_of(name), found = STR_NONE;

    while (text.len) {
        struct str pair, raw_name, value, decoded;

        str_cut(text, '&', &pair, &text);
        str_cut(pair, '=', &raw_name, &value);
        if (!url_decode(c->arena, raw_name, true, &decoded))
            return FAIL_FIELD(c, name, "A name beside %s is not properly percent-encoded.", name);
        if (!str_eq(decoded, wanted))
            continue;
        if (found.ptr)
            return FAIL_FIELD(c, name, "%s: is given twice", name);
        TRY(decode(c, name, value, max_len, &found));
    }
    *out = found;
    return ERR_OK;
}

enum err cookie_find(struct ctx *c, struct str header, const char *name, struct str *out)
{
    struct str wanted = str_of(name), found = STR_NONE;

    while (header.len) {
        struct str pair, key, value;

        str_cut(header, ';', &pair, &header);
        if (!str_cut(str_trim(pair), '=', &key, &value) || !str_eq(key, wanted))
            continue;
        if (found.ptr)
            return FAIL_FIELD(c, name, "The cookie %s was sent twice; clear this site's cookies.",
                              name);
        found = value;
    }
    *out = found;
    return ERR_OK;
}
