#include "account/user.h"

#include "command.h"

#include "account/audit.h"
#include "base/settings.h"

struct user_view {
    struct str username;
    bool admin, active;
    int64_t created_at;
};
static const struct json_field user_fields[] = {
    {"username",   JSON_STR,  offsetof(struct user_view, username),   0, 0, NULL},
    {"admin",      JSON_BOOL, offsetof(struct user_view, admin),      0, 0, NULL},
    {"active",     JSON_BOOL, offsetof(struct user_view, active),     0, 0, NULL},
    {"created_at", JSON_TIME, offsetof(struct user_view, created_at), 0, 0, NULL},
};
static const struct json_shape user_shape = JSON_SHAPE(struct user_view, user_fields);

struct users_view {
    struct json_list items;
};
static const struct json_field users_fields[] = {
    {"items", JSON_LIST, offsetof(struct users_view, items), 0, 0, &user_shape},
};
static const struct json_shape users_shape = JSON_SHAPE(struct users_view, users_fields);

struct token_view {
    struct str base, username, token;
};
static const struct json_field token_fields[] = {
    {"base",     JSON_STR, offsetof(struct token_view, base),     0, 0, NULL},
    {"username", JSON_STR, offsetof(struct token_view, username), 0, 0, NULL},
    {"token",    JSON_STR, offsetof(struct token_view, token),    0, 0, NULL},
};
static const struct json_shape token_shape = JSON_SHAPE(struct token_view, token_fields);

static struct user_view view_of(const struct user *u)
{
    return (struct user_view){.username = u->username,
                              .admin = u->is_admin,
                              .active = u->is_active,
                              .created_at = u->created_at};
}

static enum err tell(struct cli *cli, const struct user *u, const char *what)
{
    struct user_view view = view_of(u);

    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &user_shape, &view);
        buf_add_byte(&cli->out, '\n');
    } else {
        buf_printf(&cli->out, "user " STR_FMT ": %s\n", STR_ARG(u->username), what);
    }
    return ERR_OK;
}

/*
 * The command line acts for nobody who is signed in: user 0, and whom it was about as the subject.
 */
static enum err note(struct cli *cli, const char *action, const struct user *u)
{
    return audit_note(cli->ctx, 0, action, u->username);
}

static enum err get_user(struct cli *cli, struct user *u)
{
    return user_get(cli->ctx, str_lower(cli->ctx->arena, cli->argument), u);
}

enum err cli_user_add(struct cli *cli)
{
    struct ctx *c = cli->ctx;
    struct str password;
    struct user u;

    TRY(user_name_check(c, cli->argument)); /* before anybody types a password in vain */
    TRY(cli_read_password(cli, &password));
    TRY(user_create(c, cli->argument, password, cli->options & OPTION_ADMIN, &u));
    TRY(note(cli, "user.add", &u));
    return tell(cli, &u, u.is_admin ? "created, administers the registry" : "created");
}

enum err cli_user_list(struct cli *cli)
{
    struct ctx *c = cli->ctx;
    struct user_list users;
    struct user_view *views;

    TRY(user_list(c, &users));
    views = arena_alloc_array(c->arena, users.count, sizeof *views);
    for (size_t i = 0; i < users.count; i++)
        views[i] = view_of(&users.list[i]);
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &users_shape,
                   &(struct users_view){
                       {views, users.count}
        });
        buf_add_byte(&cli->out, '\n');
        return ERR_OK;
    }
    for (size_t i = 0; i < users.count; i++) {
        struct str since = time_format(c->arena, views[i].created_at);

        buf_printf(&cli->out, "%-24.*s  %-5s  %-8s  since " STR_FMT "\n",
                   STR_ARG(views[i].username), views[i].admin ? "admin" : "user",
                   views[i].active ? "active" : "disabled", STR_ARG(since));
    }
    return ERR_OK;
}

enum err cli_user_passwd(struct cli *cli)
{
    struct str password;
    struct user u;

    TRY(get_user(cli, &u));
    TRY(cli_read_password(cli, &password));
    TRY(user_set_password(cli->ctx, u.id, password));
    TRY(note(cli, "user.password", &u));
    return tell(cli, &u, "has a new password; its sessions have ended");
}

static enum err set_active(struct cli *cli, bool active)
{
    struct user u;

    TRY(get_user(cli, &u));
    TRY(user_set_active(cli->ctx, u.id, active));
    TRY(note(cli, active ? "user.enable" : "user.disable", &u));
    u.is_active = active;
    return tell(cli, &u, active ? "switched on" : "switched off; its sessions have ended");
}

enum err cli_user_disable(struct cli *cli)
{
    return set_active(cli, false);
}

enum err cli_user_enable(struct cli *cli)
{
    return set_active(cli, true);
}

enum err cli_user_token(struct cli *cli)
{
    struct ctx *c = cli->ctx;
    struct token_view view = {.base = str_of(c->settings->domain_name)};
    struct user u;

    TRY(get_user(cli, &u));
    TRY(user_new_client_token(c, u.id, &view.token));
    TRY(note(cli, "user.token", &u));
    view.username = u.username;
    if (cli->options & OPTION_JSON)
        json_write(&cli->out, &token_shape, &view);
    else
        buf_add(&cli->out, view.token);
    buf_add_byte(&cli->out, '\n');
    return ERR_OK;
}
