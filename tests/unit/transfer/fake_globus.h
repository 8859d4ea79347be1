/*
 * A Globus of a few lines, in place of the modules account and globus, for tests of what transfer
 * makes of its answers.
 *
 * It keeps one task for each submission id, as Globus does, and can be told how the next calls
 * fail. A failure "after" is an answer that is lost on the way: the call took effect.
 */
#ifndef TRANSFER_FAKE_GLOBUS_H
#define TRANSFER_FAKE_GLOBUS_H

#include "account/link.h"
#include "globus/rule.h"

#include <stdio.h>
#include <string.h>

enum { FAKE_TASKS_MAX = 8, FAKE_RULES_MAX = 8, FAKE_ID_SIZE = 37 };

struct fake_task {
    char submission_id[FAKE_ID_SIZE], id[FAKE_ID_SIZE];
    const char *status, *code;
    bool is_hidden;
};

struct fake_rule {
    char id[FAKE_ID_SIZE], identity[FAKE_ID_SIZE], path[64];
    const char *permissions;
};

/* One Globus for the process, as there is one for a worker. */
static struct fake_globus {
    struct fake_task tasks[FAKE_TASKS_MAX];
    int task_count, ids_given, submits, cancels, lists;
    enum err endpoint_fails, submit_fails, submit_fails_after, list_fails;
    int retry_after_s; /* with list_fails */

    struct fake_rule rules[FAKE_RULES_MAX];
    int rule_count, rule_ids, tokens, rule_creates, rule_deletes, rule_lists;
    int rules_max; /* 0: as many as fit */
    enum err token_fails, rule_fails, rule_fails_after, delete_fails, delete_fails_after;
    /* what others do while a call about rules is on its way; once */
    void (*before_create)(void), (*after_list)(void), (*before_delete)(void);
} fake;

static inline void fake_reset(void)
{
    fake = (struct fake_globus){.task_count = 0};
}

#define FAKE_FAIL(c, e) \
    ((e) != ERR_OK ? (ctx_note((c), (e), "Globus says no (%s)", err_code(e)), (e)) : ERR_OK)

enum err link_find(struct ctx *c UNUSED, int64_t user_id UNUSED, bool *found, struct link *out)
{
    *found = true;
    *out = (struct link){.identity_id = STR("3a8cd1f0-0000-4000-8000-0000000000dd")};
    return ERR_OK;
}

enum err link_with_token(struct ctx *c, int64_t user_id UNUSED,
                         enum err (*call)(struct ctx *c, struct globus_session *s, void *arg),
                         void *arg, struct globus_demands *demands)
{
    struct globus_session s = {.access_token = STR("token")};
    enum err e = call(c, &s, arg);

    *demands = s.demands;
    return e;
}

struct str globus_endpoint_url(struct ctx *c, struct str endpoint_id)
{
    return str_printf(c->arena, "https://app.globus.org/" STR_FMT, STR_ARG(endpoint_id));
}

enum err globus_endpoint_get(struct ctx *c, struct globus_session *s UNUSED, struct str id,
                             struct globus_endpoint *out)
{
    *out = (struct globus_endpoint){.id = id,
                                    .display_name = STR("Sherlock"),
                                    .entity_type = STR("GCSv5_guest_collection"),
                                    .default_directory = STR("/scratch/"),
                                    .gcp_connected = true};
    return FAKE_FAIL(c, fake.endpoint_fails);
}

enum err globus_submission_id(struct ctx *c, struct globus_session *s UNUSED, struct str *out)
{
    *out = str_printf(c->arena, "50000000-0000-4000-8000-%012d", ++fake.ids_given);
    return ERR_OK;
}

static inline struct fake_task *fake_find(struct str submission_id)
{
    for (int i = 0; i < fake.task_count; i++) {
        if (str_eq(submission_id, str_of(fake.tasks[i].submission_id)))
            return &fake.tasks[i];
    }
    return NULL;
}

enum err globus_submit(struct ctx *c, struct globus_session *s, const struct globus_submit *t,
                       struct globus_accepted *out)
{
    struct fake_task *task = fake_find(t->submission_id);
    enum err lost = fake.submit_fails_after;

    fake.submits++;
    s->demands.scopes = fake.submit_fails == ERR_GLOBUS_STEP_UP ? STR("scope") : STR_NONE;
    if (fake.submit_fails != ERR_OK)
        return FAKE_FAIL(c, fake.submit_fails);
    *out = (struct globus_accepted){.message = STR("The transfer has been accepted"),
                                    .is_duplicate = task != NULL};
    if (!task) {
        task = &fake.tasks[fake.task_count++];
        *task = (struct fake_task){.status = "ACTIVE", .code = "OK"};
        snprintf(task->submission_id, FAKE_ID_SIZE, STR_FMT, STR_ARG(t->submission_id));
        snprintf(task->id, FAKE_ID_SIZE, "70000000-0000-4000-8000-%012d", fake.task_count);
    }
    out->task_id = str_of(task->id);
    fake.submit_fails_after = ERR_OK;
    return FAKE_FAIL(c, lost);
}

static inline struct globus_task fake_view(const struct fake_task *t)
{
    bool failed = strcmp(t->status, "FAILED") == 0;

    return (struct globus_task){.task_id = str_of(t->id),
                                .status = str_of(t->status),
                                .nice_status = failed ? STR_NONE : str_of(t->code),
                                .fatal_code = failed ? str_of(t->code) : STR_NONE,
                                .bytes_transferred = 500};
}

