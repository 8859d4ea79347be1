#include "doctor/doctor.h"

#include "command.h"

#include "base/settings.h"
#include "db/db.h"

enum { EXIT_PROBLEM = 1 };

struct finding_view {
    struct str check, result, text, remedy;
};
// clang-format off
static const struct json_field finding_fields[] = {
    {"check",  JSON_STR, offsetof(struct finding_view, check),  0,                  0, NULL},
    {"result", JSON_STR, offsetof(struct finding_view, result), 0,                  0, NULL},
    {"text",   JSON_STR, offsetof(struct finding_view, text),   0,                  0, NULL},
    {"remedy", JSON_STR, offsetof(struct finding_view, remedy), JSON_NULL_IF_EMPTY, 0, NULL},
};
// clang-format on
static const struct json_shape finding_shape = JSON_SHAPE(struct finding_view, finding_fields);

struct findings_view {
    struct json_list items;
};
static const struct json_field findings_fields[] = {
    {"items", JSON_LIST, offsetof(struct findings_view, items), 0, 0, &finding_shape},
};
static const struct json_shape findings_shape = JSON_SHAPE(struct findings_view, findings_fields);

static void tell(struct cli *cli, const struct finding_view *f)
{
    buf_printf(&cli->out, "%-8.*s %-14.*s " STR_FMT "\n", STR_ARG(f->result), STR_ARG(f->check),
               STR_ARG(f->text));
    if (f->remedy.len)
        buf_printf(&cli->out, "%24s" STR_FMT "\n", "", STR_ARG(f->remedy));
}

static void write_out(struct cli *cli, const struct finding_view *views)
{
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &findings_shape,
                   &(struct findings_view){
                       {views, doctor_check_count}
        });
        buf_add_byte(&cli->out, '\n');
        return;
    }
    for (size_t i = 0; i < doctor_check_count; i++)
        tell(cli, &views[i]);
}

static void close_db(void *db)
{
    db_close(db);
}

/* Settings that are wrong are something to be found, like everything else. */
static void prepare(struct cli *cli)
{
    struct ctx *c = cli->ctx;

    if (cli_apply_settings(c, cli->settings_path) != ERR_OK)
        return;
    c->db = db_open(c->settings->database_url, c->settings->database_pooled);
    arena_defer(c->arena, close_db, c->db);
}

enum err cli_doctor(struct cli *cli)
{
    struct finding_view *views =
        arena_alloc_array(cli->ctx->arena, doctor_check_count, sizeof *views);
    const struct doctor_finding *found;

    prepare(cli);
    found = doctor_run(cli->ctx, cli->settings_path);
    for (size_t i = 0; i < doctor_check_count; i++) {
        views[i] = (struct finding_view){str_of(doctor_checks[i].name),
                                         str_of(doctor_result_name(found[i].result)), found[i].text,
                                         found[i].remedy};
        if (found[i].result == DOCTOR_PROBLEM)
            cli->exit_code = EXIT_PROBLEM;
    }
    write_out(cli, views);
    if (cli->ctx->db && doctor_keep(cli->ctx, found) != ERR_OK)
        ctx_forgive(cli->ctx); /* the database is away: the first lines say so */
    return ERR_OK;
}

static const struct json_field row_fields[] = {
    {"check", JSON_STR, offsetof(struct finding_view, check), 0, 0, NULL},
    {"what",  JSON_STR, offsetof(struct finding_view, text),  0, 0, NULL},
};
static const struct json_shape row_shape = JSON_SHAPE(struct finding_view, row_fields);
static const struct json_field rows_fields[] = {
    {"items", JSON_LIST, offsetof(struct findings_view, items), 0, 0, &row_shape},
};
static const struct json_shape rows_shape = JSON_SHAPE(struct findings_view, rows_fields);

enum err cli_doctor_list(struct cli *cli)
{
    struct finding_view *views =
        arena_alloc_array(cli->ctx->arena, doctor_check_count, sizeof *views);

    for (size_t i = 0; i < doctor_check_count; i++) {
        views[i] = (struct finding_view){.check = str_of(doctor_checks[i].name),
                                         .text = str_of(doctor_checks[i].what)};
        if (!(cli->options & OPTION_JSON))
            buf_printf(&cli->out, "%-14s %s\n", doctor_checks[i].name, doctor_checks[i].what);
    }
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &rows_shape,
                   &(struct findings_view){
                       {views, doctor_check_count}
        });
        buf_add_byte(&cli->out, '\n');
    }
    return ERR_OK;
}
