#include "container.h"

#include "cursor.h"

#include "db/db.h"

static const int64_t US_PER_S = 1000000;

void container_set_times(struct container *k, const struct db_rows *rows, size_t i)
{
    k->created_us = db_get_int(rows, i, "created_us");
    k->updated_us = db_get_int(rows, i, "updated_us");
    k->created_at = k->created_us / US_PER_S;
    k->updated_at = k->updated_us / US_PER_S;
}

/* The columns that every query of containers returns. */
static struct container container_from_row(const struct db_rows *rows, size_t i)
{
    struct container k = {
        .id = db_get_int(rows, i, "id"),
        .name = {.name = db_get_text(rows, i, "name"), .tag = db_get_text(rows, i, "tag")},
        .is_frozen = db_get_bool(rows, i, "is_frozen"),
        .image_id = db_get_int(rows, i, "image_id"),
        .sha256 = db_get_text(rows, i, "sha256"),
        .size_bytes = db_get_int(rows, i, "size_bytes"),
        .is_damaged = db_get_bool(rows, i, "is_damaged"),
    };

    container_set_times(&k, rows, i);
    return k;
}

/* The same with what its collection says. */
struct container container_with_collection(struct viewer v, const struct db_rows *rows, size_t i)
{
    struct container k = container_from_row(rows, i);

    k.collection_id = db_get_int(rows, i, "collection_id");
    k.name.collection = db_get_text(rows, i, "collection");
    k.is_private = db_get_bool(rows, i, "is_private");
    k.role = role_of(v, db_get_text(rows, i, "membership"));
    return k;
}

static struct container *containers_of(struct ctx *c, const struct collection *of,
                                       const struct db_rows *rows, size_t count)
{
    struct container *list = arena_alloc_array(c->arena, count, sizeof *list);

    for (size_t i = 0; i < count; i++) {
        list[i] = container_from_row(rows, i);
        list[i].collection_id = of->id;
        list[i].name.collection = of->name;
        list[i].is_private = of->is_private;
        list[i].role = of->role;
    }
    return list;
}

/* "{1,2}", as PostgreSQL reads an array. */
static struct str id_array(struct arena *a, const int64_t *ids, size_t count)
{
    struct buf out = {.arena = a};

    for (size_t i = 0; i < count; i++)
        buf_printf(&out, "%c%lld", i ? ',' : '{', (long long)ids[i]);
    buf_add_byte(&out, '}');
    return buf_str(&out);
}

enum err container_several(struct ctx *c, const struct collection *of, const int64_t *ids,
                           size_t id_count, int64_t limit, struct container_page *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_CONTAINER_SEVERAL,
                DB_ARGS(db_int(c, of->id),
                        id_count ? db_text(c, id_array(c->arena, ids, id_count)) : db_null(),
                        db_int(c, limit)),
                &rows));
    *out = (struct container_page){containers_of(c, of, &rows, rows.count), rows.count, STR_NONE};
    return ERR_OK;
}

enum err container_list(struct ctx *c, const struct collection *of, struct str cursor,
                        int64_t limit, struct container_page *out)
{
    struct container_page page = {0};
    struct db_rows rows;
    int64_t at_us = 0, id;

    TRY(cursor_read_time(c, cursor, &at_us, &id));
    TRY(db_many(c, SQL_CONTAINER_LIST,
                DB_ARGS(db_int(c, of->id), id ? db_int(c, at_us) : db_null(),
                        id ? db_int(c, id) : db_null(), db_int(c, limit + 1)),
                &rows));
    page.count = rows.count > (size_t)limit ? (size_t)limit : rows.count;
    page.list = containers_of(c, of, &rows, page.count);
    if (rows.count > page.count)
        page.next =
            cursor_of_time(c, page.list[page.count - 1].updated_us, page.list[page.count - 1].id);
    *out = page;
    return ERR_OK;
}

enum err container_catalog_page(struct ctx *c, struct viewer v, int64_t limit, int64_t offset,
                                struct container_catalog *out, int64_t *total)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_CONTAINER_COUNT, DB_ARGS(db_int(c, v.user_id), db_bool(v.is_admin)),
               "container_count", &rows));
    *total = db_get_int(&rows, 0, "count");
    TRY(db_many(
        c, SQL_CONTAINER_CATALOG,
        DB_ARGS(db_int(c, v.user_id), db_bool(v.is_admin), db_int(c, limit), db_int(c, offset)),
        &rows));
    *out = (struct container_catalog){arena_alloc_array(c->arena, rows.count, sizeof *out->list),
                                      rows.count};
    for (size_t i = 0; i < rows.count; i++)
        out->list[i] = container_with_collection(v, &rows, i);
    return ERR_OK;
}

enum err container_get(struct ctx *c, struct viewer v, int64_t id, struct container *out)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_CONTAINER_GET,
               DB_ARGS(db_int(c, v.user_id), db_bool(v.is_admin), db_int(c, id)),
               "There is no such image.", &rows));
    *out = container_with_collection(v, &rows, 0);
    return ERR_OK;
}

enum err container_get_as(struct ctx *c, int64_t user_id, int64_t id, int64_t image_id,
                          struct container *out)
{
    struct db_rows rows;
    struct viewer v;

    TRY(db_one(
        c, SQL_CONTAINER_GET_AS,
        DB_ARGS(db_int(c, user_id), db_int(c, id), image_id ? db_int(c, image_id) : db_null()),
        "There is no such image.", &rows));
    v = (struct viewer){db_get_int(&rows, 0, "user_id"), db_get_bool(&rows, 0, "is_admin")};
    *out = container_with_collection(v, &rows, 0);
    return ERR_OK;
}

enum err container_find(struct ctx *c, struct viewer v, const struct image_name *n, bool *found,
                        struct container *out)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_CONTAINER_FIND,
                 DB_ARGS(db_int(c, v.user_id), db_text(c, n->collection), db_text(c, n->name),
                         db_text(c, n->tag)),
                 &rows));
    *found = rows.count == 1;
    if (*found)
        *out = container_with_collection(v, &rows, 0);
    return ERR_OK;
}

enum err container_find_version(struct ctx *c, struct viewer v, const struct image_name *n,
                                struct str sha256, bool *found, struct container *out)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_CONTAINER_FIND_VERSION,
                 DB_ARGS(db_int(c, v.user_id), db_text(c, n->collection), db_text(c, n->name),
                         db_text(c, n->tag), db_text(c, sha256)),
                 &rows));
    *found = rows.count == 1;
    if (*found)
        *out = container_with_collection(v, &rows, 0);
    return ERR_OK;
}

enum err container_delete(struct ctx *c, struct viewer v, const struct container *k)
{
    struct db_rows rows;
    struct str uri = image_name_uri(c->arena, &k->name);

    if (k->is_frozen)
        return FAIL(c, ERR_FORBIDDEN, STR_FMT " is frozen, delete not allowed.", STR_ARG(uri));
    return db_one(c, SQL_CONTAINER_DELETE,
                  DB_ARGS(db_int(c, k->id), db_int(c, v.user_id), db_text(c, uri),
                          db_text(c, c->request_id), db_text_or_null(c, c->address)),
                  "There is no such image.", &rows);
}
