#include "settings_row.h"

#include "base/secret.h"

#define HEX_DIGITS "0123456789abcdefABCDEF"

static struct str credential_path(struct ctx *c, const struct settings_origin *o, const char *key)
{
    struct str name = str_lower(c->arena, str_of(key));

    return str_printf(c->arena, "%s/" STR_FMT, o->credentials, STR_ARG(name));
}

struct str settings_place(struct ctx *c, const struct settings_origin *o, const char *key)
{
    size_t i;

    if (!settings_find(str_of(key), &i) || o->lines[i] == 0)
        return str_of(o->file);
    if (o->lines[i] == FROM_CREDENTIAL)
        return credential_path(c, o, key);
    return str_printf(c->arena, "%s:%d", o->file, o->lines[i]);
}

/* "PLACE: KEY what would be right". */
static enum err refuse(struct ctx *c, const struct settings_origin *o, const char *key,
                       const char *right)
{
    return FAIL(c, ERR_INPUT, STR_FMT ": %s %s", STR_ARG(settings_place(c, o, key)), key, right);
}

/* As secret_set_keys() takes them. */
static bool are_keys(struct str list)
{
    for (int count = 0; list.len; count++) {
        struct str one;

        (void)str_cut(list, ',', &one, &list);
        one = str_trim(one);
        if (count == SECRET_OTHERS_MAX || one.len != (size_t)2 * SECRET_KEY_BYTES ||
            !str_is_made_of(one, HEX_DIGITS))
            return false;
    }
    return true;
}

#ifdef TRANSLOAD_GLOBUS
static enum err require_globus(struct ctx *c, const struct settings_origin *o, const char *key,
                               const char *value)
{
    if (value[0] == '\0')
        return FAIL(c, ERR_INPUT,
                    STR_FMT ": ENABLE_GLOBUS is true, so %s is needed; add it, or set "
                            "ENABLE_GLOBUS=false",
                    STR_ARG(settings_place(c, o, "ENABLE_GLOBUS")), key);
    return ERR_OK;
}

static enum err check_globus(struct ctx *c, const struct settings_origin *o,
                             const struct settings *s)
{
    TRY(require_globus(c, o, "SOCIAL_AUTH_GLOBUS_KEY", s->globus_client_id));
    TRY(require_globus(c, o, "SOCIAL_AUTH_GLOBUS_SECRET", s->globus_client_secret));
    return require_globus(c, o, "PLUGIN_GLOBUS_ENDPOINT", s->globus_source);
}
#else
static enum err check_globus(struct ctx *c, const struct settings_origin *o,
                             const struct settings *s)
{
    (void)s;
    return refuse(c, o, "ENABLE_GLOBUS",
                  "is true, but this program was built without Globus; set it to false, or install "
                  "one that was built with it");
}
#endif

enum err settings_check_together(struct ctx *c, const struct settings_origin *o,
                                 const struct settings *s)
{
    struct str source_path = str_of(s->globus_source_path);

    if (!str_is_made_of(str_of(s->secret_key), HEX_DIGITS))
        return refuse(c, o, "SECRET_KEY",
                      "must be 64 hex digits; make one with: openssl rand -hex 32");
    if (!are_keys(str_of(s->secret_key_others)))
        return refuse(c, o, "SECRET_KEY_OTHERS",
                      "must be at most three keys of 64 hex digits, with commas between them");
    if (s->images_root[0] != '/')
        return refuse(c, o, "IMAGES_ROOT", "must be an absolute path");
    if (!str_has_prefix(source_path, STR("/")) || !str_has_suffix(source_path, STR("/")))
        return refuse(c, o, "GLOBUS_SOURCE_PATH", "must begin and end with /");
    TRY(settings_check_login(c, o, s));
    return s->enable_globus ? check_globus(c, o, s) : ERR_OK;
}
