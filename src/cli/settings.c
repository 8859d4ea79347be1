#include "base/settings.h"

#include "command.h"

#include <sys/stat.h>

enum { WARNINGS_MAX = 4 };

struct warnings {
    struct str list[WARNINGS_MAX];
    size_t count;
};

/* Valid, but not as it should be. */
static struct warnings look_closer(struct ctx *c, const char *path, const struct settings *s)
{
    struct warnings w = {.count = 0};
    struct str expected = str_printf(c->arena, "%s@clients.auth.globus.org", s->globus_client_id);
    struct stat st;

    if (stat(path, &st) == 0 && (st.st_mode & (S_IROTH | S_IWOTH)))
        w.list[w.count++] = str_printf(c->arena, "%s holds secrets and everybody on this machine may read it: chmod 0640 %s", path, path);
    if (s->globus_client_username[0] && !str_eq(str_of(s->globus_client_username), expected))
        w.list[w.count++] = str_printf(c->arena, "SOCIAL_AUTH_GLOBUS_USERNAME should be " STR_FMT, STR_ARG(expected));
    if (s->enable_globus && s->globus_source_access == SOURCE_PER_USER)
        w.list[w.count++] = str_printf(c->arena, "GLOBUS_SOURCE_ACCESS=per-user: this version does not yet manage read rules, so "
                                                 "private images are refused and public ones need a rule that you made yourself");
    return w;
}

struct check_view {
    struct str path;
    bool valid;
    struct json_list warnings;
};
static const struct json_field check_fields[] = {
    {"settings", JSON_STR,  offsetof(struct check_view, path),     0, 0, NULL},
    {"valid",    JSON_BOOL, offsetof(struct check_view, valid),    0, 0, NULL},
    {"warnings", JSON_STRS, offsetof(struct check_view, warnings), 0, 0, NULL},
};
static const struct json_shape check_shape = JSON_SHAPE(struct check_view, check_fields);

enum err cli_settings_check(struct cli *cli)
{
    struct ctx *c = cli->ctx;
    struct settings s;
    struct warnings w;

    TRY(settings_read(c, cli->settings_path, &s));
    w = look_closer(c, cli->settings_path, &s);
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &check_shape, &(struct check_view){str_of(cli->settings_path), true, {w.list, w.count}});
        buf_add_byte(&cli->out, '\n');
        return ERR_OK;
    }
    buf_printf(&cli->out, "%s: complete and valid\n", cli->settings_path);
    for (size_t i = 0; i < w.count; i++)
        buf_printf(&cli->out, "warning: " STR_FMT "\n", STR_ARG(w.list[i]));
    return ERR_OK;
}

static void print_json(struct cli *cli)
{
    struct arena *a = cli->ctx->arena;

    for (size_t i = 0; i < setting_count; i++) {
        buf_add_byte(&cli->out, i == 0 ? '{' : ',');
        json_write_str(&cli->out, str_of(setting_infos[i].key));
        buf_add_byte(&cli->out, ':');
        json_write_str(&cli->out, settings_value(a, cli->ctx->settings, i));
    }
    buf_add(&cli->out, STR("}\n"));
}

enum err cli_settings_print(struct cli *cli)
{
    if (cli->options & OPTION_JSON) {
        print_json(cli);
        return ERR_OK;
    }
    for (size_t i = 0; i < setting_count; i++) {
        struct str value = settings_value(cli->ctx->arena, cli->ctx->settings, i);

        buf_printf(&cli->out, "%s=" STR_FMT "\n", setting_infos[i].key, STR_ARG(value));
    }
    return ERR_OK;
}
