#include "command.h"
#include "support/unit.h"

#include <string.h>

enum { WORDS_MAX = 8 };

/* "user add alice --admin" as the shell would hand it over. */
static enum err parse(void **state, const char *line, struct cli *cli)
{
    struct ctx *c = unit_ctx(state);
    const char *argv[WORDS_MAX] = {"transload"};
    struct str rest = str_of(line), word;
    int argc = 1;

    *cli = (struct cli){.ctx = c, .out = {.arena = c->arena}};
    while (rest.len) {
        str_cut(rest, ' ', &word, &rest);
        argv[argc++] = str_z(c->arena, word);
    }
    return cli_parse(cli, argc, argv);
}

static void every_row_of_the_table_is_found_by_its_words(void **state)
{
    for (size_t i = 0; i < cli_command_count; i++) {
        const struct cli_command *row = &cli_commands[i];
        struct str line =
            str_printf(unit_ctx(state)->arena, "%s%s%s%s", row->noun, row->verb ? " " : "",
                       row->verb ? row->verb : "", row->argument ? " alice" : "");
        struct cli cli;

        assert_ok(unit_ctx(state), parse(state, line.ptr, &cli));
        assert_ptr_equal(cli.command, row);
        assert_str(cli.argument, row->argument ? "alice" : "");
    }
}

static void options_stand_anywhere_and_take_values_both_ways(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct cli cli;

    assert_ok(c, parse(state, "--json user --settings /a.conf add alice --admin", &cli));
    assert_string_equal(cli.settings_path, "/a.conf");
    assert_int_equal(cli.options, OPTION_JSON | OPTION_SETTINGS | OPTION_ADMIN);
    assert_ok(c, parse(state, "user list --settings=/b.conf", &cli));
    assert_string_equal(cli.settings_path, "/b.conf");
    assert_ok(c, parse(state, "user token -- --odd", &cli));
    assert_str(cli.argument, "--odd");
}

static void a_wrong_command_line_is_told_what_would_be_right(void **state)
{
    // clang-format off
    static const struct {
        const char *line, *says;
    } rows[] = {
        {"",                        "say what to do; try transload --help"                                               },
        {"fly",                     "there is no command \"fly\"; try transload --help"                                  },
        {"user",                    "\"user\" needs a verb; try transload user --help"                                   },
        {"user fly",                "there is no command \"user fly\"; try transload user --help"                        },
        {"user add",                "NAME is missing; usage: transload user add NAME [--admin] [--password-stdin]"       },
        {"user list alice",         "\"alice\" is one word too many; usage: transload user list"                         },
        {"agent twice",             "\"twice\" is one word too many; usage: transload agent"                             },
        {"user list --admin",       "--admin does not belong to this command; usage: transload user list"                },
        {"user list --json=yes",    "--json takes no value"                                                              },
        {"user list --settings",    "--settings needs a value: --settings FILE"                                          },
        {"user add a --password x", "there is no option --password; try transload --help"                                },
        {"a b c d",                 "\"d\" is one word too many; try transload --help"                                   },
    };
    // clang-format on
    struct ctx *c = unit_ctx(state);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cli cli;

        assert_err(c, parse(state, rows[i].line, &cli), ERR_INPUT);
        assert_str(c->failure.detail, rows[i].says);
    }
}

static bool says(const struct cli *cli, const char *words)
{
    return strstr(str_z(cli->ctx->arena, buf_str(&cli->out)), words) != NULL;
}

static void help_names_every_command_and_option(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct cli cli;

    assert_ok(c, parse(state, "--help", &cli));
    assert_null(cli.command);
    assert_ok(c, cli_help(&cli));
    for (size_t i = 0; i < cli_command_count; i++) {
        assert_true(says(&cli, str_z(c->arena, cli_usage(c->arena, &cli_commands[i]))));
        assert_true(says(&cli, cli_commands[i].help));
    }
    for (size_t i = 0; i < cli_option_count; i++)
        assert_true(says(&cli, cli_option_infos[i].name));
}

static void help_of_a_noun_keeps_to_the_noun(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct cli cli;

    assert_ok(c, parse(state, "user --help", &cli));
    assert_ok(c, cli_help(&cli));
    assert_true(says(&cli, "transload user passwd NAME"));
    assert_false(says(&cli, "transload migrate"));

    assert_ok(c, parse(state, "user add --help", &cli));
    assert_ok(c, cli_help(&cli));
    assert_true(says(&cli, "--admin"));
    assert_false(says(&cli, "transload user list"));

    assert_ok(c, parse(state, "agent --help", &cli));
    assert_ok(c, cli_help(&cli));
    assert_true(says(&cli, "transload agent once"));
}

static void help_as_json_holds_the_same_rows(void **state)
{
    struct ctx *c = unit_ctx(state);
    struct cJSON *tree;
    struct cli cli;

    assert_ok(c, parse(state, "--help --json", &cli));
    assert_ok(c, cli_help(&cli));
    assert_ok(c, json_parse(c, buf_str(&cli.out), &tree));
    assert_true(says(&cli, "\"usage\":\"transload user list\""));
}

static void every_row_explains_itself(void **state UNUSED)
{
    for (size_t i = 0; i < cli_command_count; i++) {
        assert_non_null(cli_commands[i].run);
        assert_true(strlen(cli_commands[i].help) > 10);
        assert_true(cli_commands[i].help[strlen(cli_commands[i].help) - 1] != '.');
    }
}

UNIT_MAIN(UNIT(every_row_of_the_table_is_found_by_its_words),
          UNIT(options_stand_anywhere_and_take_values_both_ways),
          UNIT(a_wrong_command_line_is_told_what_would_be_right),
          UNIT(help_names_every_command_and_option), UNIT(help_of_a_noun_keeps_to_the_noun),
          UNIT(help_as_json_holds_the_same_rows), UNIT(every_row_explains_itself))
