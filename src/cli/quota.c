#include "registry/quota.h"

#include "command.h"

#include "account/audit.h"
#include "account/user.h"
#include "registry/collection.h"

struct quota_view {
    struct str name;
    int64_t limit, used, reserved;
};
static const struct json_field quota_fields[] = {
    {"name",     JSON_STR, offsetof(struct quota_view, name),     0, 0, NULL},
    {"limit",    JSON_INT, offsetof(struct quota_view, limit),    0, 0, NULL},
    {"used",     JSON_INT, offsetof(struct quota_view, used),     0, 0, NULL},
    {"reserved", JSON_INT, offsetof(struct quota_view, reserved), 0, 0, NULL},
};
static const struct json_shape quota_shape = JSON_SHAPE(struct quota_view, quota_fields);

/* The factor of a letter behind a number, 0 for any other letter. */
static int64_t factor_of(char letter)
{
    static const char letters[] = "KMGTP";
    int64_t factor = 1;

    for (size_t i = 0; i < sizeof letters - 1; i++) {
        factor *= 1024;
        if (letters[i] == letter || letters[i] + ('a' - 'A') == letter)
            return factor;
    }
    return 0;
}

/* "none", "default", bytes, or a number with K, M, G, T or P (powers of 1024, as the portal shows
 * sizes). */
static enum err read_limit(struct cli *cli, int64_t *bytes)
{
    struct str text = cli->limit;
    int64_t factor = text.len ? factor_of(text.ptr[text.len - 1]) : 0, number;

    *bytes = QUOTA_NONE;
    if (str_eq(text, STR("none")))
        return ERR_OK;
    *bytes = QUOTA_STANDARD;
    if (str_eq(text, STR("default")))
        return ERR_OK;
    if (factor == 0)
        factor = 1;
    else
        text = str_take(text, text.len - 1);
    if (!str_to_int(text, 1, INT64_MAX / factor, &number))
        return FAIL(cli->ctx, ERR_INPUT,
                    "--limit: \"" STR_FMT "\" must be bytes, a number with K, M, G, T or P, none "
                    "or default",
                    STR_ARG(cli->limit));
    *bytes = number * factor;
    return ERR_OK;
}

static enum err tell(struct cli *cli, struct str name, const struct quota *q)
{
    const struct quota_view view = {name, q->limit, q->used, q->reserved};

    if (cli->options & OPTION_JSON) {
        json_write(&cli->out, &quota_shape, &view);
        buf_add_byte(&cli->out, '\n');
        return ERR_OK;
    }
    buf_printf(&cli->out, STR_FMT ": %lld bytes stored, %lld being pushed, ", STR_ARG(name),
               (long long)q->used, (long long)q->reserved);
    if (q->limit)
        buf_printf(&cli->out, "of %lld\n", (long long)q->limit);
    else
        buf_add(&cli->out, STR("no limit\n"));
    return ERR_OK;
}

static enum err set_user(struct cli *cli, const struct user *u)
{
    int64_t bytes;

    TRY(read_limit(cli, &bytes));
    TRY(quota_set_user(cli->ctx, u->id, bytes));
    return audit_note(cli->ctx, 0, "user.quota", u->username);
}

enum err cli_user_quota(struct cli *cli)
{
    struct ctx *c = cli->ctx;
    struct quota q;
    struct user u;

    TRY(user_get(c, str_lower(c->arena, cli->argument), &u));
    if (cli->options & OPTION_LIMIT)
        TRY(set_user(cli, &u));
    TRY(quota_of_user(c, u.id, &q));
    return tell(cli, u.username, &q);
}

static enum err check_exists(struct ctx *c, struct str name)
{
    struct collection collection;
    bool found;

    TRY(collection_find(c, (struct viewer){0}, name, &found, &collection));
    return found ? ERR_OK : FAIL(c, ERR_NOT_FOUND, "There is no such collection.");
}

static enum err set_collection(struct cli *cli, struct str name)
{
    int64_t bytes;

    TRY(read_limit(cli, &bytes));
    TRY(quota_set_collection(cli->ctx, name, bytes));
    return audit_note(cli->ctx, 0, "collection.quota", name);
}

enum err cli_collection_quota(struct cli *cli)
{
    struct ctx *c = cli->ctx;
    struct str name = str_lower(c->arena, cli->argument);
    struct quota q;

    TRY(check_exists(c, name));
    if (cli->options & OPTION_LIMIT)
        TRY(set_collection(cli, name));
    TRY(quota_of_collection(c, name, &q));
    return tell(cli, name, &q);
}
