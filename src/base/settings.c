#include "base/settings.h"

#include "settings_row.h"

#include "base/log.h"

#include <stddef.h>
#include <stdlib.h>

enum kind {
    KIND_TEXT,
    KIND_URL,
    KIND_UUID,
    KIND_INT,
    KIND_BOOL,
    KIND_ACCESS,
    KIND_LEVEL,
    KIND_LOGIN
};

// clang-format off
const struct setting_info setting_infos[] = {
#define SETTING_INFO(kind, member, key, standard, min, max, flags, help) {key, #kind, standard, help, min, max, flags},
    SETTINGS_TABLE(SETTING_INFO)
#undef SETTING_INFO
};
// clang-format on
const size_t setting_count = COUNT_OF(setting_infos);

// clang-format off
static const struct {
    enum kind kind;
    size_t offset;
} places[] = {
#define SETTING_PLACE(kind, member, key, standard, min, max, flags, help) {KIND_##kind, offsetof(struct settings, member)},
    SETTINGS_TABLE(SETTING_PLACE)
#undef SETTING_PLACE
};
// clang-format on
_Static_assert(COUNT_OF(places) == COUNT_OF(setting_infos), "one place for each row");

static void *place(struct settings *s, size_t i)
{
    return (char *)s + places[i].offset;
}

static const void *place_const(const struct settings *s, size_t i)
{
    return (const char *)s + places[i].offset;
}

static bool parse_bool(struct str v, bool *out)
{
    static const char *const yes[] = {"true", "True", "yes", "on", "1"};
    static const char *const no[] = {"false", "False", "no", "off", "0"};

    for (size_t i = 0; i < COUNT_OF(yes); i++) {
        if (str_eq(v, str_of(yes[i]))) {
            *out = true;
            return true;
        }
        if (str_eq(v, str_of(no[i]))) {
            *out = false;
            return true;
        }
    }
    return false;
}

/* http://host[:port] or https://…, no path: callers put a path behind it. */
static bool is_base_url(struct str v)
{
    struct str host;

    if (str_has_prefix(v, STR("https://")))
        host = str_skip(v, sizeof "https://" - 1);
    else if (str_has_prefix(v, STR("http://")))
        host = str_skip(v, sizeof "http://" - 1);
    else
        return false;
    return host.len > 0 &&
           str_is_made_of(host,
                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]");
}

static enum err check_length(struct ctx *c, size_t i, struct str v)
{
    const struct setting_info *row = &setting_infos[i];

    if ((int64_t)v.len >= row->min && (int64_t)v.len <= row->max)
        return ERR_OK;
    if (v.len == 0)
        return FAIL(c, ERR_INPUT, "%s: is empty, but must be set: %s", row->key, row->help);
    if (row->min == row->max)
        return FAIL(c, ERR_INPUT, "%s: %zu characters, but it must be %lld: %s", row->key, v.len,
                    (long long)row->min, row->help);
    return FAIL(c, ERR_INPUT, "%s: %zu characters, but %lld to %lld are allowed", row->key, v.len,
                (long long)row->min, (long long)row->max);
}

static enum err set_int(struct ctx *c, size_t i, struct str v, int64_t *out)
{
    const struct setting_info *row = &setting_infos[i];

    if (!str_to_int(v, row->min, row->max, out))
        return FAIL(c, ERR_INPUT, "%s: must be a whole number from %lld to %lld", row->key,
                    (long long)row->min, (long long)row->max);
    return ERR_OK;
}

static enum err set_access(struct ctx *c, size_t i, struct str v, enum source_access *out)
{
    if (!str_eq(v, STR("public")) && !str_eq(v, STR("per-user")))
        return FAIL(c, ERR_INPUT, "%s: must be public or per-user", setting_infos[i].key);
    *out = str_eq(v, STR("public")) ? SOURCE_PUBLIC : SOURCE_PER_USER;
    return ERR_OK;
}

static enum err set_level(struct ctx *c, size_t i, struct str v, int *out)
{
    enum log_level level;

    if (!log_level_parse(v, &level))
        return FAIL(c, ERR_INPUT, "%s: must be error, warn, notice, info or debug",
                    setting_infos[i].key);
    *out = (int)level;
    return ERR_OK;
}

