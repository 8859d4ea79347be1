/**
 * JSON in and out, described once per object.
 *
 * A shape lists the members of a C struct: name, type, place, limits. The same shape reads
 * requests, reads answers of other services and writes replies; handlers never build JSON by hand.
 * Reading is strict where cJSON is lax: whole text consumed, valid UTF-8, no duplicate keys,
 * integers exact (up to 2^53). Unknown members are ignored, as Globus demands of its clients; what
 * other services may change under us is read with JSON_LENIENT, so that one odd member does not
 * cost the whole answer.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/ctx.h"

#include <stddef.h>

enum json_type {
    JSON_STR,    /* struct str */
    JSON_INT,    /* int64_t */
    JSON_BOOL,   /* bool */
    JSON_TIME,   /* int64_t Unix seconds, written as ISO 8601; 0 is null. Not read. */
    JSON_OBJECT, /* const void * to a struct of .shape; NULL is null */
    JSON_LIST,   /* struct json_list of structs of .shape */
    JSON_STRS,   /* struct json_list of struct str */
};

enum json_flag {
    JSON_REQUIRED = 1,      /* reading: absent or null is ERR_INPUT */
    JSON_NULL_IF_EMPTY = 2, /* writing: an absent string (ptr NULL or len 0) is null, not "" */
    JSON_OMIT_EMPTY = 4,    /* writing: an absent string or NULL object leaves the member out */
    JSON_LENIENT =
        8, /* reading: a value that does not fit counts as absent; of a list, items that do not fit
              are left out (with JSON_REQUIRED: items only, the member itself must be a list) */
};

struct json_list {
    const void *items; /* array in the arena */
    size_t count;
};

struct json_shape;

struct json_field {
    const char *name;
    enum json_type type;
    size_t offset;
    unsigned flags;
    int64_t max; /* longest string (bytes), largest integer, most items; 0: no limit beyond the
                    text's */
    const struct json_shape *shape; /* of JSON_OBJECT and JSON_LIST */
};

struct json_shape {
    const struct json_field *fields;
    size_t count;
    size_t size; /* sizeof the struct */
};

/* static const struct json_shape login_shape = JSON_SHAPE(struct login_input, login_fields); */
#define JSON_SHAPE(type, table) \
    { \
        (table), COUNT_OF(table), sizeof(type) \
    }

/** Append value, a struct of that shape, as an object. */
void json_write(struct buf *out, const struct json_shape *shape, const void *value);
/** Append a quoted, escaped string; bytes that are not UTF-8 become U+FFFD. */
void json_write_str(struct buf *out, struct str s);

/**
 * Read an object into *out, which the caller zeroed or filled with defaults.
 *
 * @return ERR_OK; ERR_INPUT naming the field. Strings point into the arena.
 */
MUST_USE enum err json_read(struct ctx *c, struct str text, const struct json_shape *shape,
                            void *out);

struct cJSON;
/**
 * Parse strictly (see above) into a tree that the arena owns, for answers whose form varies.
 * ERR_INPUT says what is wrong.
 */
MUST_USE enum err json_parse(struct ctx *c, struct str text, struct cJSON **out);
/** Read a parsed object into a struct of that shape. */
MUST_USE enum err json_read_tree(struct ctx *c, const struct cJSON *object,
                                 const struct json_shape *shape, void *out);

#endif
