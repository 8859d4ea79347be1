/* A user's transfers as one file, for spreadsheets and programs: /api/transfers.csv and .json. */
#include "handlers.h"
#include "viewer.h"

#include "base/codec.h"
#include "transfer/transfer.h"

enum {
    CURSOR_MAX = 80,
    PAGE_ROWS = 500,     /* asked of the database at once */
    FILE_LINES = 100000, /* a longer history goes on in another file, which a Link header names */
};

/* ---- columns --------------------------------------------------------------------------------- */

struct row {
    struct str id, image, sha256, endpoint_id, endpoint_name, path, state, state_text, task_id;
    int64_t size_bytes, created_at, finished_at;
};
// clang-format off
static const struct json_field columns[] = {
    {"id",            JSON_STR,  offsetof(struct row, id),            0,                  0, NULL},
    {"image",         JSON_STR,  offsetof(struct row, image),         0,                  0, NULL},
    {"sha256",        JSON_STR,  offsetof(struct row, sha256),        0,                  0, NULL},
    {"size_bytes",    JSON_INT,  offsetof(struct row, size_bytes),    0,                  0, NULL},
    {"endpoint_id",   JSON_STR,  offsetof(struct row, endpoint_id),   0,                  0, NULL},
    {"endpoint_name", JSON_STR,  offsetof(struct row, endpoint_name), 0,                  0, NULL},
    {"path",          JSON_STR,  offsetof(struct row, path),          0,                  0, NULL},
    {"state",         JSON_STR,  offsetof(struct row, state),         0,                  0, NULL},
    {"state_text",    JSON_STR,  offsetof(struct row, state_text),    0,                  0, NULL},
    {"task_id",       JSON_STR,  offsetof(struct row, task_id),       JSON_NULL_IF_EMPTY, 0, NULL},
    {"created_at",    JSON_TIME, offsetof(struct row, created_at),    0,                  0, NULL},
    {"finished_at",   JSON_TIME, offsetof(struct row, finished_at),   0,                  0, NULL},
};
// clang-format on
static const struct json_shape row_shape = JSON_SHAPE(struct row, columns);

static struct row row_of(const struct transfer *t, const struct transfer_file *file)
{
    return (struct row){
        .id = t->id,
        .image = file->uri,
        .sha256 = file->sha256,
        .endpoint_id = t->endpoint_id,
        .endpoint_name = t->endpoint_name,
        .path = file->path,
        .state = str_of(transfer_state_name(t->state)),
        .state_text = t->state_text,
        .task_id = t->task_id,
        .size_bytes = file->size_bytes,
        .created_at = t->created_at,
        .finished_at = t->finished_at,
    };
}

/* ---- formats --------------------------------------------------------------------------------- */

/*
 * RFC 4180, every text quoted. Names come from elsewhere: one that a spreadsheet would take for a
 * formula is given an apostrophe, which it shows as text.
 */
static void csv_text(struct buf *out, struct str s)
{
    buf_add_byte(out, '"');
    if (s.len && str_contains(STR("=+-@\t\r"), s.ptr[0]))
        buf_add_byte(out, '\'');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"')
            buf_add_byte(out, '"');
        buf_add_byte(out, s.ptr[i]);
    }
    buf_add_byte(out, '"');
}

static void csv_cell(struct buf *out, const struct json_field *f, const struct row *row)
{
    const void *at = (const char *)row + f->offset;
    int64_t number = f->type == JSON_STR ? 0 : *(const int64_t *)at;

    if (f->type == JSON_STR)
        csv_text(out, *(const struct str *)at);
    else if (f->type == JSON_INT)
        buf_printf(out, "%lld", (long long)number);
    else if (number)
        buf_add(out, time_format(out->arena, number));
}

static void csv_begin(struct buf *out)
{
    for (size_t i = 0; i < COUNT_OF(columns); i++)
        buf_printf(out, "%s%s", i ? "," : "", columns[i].name);
    buf_add(out, STR("\r\n"));
}

