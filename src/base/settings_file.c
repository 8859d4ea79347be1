#include "settings_row.h"

#include "base/file.h"

#include <stdlib.h>

enum { FILE_MAX = 256 * 1024, LINE_MAX_BYTES = 4096, CREDENTIAL_MAX = 4096 };

/* KEY="value" and KEY='value' as in the predecessor's secrets.py. */
static struct str unquote(struct str v)
{
    if (v.len >= 2 && (v.ptr[0] == '"' || v.ptr[0] == '\'') && v.ptr[v.len - 1] == v.ptr[0])
        return str_take(str_skip(v, 1), v.len - 2);
    return v;
}

static enum err refuse_unknown(struct ctx *c, struct str key)
{
    const char *nearest = settings_nearest(key);

    key = str_take(key, 60);
    if (nearest)
        return FAIL(c, ERR_INPUT, "unknown setting " STR_FMT "; did you mean %s?", STR_ARG(key),
                    nearest);
    return FAIL(c, ERR_INPUT, "unknown setting " STR_FMT "; docs/settings.md lists them all",
                STR_ARG(key));
}

static enum err parse_line(struct ctx *c, struct str line, int number, struct settings *s,
                           struct settings_origin *o)
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
    if (!settings_find(key, &i))
        return refuse_unknown(c, key);
    if (o->lines[i])
        return FAIL(c, ERR_INPUT, "%s is set twice, first in line %d; keep one of them",
                    setting_infos[i].key, o->lines[i]);
    o->lines[i] = number;
    return settings_set(c, s, i, unquote(str_trim(value)));
}

static enum err parse_lines(struct ctx *c, struct str text, struct settings *s,
                            struct settings_origin *o)
{
    for (int number = 1; text.len; number++) {
        struct str line;
        enum err e;

        str_cut(text, '\n', &line, &text);
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        e = parse_line(c, line, number, s, o);
        if (e != ERR_OK)
            return FAIL(c, e, "%s:%d: " STR_FMT, o->file, number, STR_ARG(c->failure.detail));
    }
    return ERR_OK;
}

/* A credential file holds the value of one secret; it wins over the settings file. */
static enum err read_credential(struct ctx *c, size_t i, struct settings *s,
                                struct settings_origin *o)
{
    struct str name = str_lower(c->arena, str_of(setting_infos[i].key));
    const char *path = str_printf(c->arena, "%s/" STR_FMT, o->credentials, STR_ARG(name)).ptr;
    struct str value;
    bool found;
    enum err e;

    TRY(file_read(c, path, CREDENTIAL_MAX, &value, &found));
    if (!found)
        return ERR_OK;
    while (value.len && (value.ptr[value.len - 1] == '\n' || value.ptr[value.len - 1] == '\r'))
        value.len--;
    o->lines[i] = FROM_CREDENTIAL;
    e = settings_set(c, s, i, value);
    if (e != ERR_OK)
        return FAIL(c, e, "%s: " STR_FMT, path, STR_ARG(c->failure.detail));
    return ERR_OK;
}

static enum err read_credentials(struct ctx *c, struct settings *s, struct settings_origin *o)
{
    for (size_t i = 0; i < setting_count; i++) {
        if (setting_infos[i].flags & SETTING_SECRET)
            TRY(read_credential(c, i, s, o));
    }
    return ERR_OK;
}

static enum err check_required(struct ctx *c, const struct settings_origin *o)
{
    for (size_t i = 0; i < setting_count; i++) {
        if ((setting_infos[i].flags & SETTING_REQUIRED) && !o->lines[i])
            return FAIL(c, ERR_INPUT, "%s: %s is missing; add a line %s=...: %s", o->file,
                        setting_infos[i].key, setting_infos[i].key, setting_infos[i].help);
    }
    return ERR_OK;
}

static enum err set_defaults(struct ctx *c, struct settings *s)
{
    for (size_t i = 0; i < setting_count; i++) {
        if (!(setting_infos[i].flags & SETTING_REQUIRED))
            TRY(settings_set(c, s, i, str_of(setting_infos[i].standard)));
    }
    return ERR_OK;
}

enum err settings_parse(struct ctx *c, const char *name, struct str text, const char *credentials,
                        struct settings *out)
{
    struct settings s = {0};
    struct settings_origin o = {.file = name, .credentials = credentials};

    TRY(set_defaults(c, &s));
    TRY(parse_lines(c, text, &s, &o));
    if (credentials)
        TRY(read_credentials(c, &s, &o));
    TRY(check_required(c, &o));
    TRY(settings_check_together(c, &o, &s));
    *out = s;
    return ERR_OK;
}

enum err settings_read(struct ctx *c, const char *path, struct settings *out)
{
    struct str text;
    bool found;
    enum err e = file_read(c, path, FILE_MAX, &text, &found);

    if (e != ERR_OK)
        return FAIL(c, e,
                    STR_FMT "; it must be a file that the service's account may read: owner root, "
                            "group transload, mode 0640",
                    STR_ARG(c->failure.detail));
    if (!found)
        return FAIL(c, ERR_INPUT,
                    "%s: no such file; copy transload.conf.example there, from "
                    "/usr/share/transload or deploy/ of the sources",
                    path);
    return settings_parse(c, path, text, getenv("CREDENTIALS_DIRECTORY"), out);
}
