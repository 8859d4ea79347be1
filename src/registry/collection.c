#include "registry/collection.h"

#include "cursor.h"

#include "db/db.h"

static const int64_t US_PER_S = 1000000;

/* User names hold no comma (sql/migrations: users), so one column carries the list. */
static struct json_list names_from_column(struct ctx *c, struct str column)
{
    size_t count = column.len ? 1 : 0;
    struct str *names;

    for (size_t i = 0; i < column.len; i++)
        count += column.ptr[i] == ',';
    names = arena_alloc_array(c->arena, count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        (void)str_cut(column, ',', &names[i], &column);
    return (struct json_list){names, count};
}

static struct collection collection_from_row(struct ctx *c, struct viewer v,
                                             const struct db_rows *rows, size_t i)
{
    struct collection k = {
        .id = db_get_int(rows, i, "id"),
        .name = db_get_text(rows, i, "name"),
        .description = db_get_text(rows, i, "description"),
        .is_private = db_get_bool(rows, i, "is_private"),
        .is_starred = db_get_bool(rows, i, "is_starred"),
        .container_count = db_get_int(rows, i, "container_count"),
        .owners = names_from_column(c, db_get_text(rows, i, "owners")),
        .contributors = names_from_column(c, db_get_text(rows, i, "contributors")),
        .role = role_of(v, db_get_text(rows, i, "membership")),
        .created_us = db_get_int(rows, i, "created_us"),
        .updated_us = db_get_int(rows, i, "updated_us"),
    };

    k.created_at = k.created_us / US_PER_S;
    k.updated_at = k.updated_us / US_PER_S;
    return k;
}

/*
 * "%text%" for LIKE, where % and _ of the text mean themselves; absent when all names fit. Names
 * are lower case.
 */
static struct str pattern_of(struct ctx *c, struct str text)
{
    struct buf b = {.arena = c->arena};
    struct str lower = str_lower(c->arena, text);

    if (text.len == 0)
        return STR_NONE;
    buf_add_byte(&b, '%');
    for (size_t i = 0; i < lower.len; i++) {
        if (lower.ptr[i] == '%' || lower.ptr[i] == '_' || lower.ptr[i] == '\\')
            buf_add_byte(&b, '\\');
        buf_add_byte(&b, lower.ptr[i]);
    }
    buf_add_byte(&b, '%');
    return buf_str(&b);
}

/* One row more than the page holds tells whether there is a next page. */
static enum err query_list(struct ctx *c, const struct collection_query *q, struct str after,
                           struct db_rows *rows)
{
    return db_many(c, SQL_COLLECTION_LIST,
                   DB_ARGS(db_int(c, q->viewer.user_id), db_bool(q->viewer.is_admin),
                           db_text_or_null(c, pattern_of(c, q->text)), db_bool(q->mine),
                           db_text_or_null(c, after), db_int(c, q->limit + 1), db_bool(q->starred)),
                   rows);
}

/* Of the whole list the next page is the next in the index; a part of it needs a plan of its own.
 */
static enum err plan_list(struct ctx *c, const struct collection_query *q, struct str after,
                          struct db_rows *rows)
{
    struct db_rows plan;

    if (q->text.len == 0 && !q->mine && !q->starred)
        return query_list(c, q, after, rows);
    TRY(db_begin(c));
    TRY(db_one(c, SQL_SEARCH_PLAN, DB_NO_ARGS, "search_plan", &plan));
    TRY(query_list(c, q, after, rows));
    return db_commit(c);
}

static void page_from_rows(struct ctx *c, struct viewer v, const struct db_rows *rows, size_t count,
                           struct collection_page *out)
{
    *out = (struct collection_page){.count = count};
    out->list = arena_alloc_array(c->arena, count, sizeof *out->list);
    for (size_t i = 0; i < count; i++)
        out->list[i] = collection_from_row(c, v, rows, i);
}

enum err collection_recent(struct ctx *c, struct viewer v, int64_t limit,
                           struct collection_page *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_COLLECTION_RECENT,
                DB_ARGS(db_int(c, v.user_id), db_bool(v.is_admin), db_int(c, limit)), &rows));
    page_from_rows(c, v, &rows, rows.count, out);
    return ERR_OK;
}

enum err collection_list(struct ctx *c, const struct collection_query *q,
                         struct collection_page *out)
{
    struct db_rows rows;
    struct str after;

