/*
 * Error documents of Globus: the first line of the input is the status, the rest the body.
 * modules: globus
 */
#include "error.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_demand(const struct globus_demands *d)
{
    return d->scopes.len || d->identities.len || d->single_domain.len || d->policies.len ||
           d->prompt.len || d->mfa;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx c = {.arena = arena_create()};
    struct globus_demands demands = {0};
    struct net_response r = {.fault = NET_OK};
    struct str line;
    int64_t status;
    enum err e;

    str_cut(str_view(data, size), '\n', &line, &r.body);
    r.status = str_to_int(line, 100, 599, &status) ? (int)status : 403;

    e = answer_judge(&c, &r, &demands);
    if ((e == ERR_OK) != (r.status >= 200 && r.status <= 299))
        abort();
    if (is_demand(&demands) && e != ERR_GLOBUS_STEP_UP)
        abort();
    if (e != ERR_OK &&
        (c.failure.err != e || !str_is_utf8(c.failure.detail) || !str_is_utf8(c.failure.cause)))
        abort();
    (void)answer_oauth_error(&c, &r);
    arena_destroy(c.arena);
    return 0;
}
