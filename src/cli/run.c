#include "command.h"

#include "base/log.h"
#include "base/secret.h"
#include "base/settings.h"
#include "cli/cli.h"
#include "db/db.h"
#include "net/net.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static void close_db(void *db)
{
    db_close(db);
}

static void close_net(void *net)
{
    net_close(net);
}

/* Open what the row of the command asks for; the arena closes it. */
static enum err prepare(struct cli *cli)
{
    struct ctx *c = cli->ctx;
    unsigned needs = cli->command->needs;

    if (needs & NEED_SETTINGS)
        TRY(cli_apply_settings(c, cli->settings_path));
    if (needs & (NEED_DATABASE | NEED_SCHEMA)) {
        c->db = db_open(c->settings->database_url, c->settings->database_pooled);
        arena_defer(c->arena, close_db, c->db);
    }
    if (needs & NEED_NET) {
        c->net = net_open();
        arena_defer(c->arena, close_net, c->net);
    }
    return needs & NEED_SCHEMA ? db_ready(c) : ERR_OK;
}

static enum err perform(struct cli *cli, int argc, const char *const *argv)
{
    TRY(cli_parse(cli, argc, argv));
    if (!cli->command || (cli->options & OPTION_HELP))
        return cli_help(cli);
    TRY(prepare(cli));
    return cli->command->run(cli);
}

struct failure_view {
    struct str detail, code, cause;
};
static const struct json_field failure_fields[] = {
    {"detail", JSON_STR, offsetof(struct failure_view, detail), 0,               0, NULL},
    {"code",   JSON_STR, offsetof(struct failure_view, code),   0,               0, NULL},
    {"cause",  JSON_STR, offsetof(struct failure_view, cause),  JSON_OMIT_EMPTY, 0, NULL},
};
static const struct json_shape failure_shape = JSON_SHAPE(struct failure_view, failure_fields);

/* One sentence; whoever runs commands may also see the cause, which a web page hides. */
static struct str tell_failure(const struct cli *cli, enum err e)
{
    const struct failure *f = &cli->ctx->failure;
    struct buf b = {.arena = cli->ctx->arena};

    if (cli->options & OPTION_JSON) {
        json_write(&b, &failure_shape,
                   &(struct failure_view){f->detail, str_of(err_code(e)), f->cause});
    } else {
        buf_printf(&b, "transload: " STR_FMT, STR_ARG(f->detail));
        if (f->cause.len)
            buf_printf(&b, " (" STR_FMT ")", STR_ARG(f->cause));
    }
    buf_add_byte(&b, '\n');
    return buf_str(&b);
}

static bool write_all(int fd, struct str text)
{
    while (text.len) {
        ssize_t n = write(fd, text.ptr, text.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text = str_skip(text, (size_t)n);
    }
    return true;
}

enum err cli_flush(struct cli *cli)
{
    bool is_written = write_all(STDOUT_FILENO, buf_str(&cli->out));

    cli->out.len = 0;
    if (is_written)
        return ERR_OK;
    return FAIL(cli->ctx, ERR_UNAVAILABLE, "Standard output cannot be written.");
}

/* --json decides how even a broken command line is refused. */
static unsigned early_options(int argc, const char *const *argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            return OPTION_JSON;
    }
    return 0;
}

int cli_main(int argc, char **argv)
{
    struct arena *arena = arena_create();
    struct ctx c = {.arena = arena, .clock = &clock_real};
    struct cli cli = {.ctx = &c, .out = {.arena = arena}};
    const char *const *words = (const char *const *)argv;
    int exit_code;
    enum err e;

    secret_init();
    c.request_id = str_printf(arena, "cli-" STR_FMT, STR_ARG(str_take(secret_token(arena), 12)));
    cli.options = early_options(argc, words);
    e = perform(&cli, argc, words);
    exit_code = e == ERR_OK ? cli.exit_code : err_exit_code(e);
    if (e != ERR_OK)
        write_all(STDERR_FILENO, tell_failure(&cli, e));
    else if (!write_all(STDOUT_FILENO, buf_str(&cli.out)))
        exit_code = err_exit_code(ERR_UNAVAILABLE);
    arena_destroy(arena);
    return exit_code;
}
