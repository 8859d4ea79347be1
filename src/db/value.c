#include "connection.h"

#include "base/codec.h"

struct db_param db_text(struct ctx *c, struct str s)
{
    return (struct db_param){.value = str_z(c->arena, s), .len = s.len};
}

struct db_param db_text_or_null(struct ctx *c, struct str s)
{
    return s.ptr ? db_text(c, s) : db_null();
}

struct db_param db_int(struct ctx *c, int64_t value)
{
    struct str s = str_printf(c->arena, "%lld", (long long)value);

    return (struct db_param){.value = s.ptr, .len = s.len};
}

struct db_param db_bool(bool value)
{
    return (struct db_param){.value = value ? "t" : "f", .len = 1};
}

struct db_param db_bytes(struct str bytes)
{
    return (struct db_param){
        .value = bytes.ptr ? bytes.ptr : "", .len = bytes.len, .is_binary = true};
}

struct db_param db_null(void)
{
    return (struct db_param){.value = NULL};
}

/* Types a getter reads; PostgreSQL's catalog fixes the numbers (pg_type.dat). */
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_NUMERIC = 1700
};

/* The number of a column; the row must be one of those that came. */
static int column_of(const struct db_rows *rows, size_t row, const char *column)
{
    int at = PQfnumber(rows->result, column);

    if (at < 0)
        connection_bug("a column the statement does not return", column);
    if (row >= rows->count)
        connection_bug("a row that did not come", column);
    return at;
}

static struct str value_at(const struct db_rows *rows, size_t row, int at)
{
    if (PQgetisnull(rows->result, (int)row, at))
        return STR_NONE;
    return str_view(PQgetvalue(rows->result, (int)row, at),
                    (size_t)PQgetlength(rows->result, (int)row, at));
}

struct str db_get_text(const struct db_rows *rows, size_t row, const char *column)
{
    return value_at(rows, row, column_of(rows, row, column));
}

int64_t db_get_int(const struct db_rows *rows, size_t row, const char *column)
{
    int at = column_of(rows, row, column);
    Oid type = PQftype(rows->result, at);
    struct str text = value_at(rows, row, at);
    int64_t value = 0;

    if (type != OID_INT8 && type != OID_INT4 && type != OID_INT2 && type != OID_NUMERIC)
        connection_bug("a column read as an integer that is none", column);
    if (text.ptr && !str_to_int(text, INT64_MIN, INT64_MAX, &value))
        connection_bug("an integer that does not fit", column);
    return value;
}

bool db_get_bool(const struct db_rows *rows, size_t row, const char *column)
{
    int at = column_of(rows, row, column);

    if (PQftype(rows->result, at) != OID_BOOL)
        connection_bug("a column read as a boolean that is none", column);
    return str_eq(value_at(rows, row, at), STR("t"));
}

bool db_is_null(const struct db_rows *rows, size_t row, const char *column)
{
    return value_at(rows, row, column_of(rows, row, column)).ptr == NULL;
}

struct str db_get_bytes(struct ctx *c, const struct db_rows *rows, size_t row, const char *column)
{
    int at = column_of(rows, row, column);
    struct str text = value_at(rows, row, at), bytes;

    if (PQftype(rows->result, at) != OID_BYTEA)
        connection_bug("a column read as bytes that is none", column);
    if (!text.ptr)
        return STR_NONE;
    if (!str_has_prefix(text, STR("\\x")) || !hex_decode(c->arena, str_skip(text, 2), &bytes))
        connection_bug("bytes that are not hex", column);
    return bytes;
}
