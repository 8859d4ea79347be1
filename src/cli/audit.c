#include "account/audit.h"

#include "command.h"

enum { PAGE = 500, DAY_S = 86400 };

/* ---- since when ------------------------------------------------------------------------------ */

/* "90m", "24h", "7d": so long ago. */
static bool parse_age(struct str s, int64_t *seconds)
{
    static const struct {
        char letter;
        int64_t seconds;
    } units[] = {
        {'m', 60   },
        {'h', 3600 },
        {'d', DAY_S},
    };
    int64_t n;

    for (size_t i = 0; s.len && i < COUNT_OF(units); i++) {
        if (s.ptr[s.len - 1] == units[i].letter &&
            str_to_int(str_take(s, s.len - 1), 0, 100000, &n)) {
            *seconds = n * units[i].seconds;
            return true;
        }
    }
    return false;
}

/* "2026-01-31": from its first second on, UTC, as the start of the hour 0 that clock.h can read. */
static bool parse_date(struct arena *a, struct str s, int64_t *unix_s)
{
    struct buf hour = {.arena = a};

    if (s.len != sizeof "2026-01-31" - 1 || s.ptr[4] != '-' || s.ptr[7] != '-')
        return false;
    buf_add(&hour, str_take(s, 4));
    buf_add(&hour, str_take(str_skip(s, 5), 2));
    buf_add(&hour, str_skip(s, 8));
    buf_add(&hour, STR("T00Z"));
    return time_parse_hour(buf_str(&hour), unix_s);
}

static enum err parse_since(struct cli *cli, int64_t *unix_s)
{
    struct ctx *c = cli->ctx;
    int64_t age_s;

    if (!cli->since.len || parse_date(c->arena, cli->since, unix_s))
        return ERR_OK;
    if (!parse_age(cli->since, &age_s))
        return FAIL(c, ERR_INPUT,
                    "--since takes a day (2026-01-31, UTC) or how long ago (90m, 24h, 7d)");
    *unix_s = clock_now_s(c->clock) - age_s;
    return ERR_OK;
}

/* ---- rows ------------------------------------------------------------------------------------ */

// clang-format off
static const struct json_field row_fields[] = {
    {"id",         JSON_INT,  offsetof(struct audit_row, id),         0,                  0, NULL},
    {"at",         JSON_TIME, offsetof(struct audit_row, at),         0,                  0, NULL},
    {"user",       JSON_STR,  offsetof(struct audit_row, username),   JSON_NULL_IF_EMPTY, 0, NULL},
    {"action",     JSON_STR,  offsetof(struct audit_row, action),     0,                  0, NULL},
    {"subject",    JSON_STR,  offsetof(struct audit_row, subject),    0,                  0, NULL},
    {"request_id", JSON_STR,  offsetof(struct audit_row, request_id), 0,                  0, NULL},
    {"address",    JSON_STR,  offsetof(struct audit_row, address),    JSON_NULL_IF_EMPTY, 0, NULL},
};
// clang-format on
static const struct json_shape row_shape = JSON_SHAPE(struct audit_row, row_fields);

/* Somebody chose it, at Globus maybe: one deed is one line, and no terminal obeys it. */
static void print_text(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];

        if (byte < ' ' || byte == 0x7f)
            buf_printf(out, "\\x%02x", byte);
        else
            buf_add_byte(out, text.ptr[i]);
    }
}

static struct str or_dash(struct str s)
{
    return s.len ? s : STR("-");
}

static void print_line(struct buf *out, struct arena *a, const struct audit_row *row)
{
    struct str at = time_format(a, row->at), user = or_dash(row->username),
               address = or_dash(row->address);

    buf_printf(out, STR_FMT "  %-16.*s  %-20.*s  ", STR_ARG(at), STR_ARG(user),
               STR_ARG(row->action));
    print_text(out, row->subject);
    buf_printf(out, "  from=" STR_FMT " request=" STR_FMT, STR_ARG(address),
               STR_ARG(row->request_id));
}

static void print_row(struct cli *cli, struct arena *a, const struct audit_row *row)
{
    if (cli->options & OPTION_JSON)
        json_write(&cli->out, &row_shape, row);
    else
        print_line(&cli->out, a, row);
    buf_add_byte(&cli->out, '\n');
}

static enum err print_page(struct cli *cli, struct ctx *c, struct audit_filter *f, bool *more)
{
    struct audit_rows page;

    TRY(audit_list(c, f, PAGE, &page));
    for (size_t i = 0; i < page.count; i++)
        print_row(cli, c->arena, &page.list[i]);
    if (page.count)
        f->after_id = page.list[page.count - 1].id;
    *more = page.count == PAGE;
    return cli_flush(cli);
}

/* A page at a time, each in an arena of its own: there may be years of it. */
enum err cli_audit(struct cli *cli)
{
    struct audit_filter f = {.username = cli->user, .action = cli->action};
    bool more = true;

    TRY(parse_since(cli, &f.since));
    while (more) {
        struct ctx own = *cli->ctx;
        enum err e;

        own.arena = arena_create();
        e = print_page(cli, &own, &f, &more);
        if (e != ERR_OK) {
            ctx_note(cli->ctx, e, STR_FMT, STR_ARG(own.failure.detail));
            ctx_note_cause(cli->ctx, str_dup(cli->ctx->arena, own.failure.cause));
        }
        arena_destroy(own.arena);
        TRY(e);
    }
    return ERR_OK;
}
