#include "command.h"

#include "base/settings.h"
#include "registry/push.h"
#include "registry/verify.h"

enum {
    DAY_S = 86400,
    TURN_MS = 1000,
    DAMAGED_MAX = 1000, /* lines of the list */
    EXIT_DAMAGED = 1,
};

/* ---- what is damaged ------------------------------------------------------------------------- */

struct damaged_view {
    struct str path, images;
    int64_t size, damaged_at;
};
// clang-format off
static const struct json_field damaged_fields[] = {
    {"path",       JSON_STR,  offsetof(struct damaged_view, path),       0,                  0, NULL},
    {"images",     JSON_STR,  offsetof(struct damaged_view, images),     JSON_NULL_IF_EMPTY, 0, NULL},
    {"size",       JSON_INT,  offsetof(struct damaged_view, size),       0,                  0, NULL},
    {"damaged_at", JSON_TIME, offsetof(struct damaged_view, damaged_at), 0,                  0, NULL},
};
// clang-format on
static const struct json_shape damaged_shape = JSON_SHAPE(struct damaged_view, damaged_fields);

static enum err find_damaged(struct ctx *c, struct json_list *out)
{
    struct damaged_list found;
    struct damaged_view *views;

    TRY(damaged_images(c, DAMAGED_MAX, &found));
    views = arena_alloc_array(c->arena, found.count, sizeof *views);
    for (size_t i = 0; i < found.count; i++)
        views[i] = (struct damaged_view){found.list[i].path, found.list[i].uris,
                                         found.list[i].size_bytes, found.list[i].damaged_at};
    *out = (struct json_list){views, found.count};
    return ERR_OK;
}

static void print_damaged(struct cli *cli, const struct json_list *list)
{
    const struct damaged_view *views = list->items;

    for (size_t i = 0; i < list->count; i++)
        buf_printf(&cli->out, "damaged: " STR_FMT "  " STR_FMT "\n", STR_ARG(views[i].path),
                   STR_ARG(views[i].images));
    if (list->count > 0)
        buf_add(&cli->out,
                STR("Restore these files from a backup and run transload images verify --all, or "
                    "push the images again. Until then they are refused.\n"));
}

struct damaged_answer {
    struct json_list items;
};
static const struct json_field damaged_answer_fields[] = {
    {"items", JSON_LIST, offsetof(struct damaged_answer, items), 0, 0, &damaged_shape},
};
static const struct json_shape damaged_answer_shape =
    JSON_SHAPE(struct damaged_answer, damaged_answer_fields);

enum err cli_images_damaged(struct cli *cli)
{
    struct damaged_answer answer;

    TRY(find_damaged(cli->ctx, &answer.items));
    cli->exit_code = answer.items.count > 0 ? EXIT_DAMAGED : 0;
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &damaged_answer_shape, &answer);
        buf_add_byte(&cli->out, '\n');
        return ERR_OK;
    }
    print_damaged(cli, &answer.items);
    if (answer.items.count == 0)
        buf_add(&cli->out, STR("no damaged images are known\n"));
    return ERR_OK;
}

/* ---- verify ---------------------------------------------------------------------------------- */

struct verify_view {
    int64_t images, bytes, damaged, healed;
    struct json_list items;
};
static const struct json_field verify_fields[] = {
    {"images",  JSON_INT,  offsetof(struct verify_view, images),  0, 0, NULL          },
    {"bytes",   JSON_INT,  offsetof(struct verify_view, bytes),   0, 0, NULL          },
    {"damaged", JSON_INT,  offsetof(struct verify_view, damaged), 0, 0, NULL          },
    {"healed",  JSON_INT,  offsetof(struct verify_view, healed),  0, 0, NULL          },
    {"items",   JSON_LIST, offsetof(struct verify_view, items),   0, 0, &damaged_shape},
};
static const struct json_shape verify_shape = JSON_SHAPE(struct verify_view, verify_fields);

/* A turn a second, and the rest of the second to the others who use the disk. */
static enum err verify_to_the_end(struct ctx *c, int64_t max_age_s, struct verify_report *did)
{
    struct verify_turn turn = {.max_bytes = c->settings->verify_rate, .max_ms = TURN_MS};

    TRY(verify_cutoff(c, max_age_s, &turn.cutoff_us));
    for (;;) {
        int64_t began_ms = clock_mono_ms(c->clock), rest_ms;

        TRY(verify_some(c, &turn, did));
        if (did->is_done)
            return ERR_OK;
        rest_ms = began_ms + TURN_MS - clock_mono_ms(c->clock);
        if (rest_ms > 0)
            clock_pause_ms(c->clock, rest_ms);
    }
}

enum err cli_images_verify(struct cli *cli)
{
    struct verify_report did = {0};
    struct verify_view view;

    TRY(verify_to_the_end(cli->ctx, cli->options & OPTION_ALL ? 0 : DAY_S, &did));
    view = (struct verify_view){
        did.images, did.bytes, did.damaged, did.healed, {NULL, 0}
    };
    TRY(find_damaged(cli->ctx, &view.items));
    cli->exit_code = view.items.count > 0 ? EXIT_DAMAGED : 0;
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &verify_shape, &view);
        buf_add_byte(&cli->out, '\n');
        return ERR_OK;
    }
    buf_printf(&cli->out, "%lld images compared, %lld bytes read: %lld damaged, %lld sound again\n",
               (long long)did.images, (long long)did.bytes, (long long)did.damaged,
               (long long)did.healed);
    print_damaged(cli, &view.items);
    return ERR_OK;
}

/* ---- gc -------------------------------------------------------------------------------------- */

struct gc_view {
    bool dry_run;
    int64_t images, files, bytes;
};
static const struct json_field gc_fields[] = {
    {"dry_run", JSON_BOOL, offsetof(struct gc_view, dry_run), 0, 0, NULL},
    {"images",  JSON_INT,  offsetof(struct gc_view, images),  0, 0, NULL},
    {"files",   JSON_INT,  offsetof(struct gc_view, files),   0, 0, NULL},
    {"bytes",   JSON_INT,  offsetof(struct gc_view, bytes),   0, 0, NULL},
};
static const struct json_shape gc_shape = JSON_SHAPE(struct gc_view, gc_fields);

enum err cli_images_gc(struct cli *cli)
{
    bool dry_run = cli->options & OPTION_DRY_RUN;
    struct sweep_report did = {0};
    struct gc_view view;

    TRY(dry_run ? registry_sweep_look(cli->ctx, &did) : registry_sweep_all(cli->ctx, &did));
    view = (struct gc_view){dry_run, did.images, did.files, did.bytes};
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &gc_shape, &view);
        buf_add_byte(&cli->out, '\n');
        return ERR_OK;
    }
    buf_printf(&cli->out, "%s: %lld images that nothing needs, %lld files, %lld bytes\n",
               dry_run ? "would be removed" : "removed", (long long)did.images,
               (long long)did.files, (long long)did.bytes);
    return ERR_OK;
}
