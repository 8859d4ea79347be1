#include "command.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 3 }; /* noun, verb, argument */

struct words {
    struct str list[WORDS_MAX];
    size_t count;
};

static const struct cli_option_info *find_option(struct str name)
{
    if (str_eq(name, STR("-h")))
        name = STR("--help");
    for (size_t i = 0; i < cli_option_count; i++) {
        if (str_eq(name, str_of(cli_option_infos[i].name)))
            return &cli_option_infos[i];
    }
    return NULL;
}

static void keep_value(struct cli *cli, enum cli_option option, struct str value)
{
    if (option == OPTION_SETTINGS)
        cli->settings_path = str_z(cli->ctx->arena, value);
    if (option == OPTION_DATABASE)
        cli->database = str_z(cli->ctx->arena, value);
    if (option == OPTION_IMAGES)
        cli->images = str_z(cli->ctx->arena, value);
    if (option == OPTION_LIMIT)
        cli->limit = value;
    if (option == OPTION_COLLECTION)
        cli->collection = value;
    if (option == OPTION_HOST)
        cli->host = value;
    if (option == OPTION_USER)
        cli->user = value;
    if (option == OPTION_ACTION)
        cli->action = value;
    if (option == OPTION_SINCE)
        cli->since = value;
    if (option == OPTION_SECRETS)
        cli->secrets = str_z(cli->ctx->arena, value);
    if (option == OPTION_CONFIG)
        cli->config = str_z(cli->ctx->arena, value);
    if (option == OPTION_YAML)
        cli->yaml = str_z(cli->ctx->arena, value);
    if (option == OPTION_GCP)
        cli->gcp_dir = str_z(cli->ctx->arena, value);
}

/* One option at argv[*i]; a value stands behind "=" or in the next argument. */
static enum err take_option(struct cli *cli, int argc, const char *const *argv, int *i)
{
    struct str name, value;
    bool has_value = str_cut(str_of(argv[*i]), '=', &name, &value);
    const struct cli_option_info *info = find_option(name);

    if (!info)
        return FAIL(cli->ctx, ERR_INPUT, "there is no option " STR_FMT "; try transload --help",
                    STR_ARG(name));
    if (!info->value && has_value)
        return FAIL(cli->ctx, ERR_INPUT, "%s takes no value", info->name);
    if (info->value && !has_value && *i + 1 >= argc)
        return FAIL(cli->ctx, ERR_INPUT, "%s needs a value: %s %s", info->name, info->name,
                    info->value);
    if (info->value && !has_value)
        value = str_of(argv[++*i]);
    keep_value(cli, info->option, value);
    cli->options |= info->option;
    return ERR_OK;
}

static enum err take_word(struct cli *cli, struct words *w, const char *word)
{
    if (w->count == WORDS_MAX)
        return FAIL(cli->ctx, ERR_INPUT, "\"%s\" is one word too many; try transload --help", word);
    w->list[w->count++] = str_of(word);
    return ERR_OK;
}

/* Words and options in any order; behind "--" all are words. */
static enum err split(struct cli *cli, int argc, const char *const *argv, struct words *w)
{
    bool words_only = false;

    for (int i = 1; i < argc; i++) {
        bool is_option = !words_only && argv[i][0] == '-' && argv[i][1] != '\0';

        if (is_option && strcmp(argv[i], "--") == 0)
            words_only = true;
        else
            TRY(is_option ? take_option(cli, argc, argv, &i) : take_word(cli, w, argv[i]));
    }
    return ERR_OK;
}

/* The row for noun and verb; a row without a verb only when no row of this noun has the verb. */
static const struct cli_command *find_command(const struct words *w, bool *noun_exists)
{
    const struct cli_command *alone = NULL;

    *noun_exists = false;
    for (size_t i = 0; i < cli_command_count; i++) {
        const struct cli_command *row = &cli_commands[i];

        if (w->count == 0 || !str_eq(w->list[0], str_of(row->noun)))
            continue;
        *noun_exists = true;
        if (!row->verb)
            alone = row;
        else if (w->count > 1 && str_eq(w->list[1], str_of(row->verb)))
            return row;
    }
    return alone;
}

static enum err refuse_unknown(struct cli *cli, const struct words *w, bool noun_exists)
{
    if (!noun_exists)
        return FAIL(cli->ctx, ERR_INPUT,
                    "there is no command \"" STR_FMT "\"; try transload --help",
                    STR_ARG(w->list[0]));
    if (w->count < 2)
        return FAIL(cli->ctx, ERR_INPUT,
                    "\"" STR_FMT "\" needs a verb; try transload " STR_FMT " --help",
                    STR_ARG(w->list[0]), STR_ARG(w->list[0]));
    return FAIL(cli->ctx, ERR_INPUT,
                "there is no command \"" STR_FMT " " STR_FMT "\"; try transload " STR_FMT " --help",
                STR_ARG(w->list[0]), STR_ARG(w->list[1]), STR_ARG(w->list[0]));
}

/* Do the words and options fit the row? */
static enum err check_fit(struct cli *cli, const struct words *w)
{
    const struct cli_command *row = cli->command;
    size_t used = row->verb ? 2 : 1;
    size_t expected = used + (row->argument ? 1 : 0);
    struct str usage = cli_usage(cli->ctx->arena, row);

    for (size_t i = 0; i < cli_option_count; i++) {
        const struct cli_option_info *info = &cli_option_infos[i];

        if ((cli->options & info->option) && !((row->options | OPTIONS_EVERYWHERE) & info->option))
            return FAIL(cli->ctx, ERR_INPUT, "%s does not belong to this command; usage: " STR_FMT,
                        info->name, STR_ARG(usage));
    }
    if (cli->options & OPTION_HELP)
        return ERR_OK;
    if (w->count < expected)
        return FAIL(cli->ctx, ERR_INPUT, "%s is missing; usage: " STR_FMT, row->argument,
                    STR_ARG(usage));
    if (w->count > expected)
        return FAIL(cli->ctx, ERR_INPUT, "\"" STR_FMT "\" is one word too many; usage: " STR_FMT,
                    STR_ARG(w->list[expected]), STR_ARG(usage));
    cli->argument = row->argument ? w->list[used] : STR_NONE;
    return ERR_OK;
}

static const char *default_settings_path(void)
{
    const char *path = getenv("TRANSLOAD_SETTINGS");

    return path && *path ? path : "/etc/transload/transload.conf";
}

enum err cli_parse(struct cli *cli, int argc, const char *const *argv)
{
    struct words w = {.count = 0};
    bool noun_exists;

    cli->settings_path = default_settings_path();
    TRY(split(cli, argc, argv, &w));
    if (w.count == 0 && (cli->options & OPTION_HELP))
        return ERR_OK;
    if (w.count == 0)
        return FAIL(cli->ctx, ERR_INPUT, "say what to do; try transload --help");
    cli->noun = w.list[0];
    cli->command = find_command(&w, &noun_exists);
    if (!cli->command && noun_exists && w.count == 1 && (cli->options & OPTION_HELP))
        return ERR_OK;
    if (!cli->command)
        return refuse_unknown(cli, &w, noun_exists);
    return check_fit(cli, &w);
}
