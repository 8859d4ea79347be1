#include "command.h"
#include "import/sregistry.h"

#define COUNT_FIELD(member) \
    { \
#member, JSON_INT, offsetof(struct import_count, member), 0, 0, NULL \
    }
static const struct json_field count_fields[] = {
    COUNT_FIELD(found),     COUNT_FIELD(created), COUNT_FIELD(updated),
    COUNT_FIELD(unchanged), COUNT_FIELD(kept),    COUNT_FIELD(failed),
};
static const struct json_shape count_shape = JSON_SHAPE(struct import_count, count_fields);

static const struct json_field problem_fields[] = {
    {"kind",   JSON_STR, offsetof(struct import_problem, kind),   0, 0, NULL},
    {"name",   JSON_STR, offsetof(struct import_problem, name),   0, 0, NULL},
    {"reason", JSON_STR, offsetof(struct import_problem, reason), 0, 0, NULL},
};
static const struct json_shape problem_shape = JSON_SHAPE(struct import_problem, problem_fields);

struct report_view {
    bool dry_run;
    const struct import_count *users, *collections, *members, *containers, *labels;
    int64_t bytes, reflinked, linked, copied;
    int64_t shares, stars, teams, frozen;
    struct json_list problems;
};
// clang-format off
static const struct json_field report_fields[] = {
    {"dry_run",     JSON_BOOL,   offsetof(struct report_view, dry_run),     0, 0, NULL          },
    {"users",       JSON_OBJECT, offsetof(struct report_view, users),       0, 0, &count_shape  },
    {"collections", JSON_OBJECT, offsetof(struct report_view, collections), 0, 0, &count_shape  },
    {"members",     JSON_OBJECT, offsetof(struct report_view, members),     0, 0, &count_shape  },
    {"containers",  JSON_OBJECT, offsetof(struct report_view, containers),  0, 0, &count_shape  },
    {"labels",      JSON_OBJECT, offsetof(struct report_view, labels),      0, 0, &count_shape  },
    {"bytes",       JSON_INT,    offsetof(struct report_view, bytes),       0, 0, NULL          },
    {"reflinked",   JSON_INT,    offsetof(struct report_view, reflinked),   0, 0, NULL          },
    {"linked",      JSON_INT,    offsetof(struct report_view, linked),      0, 0, NULL          },
    {"copied",      JSON_INT,    offsetof(struct report_view, copied),      0, 0, NULL          },
    {"shares",      JSON_INT,    offsetof(struct report_view, shares),      0, 0, NULL          },
    {"stars",       JSON_INT,    offsetof(struct report_view, stars),       0, 0, NULL          },
    {"teams",       JSON_INT,    offsetof(struct report_view, teams),       0, 0, NULL          },
    {"frozen",      JSON_INT,    offsetof(struct report_view, frozen),      0, 0, NULL          },
    {"problems",    JSON_LIST,   offsetof(struct report_view, problems),    0, 0, &problem_shape},
};
// clang-format on
static const struct json_shape report_shape = JSON_SHAPE(struct report_view, report_fields);

static void write_json(struct cli *cli, const struct import_report *r, bool dry_run)
{
    const struct report_view view = {
        .dry_run = dry_run,
        .users = &r->users,
        .collections = &r->collections,
        .members = &r->members,
        .containers = &r->containers,
        .labels = &r->labels,
        .bytes = r->bytes,
        .reflinked = r->ways[BRING_REFLINK],
        .linked = r->ways[BRING_LINK],
        .copied = r->ways[BRING_COPY],
        .shares = r->shares,
        .stars = r->stars,
        .teams = r->teams,
        .frozen = r->frozen,
        .problems = {r->problems, r->problem_count},
    };

    json_write(&cli->out, &report_shape, &view);
    buf_add_byte(&cli->out, '\n');
}

static void write_count(struct buf *out, const char *what, const struct import_count *n)
{
    buf_printf(out, "%-12s %8lld %8lld %8lld %10lld %8lld %8lld\n", what, (long long)n->found,
               (long long)n->created, (long long)n->updated, (long long)n->unchanged,
               (long long)n->kept, (long long)n->failed);
}

static void write_text(struct cli *cli, const struct import_report *r, bool dry_run)
{
    struct buf *out = &cli->out;

    if (dry_run)
        buf_add(out, STR("Dry run: nothing was changed, no file was hashed.\n"));
    buf_add(out, STR("                found      new  updated  unchanged     kept   failed\n"));
    write_count(out, "users", &r->users);
    write_count(out, "collections", &r->collections);
    write_count(out, "members", &r->members);
    write_count(out, "containers", &r->containers);
    write_count(out, "labels", &r->labels);
    buf_printf(out, "%lld bytes; %lld images reflinked, %lld hard-linked, %lld copied\n",
               (long long)r->bytes, (long long)r->ways[BRING_REFLINK],
               (long long)r->ways[BRING_LINK], (long long)r->ways[BRING_COPY]);
    buf_printf(
        out,
        "not brought: passwords, %lld share links, %lld stars, %lld teams, the freeze of %lld "
        "containers\n",
        (long long)r->shares, (long long)r->stars, (long long)r->teams, (long long)r->frozen);
    for (size_t i = 0; i < r->problem_count; i++)
        buf_printf(out, "failed: " STR_FMT " " STR_FMT ": " STR_FMT "\n",
                   STR_ARG(r->problems[i].kind), STR_ARG(r->problems[i].name),
                   STR_ARG(r->problems[i].reason));
}

enum err cli_import_sregistry(struct cli *cli)
{
    struct import_options options = {cli->database, cli->images,
                                     (cli->options & OPTION_DRY_RUN) != 0};
    struct import_report report;

    if (!options.database || !options.images)
        return FAIL(cli->ctx, ERR_INPUT, "%s is missing; try transload import --help",
                    options.database ? "--images" : "--database");
    TRY(import_sregistry(cli->ctx, &options, &report));
    if (cli->options & OPTION_JSON)
        write_json(cli, &report, options.dry_run);
    else
        write_text(cli, &report, options.dry_run);
    return ERR_OK;
}
