#include "jobs.h"

#include "counters.h"
#include "globus_jobs.h"

#include "account/alive.h"
#include "base/settings.h"
#include "db/db.h"
#include "registry/facts.h"
#include "registry/part.h"
#include "registry/push.h"
#include "registry/verify.h"

#include <unistd.h>

enum {
    VERIFY_EVERY_S = 5,
    VERIFY_MAX_MS = 2000, /* the other jobs wait for no longer */
    FACTS_EVERY_S = 10,
    FACTS_MAX_MS = 2000,
    COUNTERS_EVERY_S = 10,
};

static enum err tell_alive(struct ctx *c, struct str *report)
{
    (void)report;
    return alive_note(c, "agent", getpid(), 1);
}

static enum err sweep_registry(struct ctx *c, struct str *report)
{
    struct sweep_report did = {0};
    int64_t parts;

    TRY(registry_sweep(c, &did));
    TRY(part_sweep(c, &parts));
    if (did.images || did.files || did.rows || parts)
        *report = str_printf(c->arena, "%lld images, %lld files, %lld rows, %lld parts removed",
                             (long long)did.images, (long long)did.files, (long long)did.rows,
                             (long long)parts);
    return ERR_OK;
}

/* Sessions, OAuth states and counts of wrong passwords that have run out. */
static enum err sweep_expired(struct ctx *c, struct str *report)
{
    static const struct {
        enum sql_query query;
        bool takes_idle;
    } sweeps[] = {
        {SQL_AGENT_SWEEP_SESSIONS,     true },
        {SQL_AGENT_SWEEP_STATES,       false},
        {SQL_AGENT_SWEEP_SIGNINS,      false},
        {SQL_AGENT_SWEEP_FAILURES,     false},
        {SQL_AGENT_SWEEP_RESERVATIONS, false},
        {SQL_AGENT_SWEEP_DOWNLOADS,    false},
        {SQL_AGENT_SWEEP_GRANTS,       false},
        {SQL_AGENT_SWEEP_PROCESSES,    false},
    };
    size_t rows = 0;

    for (size_t i = 0; i < COUNT_OF(sweeps); i++) {
        size_t changed = 0;

        if (sweeps[i].takes_idle)
            TRY(db_exec(c, sweeps[i].query, DB_ARGS(db_int(c, c->settings->session_idle_s)),
                        &changed));
        else
            TRY(db_exec(c, sweeps[i].query, DB_NO_ARGS, &changed));
        rows += changed;
    }
    if (rows)
        *report = str_printf(c->arena, "%zu expired rows removed", rows);
    return ERR_OK;
}

/* A part of an image, or some small ones: what the rate allows until the next turn. */
static enum err verify_images(struct ctx *c, struct str *report)
{
    const struct settings *s = c->settings;
    struct verify_turn turn = {.max_bytes = s->verify_rate * VERIFY_EVERY_S,
                               .max_ms = VERIFY_MAX_MS};
    struct verify_report did = {0};

    if (s->verify_interval_s == 0)
        return ERR_OK;
    TRY(verify_cutoff(c, s->verify_interval_s, &turn.cutoff_us));
    TRY(verify_some(c, &turn, &did));
    if (did.images)
        *report = str_printf(c->arena, "%lld images compared, %lld damaged, %lld sound again",
                             (long long)did.images, (long long)did.damaged, (long long)did.healed);
    return ERR_OK;
}

/* Of images that no push brought. */
static enum err read_facts(struct ctx *c, struct str *report)
{
    struct facts_report did = {0};

    TRY(facts_fill(c, FACTS_MAX_MS, &did));
    if (did.read || did.failed)
        *report = str_printf(c->arena, "%lld images read, %lld could not be", (long long)did.read,
                             (long long)did.failed);
    return ERR_OK;
}

/* The order matters for `agent once`: what follows a transfer may free an image for the sweep. */
const struct job agent_jobs[] = {
  /* name             every                 alone  run              */
    {"alive",           ALIVE_EVERY_S,        false, tell_alive      },
#ifdef TRANSLOAD_GLOBUS
    {"transfer_follow", EVERY_AGENT_INTERVAL, false, follow_transfers},
    {"rules_withdraw",  EVERY_AGENT_INTERVAL, true,  withdraw_rules  },
    {"link_revoke",     30,                   true,  revoke_tokens   },
#endif
    {"expired_sweep",   300,                  true,  sweep_expired   },
    {"registry_sweep",  300,                  true,  sweep_registry  },
    {"images_verify",   VERIFY_EVERY_S,       true,  verify_images   },
    {"images_facts",    FACTS_EVERY_S,        true,  read_facts      },
    {"counters_store",  COUNTERS_EVERY_S,     false, counters_store  },
};
const size_t agent_job_count = COUNT_OF(agent_jobs);
_Static_assert(COUNT_OF(agent_jobs) <= JOBS_MAX, "the loop keeps a turn for each job");
