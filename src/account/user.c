#include "account/user.h"

#include "password.h"
#include "seal.h"
#include "user_row.h"

#include "base/codec.h"
#include "base/secret.h"

static const char no_such_user[] = "There is no such user.";

bool user_name_is_valid(struct str s)
{
    return s.len >= 1 && s.len <= USERNAME_MAX &&
           str_is_made_of(str_take(s, 1), "abcdefghijklmnopqrstuvwxyz0123456789") &&
           str_is_made_of(s, "abcdefghijklmnopqrstuvwxyz0123456789._@+-");
}

enum err user_name_check(struct ctx *c, struct str username)
{
    if (!user_name_is_valid(username))
        return FAIL_FIELD(
            c, "username",
            "username: must be 1 to %d of a-z 0-9 . _ @ + -, and begin with a letter or a digit",
            USERNAME_MAX);
    return ERR_OK;
}

struct user user_from_row(const struct db_rows *rows, size_t row)
{
    return (struct user){
        .id = db_get_int(rows, row, "id"),
        .username = db_get_text(rows, row, "username"),
        .is_admin = db_get_bool(rows, row, "is_admin"),
        .is_active = db_get_bool(rows, row, "is_active"),
        .created_at = db_get_int(rows, row, "created_at"),
    };
}

/* ---- client token ---------------------------------------------------------------------------- */

static struct str token_subject(struct ctx *c, int64_t user_id)
{
    return str_printf(c->arena, "%lld", (long long)user_id);
}

enum err user_open_client_token(struct ctx *c, int64_t user_id, struct str sealed,
                                struct str *token)
{
    return secret_open(c, SEAL_CLIENT_TOKEN, token_subject(c, user_id), sealed, token);
}

static enum err set_token(struct ctx *c, int64_t user_id, struct str token)
{
    struct str sealed = secret_seal(c->arena, SEAL_CLIENT_TOKEN, token_subject(c, user_id), token);
    struct db_rows rows;

    return db_one(c, SQL_USER_SET_TOKEN, DB_ARGS(db_int(c, user_id), db_bytes(sealed)),
                  no_such_user, &rows);
}

enum err user_new_client_token(struct ctx *c, int64_t user_id, struct str *token)
{
    *token = hex_encode(c->arena, secret_random(c->arena, CLIENT_TOKEN_LEN / 2));
    return set_token(c, user_id, *token);
}

enum err user_adopt_client_token(struct ctx *c, int64_t user_id, struct str token, bool *changed)
{
    struct str sealed, present = STR_NONE;
    struct db_rows rows;

    if (token.len != CLIENT_TOKEN_LEN || !str_is_made_of(token, "0123456789abcdef"))
        return FAIL_FIELD(c, "token", "token: must be %d hex digits", CLIENT_TOKEN_LEN);
    TRY(db_one(c, SQL_USER_CLIENT_TOKEN, DB_ARGS(db_int(c, user_id)), no_such_user, &rows));
    sealed = db_get_bytes(c, &rows, 0, "client_token");
    if (sealed.len)
        TRY(user_open_client_token(c, user_id, sealed, &present));
    *changed = !str_eq_secret(present, token);
    return *changed ? set_token(c, user_id, token) : ERR_OK;
}

/* ---- users ----------------------------------------------------------------------------------- */

static enum err insert(struct ctx *c, struct str username, struct str hash, bool is_admin,
                       struct user *out)
{
    struct db_rows rows;
    enum err e = db_one(c, SQL_USER_CREATE,
                        DB_ARGS(db_text(c, username), db_text_or_null(c, hash), db_bool(is_admin)),
                        "", &rows);

    if (e == ERR_OK)
        *out = user_from_row(&rows, 0);
    if (e == ERR_CONFLICT)
        ctx_note_field(c, e, "username", "username: " STR_FMT " is taken", STR_ARG(username));
    return e;
}

/* The token is sealed for the id, which the first statement gives. */
static enum err insert_with_token(struct ctx *c, struct str username, struct str hash,
                                  bool is_admin, struct user *out)
{
    struct str token;

    TRY(db_begin(c));
    TRY(insert(c, username, hash, is_admin, out));
    TRY(user_new_client_token(c, out->id, &token));
    return db_commit(c);
}

enum err user_create(struct ctx *c, struct str username, struct str password, bool is_admin,
                     struct user *out)
{
    struct str hash = STR_NONE;
    enum err e;

    TRY(user_name_check(c, username));
    if (password.ptr) {
        TRY(password_check(c, password));
        TRY(password_hash(c, password, &hash));
    }
    e = insert_with_token(c, username, hash, is_admin, out);
    if (e != ERR_OK)
        db_rollback(c);
    return e;
}

enum err user_get(struct ctx *c, struct str username, struct user *out)
{
    struct db_rows rows;

    TRY(db_one(c, SQL_USER_GET, DB_ARGS(db_text(c, username)), no_such_user, &rows));
    *out = user_from_row(&rows, 0);
    return ERR_OK;
}

enum err user_list(struct ctx *c, struct user_list *out)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_USER_LIST, DB_NO_ARGS, &rows));
    *out = (struct user_list){arena_alloc_array(c->arena, rows.count, sizeof(struct user)),
                              rows.count};
    for (size_t i = 0; i < rows.count; i++)
        out->list[i] = user_from_row(&rows, i);
    return ERR_OK;
}

enum err user_set_password(struct ctx *c, int64_t user_id, struct str password)
{
    struct db_rows rows;
    struct str hash;

    TRY(password_check(c, password));
    TRY(password_hash(c, password, &hash));
    return db_one(c, SQL_USER_SET_PASSWORD, DB_ARGS(db_int(c, user_id), db_text(c, hash)),
                  no_such_user, &rows);
}

enum err user_set_active(struct ctx *c, int64_t user_id, bool active)
{
    struct db_rows rows;

    return db_one(c, SQL_USER_SET_ACTIVE, DB_ARGS(db_int(c, user_id), db_bool(active)),
                  no_such_user, &rows);
}
