#include "signup.h"

#include "user_row.h"

#include "base/settings.h"

enum {
    NAME_MAX = USERNAME_MAX - 4, /* leaves room for "-999" */
    NUMBER_MAX = 999,
};

/*
 * The domain stands for the identity provider, which vouches for the names before it; an e-mail
 * address is only what somebody wrote.
 */
bool signup_allows(const struct settings *s, struct str globus_username)
{
    struct str list = str_of(s->globus_signup), name, domain, allowed;

    if (str_eq(list, STR("everybody")))
        return true;
    if (!str_cut_last(globus_username, '@', &name, &domain) || domain.len == 0)
        return false;
    while (list.len) {
        str_cut(list, ',', &allowed, &list);
        if (str_eq_nocase(str_trim(allowed), domain))
            return true;
    }
    return false;
}

struct str signup_name(struct arena *a, struct str globus_username)
{
    struct str local, domain, lower;
    struct buf b = {.arena = a};

    str_cut(globus_username, '@', &local, &domain);
    lower = str_lower(a, local);
    for (size_t i = 0; i < lower.len && buf_str(&b).len < NAME_MAX; i++) {
        struct str one = str_view(lower.ptr + i, 1);
        bool fits = str_is_made_of(one, "abcdefghijklmnopqrstuvwxyz0123456789._+-");
        bool can_begin = str_is_made_of(one, "abcdefghijklmnopqrstuvwxyz0123456789");

        if (buf_str(&b).len || can_begin)
            buf_add(&b, fits ? one : STR("-"));
    }
    return buf_str(&b).len ? buf_str(&b) : STR("user");
}

/* *made stays false when the name is taken. */
static enum err try_name(struct ctx *c, struct str name, bool *made, struct user *out)
{
    struct db_rows rows;
    struct str token;

    TRY(db_maybe(c, SQL_USER_CREATE_FREE, DB_ARGS(db_text(c, name)), &rows));
    *made = rows.count == 1;
    if (!*made)
        return ERR_OK;
    *out = user_from_row(&rows, 0);
    return user_new_client_token(c, out->id, &token);
}

enum err signup_user(struct ctx *c, struct str globus_username, struct user *out)
{
    struct str base = signup_name(c->arena, globus_username), name = base;
    bool made = false;

    for (int number = 2; number <= NUMBER_MAX; number++) {
        TRY(try_name(c, name, &made, out));
        if (made)
            return ERR_OK;
        name = str_printf(c->arena, STR_FMT "-%d", STR_ARG(base), number);
    }
    return FAIL(c, ERR_CONFLICT,
                "No user name is left for " STR_FMT "; ask the operator for an account.",
                STR_ARG(globus_username));
}
