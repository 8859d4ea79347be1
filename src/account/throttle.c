#include "throttle.h"

#include "base/settings.h"
#include "db/db.h"

#include <arpa/inet.h>
#include <string.h>

enum { ADDRESS_FACTOR = 10 }; /* many people may share an address */

struct str throttle_network(struct arena *a, struct str address)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr v6;

    if (inet_pton(AF_INET6, str_z(a, address), &v6) != 1 || IN6_IS_ADDR_V4MAPPED(&v6))
        return address;
    memset(v6.s6_addr + 8, 0, 8);
    if (!inet_ntop(AF_INET6, &v6, text, sizeof text))
        return address;
    return str_dup(a, str_of(text));
}

static struct str account_subject(struct ctx *c, struct str username)
{
    return str_printf(c->arena, "user:" STR_FMT, STR_ARG(username));
}

static struct str address_subject(struct ctx *c, struct str address)
{
    struct str network = throttle_network(c->arena, address);

    return str_printf(c->arena, "addr:" STR_FMT, STR_ARG(network));
}

static enum err attempt(struct ctx *c, struct str subject, int64_t allowed)
{
    struct db_rows rows;
    int64_t wait_s;

    TRY(db_one(
        c, SQL_LOGIN_ATTEMPT,
        DB_ARGS(db_text(c, subject), db_int(c, allowed), db_int(c, c->settings->login_window_s)),
        "", &rows));
    wait_s = db_get_int(&rows, 0, "wait_s");
    if (wait_s == 0)
        return ERR_OK;
    ctx_note(c, ERR_THROTTLED, "Too many wrong passwords; try again in %lld seconds.",
             (long long)wait_s);
    c->failure.retry_after_s = (int)wait_s;
    return ERR_THROTTLED;
}

enum err throttle_attempt(struct ctx *c, struct str username, struct str address)
{
    /* The address first: one that must wait cannot make its victims wait too. */
    TRY(attempt(c, address_subject(c, address), c->settings->login_failures * ADDRESS_FACTOR));
    return username.ptr ? attempt(c, account_subject(c, username), c->settings->login_failures)
                        : ERR_OK;
}

enum err throttle_success(struct ctx *c, struct str username, struct str address)
{
    return db_exec(
        c, SQL_LOGIN_SUCCESS,
        DB_ARGS(db_text(c, account_subject(c, username)), db_text(c, address_subject(c, address))),
        NULL);
}
