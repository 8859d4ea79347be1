#include "command.h"
#include "support/unit.h"

#include "app/app.h"

#include <cjson/cJSON.h>

#include <string.h>

static struct cli cli_of(void **state, unsigned options)
{
    return (struct cli){
        .ctx = unit_ctx(state), .options = options, .out = {.arena = unit_ctx(state)->arena}};
}

static bool holds(struct str text, struct str wanted)
{
    for (; text.len >= wanted.len; text = str_skip(text, 1)) {
        if (str_has_prefix(text, wanted))
            return true;
        if (text.len == 0)
            break;
    }
    return false;
}

static void help_names_every_command_and_option(void **state)
{
    struct cli cli = cli_of(state, 0);
    struct str text;

    assert_ok(cli.ctx, cli_help(&cli));
    text = buf_str(&cli.out);
    for (size_t i = 0; i < cli_command_count; i++) {
        assert_true(holds(text, cli_usage(cli.ctx->arena, &cli_commands[i])));
        assert_true(holds(text, str_of(cli_commands[i].help)));
    }
    for (size_t i = 0; i < cli_option_count; i++)
        assert_true(holds(text, str_of(cli_option_infos[i].name)));
}

static void help_for_a_noun_names_its_commands_only(void **state)
{
    struct cli cli = cli_of(state, 0);
    struct str text;

    cli.noun = STR("settings");
    assert_ok(cli.ctx, cli_help(&cli));
    text = buf_str(&cli.out);
    assert_true(holds(text, STR("transload settings check")));
    assert_true(holds(text, STR("transload settings print")));
    assert_false(holds(text, STR("transload user")));
    assert_false(holds(text, STR("--admin")));
}

/* The items of a member of a JSON text. */
static const cJSON *items_of(struct ctx *c, const struct buf *out, const char *name)
{
    cJSON *tree;

    assert_ok(c, json_parse(c, buf_str(out), &tree));
    return cJSON_GetObjectItemCaseSensitive(tree, name);
}

static void help_is_json_when_asked_for(void **state)
{
    struct cli cli = cli_of(state, OPTION_JSON);
    const cJSON *commands;

    assert_ok(cli.ctx, cli_help(&cli));
    commands = items_of(cli.ctx, &cli.out, "commands");
    assert_int_equal(cJSON_GetArraySize(commands), cli_command_count);
    assert_int_equal(cJSON_GetArraySize(items_of(cli.ctx, &cli.out, "options")), cli_option_count);
}

static const char *text_of(const cJSON *item, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, name));
}

static void every_route_is_listed(void **state)
{
    struct cli cli = cli_of(state, OPTION_JSON);
    const cJSON *items, *item;
    size_t i = 0;

    assert_ok(cli.ctx, cli_routes(&cli));
    items = items_of(cli.ctx, &cli.out, "items");
    assert_int_equal(cJSON_GetArraySize(items), app_route_count);
    cJSON_ArrayForEach (item, items) {
        const struct route *row = &app_routes[i++];

        assert_string_equal(text_of(item, "path"), row->path);
        assert_true(strlen(text_of(item, "who")) > 0 && strlen(text_of(item, "methods")) > 0);
        assert_string_equal(text_of(item, "pool"), row->pool == POOL_UPLOAD ? "upload" : "api");
        assert_string_equal(text_of(item, "audience"), row->audience == PAGE ? "page" : "json");
    }
    cli = cli_of(state, 0);
    assert_ok(cli.ctx, cli_routes(&cli));
    assert_true(holds(buf_str(&cli.out), STR("/api/login")));
}

UNIT_MAIN(UNIT(help_names_every_command_and_option), UNIT(help_for_a_noun_names_its_commands_only),
          UNIT(help_is_json_when_asked_for), UNIT(every_route_is_listed))
