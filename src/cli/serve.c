#include "command.h"

#include "agent/agent.h"
#include "app/app.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/settings.h"

/* Where SIGHUP reads again; process-wide because a signal brings no argument. */
static const char *reload_path;

enum err cli_apply_settings(struct ctx *c, const char *path)
{
    struct settings *s = arena_alloc(c->arena, sizeof *s);

    TRY(settings_read(c, path, s));
    if (!secret_set_keys(str_of(s->secret_key), str_of(s->secret_key_others)))
        return FAIL(c, ERR_INPUT,
                    "%s: SECRET_KEY must be 64 hex digits (make one with: openssl rand -hex 32), "
                    "and SECRET_KEY_OTHERS at most %d of them with commas between",
                    path, SECRET_OTHERS_MAX);
    log_set_level((enum log_level)s->log_level);
    c->settings = s;
    return ERR_OK;
}

static enum err reload(struct ctx *c)
{
    return cli_apply_settings(c, reload_path);
}

static struct server_limits limits_of_api(const struct settings *s)
{
    return (struct server_limits){.socket = s->api_socket,
                                  .workers = (int)s->api_workers,
                                  .drain_timeout_s = (int)s->drain_timeout_s,
                                  .io_timeout_s = (int)s->io_timeout_s};
}

static struct server_limits limits_of_upload(const struct settings *s)
{
    return (struct server_limits){.socket = s->upload_socket,
                                  .workers = (int)s->upload_workers,
                                  .drain_timeout_s = (int)s->drain_timeout_s,
                                  .io_timeout_s = (int)s->io_timeout_s};
}

static enum err serve(struct cli *cli, const struct server_program *what, server_limits_of *limits)
{
    struct server_program program = *what;

    reload_path = cli->settings_path;
    program.reload = reload;
    return server_run(cli->ctx, &program, limits);
}

enum err cli_serve_api(struct cli *cli)
{
    return serve(cli, &app_program_api, limits_of_api);
}

enum err cli_serve_upload(struct cli *cli)
{
    return serve(cli, &app_program_upload, limits_of_upload);
}

enum err cli_agent(struct cli *cli)
{
    return agent_run(cli->ctx);
}

enum err cli_agent_once(struct cli *cli)
{
    return agent_once(cli->ctx);
}
