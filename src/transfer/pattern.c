#include "path.h"

#include "db/db.h"
#include "transfer/destination.h"

#define LITERAL "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+/"

/* ---- the fields ------------------------------------------------------------------------------ */

enum field { COLLECTION, NAME, TAG, DIGEST, FIELD_COUNT };

static const struct str fields[FIELD_COUNT] = {
    [COLLECTION] = STR_INIT("collection"),
    [NAME] = STR_INIT("name"),
    [TAG] = STR_INIT("tag"),
    [DIGEST] = STR_INIT("digest"),
};

/* A piece of a pattern: plain text, or a field. */
struct piece {
    struct str text; /* plain, or the name between the braces */
    enum field field;
    bool is_field;
};

static bool find_field(struct str name, enum field *out)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (str_eq(name, fields[i])) {
            *out = (enum field)i;
            return true;
        }
    }
    return false;
}

/* The next piece, taken off *rest; false: a brace that opens no field. */
static bool next_piece(struct str *rest, struct piece *out)
{
    struct str s = *rest, after;

    *out = (struct piece){.text = s};
    if (s.ptr[0] != '{') {
        (void)str_cut(s, '{', &out->text, &after);
        *rest = str_skip(s, out->text.len);
        return true;
    }
    out->is_field = true;
    return str_cut(str_skip(s, 1), '}', &out->text, rest) && find_field(out->text, &out->field);
}

/* ---- the rule -------------------------------------------------------------------------------- */

/* Two different images would be one file without them. */
static bool tells_images_apart(enum field f)
{
    return f == NAME || f == DIGEST;
}

static enum err check_pieces(struct ctx *c, struct str pattern)
{
    struct str rest = pattern;
    bool tells_apart = false;
    struct piece p;

    while (rest.len) {
        if (!next_piece(&rest, &p))
            return FAIL_FIELD(c, "pattern",
                              "pattern: between braces stands {collection}, {name}, {tag} or "
                              "{digest}.");
        if (!p.is_field && !str_is_made_of(p.text, LITERAL))
            return FAIL_FIELD(c, "pattern",
                              "pattern: beside the fields only letters, digits and . _ - + / are "
                              "allowed.");
        tells_apart = tells_apart || (p.is_field && tells_images_apart(p.field));
    }
    if (!tells_apart)
        return FAIL_FIELD(c, "pattern",
                          "pattern: {name} or {digest} must occur, or one image would replace "
                          "another.");
    return ERR_OK;
}

static bool is_part(struct str s)
{
    return !str_is_made_of(s, "."); /* nor empty */
}

/* Every part between slashes is one to go down to, and none is longer than a name may be. */
static bool goes_down(struct str path, size_t longest)
{
    struct str part, rest = path;

    while (str_cut(rest, '/', &part, &rest)) {
        if (!is_part(part) || part.len > longest)
            return false;
    }
    return is_part(part) && part.len <= longest;
}

enum err pattern_check(struct ctx *c, struct str pattern)
{
    if (pattern.len > PATTERN_MAX)
        return FAIL_FIELD(c, "pattern", "pattern: at most %d characters.", PATTERN_MAX);
    TRY(check_pieces(c, pattern));
    if (!goes_down(pattern, PATTERN_MAX))
        return FAIL_FIELD(c, "pattern",
                          "pattern: a path below the folder: no / at its ends, no // and no part "
                          "that is only dots.");
    return ERR_OK;
}

/* ---- what it makes of an image --------------------------------------------------------------- */

static struct str value_of(const struct container *image, enum field f, size_t name_len)
{
    const struct str values[FIELD_COUNT] = {
        [COLLECTION] = image->name.collection,
        [NAME] = str_take(image->name.name, name_len),
        [TAG] = image->name.tag,
        [DIGEST] = image->sha256,
    };

    return values[f];
}

static struct str fill_in(struct arena *a, struct str pattern, const struct container *image,
                          size_t name_len)
{
    struct buf out = {.arena = a};
    struct str rest = pattern;
    struct piece p;

    while (rest.len && next_piece(&rest, &p))
        buf_add(&out, p.is_field ? value_of(image, p.field, name_len) : p.text);
    return buf_str(&out);
}

enum err pattern_expand(struct ctx *c, struct str pattern, const struct container *image,
                        struct str *out)
{
    for (size_t len = image->name.name.len; len > 0; len--) {
        *out = fill_in(c->arena, pattern, image, len);
        if (goes_down(*out, FILE_NAME_BYTES_MAX))
            return ERR_OK;
    }
    return FAIL_FIELD(c, "pattern",
                      "pattern: it makes a name of more than %d characters for this image; change "
                      "the name at your usual place.",
                      FILE_NAME_BYTES_MAX);
}

/* ---- whose it is ----------------------------------------------------------------------------- */

enum err pattern_of(struct ctx *c, int64_t user_id, struct str *out)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_FILE_PATTERN_GET, DB_ARGS(db_int(c, user_id)), "There is no such user.",
               &rows));
    *out = db_get_text(&rows, 0, "file_pattern");
    if (out->len == 0)
        *out = STR(PATTERN_DEFAULT);
    return ERR_OK;
}

enum err pattern_set(struct ctx *c, int64_t user_id, struct str pattern)
{
    if (pattern.len)
        TRY(pattern_check(c, pattern));
    return db_exec(c, SQL_FILE_PATTERN_SET,
                   DB_ARGS(db_int(c, user_id), db_text_or_null(c, pattern)), NULL);
}
