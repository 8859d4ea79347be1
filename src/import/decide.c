#include "decide.h"

#include "base/settings.h"

enum { MINUTES_MAX = 1440 };

static const struct str nothing = STR_INIT("");

/* ---- one value ------------------------------------------------------------------------------- */

static bool is_printable(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char b = (unsigned char)s.ptr[i];

        if (b < ' ' || b == 0x7f)
            return false;
    }
    return true;
}

static void refuse(struct decision *d, struct str why)
{
    d->m.way = MOVED_UNREAD;
    d->m.text = why;
    d->value = STR_NONE;
}

/* The value in the form of this program; false when d says why not. */
static bool convert(struct ctx *c, enum moved_act act, struct decision *d)
{
    int64_t minutes;

    if (act == ACT_URL) {
        while (str_has_suffix(d->value, STR("/")))
            d->value.len--;
    } else if (act == ACT_MINUTES) {
        if (!str_to_int(d->value, 1, MINUTES_MAX, &minutes)) {
            refuse(d, STR("it is no number of minutes up to a day"));
            return false;
        }
        d->value = str_printf(c->arena, "%lld", (long long)minutes * 60);
    }
    return true;
}

/* "KEY: must be …", behind a key of the same name. */
static struct str without_name(struct str detail, struct str name)
{
    struct str head, tail;

    return str_cut(detail, ':', &head, &tail) && str_eq(head, name) ? str_trim(tail) : detail;
}

static void take_value(struct ctx *c, const struct moved_info *info, const struct assignment *a,
                       struct decision *d)
{
    enum moved_act act = moved_act(info);

    d->value = a->kind == VALUE_NONE ? STR("0") : a->text;
    if (a->kind == VALUE_COMPUTED || a->kind == VALUE_ITEM) {
        refuse(d, a->kind == VALUE_ITEM ? STR("it is a list, and one value is needed") : a->text);
    } else if (!is_printable(d->value)) {
        refuse(d, STR("there is a line end or another control character in it"));
    } else if (convert(c, act, d) && settings_accepts(c, str_of(info->now), d->value) != ERR_OK) {
        refuse(d, without_name(c->failure.detail, d->m.old));
        ctx_forgive(c);
    }
}

/* ---- plugins --------------------------------------------------------------------------------- */

static const struct plugin {
    const char *name, *text;
} plugins[] = {
    {"ldap_auth",    "people sign in with a password of this registry or with Globus (LOGIN_METHODS)"},
    {"pam_auth",     "people sign in with a password of this registry or with Globus (LOGIN_METHODS)"},
    {"saml_auth",    "people sign in with a password of this registry or with Globus (LOGIN_METHODS)"},
    {"google_build", "images are pushed here, not built"                                             },
    {"pgp",          "who signed an image is shown; keys are served by others"                       },
};

static void take_plugin(struct ctx *c, const struct assignment *a, struct decision *d)
{
    d->m.now = STR_NONE;
    d->m.way = MOVED_UNKNOWN;
    if (a->kind != VALUE_ITEM) {
        refuse(d, a->kind == VALUE_COMPUTED ? a->text : STR("it is no list"));
        return;
    }
    if (str_eq(a->text, STR("globus"))) {
        d->m.way = MOVED_ASIDE;
        d->m.old = STR("PLUGINS_ENABLED: globus");
        d->m.now = STR("ENABLE_GLOBUS");
        d->m.text = STR("Run transload globus setup first, then set it to true");
        d->value = STR("true");
    }
    for (size_t i = 0; i < COUNT_OF(plugins); i++) {
        if (str_eq(a->text, str_of(plugins[i].name))) {
            d->m.way = MOVED_NOT;
            d->m.old = str_printf(c->arena, "PLUGINS_ENABLED: %s", plugins[i].name);
            d->m.text = str_of(plugins[i].text);
        }
    }
}

/* ---- one assignment -------------------------------------------------------------------------- */

static void apply_row(struct ctx *c, const struct moved_info *info, const struct assignment *a,
                      struct decision *d)
{
    switch (moved_act(info)) {
    case ACT_PLUGINS:
        take_plugin(c, a, d);
        return;
    case ACT_COPY:
    case ACT_URL:
    case ACT_LIMIT:
    case ACT_MINUTES:
    case ACT_ASIDE:
        take_value(c, info, a, d);
        return;
    case ACT_DATABASE: /* old_database.c puts its parts together */
        d->m.old = str_eq(a->name, a->target) ? str_of(info->old) : a->target;
        return;
    case ACT_DROP:
        return;
    }
}

static struct decision decide(struct ctx *c, const struct assignments *all, size_t i)
{
    const struct assignment *a = &all->items[i];
    const struct moved_info *info = moved_find(a->name);
    struct decision d = {
        .m = {.old = a->name, .way = MOVED_UNKNOWN, .file = a->file, .line = a->line},
        .value = STR_NONE,
    };

    d.m.text = nothing;
    if (!info) {
        d.m.old = a->target;
        return d;
    }
    d.m.way = info->way;
    d.m.text = str_of(info->text);
    d.m.now = str_of(info->now);
    if (info->way != MOVED_NOT && assignments_replaced(all, i)) {
        d.m.way = MOVED_REPLACED;
        d.m.text = STR("a later line says otherwise");
    } else {
        apply_row(c, info, a, &d);
    }
    return d;
}

/* The parts of one list or dict that come to the same are told once. */
static bool is_told(const struct assignments *all, size_t i, const struct decisions *told,
                    const struct decision *d)
{
    const struct assignment *a = &all->items[i];
    const struct decision *last = told->count ? &told->items[told->count - 1] : NULL;

    if (last && str_eq(d->m.now, STR("DATABASE_URL")) && str_eq(last->m.old, d->m.old))
        return true;
    return last && i > 0 && all->items[i - 1].statement == a->statement &&
           str_eq(all->items[i - 1].target, a->target) && last->m.way == d->m.way &&
           (d->m.way == MOVED_UNKNOWN || str_eq(last->m.old, d->m.old) ||
            str_eq(last->m.text, d->m.text));
}

struct decisions decide_all(struct ctx *c, const struct assignments *all)
{
    struct decisions out = {arena_alloc_array(c->arena, all->count + 1, sizeof(struct decision)),
                            0};

    for (size_t i = 0; i < all->count; i++) {
        const struct moved_info *info = moved_find(all->items[i].name);
        bool is_nothing =
            all->items[i].kind == VALUE_NONE && !(info && moved_act(info) == ACT_LIMIT);
        struct decision d;

        if (is_nothing)
            continue;
        d = decide(c, all, i);
        if (!is_told(all, i, &out, &d))
            out.items[out.count++] = d;
    }
    return out;
}
