#include "account/keys.h"

#include "command.h"

#include "account/audit.h"

struct rotate_view {
    int64_t resealed, left, unopened;
};
static const struct json_field rotate_fields[] = {
    {"resealed", JSON_INT, offsetof(struct rotate_view, resealed), 0, 0, NULL},
    {"left",     JSON_INT, offsetof(struct rotate_view, left),     0, 0, NULL},
    {"unopened", JSON_INT, offsetof(struct rotate_view, unopened), 0, 0, NULL},
};
static const struct json_shape rotate_shape = JSON_SHAPE(struct rotate_view, rotate_fields);

struct place_view {
    struct str place;
    int64_t current, others;
};
static const struct json_field place_fields[] = {
    {"place",   JSON_STR, offsetof(struct place_view, place),   0, 0, NULL},
    {"current", JSON_INT, offsetof(struct place_view, current), 0, 0, NULL},
    {"others",  JSON_INT, offsetof(struct place_view, others),  0, 0, NULL},
};
static const struct json_shape place_shape = JSON_SHAPE(struct place_view, place_fields);

struct places_view {
    struct json_list items;
};
static const struct json_field places_fields[] = {
    {"items", JSON_LIST, offsetof(struct places_view, items), 0, 0, &place_shape},
};
static const struct json_shape places_shape = JSON_SHAPE(struct places_view, places_fields);

static void tell(struct cli *cli, const struct keys_report *did)
{
    buf_printf(&cli->out, "%lld values sealed again with SECRET_KEY\n", (long long)did->resealed);
    if (did->left == 0)
        buf_add(&cli->out, STR("everything is: once DOWNLOAD_URL_LIFETIME and half an hour have "
                               "passed, SECRET_KEY_OTHERS can go\n"));
    if (did->unopened)
        buf_printf(&cli->out,
                   "%lld values do not open with any key that is set: add the missing one to "
                   "SECRET_KEY_OTHERS, or their users reconnect and make new client tokens\n",
                   (long long)did->unopened);
    if (did->left > did->unopened)
        buf_printf(&cli->out, "%lld values are in use: run this again\n",
                   (long long)(did->left - did->unopened));
}

enum err cli_keys_rotate(struct cli *cli)
{
    struct keys_report did;
    struct rotate_view view;

    TRY(keys_rotate(cli->ctx, &did));
    TRY(audit_note(cli->ctx, 0, "keys.rotate",
                   str_printf(cli->ctx->arena, "%lld values", (long long)did.resealed)));
    view = (struct rotate_view){did.resealed, did.left, did.unopened};
    if (!(cli->options & OPTION_JSON)) {
        tell(cli, &did);
        return ERR_OK;
    }
    json_write(&cli->out, &rotate_shape, &view);
    buf_add_byte(&cli->out, '\n');
    return ERR_OK;
}

enum err cli_keys_status(struct cli *cli)
{
    struct keys_counts counts;
    struct place_view *views;

    TRY(keys_count(cli->ctx, &counts));
    views = arena_alloc_array(cli->ctx->arena, counts.count, sizeof *views);
    for (size_t i = 0; i < counts.count; i++)
        views[i] = (struct place_view){counts.list[i].place, counts.list[i].current,
                                       counts.list[i].others};
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &places_shape,
                   &(struct places_view){
                       {views, counts.count}
        });
        buf_add_byte(&cli->out, '\n');
        return ERR_OK;
    }
    for (size_t i = 0; i < counts.count; i++)
        buf_printf(&cli->out, "%-28.*s  %10lld with SECRET_KEY  %10lld with other keys\n",
                   STR_ARG(views[i].place), (long long)views[i].current,
                   (long long)views[i].others);
    return ERR_OK;
}
