#include "move.h"

#include "account/audit.h"
#include "account/user.h"

struct old_user {
    struct str username, token; /* token absent: he never had one */
    bool is_admin, is_active;
};

/*
 * A new user has no password: the old hash (PBKDF2) does not serve here. The note comes first, so
 * that a run which ends in between is taken up by the next one.
 */
static enum err create(struct ctx *c, const struct old_user *old, int64_t *id)
{
    struct user u;
    bool changed;

    TRY(audit_note(c, 0, "user.import", old->username));
    TRY(user_create(c, old->username, STR_NONE, old->is_admin, &u));
    *id = u.id;
    if (!old->is_active)
        TRY(user_set_active(c, u.id, false));
    return old->token.len ? user_adopt_client_token(c, u.id, old->token, &changed) : ERR_OK;
}

/*
 * Somebody who was brought before follows the old registry until he makes a token here. Who was
 * made here keeps what he has: the same name is taken to be the same person.
 */
static enum err update(struct ctx *c, struct move *m, const struct old_user *old,
                       const struct user *here)
{
    struct import_count *count = &m->report->users;
    bool is_ours, brought, changed = false, switch_off;

    TRY(move_is_ours(c, "user.token", "user.import", here->username, &is_ours, &brought));
    if (!brought || is_ours) {
        count->kept++;
        return ERR_OK;
    }
    switch_off = !old->is_active && here->is_active;
    if (!m->options->dry_run && old->token.len)
        TRY(user_adopt_client_token(c, here->id, old->token, &changed));
    if (!m->options->dry_run && switch_off)
        TRY(user_set_active(c, here->id, false));
    if (changed || switch_off)
        count->updated++;
    else
        count->unchanged++;
    return ERR_OK;
}

/* Two users there who are one here: the second would get the first one's rights. */
static enum err check_unique(struct ctx *c, const struct id_map *map, struct str name)
{
    for (size_t i = 0; i < map->count; i++) {
        if (str_eq(map->list[i].name, name))
            return FAIL(c, ERR_CONFLICT, "another user has this name but for upper and lower case");
    }
    return ERR_OK;
}

static enum err move_user(struct ctx *c, struct move *m, const struct old_user *old,
                          struct id_pair *pair)
{
    struct user here;
    enum err e;

    TRY(user_name_check(c, old->username));
    TRY(check_unique(c, &m->users, old->username));
    e = user_get(c, old->username, &here);
    if (e == ERR_OK) {
        pair->new = here.id;
        return update(c, m, old, &here);
    }
    if (e != ERR_NOT_FOUND)
        return e;
    ctx_forgive(c);
    if (!m->options->dry_run)
        TRY(create(c, old, &pair->new));
    m->report->users.created++;
    return ERR_OK;
}

enum err move_users(struct ctx *c, struct move *m)
{
    struct db_rows rows;

    TRY(old_rows(c, m->old, OLD_USERS, &rows));
    m->users.list = arena_alloc_array(m->arena, rows.count, sizeof *m->users.list);
    for (size_t i = 0; i < rows.count; i++) {
        struct old_user old = {.username = str_lower(m->arena, db_get_text(&rows, i, "username")),
                               .token = db_get_text(&rows, i, "token"),
                               .is_admin = db_get_bool(&rows, i, "is_admin"),
                               .is_active = db_get_bool(&rows, i, "is_active")};
        struct id_pair pair = {.old = db_get_int(&rows, i, "id"), .name = old.username};
        enum err e = move_user(c, m, &old, &pair);

        pair.is_known = e == ERR_OK;
        TRY(move_judge(c, m, e, &m->report->users, "user", old.username));
        m->users.list[m->users.count++] = pair;
    }
    return ERR_OK;
}
