#include "registry/name.h"

#define ALNUM "abcdefghijklmnopqrstuvwxyz0123456789"

/*
 * A part of a collection's name: nothing but letters and digits at both ends, so "." and ".."
 * cannot be written either.
 */
static bool is_segment(struct str s)
{
    return s.len > 0 && str_is_made_of(s, ALNUM "._-") && str_is_made_of(str_take(s, 1), ALNUM) &&
           str_is_made_of(str_skip(s, s.len - 1), ALNUM);
}

bool collection_name_is_valid(struct str s)
{
    struct str rest = s, segment;

    if (s.len > COLLECTION_NAME_MAX)
        return false;
    while (str_cut(rest, '/', &segment, &rest)) {
        if (!is_segment(segment))
            return false;
    }
    return is_segment(segment);
}

static bool name_is_valid(struct str s)
{
    return s.len > 0 && s.len <= CONTAINER_NAME_MAX && str_is_made_of(str_take(s, 1), ALNUM "_") &&
           str_is_made_of(s, ALNUM "._-+");
}

static bool tag_is_valid(struct str s)
{
    return s.len > 0 && s.len <= TAG_MAX && str_is_made_of(str_take(s, 1), ALNUM "_") &&
           str_is_made_of(s, ALNUM "._-");
}

enum err image_name_check(struct ctx *c, struct image_name *n)
{
    struct image_name lower = {.collection = str_lower(c->arena, n->collection),
                               .name = str_lower(c->arena, n->name),
                               .tag = str_lower(c->arena, n->tag),
                               .version = n->version};

    if (!collection_name_is_valid(lower.collection))
        return FAIL_FIELD(
            c, "collection",
            "collection: letters and digits, with . _ - / between them, at most %d characters.",
            COLLECTION_NAME_MAX);
    if (!name_is_valid(lower.name))
        return FAIL_FIELD(c, "name",
                          "name: letters and digits, then also . _ - +, at most %d characters.",
                          CONTAINER_NAME_MAX);
    if (!tag_is_valid(lower.tag))
        return FAIL_FIELD(
            c, "tag", "tag: letters and digits, then also . _ -, at most %d characters.", TAG_MAX);
    *n = lower;
    return ERR_OK;
}

enum err image_name_parse(struct ctx *c, struct str path, struct image_name *out)
{
    struct image_name n = {.tag = STR("latest")};
    struct str last, name_and_tag, tag;

    if (!str_cut_last(path, '/', &n.collection, &last))
        return FAIL_FIELD(c, "collection", "Write the image as collection/name:tag.");
    if (str_cut(last, '@', &name_and_tag, &n.version) && n.version.len == 0)
        return FAIL_FIELD(c, "version", "There is no version after the @.");
    if (str_cut(name_and_tag, ':', &n.name, &tag))
        n.tag = tag;
    TRY(image_name_check(c, &n));
    *out = n;
    return ERR_OK;
}

struct str image_name_uri(struct arena *a, const struct image_name *n)
{
    return str_printf(a, STR_FMT "/" STR_FMT ":" STR_FMT, STR_ARG(n->collection), STR_ARG(n->name),
                      STR_ARG(n->tag));
}

struct str image_version(struct arena *a, struct str sha256_hex)
{
    return str_printf(a, "sha256." STR_FMT, STR_ARG(sha256_hex));
}