    if (!str_is_utf8(q->text))
        return FAIL_FIELD(c, "q", "q: not valid UTF-8.");
    TRY(cursor_read_name(c, q->cursor, &after));
    TRY(plan_list(c, q, after, &rows));
    page_from_rows(c, q->viewer, &rows,
                   rows.count > (size_t)q->limit ? (size_t)q->limit : rows.count, out);
    if (rows.count > out->count)
        out->next = cursor_of_name(c, out->list[out->count - 1].name);
    return ERR_OK;
}

enum err collection_get(struct ctx *c, struct viewer v, int64_t id, struct collection *out)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_COLLECTION_GET,
               DB_ARGS(db_int(c, v.user_id), db_bool(v.is_admin), db_int(c, id)),
               "There is no such collection.", &rows));
    *out = collection_from_row(c, v, &rows, 0);
    return ERR_OK;
}

enum err collection_star(struct ctx *c, struct viewer v, int64_t id, bool starred)
{
    struct collection of;

    TRY(collection_get(c, v, id, &of));
    return db_exec(c, starred ? SQL_STAR_ADD : SQL_STAR_REMOVE,
                   DB_ARGS(db_int(c, v.user_id), db_int(c, id)), NULL);
}

enum err collection_find(struct ctx *c, struct viewer v, struct str name, bool *found,
                         struct collection *out)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_COLLECTION_FIND, DB_ARGS(db_int(c, v.user_id), db_text(c, name)), &rows));
    *found = rows.count == 1;
    if (*found)
        *out = collection_from_row(c, v, &rows, 0);
    return ERR_OK;
}

/* ---- catalog --------------------------------------------------------------------------------- */

/* Rows come sorted by collection, so a new collection begins where the id changes. */
static size_t count_collections(const struct db_rows *rows)
{
    size_t count = 0;

    for (size_t i = 0; i < rows->count; i++)
        count += i == 0 || db_get_int(rows, i, "id") != db_get_int(rows, i - 1, "id");
    return count;
}

static struct container container_from_catalog(const struct db_rows *rows, size_t i)
{
    return (struct container){
        .id = db_get_int(rows, i, "container_id"),
        .collection_id = db_get_int(rows, i, "id"),
        .name = {.collection = db_get_text(rows, i, "name"),
                 .name = db_get_text(rows, i, "container"),
                 .tag = db_get_text(rows, i, "tag")},
    };
}

static void catalog_from_rows(struct ctx *c, const struct db_rows *rows, struct catalog *out)
{
    struct catalog_entry *entry = NULL;
    struct container *containers;
    struct catalog all = {0};

    all.list = arena_alloc_array(c->arena, count_collections(rows), sizeof *all.list);
    containers = arena_alloc_array(c->arena, rows->count, sizeof *containers);
    for (size_t i = 0; i < rows->count; i++) {
        int64_t id = db_get_int(rows, i, "id");

        if (!entry || entry->id != id) {
            entry = &all.list[all.count++];
            *entry = (struct catalog_entry){.id = id,
                                            .name = db_get_text(rows, i, "name"),
                                            .created_us = db_get_int(rows, i, "created_us"),
                                            .updated_us = db_get_int(rows, i, "updated_us"),
                                            .containers = &containers[i]};
        }
        if (!db_is_null(rows, i, "container_id"))
            entry->containers[entry->count++] = container_from_catalog(rows, i);
    }
    *out = all;
}

enum err catalog_list(struct ctx *c, struct viewer v, struct str name, struct catalog *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_COLLECTION_CATALOG,
                DB_ARGS(db_int(c, v.user_id), db_bool(v.is_admin), db_text_or_null(c, name),
                        db_null(), db_int(c, 0)),
                &rows));
    catalog_from_rows(c, &rows, out);
    return ERR_OK;
}

enum err catalog_page(struct ctx *c, struct viewer v, int64_t limit, int64_t offset,
                      struct catalog *out, int64_t *total)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_COLLECTION_COUNT, DB_ARGS(db_int(c, v.user_id), db_bool(v.is_admin)),
               "collection_count", &rows));
    *total = db_get_int(&rows, 0, "count");
    TRY(db_many(c, SQL_COLLECTION_CATALOG,
                DB_ARGS(db_int(c, v.user_id), db_bool(v.is_admin), db_null(), db_int(c, limit),
                        db_int(c, offset)),
                &rows));
    catalog_from_rows(c, &rows, out);
    return ERR_OK;
}
