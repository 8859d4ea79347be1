#include "base/secret.h"
#include "base/settings.h"
#include "db/db.h"
#include "registry/push.h"

struct str ticket_hash(struct ctx *c, struct str ticket)
{
    return secret_sha256(c->arena, ticket);
}

static struct image_name name_from_row(const struct db_rows *rows, size_t i)
{
    return (struct image_name){.collection = db_get_text(rows, i, "collection"),
                               .name = db_get_text(rows, i, "name"),
                               .tag = db_get_text(rows, i, "tag")};
}

enum err ticket_create(struct ctx *c, int64_t user_id, const struct image_name *n,
                       struct str *ticket)
{
    struct str made = secret_token(c->arena);

    TRY(db_exec(c, SQL_TICKET_CREATE,
                DB_ARGS(db_bytes(ticket_hash(c, made)), db_int(c, user_id),
                        db_text(c, n->collection), db_text(c, n->name), db_text(c, n->tag),
                        db_int(c, c->settings->upload_ticket_s)),
                NULL));
    *ticket = made;
    return ERR_OK;
}

enum err ticket_list(struct ctx *c, int64_t user_id, struct ticket_list *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_TICKET_LIST, DB_ARGS(db_int(c, user_id)), &rows));
    *out = (struct ticket_list){arena_alloc_array(c->arena, rows.count, sizeof *out->list),
                                rows.count};
    for (size_t i = 0; i < rows.count; i++)
        out->list[i] =
            (struct ticket){db_get_bytes(c, &rows, i, "ticket_hash"), name_from_row(&rows, i)};
    return ERR_OK;
}

enum err ticket_use(struct ctx *c, int64_t user_id, struct str ticket, struct image_name *out)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_TICKET_USE, DB_ARGS(db_bytes(ticket_hash(c, ticket)), db_int(c, user_id)),
                 &rows));
    if (rows.count == 0)
        return FAIL(c, ERR_FORBIDDEN, "This upload ticket is used up or has expired: push again.");
    *out = name_from_row(&rows, 0);
    return ERR_OK;
}
