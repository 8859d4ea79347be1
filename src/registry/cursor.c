#include "cursor.h"

#include "base/codec.h"
#include "registry/name.h"

/* Year 9999: as far as a time can be written; far below what would overflow in the database. */
static const int64_t TIME_MAX_US = 253402300799999999;

static enum err forged(struct ctx *c)
{
    return FAIL_FIELD(c, "cursor",
                      "cursor: not one that this registry gave out; begin at the first page.");
}

struct str cursor_of_name(struct ctx *c, struct str name)
{
    return base64url_encode(c->arena, name);
}

enum err cursor_read_name(struct ctx *c, struct str cursor, struct str *name)
{
    *name = STR_NONE;
    if (cursor.len == 0)
        return ERR_OK;
    if (!base64url_decode(c->arena, cursor, name) || !collection_name_is_valid(*name))
        return forged(c);
    return ERR_OK;
}

/* "time.id" */
static bool read_time(struct str text, int64_t *at_us, int64_t *id)
{
    struct str at, row;

    return str_cut(text, '.', &at, &row) && str_to_int(at, 1, TIME_MAX_US, at_us) &&
           str_to_int(row, 1, INT64_MAX, id);
}

struct str cursor_of_time(struct ctx *c, int64_t at_us, int64_t id)
{
    return base64url_encode(c->arena,
                            str_printf(c->arena, "%lld.%lld", (long long)at_us, (long long)id));
}

enum err cursor_read_time(struct ctx *c, struct str cursor, int64_t *at_us, int64_t *id)
{
    struct str text;

    *id = 0;
    if (cursor.len == 0)
        return ERR_OK;
    if (!base64url_decode(c->arena, cursor, &text) || !read_time(text, at_us, id))
        return forged(c);
    return ERR_OK;
}

struct str cursor_of_place(struct ctx *c, const struct place *at)
{
    return base64url_encode(c->arena, str_printf(c->arena, "%lld.%lld.%lld", (long long)at->place,
                                                 (long long)at->at_us, (long long)at->id));
}

enum err cursor_read_place(struct ctx *c, struct str cursor, struct place *at)
{
    struct str text, place, rest;

    *at = (struct place){0};
    if (cursor.len == 0)
        return ERR_OK;
    if (!base64url_decode(c->arena, cursor, &text) || !str_cut(text, '.', &place, &rest) ||
        !str_to_int(place, 0, 1, &at->place) || !read_time(rest, &at->at_us, &at->id))
        return forged(c);
    return ERR_OK;
}
