#include "command.h"

// clang-format off
const struct cli_command cli_commands[] = {
    /* noun      verb       argument options                               needs                                     run                 what it does */
    {"serve",    "api",     NULL,    0,                                    NEED_SETTINGS,                            cli_serve_api,      "Answer the portal and the sregistry client, behind nginx"},
    {"serve",    "upload",  NULL,    0,                                    NEED_SETTINGS,                            cli_serve_upload,   "Take pushed images, behind nginx"},
    {"agent",    NULL,      NULL,    0,                                    NEED_SETTINGS | NEED_DATABASE | NEED_NET, cli_agent,          "Do what no request should wait for, until told to stop"},
    {"agent",    "once",    NULL,    0,                                    NEED_SETTINGS | NEED_SCHEMA | NEED_NET,   cli_agent_once,     "Do every background job once"},
    {"migrate",  NULL,      NULL,    0,                                    NEED_SETTINGS | NEED_DATABASE,            cli_migrate,        "Bring the database schema to the version of this program"},
    {"user",     "add",     "NAME",  OPTION_ADMIN | OPTION_PASSWORD_STDIN, NEED_SETTINGS | NEED_SCHEMA,              cli_user_add,       "Create a user; asks for the password"},
    {"user",     "list",    NULL,    0,                                    NEED_SETTINGS | NEED_SCHEMA,              cli_user_list,      "List the users"},
    {"user",     "passwd",  "NAME",  OPTION_PASSWORD_STDIN,                NEED_SETTINGS | NEED_SCHEMA,              cli_user_passwd,    "Set a new password and end the user's sessions"},
    {"user",     "disable", "NAME",  0,                                    NEED_SETTINGS | NEED_SCHEMA,              cli_user_disable,   "Switch a user off: no sign-in, no push, sessions end"},
    {"user",     "enable",  "NAME",  0,                                    NEED_SETTINGS | NEED_SCHEMA,              cli_user_enable,    "Switch a user on again"},
    {"user",     "token",   "NAME",  0,                                    NEED_SETTINGS | NEED_SCHEMA,              cli_user_token,     "Make a new client token for the sregistry client; the old one stops working"},
    {"import",   "sregistry", NULL,  OPTION_DATABASE | OPTION_IMAGES | OPTION_DRY_RUN, NEED_SETTINGS | NEED_SCHEMA,  cli_import_sregistry, "Move in from sregistry 2.1: users, tokens, collections, members, images; can be repeated"},
    {"user",     "quota",   "NAME",  OPTION_LIMIT,                         NEED_SETTINGS | NEED_SCHEMA,              cli_user_quota,     "Show what a user may store and stores; with --limit, change it"},
    {"collection", "quota", "NAME",  OPTION_LIMIT,                         NEED_SETTINGS | NEED_SCHEMA,              cli_collection_quota, "Show what a collection may hold and holds; with --limit, change it"},
    {"images",   "verify",  NULL,    OPTION_ALL,                           NEED_SETTINGS | NEED_SCHEMA,              cli_images_verify,  "Compare stored images with their digests; exit code 1 when one is damaged"},
    {"images",   "damaged", NULL,    0,                                    NEED_SETTINGS | NEED_SCHEMA,              cli_images_damaged, "List the damaged images; exit code 1 when there are any"},
    {"images",   "gc",      NULL,    OPTION_DRY_RUN,                       NEED_SETTINGS | NEED_SCHEMA,              cli_images_gc,      "Remove what no tag and no transfer needs: rows, and files without a row"},
    {"audit",    NULL,      NULL,    OPTION_USER | OPTION_ACTION | OPTION_SINCE, NEED_SETTINGS | NEED_SCHEMA,        cli_audit,          "Print who did what, oldest first, a line each"},
    {"restore",  "check",   NULL,    OPTION_QUICK,                         NEED_SETTINGS | NEED_SCHEMA,              cli_restore_check,  "Prove that every image in the database has its bytes on disk, and name what should not be there; changes nothing; exit code 1 when something is wrong"},
    {"keys",     "rotate",  NULL,    0,                                    NEED_SETTINGS | NEED_SCHEMA,              cli_keys_rotate,    "Seal everything stored with SECRET_KEY again, a few rows at a time, with the service up"},
    {"keys",     "status",  NULL,    0,                                    NEED_SETTINGS | NEED_SCHEMA,              cli_keys_status,    "How much is sealed with SECRET_KEY, and how much with other keys"},
    {"doctor",   NULL,       NULL,    0,                                    NEED_NET,                                 cli_doctor,         "Look at all that a registry needs, and say what to do; exit code 1 when something is wrong"},
    {"doctor",   "list",     NULL,    0,                                    NEED_NOTHING,                             cli_doctor_list,    "List what the doctor looks at"},
#ifdef TRANSLOAD_GLOBUS
    {"globus",   "setup",    NULL,    OPTION_COLLECTION | OPTION_HOST | OPTION_GCP, NEED_SETTINGS | NEED_NET,         cli_globus_setup,   "Make the source collection at Globus, or take one; can be repeated, asks for a sign-in only when something is to be done"},
    {"globus",   "status",   NULL,    0,                                    NEED_SETTINGS | NEED_NET,                 cli_globus_status,  "Show the source collection: id, name, owner, kind, who may read"},
#endif
    {"settings", "check",   NULL,    0,                                    NEED_NOTHING,                             cli_settings_check, "Say whether the settings are complete and valid, and what to change"},
    {"settings", "print",   NULL,    0,                                    NEED_SETTINGS,                            cli_settings_print, "Print every setting in force; secrets stay hidden"},
    {"settings", "list",    NULL,    0,                                    NEED_NOTHING,                             cli_settings_list,  "List every setting there is: default, values, meaning"},
    {"settings", "import",  NULL,    OPTION_SECRETS | OPTION_CONFIG | OPTION_YAML, NEED_NOTHING,                     cli_settings_import, "Print settings made of those of sregistry, which are read and never run; the output holds secrets"},
    {"settings", "moved",   NULL,    0,                                    NEED_NOTHING,                             cli_settings_moved, "List what becomes of each setting of sregistry"},
    {"routes",   NULL,      NULL,    0,                                    NEED_NOTHING,                             cli_routes,         "Print the route table"},
    {"rights",   NULL,      NULL,    0,                                    NEED_NOTHING,                             cli_rights,         "Print who may do what: the table of roles and actions"},
    {"metrics",  NULL,      NULL,    0,                                    NEED_NOTHING,                             cli_metrics,        "Print the table of metrics: what /metrics tells a Prometheus"},
    {"version",  NULL,      NULL,    0,                                    NEED_NOTHING,                             cli_version,        "Print the version of the program and of its schema"},
};
// clang-format on
const size_t cli_command_count = COUNT_OF(cli_commands);

