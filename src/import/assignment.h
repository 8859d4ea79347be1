/* What the old settings files say, line by line; python.c and yaml.c read it. */
#ifndef IMPORT_ASSIGNMENT_H
#define IMPORT_ASSIGNMENT_H

#include "base/ctx.h"

enum value_kind {
    VALUE_TEXT,
    VALUE_BOOL,     /* text is true or false */
    VALUE_NUMBER,   /* as it is written */
    VALUE_NONE,     /* None, null: as if it were not there */
    VALUE_ITEM,     /* one item of a list; the list is several of them */
    VALUE_COMPUTED, /* not to be known without running the file; text says where it comes from */
};

struct assignment {
    struct str name;   /* DATABASES.default.NAME for what stands in a dict */
    struct str target; /* what stands left of "=": DATABASES */
    enum value_kind kind;
    struct str text;
    const char *file;
    int line;
    int statement; /* those of one statement belong together */
    bool adds;     /* to what was said before: += and the further items of a list */
};

enum { ASSIGNMENTS_MAX = 2000, OLD_LINES_MAX = 20000, OLD_BYTES_MAX = 256 * 1024 };

struct assignments {
    struct assignment *items;
    size_t count, capacity;
    int statements;
};

/** ERR_INPUT when there are more than ASSIGNMENTS_MAX. */
MUST_USE enum err assignments_add(struct ctx *c, struct assignments *all, struct assignment a);
/** Does a later one replace it? */
bool assignments_replaced(const struct assignments *all, size_t i);

/** Append what the file says; ERR_INPUT with file and line. text is UTF-8 without NUL. */
MUST_USE enum err python_read(struct ctx *c, const char *file, struct str text,
                              struct assignments *out);
MUST_USE enum err yaml_read(struct ctx *c, const char *file, struct str text,
                            struct assignments *out);

#endif
