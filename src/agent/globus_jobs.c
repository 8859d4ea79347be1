#include "globus_jobs.h"

#include "account/link.h"
#include "base/settings.h"
#include "transfer/transfer.h"

enum err follow_transfers(struct ctx *c, struct str *report)
{
    struct follow_report did = {0};

    if (!c->settings->enable_globus)
        return ERR_OK;
    TRY(transfer_follow(c, &did));
    if (did.claimed)
        *report =
            str_printf(c->arena, "%lld looked at, %lld submitted, %lld changed, %lld finished",
                       (long long)did.claimed, (long long)did.submitted, (long long)did.updated,
                       (long long)did.finished);
    return ERR_OK;
}

enum err withdraw_rules(struct ctx *c, struct str *report)
{
    struct withdraw_report did = {0};

    if (!c->settings->enable_globus)
        return ERR_OK;
    TRY(transfer_withdraw_rules(c, &did));
    if (did.withdrawn || did.refused)
        *report = str_printf(c->arena, "%lld read rules withdrawn, %lld refused",
                             (long long)did.withdrawn, (long long)did.refused);
    return ERR_OK;
}

enum err revoke_tokens(struct ctx *c, struct str *report)
{
    size_t left = 0;

    if (!c->settings->enable_globus)
        return ERR_OK;
    TRY(link_revoke_pending(c, &left));
    if (left)
        *report = str_printf(c->arena, "%zu tokens are still to be revoked", left);
    return ERR_OK;
}
