#include "import/old_settings.h"

#include "decide.h"

#include "base/file.h"
#include "base/secret.h"
#include "base/settings.h"

#include <string.h>

enum { NAME_SHOWN_MAX = 60 };

/* ---- reading --------------------------------------------------------------------------------- */

static enum err check_text(struct ctx *c, const char *name, struct str text)
{
    struct str line;

    for (int number = 1; text.len; number++) {
        (void)str_cut(text, '\n', &line, &text);
        if (!str_is_utf8(line))
            return FAIL(c, ERR_INPUT, "%s:%d: this line is not UTF-8 text", name, number);
    }
    return ERR_OK;
}

static enum err read_text(struct ctx *c, int which, const char *name, struct str text,
                          struct assignments *all)
{
    if (str_has_prefix(text, STR("\xef\xbb\xbf")))
        text = str_skip(text, 3);
    if (text.len > OLD_BYTES_MAX)
        return FAIL(c, ERR_INPUT, "%s: longer than %d bytes", name, OLD_BYTES_MAX);
    TRY(check_text(c, name, text));
    return which == OLD_YAML ? yaml_read(c, name, text, all) : python_read(c, name, text, all);
}

/* ---- writing --------------------------------------------------------------------------------- */

struct page {
    struct ctx *c;
    struct buf out;
    const struct decisions *all;
};

static void write_heading(struct page *p, const char *text)
{
    buf_printf(&p->out, "\n# --- %s ---\n", text);
}

/* "# OLD, FILE:LINE: TEXT." */
static void write_origin(struct page *p, const struct moved *m)
{
    buf_printf(&p->out, "# " STR_FMT ", %s:%lld%s" STR_FMT "%s\n", STR_ARG(m->old), m->file,
               (long long)m->line, m->text.len ? ": " : "", STR_ARG(m->text),
               m->text.len ? "." : "");
}

static void write_setting(struct page *p, const char *mark, struct str key, struct str value)
{
    bool is_plain =
        value.len &&
        str_is_made_of(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                              "-._~/:@%+,=?&");
    const char *quote = is_plain ? "" : "\"";

    buf_printf(&p->out, "%s" STR_FMT "=%s" STR_FMT "%s\n", mark, STR_ARG(key), quote,
               STR_ARG(value), quote);
}

static bool has_way(const struct decisions *all, enum moved_way way)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i].m.way == way)
            return true;
    }
    return false;
}

/* Every setting of one kind, below a heading when there is one. */
static void write_way(struct page *p, enum moved_way way, const char *heading, const char *mark)
{
    if (!has_way(p->all, way))
        return;
    if (heading)
        write_heading(p, heading);
    for (size_t i = 0; i < p->all->count; i++) {
        const struct decision *d = &p->all->items[i];

        if (d->m.way != way)
            continue;
        write_origin(p, &d->m);
        if (d->value.ptr)
            write_setting(p, mark, d->m.now, d->value);
    }
}

static void write_made(struct page *p, const struct old_database *d)
{
    write_heading(p, "made anew");
    buf_add(&p->out,
            STR("# SECRET_KEY: 64 hex digits that seal stored tokens and sign download addresses. "
                "The old one is Django's, any text,\n# and signed sessions and password links, "
                "which do not move. Every run makes another; keep a copy apart from the "
                "backups.\n"));
    write_setting(p, "", STR("SECRET_KEY"), secret_token(p->c->arena));
    if (!d->url.len)
        return;
    buf_add(&p->out, STR("# DATABASE_URL: the old server and role, with a database of its own; the "
                         "old one stays as it is.\n"));
    if (d->why.len)
        buf_printf(&p->out, "# Look at it: " STR_FMT ".\n", STR_ARG(d->why));
    write_setting(p, "", STR("DATABASE_URL"), d->url);
}

static bool is_set(const struct decisions *all, const char *key)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct decision *d = &all->items[i];

        if (d->value.len && str_eq(d->m.now, str_of(key)) &&
            (d->m.way == MOVED_SAME || d->m.way == MOVED_RENAMED))
            return true;
    }
    return false;
}

static bool wants_globus(const struct decisions *all)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i].m.way == MOVED_ASIDE && all->items[i].value.len)
            return true;
    }
    return is_set(all, "SOCIAL_AUTH_GLOBUS_KEY");
}

