#include "seal.h"

#include "base/secret.h"

static struct str subject(struct ctx *c, int64_t user_id, struct str detail)
{
    return str_printf(c->arena, "%lld " STR_FMT, (long long)user_id, STR_ARG(detail));
}

struct str seal(struct ctx *c, const char *column, int64_t user_id, struct str detail,
                struct str plain)
{
    return secret_seal(c->arena, column, subject(c, user_id, detail), plain);
}

enum err seal_open(struct ctx *c, const char *column, int64_t user_id, struct str detail,
                   struct str sealed, struct str *plain)
{
    *plain = STR_NONE;
    return sealed.ptr ? secret_open(c, column, subject(c, user_id, detail), sealed, plain) : ERR_OK;
}
