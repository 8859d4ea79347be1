#include "base/metrics.h"

#include "command.h"

struct metric_view {
    struct str name, type, unit, labels, what;
};
static const struct json_field metric_fields[] = {
    {"name",   JSON_STR, offsetof(struct metric_view, name),   0, 0, NULL},
    {"type",   JSON_STR, offsetof(struct metric_view, type),   0, 0, NULL},
    {"unit",   JSON_STR, offsetof(struct metric_view, unit),   0, 0, NULL},
    {"labels", JSON_STR, offsetof(struct metric_view, labels), 0, 0, NULL},
    {"what",   JSON_STR, offsetof(struct metric_view, what),   0, 0, NULL},
};
static const struct json_shape metric_shape = JSON_SHAPE(struct metric_view, metric_fields);

struct metrics_view {
    struct json_list items;
};
static const struct json_field metrics_fields[] = {
    {"items", JSON_LIST, offsetof(struct metrics_view, items), 0, 0, &metric_shape},
};
static const struct json_shape metrics_shape = JSON_SHAPE(struct metrics_view, metrics_fields);

enum err cli_metrics(struct cli *cli)
{
    struct metric_view views[METRIC_COUNT];

    for (size_t m = 0; m < METRIC_COUNT; m++) {
        const struct metric_info *i = &metric_infos[m];

        views[m] = (struct metric_view){str_of(i->name), str_of(metric_kind_name(i->kind)),
                                        str_of(metric_unit_name(i->unit)), str_of(i->labels),
                                        str_of(i->help)};
    }
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &metrics_shape,
                   &(struct metrics_view){
                       {views, METRIC_COUNT}
        });
        buf_add_byte(&cli->out, '\n');
        return ERR_OK;
    }
    for (size_t m = 0; m < METRIC_COUNT; m++)
        buf_printf(&cli->out, "%-40.*s  %-9.*s  " STR_FMT "\n", STR_ARG(views[m].name),
                   STR_ARG(views[m].type), STR_ARG(views[m].what));
    return ERR_OK;
}
