/* JSON bodies: a shape with a member of each kind, strict and lenient. */
// modules: base
#include "base/json.h"

#include <cjson/cJSON.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 20, NUMBER_MAX = 1000, ITEMS_MAX = 3 };

struct inner {
    struct str name;
    int64_t bytes;
};
static const struct json_field inner_fields[] = {
    {"name",  JSON_STR, offsetof(struct inner, name),  JSON_REQUIRED, TEXT_MAX,   NULL},
    {"bytes", JSON_INT, offsetof(struct inner, bytes), 0,             NUMBER_MAX, NULL},
};
static const struct json_shape inner_shape = JSON_SHAPE(struct inner, inner_fields);

struct outer {
    struct str username;
    int64_t id;
    bool is_private;
    const void *file;
    struct json_list files, names;
    struct str state;
    int64_t faults;
    struct json_list errors, words;
};
#define OUTER(member) offsetof(struct outer, member)
static const struct json_field outer_fields[] = {
    {"username", JSON_STR,    OUTER(username),   JSON_REQUIRED, TEXT_MAX,   NULL        },
    {"id",       JSON_INT,    OUTER(id),         0,             0,          NULL        },
    {"private",  JSON_BOOL,   OUTER(is_private), 0,             0,          NULL        },
    {"file",     JSON_OBJECT, OUTER(file),       0,             0,          &inner_shape},
    {"files",    JSON_LIST,   OUTER(files),      0,             ITEMS_MAX,  &inner_shape},
    {"names",    JSON_STRS,   OUTER(names),      0,             ITEMS_MAX,  NULL        },
    {"state",    JSON_STR,    OUTER(state),      JSON_LENIENT,  TEXT_MAX,   NULL        },
    {"faults",   JSON_INT,    OUTER(faults),     JSON_LENIENT,  NUMBER_MAX, NULL        },
    {"errors",   JSON_LIST,   OUTER(errors),     JSON_LENIENT,  ITEMS_MAX,  &inner_shape},
    {"words",    JSON_STRS,   OUTER(words),      JSON_LENIENT,  0,          NULL        },
};
static const struct json_shape outer_shape = JSON_SHAPE(struct outer, outer_fields);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void check_inner(const struct inner *in)
{
    demand(in->name.ptr && in->name.len <= TEXT_MAX && str_is_utf8(in->name));
    demand(in->bytes <= NUMBER_MAX);
}

static void check_inners(const struct json_list *l)
{
    const struct inner *items = l->items;

    demand(l->count <= ITEMS_MAX);
    for (size_t i = 0; i < l->count; i++)
        check_inner(&items[i]);
}

static void check_strs(const struct json_list *l)
{
    const struct str *items = l->items;

    for (size_t i = 0; i < l->count; i++)
        demand(items[i].ptr && str_is_utf8(items[i]));
}

static void check_outer(const struct outer *o)
{
    const int64_t exact = INT64_C(1) << 53;

    demand(o->username.ptr && o->username.len <= TEXT_MAX && str_is_utf8(o->username));
    demand(o->id > -exact && o->id < exact && o->faults <= NUMBER_MAX);
    demand(o->state.len <= TEXT_MAX && o->names.count <= ITEMS_MAX);
    if (o->file)
        check_inner(o->file);
    check_inners(&o->files);
    check_inners(&o->errors);
    check_strs(&o->names);
    check_strs(&o->words);
}

static struct str written(struct ctx *c, const struct outer *o)
{
    struct buf b = {.arena = c->arena};

    json_write(&b, &outer_shape, o);
    return buf_str(&b);
}

/* What was read is written, read again, and written the same. */
static void check_round_trip(struct ctx *c, const struct outer *o)
{
    struct str text = written(c, o);
    struct outer again = {.id = 0};

    demand(json_read(c, text, &outer_shape, &again) == ERR_OK);
    demand(str_eq(text, written(c, &again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx c = {.arena = arena_create()};
    struct str text = str_view(data, size);
    struct outer o = {.id = 0};
    cJSON *tree;

    if (json_read(&c, text, &outer_shape, &o) == ERR_OK) {
        demand(str_is_utf8(text) && c.failure.err == ERR_OK);
        check_outer(&o);
        check_round_trip(&c, &o);
    } else {
        demand(c.failure.err == ERR_INPUT && str_is_utf8(c.failure.detail));
    }
    if (json_parse(&c, text, &tree) == ERR_OK)
        demand(tree != NULL);
    arena_destroy(c.arena);
    return 0;
}
