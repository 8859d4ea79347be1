#include "cursor.h"

static const int64_t LAST_US = 253402300799000000; /* the end of the year 9999 */

struct str cursor_format(struct arena *a, const struct cursor *cur)
{
    return str_printf(a, "%lld." STR_FMT, (long long)cur->created_us, STR_ARG(cur->id));
}

enum err cursor_parse(struct ctx *c, struct str text, struct cursor *out)
{
    struct str time, id;

    if (!str_cut(text, '.', &time, &id) || !str_to_int(time, 0, LAST_US, &out->created_us) ||
        !str_is_uuid(id))
        return FAIL_FIELD(c, "cursor",
                          "cursor: must be the \"next\" of the page before, unchanged");
    out->id = id;
    return ERR_OK;
}
