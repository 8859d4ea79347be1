#include "pace.h"
#include "rule.h"

#include "base/fault.h"
#include "base/log.h"
#include "db/db.h"

enum {
    ROWS_MAX = 100,
    ROUND_LONGEST_MS = 10000, /* the other jobs wait for no longer; the rest is due in the next */
    REFUSED_PAUSE_S = 300,    /* what Globus refuses, only the administrator can change */
    OURSELVES = -1,           /* in place of a user: calls in the registry's own name */
};

/* One round: the token, and the list of one collection's rules, both got when first needed. */
struct round {
    struct withdraw_report *report;
    struct pace pace;
    int64_t begin_ms;
    struct globus_session session;
    struct str listed; /* the collection whose rules these are; absent: none */
    struct globus_rules rules;
};

/* A rule that nobody needed when the round began. */
struct idle {
    int64_t id, wants;
    struct str source, identity, path, access_id;
    bool is_foreign;
};

static struct idle idle_read(const struct db_rows *rows, size_t i)
{
    return (struct idle){
        .id = db_get_int(rows, i, "id"),
        .wants = db_get_int(rows, i, "wants"),
        .source = db_get_text(rows, i, "source_id"),
        .identity = db_get_text(rows, i, "identity_id"),
        .path = db_get_text(rows, i, "path"),
        .access_id = db_get_text(rows, i, "access_id"),
        .is_foreign = db_get_bool(rows, i, "is_foreign"),
    };
}

/* Before each call. */
static enum err prepare(struct ctx *c, struct round *r)
{
    if (r->session.access_token.len == 0)
        TRY(rule_session(c, &r->session));
    pace_wait(c, &r->pace, OURSELVES, 1);
    return ERR_OK;
}

/*
 * A grant whose outcome nobody knows: the list knows it. A request that comes after the list was
 * read is young, and so is its row.
 */
static enum err look_up(struct ctx *c, struct round *r, struct idle *idle)
{
    const struct globus_rule *found;
    enum err e;

    if (!str_eq(r->listed, idle->source)) {
        TRY(prepare(c, r));
        e = globus_rule_list(c, &r->session, idle->source, &r->rules);
        if (e != ERR_OK)
            return rule_failure(c, e);
        r->listed = idle->source;
    }
    found = rule_find(&r->rules, idle->identity, idle->path);
    if (found)
        idle->access_id = found->id;
    return ERR_OK;
}

/* *marked false: somebody came to need it. */
static enum err mark(struct ctx *c, const struct idle *idle, bool *marked)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_RULE_MARK,
                 DB_ARGS(db_int(c, idle->id), db_int(c, idle->wants), db_text(c, idle->access_id)),
                 &rows));
    *marked = rows.count > 0;
    return ERR_OK;
}

/* Its row goes when nothing that is on its way can make it again; until then it is looked at. */
static enum err forget(struct ctx *c, const struct idle *idle)
{
    int64_t flight_s = rule_flight_s(c);
    size_t forgotten;

    TRY(db_exec(c, SQL_RULE_FORGET,
                DB_ARGS(db_int(c, idle->id), db_int(c, idle->wants), db_int(c, flight_s)),
                &forgotten));
    if (forgotten)
        return ERR_OK;
    return db_exec(c, SQL_RULE_LATER,
                   DB_ARGS(db_int(c, idle->id), db_int(c, flight_s), db_int(c, 0)), NULL);
}

static enum err withdraw(struct ctx *c, struct round *r, struct idle *idle)
{
    bool marked = false;

    if (idle->is_foreign)
        return forget(c, idle);
    if (idle->access_id.len == 0)
        TRY(look_up(c, r, idle));
    if (idle->access_id.len == 0)
        return forget(c, idle);
    TRY(prepare(c, r));
    TRY(mark(c, idle, &marked));
    if (!marked)
        return ERR_OK;
    fault_point("rule:after_mark");
    TRY(rule_remove(c, &r->session, idle->source, idle->id, idle->access_id));
    fault_point("rule:after_gone");
    r->report->withdrawn++;
    return forget(c, idle);
}

/* What Globus refuses for this rule is no reason to leave the others; an outage is. */
static enum err withdraw_one(struct ctx *c, struct round *r, struct idle *idle)
{
    enum err e = withdraw(c, r, idle);

    if (e != ERR_GLOBUS)
        return e;
    ctx_forgive(c);
    r->report->refused++;
    return db_exec(
        c, SQL_RULE_LATER,
        DB_ARGS(db_int(c, idle->id), db_int(c, rule_flight_s(c)), db_int(c, REFUSED_PAUSE_S)),
        NULL);
}

/* Whose right ended has no need of a rule any more, and its task would only fail. */
static enum err end_lost_rights(struct ctx *c)
{
    struct str text = STR("Being cancelled at Globus: you may no longer read this image.");

    return db_exec(c, SQL_RULE_CANCEL, DB_ARGS(db_text(c, text)), NULL);
}

static enum err withdraw_all(struct ctx *c, struct round *r)
{
    struct db_rows rows;

    TRY(db_many(c, SQL_RULE_DUE, DB_ARGS(db_int(c, ROWS_MAX)), &rows));
    for (size_t i = 0; i < rows.count; i++) {
        struct idle idle = idle_read(&rows, i);

        if (clock_mono_ms(c->clock) - r->begin_ms > ROUND_LONGEST_MS)
            break;
        TRY(withdraw_one(c, r, &idle));
        if (r->report->refused && r->session.access_token.len == 0)
            break; /* no token, no rule */
    }
    return ERR_OK;
}

enum err transfer_withdraw_rules(struct ctx *c, struct withdraw_report *out)
{
    struct round r = {.report = out, .begin_ms = clock_mono_ms(c->clock)};
    enum err e;

    *out = (struct withdraw_report){0};
    TRY(end_lost_rights(c));
    TRY(db_exec(c, SQL_RULE_TIDY, DB_NO_ARGS, NULL));
    e = withdraw_all(c, &r);
    if (e != ERR_GLOBUS_UNAVAILABLE && e != ERR_THROTTLED)
        return e;
    ctx_forgive(c); /* the next round asks again */
    return ERR_OK;
}
