#include "command.h"
#include "setup/setup.h"

#include "base/settings.h"
#include "globus/auth.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PASTED_MAX = 8192, EXIT_TO_DO = 1 };

/* ---- the sign-in ----------------------------------------------------------------------------- */

/* Written at once, since the person is waited for; standard output holds what was done. */
static void show(struct str text)
{
    ssize_t ignored UNUSED = write(STDERR_FILENO, text.ptr, text.len);
}

static enum err ask_code(struct ctx *c, void *arg UNUSED, struct str url, struct str *pasted)
{
    char *line = arena_alloc(c->arena, PASTED_MAX);
    struct str rest;

    show(str_printf(
        c->arena,
        "Sign in at Globus as whoever administers the collection, in any browser:\n\n  " STR_FMT
        "\n\nThat ends on a page of this registry. Paste its code here, or its whole "
        "address: ",
        STR_ARG(url)));
    if (!fgets(line, PASTED_MAX, stdin))
        return FAIL(c, ERR_INPUT, "nothing was pasted; run this on a terminal");
    (void)str_cut(str_of(line), '\n', pasted, &rest);
    *pasted = str_trim(*pasted);
    return ERR_OK;
}

/* ---- setup ----------------------------------------------------------------------------------- */

struct step_view {
    struct str outcome, text;
};
static const struct json_field step_fields[] = {
    {"outcome", JSON_STR, offsetof(struct step_view, outcome), 0, 0, NULL},
    {"text",    JSON_STR, offsetof(struct step_view, text),    0, 0, NULL},
};
static const struct json_shape step_shape = JSON_SHAPE(struct step_view, step_fields);

struct setup_view {
    struct str collection;
    struct json_list steps, redirect_uris;
};
// clang-format off
static const struct json_field setup_fields[] = {
    {"collection",    JSON_STR,  offsetof(struct setup_view, collection),    JSON_NULL_IF_EMPTY, 0, NULL       },
    {"steps",         JSON_LIST, offsetof(struct setup_view, steps),         0,                  0, &step_shape},
    {"redirect_uris", JSON_STRS, offsetof(struct setup_view, redirect_uris), 0,                  0, NULL       },
};
// clang-format on
static const struct json_shape setup_shape = JSON_SHAPE(struct setup_view, setup_fields);

static struct json_list redirect_uris(struct ctx *c)
{
    struct str *uris = arena_alloc_array(c->arena, GLOBUS_REDIRECT_PATHS, sizeof *uris);

    for (size_t i = 0; i < GLOBUS_REDIRECT_PATHS; i++)
        uris[i] = str_printf(c->arena, "%s%s", c->settings->domain_name, globus_redirect_paths[i]);
    return (struct json_list){uris, GLOBUS_REDIRECT_PATHS};
}

static void tell(struct cli *cli, const struct setup_view *view)
{
    const struct step_view *steps = view->steps.items;
    const struct str *uris = view->redirect_uris.items;

    for (size_t i = 0; i < view->steps.count; i++)
        buf_printf(&cli->out, "%-7.*s " STR_FMT "\n", STR_ARG(steps[i].outcome),
                   STR_ARG(steps[i].text));
    buf_add(&cli->out, STR("\nThe app at Globus needs these redirect URIs:\n"));
    for (size_t i = 0; i < view->redirect_uris.count; i++)
        buf_printf(&cli->out, "  " STR_FMT "\n", STR_ARG(uris[i]));
    buf_add(&cli->out,
            STR("\nNow set ENABLE_GLOBUS=true, restart the service, and ask transload doctor.\n"));
}

static const char *default_gcp_dir(struct ctx *c)
{
    const char *home = getenv("HOME");

    return str_printf(c->arena, "%s/.globusonline/lta", home ? home : "").ptr;
}

