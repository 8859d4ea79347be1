#include "settings_row.h"

enum { KEY_MAX = 40 }; /* the longest key of the table is shorter */

static char upper(char c)
{
    if (c < 'a' || c > 'z')
        return c;
    return (char)(c - 'a' + 'A');
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters to change, add or take away until a is b (Levenshtein), whatever their case. */
static size_t distance(struct str a, struct str b)
{
    size_t row[KEY_MAX + 1];

    for (size_t k = 0; k <= b.len; k++)
        row[k] = k;
    for (size_t i = 1; i <= a.len; i++) {
        size_t corner = row[0];

        row[0] = i;
        for (size_t k = 1; k <= b.len; k++) {
            size_t changed = corner + (upper(a.ptr[i - 1]) == b.ptr[k - 1] ? 0 : 1);

            corner = row[k];
            row[k] = least(changed, least(row[k], row[k - 1]) + 1);
        }
    }
    return row[b.len];
}

const char *settings_nearest(struct str key)
{
    size_t best = key.len / 4 + 1; /* further away it is another word */
    const char *nearest = NULL;

    if (key.len > KEY_MAX)
        return NULL;
    for (size_t i = 0; i < setting_count; i++) {
        struct str candidate = str_of(setting_infos[i].key);
        size_t d = candidate.len <= KEY_MAX ? distance(key, candidate) : best;

        if (d < best) {
            best = d;
            nearest = setting_infos[i].key;
        }
    }
    return nearest;
}
