#include "account/keys.h"

#include "seal.h"

#include "base/log.h"
#include "base/secret.h"
#include "db/db.h"

enum {
    BATCH = 100,     /* rows of a transaction: locked for some tens of milliseconds */
    ROUNDS_MAX = 20, /* over the tokens that were in use */
    PAUSE_MS = 500,  /* between two rounds */
};

/* A table with sealed values: how rows are listed and put back, and what the values are bound to.
 */
// clang-format off
static const struct place {
    enum sql_query list, put;
    const char *first, *second; /* columns; second NULL: there is one */
    bool is_of_user_alone;      /* bound to the user and nothing else */
} places[] = {
    {SQL_KEYS_USERS,       SQL_KEYS_PUT_USER,       SEAL_CLIENT_TOKEN, NULL,         true },
    {SQL_KEYS_TOKENS,      SQL_KEYS_PUT_TOKEN,      SEAL_ACCESS,       SEAL_REFRESH, false},
    {SQL_KEYS_REVOCATIONS, SQL_KEYS_PUT_REVOCATION, SEAL_REVOCATION,   NULL,         false},
    {SQL_KEYS_OAUTH,       SQL_KEYS_PUT_OAUTH,      SEAL_VERIFIER,     NULL,         false},
    {SQL_KEYS_SIGNIN,      SQL_KEYS_PUT_SIGNIN,     SEAL_SIGNIN,       NULL,         false},
};
// clang-format on

struct row {
    int64_t id, user_id;
    struct str detail, first, second;
};

static struct row row_of(struct ctx *c, const struct db_rows *rows, size_t i)
{
    return (struct row){
        .id = db_get_int(rows, i, "row"),
        .user_id = db_get_int(rows, i, "user_id"),
        .detail = db_get_text(rows, i, "detail"),
        .first = db_get_bytes(c, rows, i, "first"),
        .second = db_get_bytes(c, rows, i, "second"),
    };
}

/* ---- one row --------------------------------------------------------------------------------- */

static enum err seal_again(struct ctx *c, const struct place *p, const char *column,
                           const struct row *r, struct str sealed, struct str *again)
{
    struct str plain;

    *again = STR_NONE;
    if (!column || !sealed.ptr)
        return ERR_OK;
    if (p->is_of_user_alone) {
        struct str subject = str_printf(c->arena, "%lld", (long long)r->user_id);

        TRY(secret_open(c, column, subject, sealed, &plain));
        *again = secret_seal(c->arena, column, subject, plain);
        return ERR_OK;
    }
    TRY(seal_open(c, column, r->user_id, r->detail, sealed, &plain));
    *again = seal(c, column, r->user_id, r->detail, plain);
    return ERR_OK;
}

static struct db_param bytes_or_null(struct str bytes)
{
    return bytes.ptr ? db_bytes(bytes) : db_null();
}

/* What does not open is counted and left as it is: perhaps its key turns up. */
static enum err rotate_row(struct ctx *c, const struct place *p, const struct row *r,
                           struct keys_report *did)
{
    struct str first, second;
    size_t changed;

    if (seal_again(c, p, p->first, r, r->first, &first) != ERR_OK ||
        seal_again(c, p, p->second, r, r->second, &second) != ERR_OK) {
        log_to(LOG_WARN, "key_missing", {"why", c->failure.detail});
        ctx_forgive(c);
        did->unopened += 1 + (r->second.ptr != NULL);
        return ERR_OK;
    }
    TRY(db_exec(c, p->put,
                DB_ARGS(db_int(c, r->id), db_text(c, r->detail), db_bytes(r->first),
                        db_bytes(first), bytes_or_null(r->second), bytes_or_null(second)),
                &changed));
    did->resealed += changed ? 1 + (second.ptr != NULL) : 0;
    return ERR_OK;
}

/* ---- one table ------------------------------------------------------------------------------- */

static enum err rotate_rows(struct ctx *c, const struct place *p, const struct db_rows *rows,
                            struct row *last, struct keys_report *did)
{
    TRY(db_begin(c));
    for (size_t i = 0; i < rows->count; i++) {
        *last = row_of(c, rows, i);
        TRY(rotate_row(c, p, last, did));
    }
    return db_commit(c);
}

/* Each batch has an arena of its own: a table may be of any length. */
static enum err rotate_batch(struct ctx *parent, const struct place *p, struct row *last,
                             size_t *count, struct keys_report *did)
{
    struct ctx c = *parent;
    struct db_rows rows;
    enum err e;

    c.arena = arena_create();
    e = db_many(&c, p->list,
                DB_ARGS(db_bytes(secret_prefix(c.arena)), db_int(&c, last->id),
                        db_text(&c, last->detail), db_int(&c, BATCH)),
                &rows);
    if (e == ERR_OK) {
        *count = rows.count;
        e = rotate_rows(&c, p, &rows, last, did);
    }
    last->detail = str_dup(parent->arena, last->detail);
    if (e != ERR_OK) {
        db_rollback(&c);
        ctx_note(parent, e, STR_FMT, STR_ARG(c.failure.detail));
    }
    arena_destroy(c.arena);
    return e;
}

static enum err rotate_place(struct ctx *c, const struct place *p, struct keys_report *did)
{
    struct row last = {.detail = STR("")};
    size_t count;

    do
        TRY(rotate_batch(c, p, &last, &count, did));
    while (count == BATCH);
    return ERR_OK;
}

/* ---- all ------------------------------------------------------------------------------------- */

enum err keys_count(struct ctx *c, struct keys_counts *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_KEYS_COUNT, DB_ARGS(db_bytes(secret_prefix(c->arena))), &rows));
    *out = (struct keys_counts){arena_alloc_array(c->arena, rows.count, sizeof *out->list),
                                rows.count};
    for (size_t i = 0; i < rows.count; i++)
        out->list[i] =
            (struct keys_count){db_get_text(&rows, i, "place"), db_get_int(&rows, i, "current"),
                                db_get_int(&rows, i, "others")};
    return ERR_OK;
}

static enum err count_others(struct ctx *c, int64_t *others)
{
    struct keys_counts counts;

    TRY(keys_count(c, &counts));
    *others = 0;
    for (size_t i = 0; i < counts.count; i++)
        *others += counts.list[i].others;
    return ERR_OK;
}

static enum err rotate_round(struct ctx *c, struct keys_report *did)
{
    did->unopened = 0;
    for (size_t i = 0; i < COUNT_OF(places); i++)
        TRY(rotate_place(c, &places[i], did));
    return count_others(c, &did->left);
}

enum err keys_rotate(struct ctx *c, struct keys_report *out)
{
    *out = (struct keys_report){0};
    for (int round = 0; round < ROUNDS_MAX; round++) {
        TRY(rotate_round(c, out));
        if (out->left <= out->unopened)
            break;
        clock_pause_ms(c->clock, PAUSE_MS);
    }
    return ERR_OK;
}
