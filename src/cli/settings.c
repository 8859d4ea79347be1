#include "base/settings.h"

#include "command.h"

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
    struct str warnings[SETTINGS_WARNINGS_MAX];
    size_t count;

    TRY(settings_read(c, cli->settings_path, &s));
    count = settings_warnings(c, cli->settings_path, &s, warnings);
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &check_shape,
                   &(struct check_view){
                       str_of(cli->settings_path), true, {warnings, count}
        });
        buf_add_byte(&cli->out, '\n');
        return ERR_OK;
    }
    buf_printf(&cli->out, "%s: complete and valid\n", cli->settings_path);
    for (size_t i = 0; i < count; i++)
        buf_printf(&cli->out, "warning: " STR_FMT "\n", STR_ARG(warnings[i]));
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

/* The table itself, from which docs/settings.md is made. */
struct setting_view {
    struct str key, kind, standard, help;
    int64_t min, max;
    bool required, secret;
};
static const struct json_field setting_fields[] = {
    {"key",      JSON_STR,  offsetof(struct setting_view, key),      0, 0, NULL},
    {"kind",     JSON_STR,  offsetof(struct setting_view, kind),     0, 0, NULL},
    {"default",  JSON_STR,  offsetof(struct setting_view, standard), 0, 0, NULL},
    {"min",      JSON_INT,  offsetof(struct setting_view, min),      0, 0, NULL},
    {"max",      JSON_INT,  offsetof(struct setting_view, max),      0, 0, NULL},
    {"required", JSON_BOOL, offsetof(struct setting_view, required), 0, 0, NULL},
    {"secret",   JSON_BOOL, offsetof(struct setting_view, secret),   0, 0, NULL},
    {"help",     JSON_STR,  offsetof(struct setting_view, help),     0, 0, NULL},
};
static const struct json_shape setting_shape = JSON_SHAPE(struct setting_view, setting_fields);

struct settings_view {
    struct json_list items;
};
static const struct json_field settings_fields[] = {
    {"items", JSON_LIST, offsetof(struct settings_view, items), 0, 0, &setting_shape},
};
static const struct json_shape settings_shape = JSON_SHAPE(struct settings_view, settings_fields);

static struct setting_view view_of(const struct setting_info *i)
{
    return (struct setting_view){.key = str_of(i->key),
                                 .kind = str_of(i->kind),
                                 .standard = str_of(i->standard),
                                 .help = str_of(i->help),
                                 .min = i->min,
                                 .max = i->max,
                                 .required = (i->flags & SETTING_REQUIRED) != 0,
                                 .secret = (i->flags & SETTING_SECRET) != 0};
}

enum err cli_settings_list(struct cli *cli)
{
    struct setting_view *views = arena_alloc_array(cli->ctx->arena, setting_count, sizeof *views);

    for (size_t i = 0; i < setting_count; i++) {
        views[i] = view_of(&setting_infos[i]);
        if (!(cli->options & OPTION_JSON))
            buf_printf(&cli->out, "%-28s %-34s %s\n", setting_infos[i].key,
                       setting_infos[i].standard, setting_infos[i].help);
    }
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &settings_shape,
                   &(struct settings_view){
                       {views, setting_count}
        });
        buf_add_byte(&cli->out, '\n');
    }
    return ERR_OK;
}