// clang-format off
const struct cli_option_info cli_option_infos[] = {
    {"--settings",       OPTION_SETTINGS,       "FILE", "Settings file; else $TRANSLOAD_SETTINGS, else /etc/transload/transload.conf"},
    {"--json",           OPTION_JSON,           NULL,   "Answers and errors as JSON"                                                 },
    {"--help",           OPTION_HELP,           NULL,   "Explain instead of doing"                                                   },
    {"--admin",          OPTION_ADMIN,          NULL,   "The user administers the registry"                                          },
    {"--password-stdin", OPTION_PASSWORD_STDIN, NULL,   "Take the password from the first line of standard input"                    },
    {"--limit",          OPTION_LIMIT,          "SIZE", "Bytes, as 500G or 2T too; none: no limit; default: the setting's"           },
    {"--dry-run",        OPTION_DRY_RUN,        NULL,   "Say what would be done, and change nothing"                                 },
    {"--database",       OPTION_DATABASE,       "CONNINFO", "Connection string or URL of the old registry's PostgreSQL database"     },
    {"--images",         OPTION_IMAGES,         "DIR",  "Directory of the old registry's images"                                     },
#ifdef TRANSLOAD_GLOBUS
    {"--collection", OPTION_COLLECTION,     "ID",   "A collection that is there already, to take as the source"                  },
    {"--host",     OPTION_HOST,             "ID",   "The mapped collection on which the source is made; else that of --gcp"      },
    {"--gcp",      OPTION_GCP,              "DIR",  "Files of Globus Connect Personal; else ~/.globusonline/lta"                 },
#endif
    {"--user",           OPTION_USER,           "NAME", "Only what this user did"                                                    },
    {"--action",         OPTION_ACTION,         "ACTION", "Only this action, as user.login; image. for all that begin so"            },
    {"--since",          OPTION_SINCE,          "WHEN", "A day (2026-01-31, UTC), or how long ago (90m, 24h, 7d)"                    },
    {"--secrets",        OPTION_SECRETS,        "FILE", "secrets.py of sregistry; wins over the other two"                           },
    {"--config",         OPTION_CONFIG,         "FILE", "config.py of sregistry 1, or settings.py of 2.1"                            },
    {"--yaml",           OPTION_YAML,           "FILE", "settings.yaml of sregistry 2.1; wins over --config"                         },
    {"--quick",          OPTION_QUICK,          NULL,   "Look at sizes only, and read no bytes"                                      },
    {"--all",            OPTION_ALL,            NULL,   "Those that were compared within the last day, too"                          },
};
// clang-format on
const size_t cli_option_count = COUNT_OF(cli_option_infos);
