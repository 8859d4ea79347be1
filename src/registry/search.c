#include "registry/search.h"

#include "container.h"
#include "cursor.h"

#include "db/db.h"
#include "registry/facts.h"

/* ---- by words -------------------------------------------------------------------------------- */

/* As search_words() of the database sets them apart, where bytes beyond ASCII are letters. */
static bool is_letter(char byte)
{
    unsigned char b = (unsigned char)byte;

    return b >= 0x80 || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
}

static size_t count_words(struct str text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += is_letter(text.ptr[i]) && (i == 0 || !is_letter(text.ptr[i - 1]));
    return count;
}

static enum err check_text(struct ctx *c, struct str text)
{
    size_t words = count_words(text);

    if (!str_is_utf8(text))
        return FAIL_FIELD(c, "q", "q: not valid UTF-8.");
    if (text.len > SEARCH_TEXT_MAX)
        return FAIL_FIELD(c, "q", "q: longer than %d bytes", SEARCH_TEXT_MAX);
    if (words == 0)
        return FAIL_FIELD(c, "q", "q: has no letter and no digit to search for.");
    if (words > SEARCH_WORDS_MAX)
        return FAIL_FIELD(c, "q", "q: has %zu words; search for at most %d.", words,
                          SEARCH_WORDS_MAX);
    return ERR_OK;
}

struct labels {
    struct json_list list;
};
static const struct json_field labels_fields[] = {
    {"labels", JSON_LIST, offsetof(struct labels, list), JSON_REQUIRED, 0, &sif_label_shape},
};
static const struct json_shape labels_shape = JSON_SHAPE(struct labels, labels_fields);

static enum err hit_from_row(struct ctx *c, struct viewer v, const struct db_rows *rows, size_t i,
                             struct search_hit *out)
{
    struct labels labels = {
        .list = {NULL, 0}
    };

    TRY(json_read(c, db_get_text(rows, i, "contents"), &labels_shape, &labels));
    *out = (struct search_hit){container_with_collection(v, rows, i), labels.list};
    return ERR_OK;
}

static enum err page_from_rows(struct ctx *c, const struct search_query *q,
                               const struct db_rows *rows, struct search_page *page)
{
    page->count = rows->count > (size_t)q->limit ? (size_t)q->limit : rows->count;
    page->list = arena_alloc_array(c->arena, page->count, sizeof *page->list);
    for (size_t i = 0; i < page->count; i++)
        TRY(hit_from_row(c, q->viewer, rows, i, &page->list[i]));
    if (rows->count > page->count) {
        const struct container *last = &page->list[page->count - 1].container;
        const struct place at = {db_get_int(rows, page->count - 1, "place"), last->updated_us,
                                 last->id};

        page->next = cursor_of_place(c, &at);
    }
    return ERR_OK;
}

static struct db_param from(struct ctx *c, const struct place *after, int64_t value)
{
    return after->id == 0 ? db_null() : db_int(c, value);
}

static enum err find_rows(struct ctx *c, const struct search_query *q, const struct place *after,
                          struct db_rows *rows)
{
    struct db_rows plan;

    TRY(db_begin(c));
    TRY(db_one(c, SQL_SEARCH_PLAN, DB_NO_ARGS, "search_plan", &plan));
    TRY(db_many(c, SQL_SEARCH_CONTAINERS,
                DB_ARGS(db_int(c, q->viewer.user_id), db_bool(q->viewer.is_admin),
                        db_text(c, q->text), db_text(c, str_lower(c->arena, str_trim(q->text))),
                        from(c, after, after->place), from(c, after, after->at_us),
                        from(c, after, after->id), db_int(c, q->limit + 1)),
                rows));
    return db_commit(c);
}

enum err search_containers(struct ctx *c, const struct search_query *q, struct search_page *out)
{
    struct search_page page = {0};
    struct db_rows rows;
    struct place after;

    TRY(check_text(c, q->text));
    TRY(cursor_read_place(c, q->cursor, &after));
    TRY(find_rows(c, q, &after, &rows));
    TRY(page_from_rows(c, q, &rows, &page));
    *out = page;
    return ERR_OK;
}

/* ---- exactly --------------------------------------------------------------------------------- */

enum err search_by_name(struct ctx *c, struct viewer v, const struct image_name *n,
                        struct container_hits *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_SEARCH_BY_NAME,
                DB_ARGS(db_int(c, v.user_id), db_bool(v.is_admin),
                        db_text_or_null(c, n->collection), db_text(c, n->name),
                        db_text_or_null(c, n->tag), db_int(c, SEARCH_ROWS_MAX)),
                &rows));
    *out = (struct container_hits){arena_alloc_array(c->arena, rows.count, sizeof *out->list),
                                   rows.count};
    for (size_t i = 0; i < rows.count; i++)
        out->list[i] = container_with_collection(v, &rows, i);
    return ERR_OK;
}

static bool is_same_label(const struct label_hit *hit, const struct db_rows *rows, size_t i)
{
    return str_eq(hit->name, db_get_text(rows, i, "name")) &&
           str_eq(hit->value, db_get_text(rows, i, "value"));
}

static struct str uri_of(struct ctx *c, const struct db_rows *rows, size_t i)
{
    const struct image_name n = {.collection = db_get_text(rows, i, "collection"),
                                 .name = db_get_text(rows, i, "container"),
                                 .tag = db_get_text(rows, i, "tag")};

    return image_name_uri(c->arena, &n);
}

enum err search_by_label(struct ctx *c, struct viewer v, struct str name, struct str value,
                         struct label_hits *out)
{
    struct label_hits hits = {0};
    struct label_hit *hit = NULL;
    struct db_rows rows;
    struct str *uris;

    TRY(db_many(c, SQL_SEARCH_BY_LABEL,
                DB_ARGS(db_int(c, v.user_id), db_bool(v.is_admin), db_text_or_null(c, name),
                        db_text_or_null(c, value), db_int(c, SEARCH_ROWS_MAX)),
                &rows));
    hits.list = arena_alloc_array(c->arena, rows.count, sizeof *hits.list);
    uris = arena_alloc_array(c->arena, rows.count, sizeof *uris);
    for (size_t i = 0; i < rows.count; i++) {
        if (!hit || !is_same_label(hit, &rows, i)) {
            hit = &hits.list[hits.count++];
            *hit = (struct label_hit){
                .name = db_get_text(&rows, i, "name"),
                .value = db_get_text(&rows, i, "value"),
                .uris = {&uris[i], 0}
            };
        }
        uris[i] = uri_of(c, &rows, i);
        hit->uris.count++;
    }
    *out = hits;
    return ERR_OK;
}
