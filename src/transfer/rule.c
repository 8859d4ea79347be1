#include "rule.h"

#include "base/fault.h"
#include "base/log.h"
#include "base/settings.h"
#include "db/db.h"

enum {
    TRIES = 4,      /* somebody else may grant or withdraw the same rule at this moment */
    MARGIN_S = 30,  /* what was sent may wait that long on its way, its sender dead */
    PATIENCE_S = 5, /* when all tries met somebody else */
};

/* One row of the books, and whom it is about. */
struct rule {
    int64_t id;
    struct str source, identity, path;
    struct str state, access_id;
};

/* ---- the registry's own identity ------------------------------------------------------------- */

int64_t rule_flight_s(const struct ctx *c)
{
    return c->settings->globus_timeout_s + MARGIN_S;
}

enum err rule_failure(struct ctx *c, enum err e)
{
    struct failure why = c->failure;

    if (e == ERR_GLOBUS_UNAVAILABLE || e == ERR_THROTTLED || e == ERR_INTERNAL ||
        e == ERR_UNAVAILABLE)
        return e;
    log_to(LOG_ERROR, "read_rules_refused", {"collection", str_of(c->settings->globus_source)},
           {"detail", why.detail}, {"cause", why.cause});
    ctx_note(c, ERR_GLOBUS,
             "this registry may not give you the right to read its images at Globus; its "
             "administrator must look at the role of its client there (transload doctor)");
    ctx_note_cause(c, why.cause);
    return ERR_GLOBUS;
}

enum err rule_session(struct ctx *c, struct globus_session *out)
{
    struct globus_token token;
    enum err e = globus_client_token(c, &token);

    if (e != ERR_OK)
        return rule_failure(c, e);
    *out = (struct globus_session){.access_token = token.access_token};
    return ERR_OK;
}

enum err rule_remove(struct ctx *c, struct globus_session *s, struct str source, int64_t rule_id,
                     struct str access_id)
{
    enum err e = globus_rule_delete(c, s, source, access_id);

    if (e != ERR_OK)
        return rule_failure(c, e);
    fault_point("rule:after_delete");
    return db_exec(c, SQL_RULE_GONE,
                   DB_ARGS(db_int(c, rule_id), db_text(c, access_id), db_int(c, rule_flight_s(c))),
                   NULL);
}

const struct globus_rule *rule_find(const struct globus_rules *rules, struct str identity,
                                    struct str path)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct globus_rule *r = &rules->list[i];

        if (r->id.len && str_eq(r->principal_type, STR("identity")) &&
            str_eq_nocase(r->principal, identity) && str_eq(r->path, path))
            return r;
    }
    return NULL;
}

/* ---- obtaining ------------------------------------------------------------------------------- */

/* The directory of the image, which is its collection's. */
static struct str directory_of(struct str file)
{
    while (file.len && file.ptr[file.len - 1] != '/')
        file.len--;
    return file;
}

static enum err want(struct ctx *c, const struct transfer *t, struct rule *out)
{
    struct str source = str_of(c->settings->globus_source), path = directory_of(t->source_path);
    struct db_rows rows;

    TRY(db_one(c, SQL_RULE_WANT, DB_ARGS(db_text(c, t->id), db_text(c, source), db_text(c, path)),
               "This transfer is gone.", &rows));
    if (db_get_bool(&rows, 0, "is_finished"))
        return FAIL(c, ERR_CONFLICT, "This transfer is finished.");
    if (db_is_null(&rows, 0, "id"))
        return FAIL(c, ERR_GLOBUS_NOT_CONNECTED, "Connect Globus first.");
    *out = (struct rule){
        .id = db_get_int(&rows, 0, "id"),
        .source = source,
        .identity = db_get_text(&rows, 0, "identity_id"),
        .path = path,
        .state = db_get_text(&rows, 0, "state"),
        .access_id = db_get_text(&rows, 0, "access_id"),
    };
    return ERR_OK;
}

/* *stored false: it was withdrawn meanwhile. */
static enum err store(struct ctx *c, const struct rule *r, struct str access_id, bool was_there,
                      bool allows_more, bool *stored)
{
    struct db_rows rows;

    fault_point("rule:after_post");
    TRY(db_maybe(
        c, SQL_RULE_STORE,
        DB_ARGS(db_int(c, r->id), db_text(c, access_id), db_bool(was_there), db_bool(allows_more)),
        &rows));
    fault_point("rule:after_row");
    *stored = rows.count > 0;
    return ERR_OK;
}

/* Globus has it, and only its list says under which id. */
static enum err adopt(struct ctx *c, struct globus_session *s, const struct rule *r, bool was_there,
                      bool *stored)
{
    const struct globus_rule *found;
    struct globus_rules rules;
    enum err e = globus_rule_list(c, s, r->source, &rules);

    if (e != ERR_OK)
        return rule_failure(c, e);
    found = rule_find(&rules, r->identity, r->path);
    if (!found) /* withdrawn between the two calls */
        return ERR_OK;
    return store(c, r, found->id, was_there, !str_eq(found->permissions, STR("r")), stored);
}

static enum err full(struct ctx *c, const struct rule *r)
{
    log_to(LOG_WARN, "read_rules_full", {"collection", r->source}, {"path", r->path});
    return FAIL(c, ERR_NO_SPACE, "Globus allows no further read rule on this collection now.");
}

static enum err grant(struct ctx *c, struct globus_session *s, const struct rule *r, bool *stored)
{
    enum globus_rule_outcome outcome;
    struct str id;
    enum err e;

    fault_point("rule:before_post");
    e = globus_rule_create(c, s, r->source, r->identity, r->path, STR("r"), &outcome, &id);
    if (e != ERR_OK)
        return rule_failure(c, e);
    if (outcome == GLOBUS_RULE_FULL)
        return full(c, r);
    if (outcome == GLOBUS_RULE_EXISTS || id.len == 0)
        return adopt(c, s, r, outcome == GLOBUS_RULE_EXISTS, stored);
    return store(c, r, id, false, false, stored);
}

/*
 * One step towards the rule. What is being withdrawn is withdrawn here to its end, which is the
 * same whoever does it, and asked for anew: the other one's request knows only the old id.
 */
static enum err approach(struct ctx *c, struct globus_session *s, const struct rule *r, bool *done)
{
    if (s->access_token.len == 0)
        TRY(rule_session(c, s));
    if (str_eq(r->state, STR("withdrawing")))
        return rule_remove(c, s, r->source, r->id, r->access_id);
    return grant(c, s, r, done);
}

enum err rule_obtain(struct ctx *c, const struct transfer *t)
{
    struct globus_session session = {.access_token = STR_NONE};
    bool done = c->settings->globus_source_access == SOURCE_PUBLIC;

    for (int i = 0; i < TRIES && !done; i++) {
        struct rule r;

        TRY(want(c, t, &r));
        if (str_eq(r.state, STR("granted")))
            return ERR_OK;
        TRY(approach(c, &session, &r, &done));
    }
    if (done)
        return ERR_OK;
    ctx_note(c, ERR_GLOBUS_UNAVAILABLE, "the right to read the image is being changed at Globus");
    c->failure.retry_after_s = PATIENCE_S;
    return ERR_GLOBUS_UNAVAILABLE;
}
