#include "registry/restore.h"

#include "command.h"

enum { EXIT_NOT_WHOLE = 1 };

/* ---- findings, one line each as they are made ------------------------------------------------ */

struct finding_view {
    struct str kind, path, problem, images;
};
// clang-format off
static const struct json_field finding_fields[] = {
    {"kind",    JSON_STR, offsetof(struct finding_view, kind),    0,                  0, NULL},
    {"path",    JSON_STR, offsetof(struct finding_view, path),    0,                  0, NULL},
    {"problem", JSON_STR, offsetof(struct finding_view, problem), 0,                  0, NULL},
    {"images",  JSON_STR, offsetof(struct finding_view, images),  JSON_NULL_IF_EMPTY, 0, NULL},
};
// clang-format on
static const struct json_shape finding_shape = JSON_SHAPE(struct finding_view, finding_fields);

static enum err tell(struct ctx *c UNUSED, void *arg, const struct restore_finding *f)
{
    struct cli *cli = arg;
    struct str kind = str_of(restore_kind_name(f->kind));

    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &finding_shape,
                   &(struct finding_view){kind, f->path, f->problem, f->images});
    } else {
        buf_printf(&cli->out, "%-8.*s  " STR_FMT "  " STR_FMT, STR_ARG(kind), STR_ARG(f->path),
                   STR_ARG(f->problem));
        if (f->images.len)
            buf_printf(&cli->out, ": " STR_FMT, STR_ARG(f->images));
    }
    buf_add_byte(&cli->out, '\n');
    return cli_flush(cli);
}

/* ---- the summary, the last line -------------------------------------------------------------- */

struct whole_view {
    bool is_whole;
    int64_t images, files, bytes;
    int64_t found[RESTORE_KINDS];
};
// clang-format off
static const struct json_field whole_fields[] = {
    {"whole",    JSON_BOOL, offsetof(struct whole_view, is_whole),                0, 0, NULL},
    {"images",   JSON_INT,  offsetof(struct whole_view, images),                  0, 0, NULL},
    {"files",    JSON_INT,  offsetof(struct whole_view, files),                   0, 0, NULL},
    {"bytes",    JSON_INT,  offsetof(struct whole_view, bytes),                   0, 0, NULL},
    {"lost",     JSON_INT,  offsetof(struct whole_view, found[RESTORE_LOST]),     0, 0, NULL},
    {"foreign",  JSON_INT,  offsetof(struct whole_view, found[RESTORE_FOREIGN]),  0, 0, NULL},
    {"refused",  JSON_INT,  offsetof(struct whole_view, found[RESTORE_REFUSED]),  0, 0, NULL},
    {"unneeded", JSON_INT,  offsetof(struct whole_view, found[RESTORE_UNNEEDED]), 0, 0, NULL},
    {"orphan",   JSON_INT,  offsetof(struct whole_view, found[RESTORE_ORPHAN]),   0, 0, NULL},
};
// clang-format on
static const struct json_shape whole_shape = JSON_SHAPE(struct whole_view, whole_fields);

/* What to do about each kind, in the order in which it should be done. */
static const struct {
    enum restore_kind kind;
    const char *remedy;
} remedies[] = {
    {RESTORE_LOST,
     "lost: copy these files from another backup, or run transload images verify --all, after "
     "which they are refused until somebody pushes the same image again"                         },
    {RESTORE_FOREIGN,  "foreign: move these out of IMAGES_ROOT, which Globus reads"              },
    {RESTORE_REFUSED,  "refused: run transload images verify --all; what is sound is given again"},
    {RESTORE_UNNEEDED, "unneeded: nothing is lost; the agent or transload images gc removes them"},
    {RESTORE_ORPHAN,
     "orphan: pushed after the dump, or deleted before; transload images gc removes them"        },
};

static void print(struct cli *cli, const struct whole_view *v)
{
    for (size_t i = 0; i < COUNT_OF(remedies); i++) {
        if (v->found[remedies[i].kind])
            buf_printf(&cli->out, "%s\n", remedies[i].remedy);
    }
    buf_printf(&cli->out, "%s: %lld images, %lld files, %lld bytes read",
               v->is_whole ? "whole" : "not whole", (long long)v->images, (long long)v->files,
               (long long)v->bytes);
    for (size_t i = 0; i < COUNT_OF(remedies); i++)
        buf_printf(&cli->out, ", %lld %s", (long long)v->found[remedies[i].kind],
                   restore_kind_name(remedies[i].kind));
    buf_add_byte(&cli->out, '\n');
}

enum err cli_restore_check(struct cli *cli)
{
    struct whole_view view = {.is_whole = true};
    struct restore_report did;

    TRY(restore_check(cli->ctx, cli->options & OPTION_QUICK, tell, cli, &did));
    view.images = did.images;
    view.files = did.files;
    view.bytes = did.bytes;
    for (size_t i = 0; i < RESTORE_KINDS; i++) {
        view.found[i] = did.found[i];
        if (did.found[i] && restore_kind_is_problem((enum restore_kind)i))
            view.is_whole = false;
    }
    cli->exit_code = view.is_whole ? 0 : EXIT_NOT_WHOLE;
    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &whole_shape, &view);
        buf_add_byte(&cli->out, '\n');
    } else {
        print(cli, &view);
    }
    return ERR_OK;
}
