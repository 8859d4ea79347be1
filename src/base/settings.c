#include "base/settings.h"

#include "settings_login.h"

#include "base/file.h"
#include "base/log.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 256 * 1024, LINE_MAX_BYTES = 4096, CREDENTIAL_MAX = 4096 };

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

    if ((int64_t)v.len < row->min || (int64_t)v.len > row->max)
        return FAIL(c, ERR_INPUT, "%s: %zu characters, but %lld to %lld are allowed", row->key,
                    v.len, (long long)row->min, (long long)row->max);
    return ERR_OK;
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

static enum err set(struct ctx *c, struct settings *s, size_t i, struct str v)
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

static bool find(struct str key, size_t *i)
{
    for (*i = 0; *i < setting_count; (*i)++) {
        if (str_eq(key, str_of(setting_infos[*i].key)))
            return true;
    }
    return false;
}

/* KEY="value" and KEY='value' as in the predecessor's secrets.py. */
static struct str unquote(struct str v)
{
    if (v.len >= 2 && (v.ptr[0] == '"' || v.ptr[0] == '\'') && v.ptr[v.len - 1] == v.ptr[0])
        return str_take(str_skip(v, 1), v.len - 2);
    return v;
}

static enum err parse_line(struct ctx *c, struct str line, struct settings *s, bool *seen)
{
    struct str key, value;
    size_t i;

    line = str_trim(line);
    if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';')
        return ERR_OK;
    if (line.len > LINE_MAX_BYTES)
        return FAIL(c, ERR_INPUT, "line longer than %d bytes", LINE_MAX_BYTES);
    if (!str_cut(line, '=', &key, &value))
        return FAIL(c, ERR_INPUT, "expected KEY=value");
    key = str_trim(key);
    if (!find(key, &i))
        return FAIL(c, ERR_INPUT, "unknown setting " STR_FMT "; docs/settings.md lists them all",
                    STR_ARG(str_take(key, 60)));
    if (seen[i])
        return FAIL(c, ERR_INPUT, "%s is set twice", setting_infos[i].key);
    seen[i] = true;
    return set(c, s, i, unquote(str_trim(value)));
}

static enum err parse_lines(struct ctx *c, const char *name, struct str text, struct settings *s,
                            bool *seen)
{
    for (int number = 1; text.len; number++) {
        struct str line;
        enum err e;

        str_cut(text, '\n', &line, &text);
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        e = parse_line(c, line, s, seen);
        if (e != ERR_OK)
            return FAIL(c, e, "%s:%d: " STR_FMT, name, number, STR_ARG(c->failure.detail));
    }
    return ERR_OK;
}

/* A credential file holds the value of one secret; it wins over the settings file. */
static enum err read_credential(struct ctx *c, const char *directory, size_t i, struct settings *s,
                                bool *seen)
{
    struct str name = str_lower(c->arena, str_of(setting_infos[i].key));
    const char *path = str_printf(c->arena, "%s/" STR_FMT, directory, STR_ARG(name)).ptr;
    struct str value;
    bool found;

    TRY(file_read(c, path, CREDENTIAL_MAX, &value, &found));
    if (!found)
        return ERR_OK;
    while (value.len && (value.ptr[value.len - 1] == '\n' || value.ptr[value.len - 1] == '\r'))
        value.len--;
    seen[i] = true;
    return set(c, s, i, value);
}

static enum err check_required(struct ctx *c, const char *name, const bool *seen)
{
    for (size_t i = 0; i < setting_count; i++) {
        if ((setting_infos[i].flags & SETTING_REQUIRED) && !seen[i])
            return FAIL(c, ERR_INPUT, "%s: %s is missing: %s", name, setting_infos[i].key,
                        setting_infos[i].help);
    }
    return ERR_OK;
}

#ifdef TRANSLOAD_GLOBUS
static enum err require_globus(struct ctx *c, const char *name, const char *key, const char *value)
{
    if (value[0] == '\0')
        return FAIL(c, ERR_INPUT, "%s: ENABLE_GLOBUS is true, so %s is needed", name, key);
    return ERR_OK;
}

static enum err check_globus(struct ctx *c, const char *name, const struct settings *s)
{
    TRY(require_globus(c, name, "SOCIAL_AUTH_GLOBUS_KEY", s->globus_client_id));
    TRY(require_globus(c, name, "SOCIAL_AUTH_GLOBUS_SECRET", s->globus_client_secret));
    return require_globus(c, name, "PLUGIN_GLOBUS_ENDPOINT", s->globus_source);
}
#else
static enum err check_globus(struct ctx *c, const char *name, const struct settings *s)
{
    (void)s;
    return FAIL(c, ERR_INPUT,
                "%s: ENABLE_GLOBUS is true, but this program was built without Globus; set it to "
                "false, or install one that was built with it",
                name);
}
#endif

/* Rules between settings. */
static enum err check_together(struct ctx *c, const char *name, const struct settings *s)
{
    struct str source_path = str_of(s->globus_source_path);

    if (!str_is_made_of(str_of(s->secret_key), "0123456789abcdefABCDEF"))
        return FAIL(c, ERR_INPUT, "%s: SECRET_KEY must be 64 hex digits", name);
    if (s->images_root[0] != '/')
        return FAIL(c, ERR_INPUT, "%s: IMAGES_ROOT must be an absolute path", name);
    if (!str_has_prefix(source_path, STR("/")) || !str_has_suffix(source_path, STR("/")))
        return FAIL(c, ERR_INPUT, "%s: GLOBUS_SOURCE_PATH must begin and end with /", name);
    TRY(settings_check_login(c, name, s));
    return s->enable_globus ? check_globus(c, name, s) : ERR_OK;
}

static enum err set_defaults(struct ctx *c, struct settings *s)
{
    for (size_t i = 0; i < setting_count; i++) {
        if (!(setting_infos[i].flags & SETTING_REQUIRED))
            TRY(set(c, s, i, str_of(setting_infos[i].standard)));
    }
    return ERR_OK;
}

static enum err read_credentials(struct ctx *c, const char *directory, struct settings *s,
                                 bool *seen)
{
    for (size_t i = 0; i < setting_count; i++) {
        if (setting_infos[i].flags & SETTING_SECRET)
            TRY(read_credential(c, directory, i, s, seen));
    }
    return ERR_OK;
}

enum err settings_parse(struct ctx *c, const char *name, struct str text, const char *credentials,
                        struct settings *out)
{
    struct settings s = {0};
    bool seen[COUNT_OF(setting_infos)] = {false};

    TRY(set_defaults(c, &s));
    TRY(parse_lines(c, name, text, &s, seen));
    if (credentials)
        TRY(read_credentials(c, credentials, &s, seen));
    TRY(check_required(c, name, seen));
    TRY(check_together(c, name, &s));
    *out = s;
    return ERR_OK;
}

enum err settings_read(struct ctx *c, const char *path, struct settings *out)
{
    struct str text;
    bool found;

    TRY(file_read(c, path, FILE_MAX, &text, &found));
    if (!found)
        return FAIL(c, ERR_INPUT, "%s: no such file; copy deploy/transload.conf.example there",
                    path);
    return settings_parse(c, path, text, getenv("CREDENTIALS_DIRECTORY"), out);
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
