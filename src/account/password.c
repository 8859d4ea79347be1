#include "password.h"

#include "account/user.h"

#include <sodium.h>

#include <errno.h>

enum { RETRY_AFTER_S = 5 };

/*
 * libsodium's interactive limits: 64 MiB and two passes, about a tenth of a second. It maps that
 * memory and unmaps it, so an idle worker does not keep it. The hash of a random value that nobody
 * knows stands in for users who are not there.
 */
static const char nobodys_hash[] = "$argon2id$v=19$m=65536,t=2,p=1$2jKfxVQUqJ+vZWQDr1sElQ$"
                                   "rZJ2TcGMBWRbFNrF6ja2vyq34svPC9WMUSEm+yBrci4";

enum err password_check(struct ctx *c, struct str password)
{
    if (password.len < PASSWORD_MIN || password.len > PASSWORD_MAX)
        return FAIL_FIELD(c, "password", "password: must have %d to %d bytes", PASSWORD_MIN,
                          PASSWORD_MAX);
    if (!str_is_utf8(password))
        return FAIL_FIELD(c, "password", "password: must be UTF-8 text");
    return ERR_OK;
}

static enum err short_of_memory(struct ctx *c)
{
    ctx_note(c, ERR_UNAVAILABLE, "The machine is short of memory; try again in a moment.");
    c->failure.retry_after_s = RETRY_AFTER_S;
    return ERR_UNAVAILABLE;
}

enum err password_hash(struct ctx *c, struct str password, struct str *hash)
{
    char text[crypto_pwhash_STRBYTES];

    if (crypto_pwhash_str(text, password.ptr, password.len, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        return short_of_memory(c);
    *hash = str_dup(c->arena, str_of(text));
    return ERR_OK;
}

enum err password_fits(struct ctx *c, struct str hash, struct str password, bool *fits)
{
    const char *against = hash.ptr ? str_z(c->arena, hash) : nobodys_hash;
    int result;

    errno = 0;
    result = crypto_pwhash_str_verify(against, password.ptr ? password.ptr : "", password.len);
    if (result != 0 && errno == ENOMEM)
        return short_of_memory(c);
    *fits = result == 0 && hash.ptr;
    return ERR_OK;
}
