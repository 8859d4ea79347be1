/*
 * What a command is and what it gets. The table is in table.c; the files named after nouns hold
 * what the rows run.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/ctx.h"
#include "base/json.h"

#include <stdbool.h>

enum cli_option {
    OPTION_SETTINGS = 1,
    OPTION_JSON = 2,
    OPTION_HELP = 4,
    OPTION_ADMIN = 8,
    OPTION_PASSWORD_STDIN = 16,
    OPTION_DRY_RUN = 32,
    OPTION_ALL = 64,
    OPTION_LIMIT = 128,
    OPTION_DATABASE = 256,
    OPTION_IMAGES = 512,
    OPTION_COLLECTION = 1024,
    OPTION_HOST = 2048,
    OPTION_GCP = 4096,
    OPTION_QUICK = 8192,
    OPTION_USER = 16384,
    OPTION_ACTION = 32768,
    OPTION_SINCE = 65536,
    OPTION_SECRETS = 131072,
    OPTION_CONFIG = 262144,
    OPTION_YAML = 524288,
    OPTIONS_EVERYWHERE = OPTION_SETTINGS | OPTION_JSON | OPTION_HELP,
};

/* What must be ready before a command runs. */
enum cli_need {
    NEED_NOTHING = 0,
    NEED_SETTINGS = 1,
    NEED_DATABASE = 2, /* a connection, made at first use */
    NEED_SCHEMA = 4,   /* the database answers and its schema is this program's */
    NEED_NET = 8,
};

struct cli {
    struct ctx *ctx;
    const struct cli_command *command; /* NULL: help for all */
    struct str noun;                   /* what help is asked for; absent: everything */
    struct str argument;               /* absent when the command takes none */
    unsigned options;                  /* set of enum cli_option */
    const char *settings_path;
    const char *database;           /* of OPTION_DATABASE */
    const char *images;             /* of OPTION_IMAGES */
    struct str limit;               /* of OPTION_LIMIT */
    struct str collection, host;    /* of OPTION_COLLECTION, OPTION_HOST */
    struct str user, action, since; /* of OPTION_USER, OPTION_ACTION, OPTION_SINCE */
    const char *gcp_dir;            /* of OPTION_GCP */
    struct buf out;                 /* standard output, written after success, or by cli_flush() */
    int exit_code;                  /* after success: 0, unless what was found calls for somebody */
    /* Of OPTION_SECRETS, OPTION_CONFIG, OPTION_YAML. */
    const char *secrets, *config, *yaml;
};

struct cli_command {
    const char *noun, *verb; /* verb NULL: the noun alone */
    const char *argument;    /* its name in the usage, NULL: takes none */
    unsigned options;        /* beyond OPTIONS_EVERYWHERE */
    unsigned needs;
    enum err (*run)(struct cli *cli);
    const char *help; /* one line, a sentence without its stop */
};
extern const struct cli_command cli_commands[];
extern const size_t cli_command_count;

struct cli_option_info {
    const char *name;
    enum cli_option option;
    const char *value; /* name of its value in the usage, NULL: a switch */
    const char *help;
};
extern const struct cli_option_info cli_option_infos[];
extern const size_t cli_option_count;

/*
 * parse.c: argv to command, argument and options; ERR_INPUT with a sentence that says what would be
 * right.
 */
MUST_USE enum err cli_parse(struct cli *cli, int argc, const char *const *argv);

/* help.c: the table as text, or as JSON for docs/cli.md. */
enum err cli_help(struct cli *cli);
struct str cli_usage(struct arena *a, const struct cli_command *command);

/*
 * password.c: from the terminal without echo, twice; from the first line of standard input with
 * --password-stdin.
 */
MUST_USE enum err cli_read_password(struct cli *cli, struct str *password);

/* serve.c: log level and key of the settings are in force from here on. */
MUST_USE enum err cli_apply_settings(struct ctx *c, const char *path);

/*
 * run.c: write what stands in out now and empty it, for a command that runs for hours or says more
 * than memory should hold. ERR_UNAVAILABLE nobody takes it.
 */
MUST_USE enum err cli_flush(struct cli *cli);

/* What the rows run. */
enum err cli_serve_api(struct cli *cli);
enum err cli_serve_upload(struct cli *cli);
enum err cli_agent(struct cli *cli);
enum err cli_agent_once(struct cli *cli);
enum err cli_migrate(struct cli *cli);
enum err cli_user_add(struct cli *cli);
enum err cli_user_list(struct cli *cli);
enum err cli_user_passwd(struct cli *cli);
enum err cli_user_disable(struct cli *cli);
enum err cli_user_enable(struct cli *cli);
enum err cli_user_token(struct cli *cli);
enum err cli_import_sregistry(struct cli *cli);
enum err cli_user_quota(struct cli *cli);
enum err cli_collection_quota(struct cli *cli);
enum err cli_images_verify(struct cli *cli);
enum err cli_images_damaged(struct cli *cli);
enum err cli_images_gc(struct cli *cli);
enum err cli_restore_check(struct cli *cli);
enum err cli_keys_rotate(struct cli *cli);
enum err cli_keys_status(struct cli *cli);
enum err cli_doctor(struct cli *cli);
enum err cli_doctor_list(struct cli *cli);
enum err cli_globus_setup(struct cli *cli);
enum err cli_globus_status(struct cli *cli);
enum err cli_settings_check(struct cli *cli);
enum err cli_settings_print(struct cli *cli);
enum err cli_settings_list(struct cli *cli);
enum err cli_settings_import(struct cli *cli);
enum err cli_settings_moved(struct cli *cli);
enum err cli_routes(struct cli *cli);
enum err cli_audit(struct cli *cli);
enum err cli_metrics(struct cli *cli);
enum err cli_rights(struct cli *cli);
enum err cli_version(struct cli *cli);

#endif
