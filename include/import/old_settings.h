/**
 * The settings of Singularity Registry Server as settings of this program.
 *
 * Its files (secrets.py, config.py or settings.py, settings.yaml) are read as text and never run:
 * what a plain assignment says is known, what is computed is reported. The result is a settings
 * file, with comments that say of each old setting what became of it. Source: shub/settings.py,
 * shub/settings/config.py, dummy_secrets.py and dummy-settings.yaml of sregistry 1.x and 2.1.
 */
#ifndef IMPORT_OLD_SETTINGS_H
#define IMPORT_OLD_SETTINGS_H

#include "base/ctx.h"

/* What becomes of an old setting. */
enum moved_way {
    MOVED_SAME,     /* taken under its name */
    MOVED_RENAMED,  /* taken under another name, or in another form */
    MOVED_ASIDE,    /* written as a comment, for the operator to decide */
    MOVED_NOT,      /* no counterpart here */
    MOVED_UNREAD,   /* its value cannot be known from the file, or is none that would do here */
    MOVED_REPLACED, /* a later line of the old files says otherwise */
    MOVED_UNKNOWN,  /* a name that is in neither table */
};

/* One row of the table: docs/moving-in.md shows it. */
struct moved_info {
    const char *old; /* its name there; at most one * stands for any letters */
    const char *now; /* its name here; NULL: none */
    enum moved_way way;
    const char *text; /* one sentence without its stop; empty where the names say it all */
};
/** Row i of the table, i < moved_count. */
const struct moved_info *moved_info_at(size_t i);
extern const size_t moved_count;
/** "taken", "renamed", "aside", "dropped", "unread", "replaced", "unknown". */
const char *moved_way_name(enum moved_way way);

/* The files to read; NULL or absent text: not given. Later ones win, as there. */
enum { OLD_CONFIG, OLD_YAML, OLD_SECRETS, OLD_FILES };
struct old_files {
    const char *paths[OLD_FILES];
};
struct old_texts {
    const char *names[OLD_FILES]; /* for comments and messages: one line each */
    struct str texts[OLD_FILES];  /* absent: not given */
};

struct moved {
    struct str old, now, text; /* now: absent when nothing of it is in the file */
    enum moved_way way;
    const char *file;
    int64_t line;
};

struct moved_settings {
    struct str text; /* the settings file; it holds secrets */
    const struct moved *items;
    size_t count;
};

/**
 * Read the files and write the settings; ERR_INPUT with file, line and what is wrong when one is
 * not what it should be. No value stands in a message.
 */
MUST_USE enum err old_settings_read(struct ctx *c, const struct old_files *files,
                                    struct moved_settings *out);
/** The same for texts in memory. */
MUST_USE enum err old_settings_move(struct ctx *c, const struct old_texts *texts,
                                    struct moved_settings *out);

#endif
