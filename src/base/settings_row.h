/* One row of the settings table at work, and where its value came from. */
#ifndef BASE_SETTINGS_ROW_H
#define BASE_SETTINGS_ROW_H

#include "base/settings.h"

/* How many there are, where an array of them is declared. */
#define SETTING_ROW(kind, member, key, standard, min, max, flags, help) SETTING_ROW_##member,
enum { SETTINGS_TABLE(SETTING_ROW) SETTINGS_MAX };
#undef SETTING_ROW

/* Where the settings being read come from, so that a mistake is told with its place. */
struct settings_origin {
    const char *file;
    const char *credentials; /* directory, or NULL */
    int lines[SETTINGS_MAX]; /* of each row: its line; 0 it has none, FROM_CREDENTIAL a file */
};
enum { FROM_CREDENTIAL = -1 };

/** Row of a key. */
bool settings_find(struct str key, size_t *i);
/** Take a value; ERR_INPUT with the key and what would be right, and nothing is taken. */
MUST_USE enum err settings_set(struct ctx *c, struct settings *s, size_t i, struct str v);

/** "file:12", "file" when the key has no line, or the path of its credential. */
struct str settings_place(struct ctx *c, const struct settings_origin *o, const char *key);
/** The key that was probably meant; NULL when none comes near. */
const char *settings_nearest(struct str key);

/** Rules between settings; settings_login.c holds those of signing in. */
MUST_USE enum err settings_check_together(struct ctx *c, const struct settings_origin *o,
                                          const struct settings *s);
MUST_USE enum err settings_check_login(struct ctx *c, const struct settings_origin *o,
                                       const struct settings *s);

#endif