static void write_needed_settings(struct page *p, const struct old_database *d, bool with_globus)
{
    static const char *const globus[] = {"SOCIAL_AUTH_GLOBUS_KEY", "SOCIAL_AUTH_GLOBUS_SECRET"};
    struct str why = d->why.len ? d->why : STR("the old files do not say where PostgreSQL is");

    if (!d->url.len)
        buf_printf(&p->out,
                   "# - DATABASE_URL: " STR_FMT ". A line such as\n"
                   "#DATABASE_URL=postgresql:///transload?host=/run/postgresql&user=transload\n",
                   STR_ARG(why));
    if (!is_set(p->all, "DOMAIN_NAME"))
        buf_add(&p->out, STR("# - DOMAIN_NAME: the address people type; without a line it is "
                             "http://127.0.0.1\n"));
    for (size_t i = 0; with_globus && i < COUNT_OF(globus); i++) {
        if (!is_set(p->all, globus[i]))
            buf_printf(&p->out, "# - %s: of the app registered at Globus\n", globus[i]);
    }
}

static void write_needed(struct page *p, const struct old_database *d)
{
    bool with_globus = wants_globus(p->all);
    struct str from = d->from.len ? d->from : STR("host=... user=... dbname=...");

    write_heading(p, "still needed");
    write_needed_settings(p, d, with_globus);
    buf_add(&p->out, STR("# - the database: createdb transload, owned by the role above; then "
                         "transload settings check and transload migrate\n"));
    if (with_globus)
        buf_add(&p->out, STR("# - transload globus setup, then ENABLE_GLOBUS=true\n"));
    buf_printf(&p->out,
               "# - users and images: transload import sregistry --database '" STR_FMT
               "' --images DIR (docs/moving-in.md)\n",
               STR_ARG(from));
}

static struct str write_page(struct ctx *c, const struct decisions *all,
                             const struct old_database *d)
{
    struct page p = {c, {.arena = c->arena}, all};

    buf_add(&p.out,
            STR("# Settings of Transload, from those of Singularity Registry Server. They hold "
                "secrets: /etc/transload/transload.conf,\n# owner root, group transload, mode "
                "0640. What is not here has its default (docs/settings.md).\n"));
    write_way(&p, MOVED_SAME, "taken", "");
    write_way(&p, MOVED_RENAMED, "under another name or in another form", "");
    write_made(&p, d);
    write_way(&p, MOVED_ASIDE, "for you to decide", "#");
    write_way(&p, MOVED_UNREAD, "not taken: the value is not known, or none that would do", "#");
    write_way(&p, MOVED_NOT, "not taken: without a counterpart", "#");
    write_way(&p, MOVED_REPLACED, "not taken: said again later", "#");
    write_way(&p, MOVED_UNKNOWN, "not taken: unknown to this command", "#");
    write_needed(&p, d);
    return buf_str(&p.out);
}

/* ---- all of it ------------------------------------------------------------------------------- */

enum err old_settings_move(struct ctx *c, const struct old_texts *texts, struct moved_settings *out)
{
    struct assignments all = {.count = 0};
    struct decisions decided;
    struct old_database d;
    struct moved *items;

    for (int i = 0; i < OLD_FILES; i++) {
        if (texts->texts[i].ptr)
            TRY(read_text(c, i, texts->names[i], texts->texts[i], &all));
    }
    decided = decide_all(c, &all);
    d = old_database_read(c, &all);
    items = arena_alloc_array(c->arena, decided.count, sizeof *items);
    for (size_t i = 0; i < decided.count; i++)
        items[i] = decided.items[i].m;
    *out = (struct moved_settings){write_page(c, &decided, &d), items, decided.count};
    return ERR_OK;
}

/* The last part of the path, in letters that cannot end a comment. */
static const char *shown_name(struct ctx *c, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct str name = str_take(str_of(slash ? slash + 1 : path), NAME_SHOWN_MAX);
    struct buf out = {.arena = c->arena};

    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] > ' ' && name.ptr[i] < 0x7f)
            buf_add_byte(&out, name.ptr[i]);
        else
            buf_add_byte(&out, '?');
    }
    return str_z(c->arena, buf_str(&out));
}

enum err old_settings_read(struct ctx *c, const struct old_files *files, struct moved_settings *out)
{
    struct old_texts texts = {0};

    for (int i = 0; i < OLD_FILES; i++) {
        bool found;

        if (!files->paths[i])
            continue;
        TRY(file_read(c, files->paths[i], OLD_BYTES_MAX, &texts.texts[i], &found));
        if (!found)
            return FAIL(c, ERR_INPUT, "%s: there is no such file", files->paths[i]);
        texts.names[i] = shown_name(c, files->paths[i]);
    }
    return old_settings_move(c, &texts, out);
}