static void write_out(struct cli *cli, const struct setup_report *did)
{
    static const char *const outcomes[] = {
        [SETUP_WAS_SO] = "was so", [SETUP_DONE] = "done", [SETUP_TO_DO] = "to do"};
    struct step_view steps[SETUP_STEPS_MAX];
    struct setup_view view = {
        did->collection, {steps, did->count},
         redirect_uris(cli->ctx)
    };

    for (size_t i = 0; i < did->count; i++) {
        steps[i] = (struct step_view){str_of(outcomes[did->steps[i].outcome]), did->steps[i].text};
        if (did->steps[i].outcome == SETUP_TO_DO)
            cli->exit_code = EXIT_TO_DO;
    }
    if (!(cli->options & OPTION_JSON)) {
        tell(cli, &view);
        return;
    }
    json_write(&cli->out, &setup_shape, &view);
    buf_add_byte(&cli->out, '\n');
}

enum err cli_globus_setup(struct cli *cli)
{
    const struct setup_options o = {
        .settings_path = cli->settings_path,
        .collection = cli->collection,
        .host = cli->host,
        .gcp_dir = cli->gcp_dir ? cli->gcp_dir : default_gcp_dir(cli->ctx),
        .ask_code = ask_code,
    };
    struct setup_report did;
    enum err e;

    if (cli->collection.len && !str_is_uuid(cli->collection))
        return FAIL(cli->ctx, ERR_INPUT, "--collection needs the id of a collection, a UUID");
    if (cli->host.len && !str_is_uuid(cli->host))
        return FAIL(cli->ctx, ERR_INPUT, "--host needs the id of a collection, a UUID");
    e = setup_run(cli->ctx, &o, &did);
    for (size_t i = 0; e != ERR_OK && i < did.count; i++)
        show(str_printf(cli->ctx->arena, STR_FMT "\n", STR_ARG(did.steps[i].text)));
    TRY(e);
    write_out(cli, &did);
    return ERR_OK;
}

/* ---- status ---------------------------------------------------------------------------------- */

struct status_view {
    struct str id, name, owner, kind, access, rules, readers;
};
// clang-format off
static const struct json_field status_fields[] = {
    {"id",      JSON_STR, offsetof(struct status_view, id),      0, 0, NULL},
    {"name",    JSON_STR, offsetof(struct status_view, name),    0, 0, NULL},
    {"owner",   JSON_STR, offsetof(struct status_view, owner),   0, 0, NULL},
    {"kind",    JSON_STR, offsetof(struct status_view, kind),    0, 0, NULL},
    {"access",  JSON_STR, offsetof(struct status_view, access),  0, 0, NULL},
    {"rules",   JSON_STR, offsetof(struct status_view, rules),   0, 0, NULL},
    {"readers", JSON_STR, offsetof(struct status_view, readers), 0, 0, NULL},
};
// clang-format on
static const struct json_shape status_shape = JSON_SHAPE(struct status_view, status_fields);

static struct status_view status_view(struct ctx *c, const struct setup_status *s)
{
    return (struct status_view){
        .id = s->id,
        .name = s->name,
        .owner = s->owner,
        .kind = s->kind,
        .access =
            c->settings->globus_source_access == SOURCE_PUBLIC ? STR("public") : STR("per-user"),
        .rules = s->may_manage_rules ? STR("managed by this registry")
                                     : STR("not managed by this registry"),
        .readers = !s->may_manage_rules ? STR("not known")
                   : s->is_open         ? STR("everybody")
                                        : STR("those with a rule"),
    };
}

enum err cli_globus_status(struct cli *cli)
{
    struct setup_status status;
    struct status_view v;

    TRY(setup_find_status(cli->ctx, &status));
    v = status_view(cli->ctx, &status);
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &status_shape, &v);
        buf_add_byte(&cli->out, '\n');
        return ERR_OK;
    }
    buf_printf(&cli->out,
               "id       " STR_FMT "\nname     " STR_FMT "\nowner    " STR_FMT "\nkind     " STR_FMT
               "\naccess   " STR_FMT "\nrules    " STR_FMT "\nreaders  " STR_FMT "\n",
               STR_ARG(v.id), STR_ARG(v.name), STR_ARG(v.owner), STR_ARG(v.kind), STR_ARG(v.access),
               STR_ARG(v.rules), STR_ARG(v.readers));
    return ERR_OK;
}
