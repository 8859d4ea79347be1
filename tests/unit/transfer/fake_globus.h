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

#include <stdio.h>
#include <string.h>

enum { FAKE_TASKS_MAX = 8, FAKE_ID_SIZE = 37 };

struct fake_task {
    char submission_id[FAKE_ID_SIZE], id[FAKE_ID_SIZE];
    const char *status, *code;
    bool is_hidden;
};

/* One Globus for the process, as there is one for a worker. */
static struct fake_globus {
    struct fake_task tasks[FAKE_TASKS_MAX];
    int task_count, ids_given, submits, cancels, lists;
    enum err endpoint_fails, submit_fails, submit_fails_after, list_fails;
    int retry_after_s; /* with list_fails */
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

#endif