static const struct login_name {
    const char *name;
    enum login_methods methods;
} login_names[] = {
    {"local",  LOGIN_LOCAL },
    {"globus", LOGIN_GLOBUS},
    {"both",   LOGIN_BOTH  },
};

static enum err set_login(struct ctx *c, size_t i, struct str v, enum login_methods *out)
{
    for (size_t k = 0; k < COUNT_OF(login_names); k++) {
        if (str_eq(v, str_of(login_names[k].name))) {
            *out = login_names[k].methods;
            return ERR_OK;
        }
    }
    return FAIL(c, ERR_INPUT, "%s: must be local, globus or both", setting_infos[i].key);
}

static struct str login_name(enum login_methods methods)
{
    for (size_t k = 0; k < COUNT_OF(login_names); k++) {
        if (login_names[k].methods == methods)
            return str_of(login_names[k].name);
    }
    abort();
}

static enum err set_text(struct ctx *c, size_t i, struct str v, const char **out)
{
    const char *key = setting_infos[i].key;

    if (str_contains(v, '\0') || !str_is_utf8(v))
        return FAIL(c, ERR_INPUT, "%s: must be UTF-8 text", key);
    TRY(check_length(c, i, v));
    if (places[i].kind == KIND_URL && !is_base_url(v))
        return FAIL(c, ERR_INPUT,
                    "%s: must be http://host or https://host, without a path or a slash at the end",
                    key);
    if (places[i].kind == KIND_UUID && v.len && !str_is_uuid(v))
        return FAIL(c, ERR_INPUT, "%s: must be a UUID", key);
    *out = str_z(c->arena, v);
    return ERR_OK;
}

enum err settings_set(struct ctx *c, struct settings *s, size_t i, struct str v)
{
    switch (places[i].kind) {
    case KIND_INT:
        return set_int(c, i, v, place(s, i));
    case KIND_BOOL:
        if (!parse_bool(v, place(s, i)))
            return FAIL(c, ERR_INPUT, "%s: must be true or false", setting_infos[i].key);
        return ERR_OK;
    case KIND_ACCESS:
        return set_access(c, i, v, place(s, i));
    case KIND_LEVEL:
        return set_level(c, i, v, place(s, i));
    case KIND_LOGIN:
        return set_login(c, i, v, place(s, i));
    case KIND_TEXT:
    case KIND_URL:
    case KIND_UUID:
        return set_text(c, i, v, place(s, i));
    }
    abort();
}

bool settings_find(struct str key, size_t *i)
{
    for (*i = 0; *i < setting_count; (*i)++) {
        if (str_eq(key, str_of(setting_infos[*i].key)))
            return true;
    }
    return false;
}

enum err settings_accepts(struct ctx *c, struct str key, struct str value)
{
    struct settings scratch = {0};
    size_t i;

    if (!settings_find(key, &i))
        return FAIL(c, ERR_INPUT, "there is no setting " STR_FMT, STR_ARG(str_take(key, 60)));
    return settings_set(c, &scratch, i, value);
}

struct str settings_value(struct arena *a, const struct settings *s, size_t i)
{
    const void *p = place_const(s, i);
    struct str text;

    switch (places[i].kind) {
    case KIND_INT:
        return str_printf(a, "%lld", (long long)*(const int64_t *)p);
    case KIND_BOOL:
        return *(const bool *)p ? STR("true") : STR("false");
    case KIND_ACCESS:
        return *(const enum source_access *)p == SOURCE_PUBLIC ? STR("public") : STR("per-user");
    case KIND_LEVEL:
        return str_of(log_level_name((enum log_level) * (const int *)p));
    case KIND_LOGIN:
        return login_name(*(const enum login_methods *)p);
    case KIND_TEXT:
    case KIND_URL:
    case KIND_UUID:
        break;
    }
    text = str_of(*(const char *const *)p);
    if (setting_infos[i].flags & SETTING_SECRET)
        return text.len ? STR("(set)") : STR("(not set)");
    return text;
}

bool settings_is_https(const struct settings *s)
{
    return str_has_prefix(str_of(s->domain_name), STR("https://"));
}
