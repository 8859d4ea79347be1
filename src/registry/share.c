#include "registry/share.h"

#include "change.h"
#include "container.h"

#include "base/secret.h"
#include "base/settings.h"

static enum err check_days(struct ctx *c, int64_t days)
{
    int64_t most = c->settings->share_link_days;

    if (most == 0)
        return FAIL(c, ERR_FORBIDDEN, "Share links are switched off in this registry.");
    if (days < 1 || days > most)
        return FAIL_FIELD(c, "days", "days: a whole number from 1 to %lld.", (long long)most);
    return ERR_OK;
}

static enum err create(struct ctx *c, struct viewer v, int64_t container_id, int64_t days,
                       struct share *out, struct str *secret)
{
    struct str fresh = secret_token(c->arena);
    struct container k;
    struct db_rows rows;

    TRY(change_container(c, v, container_id, ACTION_SHARE, &k));
    TRY(check_days(c, days));
    TRY(db_one(c, SQL_SHARE_CREATE,
               DB_ARGS(db_bytes(secret_sha256(c->arena, fresh)), db_int(c, k.id),
                       db_int(c, k.image_id), db_int(c, v.user_id), db_int(c, days)),
               "share_create", &rows));
    *secret = fresh;
    *out = (struct share){.id = db_get_int(&rows, 0, "id"),
                          .sha256 = k.sha256,
                          .created_at = db_get_int(&rows, 0, "created_at"),
                          .expires_at = db_get_int(&rows, 0, "expires_at")};
    return change_note(c, v, k.collection_id, "share.create",
                       str_printf(c->arena, STR_FMT ", link %lld, %lld days",
                                  STR_ARG(image_name_uri(c->arena, &k.name)), (long long)out->id,
                                  (long long)days));
}

enum err share_create(struct ctx *c, struct viewer v, int64_t container_id, int64_t days,
                      struct share *out, struct str *secret)
{
    TRY(db_begin(c));
    return change_end(c, create(c, v, container_id, days, out, secret));
}

enum err share_list(struct ctx *c, struct viewer v, int64_t container_id, struct share_list *out)
{
    struct share_list all;
    struct container k;
    struct db_rows rows;

    TRY(container_get(c, v, container_id, &k));
    TRY(role_require(c, k.role, ACTION_SHARE, k.is_private, "There is no such image."));
    TRY(db_many(c, SQL_SHARE_LIST, DB_ARGS(db_int(c, container_id)), &rows));
    all =
        (struct share_list){arena_alloc_array(c->arena, rows.count, sizeof *all.list), rows.count};
    for (size_t i = 0; i < rows.count; i++)
        all.list[i] = (struct share){.id = db_get_int(&rows, i, "id"),
                                     .sha256 = db_get_text(&rows, i, "sha256"),
                                     .created_by = db_get_text(&rows, i, "created_by"),
                                     .created_at = db_get_int(&rows, i, "created_at"),
                                     .expires_at = db_get_int(&rows, i, "expires_at")};
    *out = all;
    return ERR_OK;
}

static enum err revoke(struct ctx *c, struct viewer v, int64_t container_id, int64_t id)
{
    struct container k;
    size_t revoked = 0;

    TRY(change_container(c, v, container_id, ACTION_SHARE, &k));
    TRY(db_exec(c, SQL_SHARE_REVOKE, DB_ARGS(db_int(c, container_id), db_int(c, id)), &revoked));
    if (revoked == 0)
        return FAIL(c, ERR_NOT_FOUND, "There is no such share link.");
    return change_note(c, v, k.collection_id, "share.revoke",
                       str_printf(c->arena, STR_FMT ", link %lld",
                                  STR_ARG(image_name_uri(c->arena, &k.name)), (long long)id));
}

enum err share_revoke(struct ctx *c, struct viewer v, int64_t container_id, int64_t id)
{
    TRY(db_begin(c));
    return change_end(c, revoke(c, v, container_id, id));
}

enum err share_open(struct ctx *c, int64_t container_id, struct str secret, struct container *out)
{
    struct db_rows rows;
    struct viewer maker;
    struct container k;

    TRY(db_maybe(c, SQL_SHARE_OPEN,
                 DB_ARGS(db_bytes(secret_sha256(c->arena, secret)), db_int(c, container_id)),
                 &rows));
    if (rows.count == 1) {
        maker = (struct viewer){db_get_int(&rows, 0, "user_id"), db_get_bool(&rows, 0, "is_admin")};
        k = container_with_collection(maker, &rows, 0);
        if (role_may(k.role, ACTION_SHARE, k.is_private)) {
            *out = k;
            return ERR_OK;
        }
    }
    return FAIL(c, ERR_FORBIDDEN,
                "This link has expired or was revoked; ask the person who gave it to you.");
}
