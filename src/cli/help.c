#include "command.h"

enum { USAGE_COLUMN = 44 };

struct str cli_usage(struct arena *a, const struct cli_command *command)
{
    struct buf b = {.arena = a};

    buf_printf(&b, "transload %s", command->noun);
    if (command->verb)
        buf_printf(&b, " %s", command->verb);
    if (command->argument)
        buf_printf(&b, " %s", command->argument);
    for (size_t i = 0; i < cli_option_count; i++) {
        if (command->options & cli_option_infos[i].option)
            buf_printf(&b, " [%s]", cli_option_infos[i].name);
    }
    return buf_str(&b);
}

/* The rows help is asked for: one command, the commands of a noun, or all. */
static bool is_wanted(const struct cli *cli, const struct cli_command *row)
{
    if (cli->command && (cli->command->verb || cli->command->argument))
        return row == cli->command;
    return cli->noun.len == 0 || str_eq(cli->noun, str_of(row->noun));
}

static unsigned wanted_options(const struct cli *cli)
{
    unsigned options = OPTIONS_EVERYWHERE;

    for (size_t i = 0; i < cli_command_count; i++) {
        if (is_wanted(cli, &cli_commands[i]))
            options |= cli_commands[i].options;
    }
    return options;
}

/* Long lines push their help to the next line, so that the columns stay straight. */
static void add_line(struct buf *out, struct str left, const char *help)
{
    buf_printf(out, "  %-*.*s", USAGE_COLUMN, STR_ARG(left));
    if (left.len > USAGE_COLUMN)
        buf_printf(out, "\n  %-*s", USAGE_COLUMN, "");
    buf_printf(out, "  %s\n", help);
}

static void add_option_line(struct arena *a, struct buf *out, const struct cli_option_info *info)
{
    add_line(out, str_printf(a, info->value ? "%s %s" : "%s", info->name, info->value), info->help);
}

static void write_text(struct cli *cli)
{
    struct arena *a = cli->ctx->arena;
    unsigned options = wanted_options(cli);

    buf_printf(&cli->out, "transload %s: registry for Singularity images\n\ncommands\n",
               TRANSLOAD_VERSION);
    for (size_t i = 0; i < cli_command_count; i++) {
        if (is_wanted(cli, &cli_commands[i]))
            add_line(&cli->out, cli_usage(a, &cli_commands[i]), cli_commands[i].help);
    }
    buf_add(&cli->out, STR("\noptions\n"));
    for (size_t i = 0; i < cli_option_count; i++) {
        if (options & cli_option_infos[i].option)
            add_option_line(a, &cli->out, &cli_option_infos[i]);
    }
    buf_add(&cli->out, STR("\nexit code: 0 done, 1 refused, 2 wrong input, 3 not found, 70 our "
                           "mistake, 75 try again later\n"));
}

/* ---- JSON: what docs/cli.md is checked against ----------------------------------------------- */

struct command_view {
    struct str usage, help;
};
static const struct json_field command_fields[] = {
    {"usage", JSON_STR, offsetof(struct command_view, usage), 0, 0, NULL},
    {"help",  JSON_STR, offsetof(struct command_view, help),  0, 0, NULL},
};
static const struct json_shape command_shape = JSON_SHAPE(struct command_view, command_fields);

struct help_view {
    struct json_list commands, options;
};
static const struct json_field help_fields[] = {
    {"commands", JSON_LIST, offsetof(struct help_view, commands), 0, 0, &command_shape},
    {"options",  JSON_LIST, offsetof(struct help_view, options),  0, 0, &command_shape},
};
static const struct json_shape help_shape = JSON_SHAPE(struct help_view, help_fields);

static void write_json(struct cli *cli)
{
    struct arena *a = cli->ctx->arena;
    struct command_view *commands = arena_alloc_array(a, cli_command_count, sizeof *commands);
    struct command_view *options = arena_alloc_array(a, cli_option_count, sizeof *options);
    struct help_view view = {
        {commands, 0               },
        {options,  cli_option_count}
    };

    for (size_t i = 0; i < cli_command_count; i++) {
        if (is_wanted(cli, &cli_commands[i]))
            commands[view.commands.count++] =
                (struct command_view){cli_usage(a, &cli_commands[i]), str_of(cli_commands[i].help)};
    }
    for (size_t i = 0; i < cli_option_count; i++)
        options[i] = (struct command_view){str_of(cli_option_infos[i].name),
                                           str_of(cli_option_infos[i].help)};
    json_write(&cli->out, &help_shape, &view);
    buf_add_byte(&cli->out, '\n');
}

enum err cli_help(struct cli *cli)
{
    if (cli->options & OPTION_JSON)
        write_json(cli);
    else
        write_text(cli);
    return ERR_OK;
}
