#include "moved.h"

#include "base/settings.h"

/* The parts of DATABASES["default"], and of DATABASE_… in settings.yaml. */
struct parts {
    const struct assignment *engine, *name, *user, *password, *host, *port;
};

/* The last one in force that is known; else the last one. */
static const struct assignment *find_part(const struct assignments *all, const char *part)
{
    const struct assignment *found = NULL;

    for (size_t i = 0; i < all->count; i++) {
        const struct assignment *a = &all->items[i];
        struct str name = a->name;
        bool is_part = str_has_prefix(name, STR("DATABASES.default."))
                           ? str_eq(str_skip(name, sizeof "DATABASES.default." - 1), str_of(part))
                           : str_has_prefix(name, STR("DATABASE_")) &&
                                 str_eq(str_skip(name, sizeof "DATABASE_" - 1), str_of(part));

        if (is_part && a->kind != VALUE_NONE && !assignments_replaced(all, i))
            found = a;
    }
    return found;
}

static struct str text_of(const struct assignment *a)
{
    return a && a->kind != VALUE_COMPUTED ? a->text : STR_NONE;
}

static void add_query(struct buf *url, const char *name, struct str value)
{
    static const char hex[] = "0123456789ABCDEF";

    if (value.len == 0)
        return;
    buf_printf(url, "%c%s=", str_contains(buf_str(url), '?') ? '&' : '?', name);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char b = (unsigned char)value.ptr[i];

        if (str_is_made_of(str_view(&b, 1),
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")) {
            buf_add_byte(url, (char)b);
        } else {
            buf_add_byte(url, '%');
            buf_add_byte(url, hex[b >> 4]);
            buf_add_byte(url, hex[b & 15]);
        }
    }
}

static struct str make_url(struct arena *a, const struct parts *p)
{
    struct buf url = {.arena = a};

    buf_add(&url, STR("postgresql:///transload"));
    add_query(&url, "host", text_of(p->host));
    add_query(&url, "port", text_of(p->port));
    add_query(&url, "user", text_of(p->user));
    add_query(&url, "password", text_of(p->password));
    return buf_str(&url);
}

/* For a shell, so only what needs no quotes there. */
static void add_word(struct buf *b, const char *name, const struct assignment *a)
{
    struct str value = text_of(a);

    if (value.len && value.len <= 100 &&
        str_is_made_of(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/"))
        buf_printf(b, "%s%s=" STR_FMT, b->len ? " " : "", name, STR_ARG(value));
}

static struct str make_conninfo(struct arena *a, const struct parts *p)
{
    struct buf b = {.arena = a};

    add_word(&b, "host", p->host);
    add_word(&b, "port", p->port);
    add_word(&b, "user", p->user);
    add_word(&b, "dbname", p->name);
    return buf_str(&b);
}

/* Why there is no URL; empty when there can be one. */
static struct str find_gap(struct ctx *c, const struct parts *p)
{
    const struct assignment *all[] = {p->password, p->user, p->host, p->port};
    struct str engine = text_of(p->engine);

    if (engine.len && !str_has_prefix(engine, STR("django.db.backends.postgresql")))
        return STR("the old database is not one of PostgreSQL, which is needed here");
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        if (all[i] && all[i]->kind == VALUE_COMPUTED)
            return str_printf(c->arena, "%s:%d leaves a part of it open: " STR_FMT, all[i]->file,
                              all[i]->line, STR_ARG(all[i]->text));
    }
    return STR_NONE;
}

struct old_database old_database_read(struct ctx *c, const struct assignments *all)
{
    struct parts p = {find_part(all, "ENGINE"),   find_part(all, "NAME"), find_part(all, "USER"),
                      find_part(all, "PASSWORD"), find_part(all, "HOST"), find_part(all, "PORT")};
    struct old_database d = {.is_known = p.engine || p.name || p.user || p.host};

    if (!d.is_known)
        return d;
    d.from = make_conninfo(c->arena, &p);
    d.why = find_gap(c, &p);
    if (d.why.len)
        return d;
    d.url = make_url(c->arena, &p);
    if (settings_accepts(c, STR("DATABASE_URL"), d.url) != ERR_OK) {
        ctx_forgive(c);
        d.url = STR_NONE;
        d.why = STR("what the old files say of it is too long");
    } else if (str_eq(text_of(p.host), STR("db"))) {
        d.why = STR("db is the server's name among the old containers only: write the one that "
                    "this machine knows");
    }
    return d;
}
