#include "password.h"
#include "throttle.h"
#include "user_row.h"

#include "account/user.h"

/* Who the name belongs to, and the hash; both absent for names that cannot sign in. */
static enum err find(struct ctx *c, struct str username, struct user *u, struct str *hash)
{
    struct db_rows rows;

    *hash = STR_NONE;
    if (!user_name_is_valid(username))
        return ERR_OK;
    TRY(db_maybe(c, SQL_USER_LOGIN, DB_ARGS(db_text(c, username)), &rows));
    if (rows.count) {
        *u = user_from_row(&rows, 0);
        *hash = db_get_text(&rows, 0, "password_hash");
    }
    return ERR_OK;
}

/* One sentence for every reason, after the same work: it does not tell whether the name exists. */
enum err user_authenticate(struct ctx *c, struct str username, struct str password,
                           struct str address, struct user *out)
{
    struct user u = {.id = 0};
    struct str hash;
    bool fits;

    TRY(throttle_attempt(c, user_name_is_valid(username) ? username : STR_NONE, address));
    TRY(find(c, username, &u, &hash));
    TRY(password_fits(c, hash, password, &fits));
    if (!fits)
        return FAIL(c, ERR_WRONG_CREDENTIALS, "The user name or the password is wrong.");
    TRY(throttle_success(c, username, address));
    *out = u;
    return ERR_OK;
}

enum err user_check_password(struct ctx *c, const struct user *u, struct str password,
                             struct str address)
{
    struct user same;
    enum err e = user_authenticate(c, u->username, password, address, &same);

    if (e == ERR_WRONG_CREDENTIALS)
        return FAIL(c, ERR_WRONG_CREDENTIALS, "The current password is wrong.");
    return e;
}