enum err globus_task_get(struct ctx *c, struct globus_session *s UNUSED, struct str id,
                         struct globus_task *out)
{
    for (int i = 0; i < fake.task_count; i++) {
        if (!fake.tasks[i].is_hidden && str_eq(id, str_of(fake.tasks[i].id))) {
            *out = fake_view(&fake.tasks[i]);
            return ERR_OK;
        }
    }
    return FAIL(c, ERR_NOT_FOUND, "No such task");
}

enum err globus_task_list(struct ctx *c, struct globus_session *s, const struct str *ids,
                          size_t count, struct globus_tasks *out)
{
    fake.lists++;
    if (fake.list_fails != ERR_OK) {
        ctx_note(c, fake.list_fails, "Globus says no");
        c->failure.retry_after_s = fake.retry_after_s;
        return fake.list_fails;
    }
    out->list = arena_alloc_array(c->arena, count, sizeof *out->list);
    out->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (globus_task_get(c, s, ids[i], &out->list[out->count]) == ERR_OK)
            out->count++;
    }
    ctx_forgive(c);
    return ERR_OK;
}

enum err globus_task_cancel(struct ctx *c UNUSED, struct globus_session *s UNUSED, struct str id)
{
    fake.cancels++;
    for (int i = 0; i < fake.task_count; i++) {
        struct fake_task *t = &fake.tasks[i];

        if (!str_eq(id, str_of(t->id)) || strcmp(t->status, "ACTIVE") != 0)
            continue;
        t->status = "FAILED";
        t->code = NULL;
    }
    return ERR_OK;
}

/* ---- read rules ------------------------------------------------------------------------------ */

enum err globus_client_token(struct ctx *c, struct globus_token *out)
{
    fake.tokens++;
    *out = (struct globus_token){.access_token = STR("own-token")};
    return FAKE_FAIL(c, fake.token_fails);
}

static inline void fake_meanwhile(void (**others)(void))
{
    void (*act)(void) = *others;

    *others = NULL;
    if (act)
        act();
}

static inline struct fake_rule *fake_rule(const char *identity, const char *path,
                                          const char *permissions)
{
    struct fake_rule *r = &fake.rules[fake.rule_count++];

    *r = (struct fake_rule){.permissions = permissions};
    snprintf(r->id, FAKE_ID_SIZE, "90000000-0000-4000-8000-%012d", ++fake.rule_ids);
    snprintf(r->identity, FAKE_ID_SIZE, "%s", identity);
    snprintf(r->path, sizeof r->path, "%s", path);
    return r;
}

static inline struct fake_rule *fake_rule_at(struct str identity, struct str path)
{
    for (int i = 0; i < fake.rule_count; i++) {
        if (str_eq(identity, str_of(fake.rules[i].identity)) &&
            str_eq(path, str_of(fake.rules[i].path)))
            return &fake.rules[i];
    }
    return NULL;
}

enum err globus_rule_create(struct ctx *c, struct globus_session *s UNUSED,
                            struct str collection UNUSED, struct str identity, struct str path,
                            struct str permissions UNUSED, enum globus_rule_outcome *outcome,
                            struct str *id)
{
    enum err lost = fake.rule_fails_after;

    fake.rule_creates++;
    fake_meanwhile(&fake.before_create);
    *id = STR_NONE;
    if (fake.rule_fails != ERR_OK)
        return FAKE_FAIL(c, fake.rule_fails);
    if (fake_rule_at(identity, path)) {
        *outcome = GLOBUS_RULE_EXISTS;
        return ERR_OK;
    }
    if (fake.rules_max && fake.rule_count >= fake.rules_max) {
        *outcome = GLOBUS_RULE_FULL;
        return ERR_OK;
    }
    *outcome = GLOBUS_RULE_CREATED;
    *id = str_of(fake_rule(str_printf(c->arena, STR_FMT, STR_ARG(identity)).ptr,
                           str_printf(c->arena, STR_FMT, STR_ARG(path)).ptr, "r")
                     ->id);
    *id = str_dup(c->arena, *id);
    fake.rule_fails_after = ERR_OK;
    return FAKE_FAIL(c, lost);
}

enum err globus_rule_list(struct ctx *c, struct globus_session *s UNUSED,
                          struct str collection UNUSED, struct globus_rules *out)
{
    fake.rule_lists++;
    out->list = arena_alloc_array(c->arena, FAKE_RULES_MAX, sizeof *out->list);
    out->count = (size_t)fake.rule_count;
    for (int i = 0; i < fake.rule_count; i++) {
        const struct fake_rule *r = &fake.rules[i];

        out->list[i] =
            (struct globus_rule){str_dup(c->arena, str_of(r->id)), STR("identity"),
                                 str_dup(c->arena, str_of(r->identity)),
                                 str_dup(c->arena, str_of(r->path)), str_of(r->permissions)};
    }
    fake_meanwhile(&fake.after_list);
    return ERR_OK;
}

enum err globus_rule_delete(struct ctx *c, struct globus_session *s UNUSED,
                            struct str collection UNUSED, struct str id)
{
    enum err lost = fake.delete_fails_after;

    fake.rule_deletes++;
    fake_meanwhile(&fake.before_delete);
    if (fake.delete_fails != ERR_OK)
        return FAKE_FAIL(c, fake.delete_fails);
    for (int i = 0; i < fake.rule_count; i++) {
        if (str_eq(id, str_of(fake.rules[i].id)))
            fake.rules[i--] = fake.rules[--fake.rule_count];
    }
    fake.delete_fails_after = ERR_OK;
    return FAKE_FAIL(c, lost);
}

#endif
