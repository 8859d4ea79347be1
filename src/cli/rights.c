#include "registry/rights.h"

#include "command.h"

static const char *const right_names[] = {
    [RIGHT_NONE] = "no",
    [RIGHT_PUBLIC] = "public",
    [RIGHT_ALL] = "yes",
};

struct right_view {
    struct str action, visitor, stranger, contributor, owner, admin, what;
};
static const struct json_field right_fields[] = {
    {"action",      JSON_STR, offsetof(struct right_view, action),      0, 0, NULL},
    {"visitor",     JSON_STR, offsetof(struct right_view, visitor),     0, 0, NULL},
    {"stranger",    JSON_STR, offsetof(struct right_view, stranger),    0, 0, NULL},
    {"contributor", JSON_STR, offsetof(struct right_view, contributor), 0, 0, NULL},
    {"owner",       JSON_STR, offsetof(struct right_view, owner),       0, 0, NULL},
    {"admin",       JSON_STR, offsetof(struct right_view, admin),       0, 0, NULL},
    {"what",        JSON_STR, offsetof(struct right_view, what),        0, 0, NULL},
};
static const struct json_shape right_shape = JSON_SHAPE(struct right_view, right_fields);

struct rights_view {
    struct json_list items;
};
static const struct json_field rights_fields[] = {
    {"items", JSON_LIST, offsetof(struct rights_view, items), 0, 0, &right_shape},
};
static const struct json_shape rights_shape = JSON_SHAPE(struct rights_view, rights_fields);

static struct str name_of(const struct rights *row, enum role role)
{
    return str_of(right_names[row->of[role]]);
}

static struct right_view view_of(const struct rights *row)
{
    return (struct right_view){.action = str_of(row->word),
                               .visitor = name_of(row, ROLE_VISITOR),
                               .stranger = name_of(row, ROLE_STRANGER),
                               .contributor = name_of(row, ROLE_CONTRIBUTOR),
                               .owner = name_of(row, ROLE_OWNER),
                               .admin = name_of(row, ROLE_ADMIN),
                               .what = str_of(row->what)};
}

enum err cli_rights(struct cli *cli)
{
    struct right_view views[ACTION_COUNT];

    for (size_t i = 0; i < ACTION_COUNT; i++)
        views[i] = view_of(&rights_table[i]);
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &rights_shape,
                   &(struct rights_view){
                       {views, ACTION_COUNT}
        });
        buf_add_byte(&cli->out, '\n');
        return ERR_OK;
    }
    buf_printf(&cli->out, "%-8s  %-7s  %-8s  %-11s  %-5s  %-5s\n", "", "visitor", "stranger",
               "contributor", "owner", "admin");
    for (size_t i = 0; i < ACTION_COUNT; i++)
        buf_printf(&cli->out, "%-8s  %-7s  %-8s  %-11s  %-5s  %-5s  %s\n", views[i].action.ptr,
                   views[i].visitor.ptr, views[i].stranger.ptr, views[i].contributor.ptr,
                   views[i].owner.ptr, views[i].admin.ptr, views[i].what.ptr);
    return ERR_OK;
}
