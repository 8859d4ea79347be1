#include "path.h"

#include "base/codec.h"

static bool has_control_byte(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
            return true;
    }
    return false;
}

/* nginx resolves dot segments before it chooses a location; a path that still has them would mean
 * two things. */
static bool has_dot_segment(struct str path)
{
    while (path.len) {
        struct str segment;

        str_cut(path, '/', &segment, &path);
        if (str_eq(segment, STR(".")) || str_eq(segment, STR("..")))
            return true;
    }
    return false;
}

enum err path_parse(struct ctx *c, struct str target, struct str *path, struct str *query)
{
    struct str raw, rest, decoded;

    str_cut(target, '?', &raw, &rest);
    *path = raw;
    *query = rest;
    if (!str_has_prefix(raw, STR("/")) || raw.len > PATH_MAX_BYTES)
        return FAIL(c, ERR_INPUT, "The address must begin with / and be shorter than %d bytes.",
                    PATH_MAX_BYTES);
    if (!url_decode(c->arena, raw, false, &decoded) || !str_is_utf8(decoded) ||
        has_control_byte(decoded))
        return FAIL(c, ERR_INPUT, "The address is not properly percent-encoded UTF-8.");
    if (has_dot_segment(decoded))
        return FAIL(c, ERR_INPUT, "The address must not hold the segments \".\" or \"..\".");
    if (decoded.len > 1 && str_has_suffix(decoded, STR("/")))
        decoded.len--;
    *path = decoded;
    return ERR_OK;
}