static void csv_row(struct buf *out, const struct row *row, bool is_first UNUSED)
{
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        if (i)
            buf_add_byte(out, ',');
        csv_cell(out, &columns[i], row);
    }
    buf_add(out, STR("\r\n"));
}

static void csv_end(struct buf *out UNUSED)
{
}

static void json_begin(struct buf *out)
{
    buf_add(out, STR("[\n"));
}

static void json_row(struct buf *out, const struct row *row, bool is_first)
{
    if (!is_first)
        buf_add(out, STR(",\n"));
    json_write(out, &row_shape, row);
}

static void json_end(struct buf *out)
{
    buf_add(out, STR("\n]\n"));
}

static const struct format {
    const char *path, *content_type, *disposition;
    void (*begin)(struct buf *out);
    void (*row)(struct buf *out, const struct row *row, bool is_first);
    void (*end)(struct buf *out);
} csv = {"/api/transfers.csv",
         "text/csv; charset=utf-8",
         "attachment; filename=\"transfers.csv\"",
         csv_begin,
         csv_row,
         csv_end},
  json = {"/api/transfers.json",
          "application/json",
          "attachment; filename=\"transfers.json\"",
          json_begin,
          json_row,
          json_end};

/* ---- the file -------------------------------------------------------------------------------- */

static void destroy(void *arena)
{
    arena_destroy(arena);
}

struct history {
    const struct format *format;
    struct buf *out;
    int64_t lines;
};

/* A line for each image, for several may have gone as one task. */
static enum err write_transfer(struct ctx *c, struct history *h, const struct transfer *t)
{
    struct transfer_file *files;
    size_t count;

    TRY(transfer_files(c, t, &files, &count));
    for (size_t i = 0; i < count; i++) {
        struct row row = row_of(t, &files[i]);

        h->format->row(h->out, &row, h->lines++ == 0);
    }
    return ERR_OK;
}

static enum err write_page(struct ctx *c, struct history *h, int64_t user_id, struct str *cursor)
{
    struct transfer_page page;

    TRY(transfer_list(
        c, &(struct transfer_query){.user_id = user_id, .cursor = *cursor, .limit = PAGE_ROWS},
        &page));
    for (size_t i = 0; i < page.count; i++)
        TRY(write_transfer(c, h, &page.list[i]));
    *cursor = page.next;
    return ERR_OK;
}

/*
 * Page after page in an arena of their own, so that memory holds the file and one page. It lives as
 * long as the request, because a failure's text may lie in it.
 */
static enum err write_pages(struct req *r, struct history *h, struct str *cursor)
{
    struct ctx *c = r->ctx;
    struct arena *request = c->arena, *scratch = arena_create();
    enum err e = ERR_OK;

    arena_defer(request, destroy, scratch);
    c->arena = scratch;
    do {
        e = write_page(c, h, app_session(r)->user.id, cursor);
        if (e != ERR_OK)
            break;
        *cursor = str_dup(request, *cursor);
        arena_reset(scratch);
    } while (cursor->len && h->lines < FILE_LINES);
    c->arena = request;
    return e;
}

static enum err reply_history(struct req *r, const struct format *f)
{
    struct arena *a = r->ctx->arena;
    struct buf out = {.arena = a};
    struct history history = {.format = f, .out = &out};
    struct str cursor;

    TRY(req_query(r, "cursor", CURSOR_MAX, &cursor));
    f->begin(&out);
    TRY(write_pages(r, &history, &cursor));
    f->end(&out);
    if (cursor.len)
        reply_header(r, "Link",
                     str_printf(a, "<%s?cursor=" STR_FMT ">; rel=\"next\"", f->path,
                                STR_ARG(url_encode(a, cursor, false))));
    reply_header(r, "Content-Disposition", str_of(f->disposition));
    return reply_bytes(r, 200, f->content_type, buf_str(&out));
}

/* GET /api/transfers.csv?cursor= */
enum err handle_history_csv(struct req *r)
{
    return reply_history(r, &csv);
}

/* GET /api/transfers.json?cursor= */
enum err handle_history_json(struct req *r)
{
    return reply_history(r, &json);
}
