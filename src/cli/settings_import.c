#include "command.h"
#include "import/old_settings.h"

/* ---- transload settings import --------------------------------------------------------------- */

struct moved_view {
    struct str old, now, file, outcome, text;
    int64_t line;
};
// clang-format off
static const struct json_field moved_fields[] = {
    {"old",     JSON_STR, offsetof(struct moved_view, old),     0,                  0, NULL},
    {"now",     JSON_STR, offsetof(struct moved_view, now),     JSON_NULL_IF_EMPTY, 0, NULL},
    {"file",    JSON_STR, offsetof(struct moved_view, file),    0,                  0, NULL},
    {"line",    JSON_INT, offsetof(struct moved_view, line),    0,                  0, NULL},
    {"outcome", JSON_STR, offsetof(struct moved_view, outcome), 0,                  0, NULL},
    {"text",    JSON_STR, offsetof(struct moved_view, text),    0,                  0, NULL},
};
// clang-format on
static const struct json_shape moved_shape = JSON_SHAPE(struct moved_view, moved_fields);

struct import_view {
    struct str settings;
    struct json_list items;
};
static const struct json_field import_fields[] = {
    {"settings", JSON_STR,  offsetof(struct import_view, settings), 0, 0, NULL        },
    {"items",    JSON_LIST, offsetof(struct import_view, items),    0, 0, &moved_shape},
};
static const struct json_shape import_shape = JSON_SHAPE(struct import_view, import_fields);

static void write_json(struct cli *cli, const struct moved_settings *moved)
{
    struct moved_view *views = arena_alloc_array(cli->ctx->arena, moved->count, sizeof *views);

    for (size_t i = 0; i < moved->count; i++) {
        const struct moved *m = &moved->items[i];

        views[i] = (struct moved_view){
            m->old, m->now, str_of(m->file), str_of(moved_way_name(m->way)), m->text, m->line};
    }
    json_write(&cli->out, &import_shape,
               &(struct import_view){
                   moved->text, {views, moved->count}
    });
    buf_add_byte(&cli->out, '\n');
}

enum err cli_settings_import(struct cli *cli)
{
    struct old_files files = {
        .paths = {
                  [OLD_CONFIG] = cli->config, [OLD_YAML] = cli->yaml, [OLD_SECRETS] = cli->secrets}
    };
    struct moved_settings moved;

    if (!files.paths[OLD_CONFIG] && !files.paths[OLD_YAML] && !files.paths[OLD_SECRETS])
        return FAIL(cli->ctx, ERR_INPUT,
                    "say which files to read: --secrets secrets.py, --config config.py (or "
                    "settings.py), --yaml settings.yaml");
    TRY(old_settings_read(cli->ctx, &files, &moved));
    if (cli->options & OPTION_JSON)
        write_json(cli, &moved);
    else
        buf_add(&cli->out, moved.text);
    return ERR_OK;
}

/* ---- transload settings moved ---------------------------------------------------------------- */

struct row_view {
    struct str old, now, outcome, text;
};
// clang-format off
static const struct json_field row_fields[] = {
    {"old",     JSON_STR, offsetof(struct row_view, old),     0,                  0, NULL},
    {"now",     JSON_STR, offsetof(struct row_view, now),     JSON_NULL_IF_EMPTY, 0, NULL},
    {"outcome", JSON_STR, offsetof(struct row_view, outcome), 0,                  0, NULL},
    {"text",    JSON_STR, offsetof(struct row_view, text),    0,                  0, NULL},
};
// clang-format on
static const struct json_shape row_shape = JSON_SHAPE(struct row_view, row_fields);

struct rows_view {
    struct json_list items;
};
static const struct json_field rows_fields[] = {
    {"items", JSON_LIST, offsetof(struct rows_view, items), 0, 0, &row_shape},
};
static const struct json_shape rows_shape = JSON_SHAPE(struct rows_view, rows_fields);

enum err cli_settings_moved(struct cli *cli)
{
    struct row_view *views = arena_alloc_array(cli->ctx->arena, moved_count, sizeof *views);

    for (size_t i = 0; i < moved_count; i++) {
        const struct moved_info *info = moved_info_at(i);

        views[i] = (struct row_view){str_of(info->old), str_of(info->now),
                                     str_of(moved_way_name(info->way)), str_of(info->text)};
        if (!(cli->options & OPTION_JSON))
            buf_printf(&cli->out, "%-36s %-8s %-28s %s\n", info->old, moved_way_name(info->way),
                       info->now ? info->now : "-", info->text);
    }
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &rows_shape,
                   &(struct rows_view){
                       {views, moved_count}
        });
        buf_add_byte(&cli->out, '\n');
    }
    return ERR_OK;
}
