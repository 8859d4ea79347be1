#include "call.h"

#include "base/codec.h"
#include "base/settings.h"
#include "globus/transfer.h"

enum { TASKS_MAX = 100 };

struct fatal_text {
    struct str code, description;
};
static const struct json_field fatal_fields[] = {
    {"code",        JSON_STR, offsetof(struct fatal_text, code),        JSON_LENIENT, 0, NULL},
    {"description", JSON_STR, offsetof(struct fatal_text, description), JSON_LENIENT, 0, NULL},
};
static const struct json_shape fatal_shape = JSON_SHAPE(struct fatal_text, fatal_fields);

struct task_text {
    struct globus_task task;
    const struct fatal_text *fatal;
};

#define TEXT(name, place) \
    { \
        name, JSON_STR, offsetof(struct task_text, task.place), JSON_LENIENT, 0, NULL \
    }
#define COUNT(name, place) \
    { \
        name, JSON_INT, offsetof(struct task_text, task.place), JSON_LENIENT, 0, NULL \
    }

// clang-format off
static const struct json_field task_fields[] = {
    {"task_id",     JSON_STR,    offsetof(struct task_text, task.task_id),   JSON_REQUIRED, 0, NULL},
    {"status",      JSON_STR,    offsetof(struct task_text, task.status),    JSON_REQUIRED, 0, NULL},
    {"is_paused",   JSON_BOOL,   offsetof(struct task_text, task.is_paused), JSON_LENIENT,  0, NULL},
    {"fatal_error", JSON_OBJECT, offsetof(struct task_text, fatal),          JSON_LENIENT,  0, &fatal_shape},
    TEXT("nice_status", nice_status),
    TEXT("nice_status_short_description", nice_status_text),
    TEXT("canceled_by_admin", canceled_by_admin),
    COUNT("bytes_transferred", bytes_transferred),
    COUNT("effective_bytes_per_second", bytes_per_second),
    COUNT("faults", faults),
    COUNT("files_skipped", files_skipped),
};
// clang-format on
static const struct json_shape task_shape = JSON_SHAPE(struct task_text, task_fields);

struct list_text {
    struct json_list data;
};
// clang-format off
static const struct json_field list_fields[] = {
    {"DATA", JSON_LIST, offsetof(struct list_text, data), JSON_REQUIRED | JSON_LENIENT, 0, &task_shape},
};
// clang-format on
static const struct json_shape list_shape = JSON_SHAPE(struct list_text, list_fields);

static struct globus_task task_from(const struct task_text *t)
{
    struct globus_task task = t->task;

    if (t->fatal) {
        task.fatal_code = t->fatal->code;
        task.fatal_text = t->fatal->description;
    }
    return task;
}

/* Ids go into a filter whose separators are ',' and '/'. */
static enum err check_id(struct ctx *c, struct str id)
{
    return str_is_uuid(id) ? ERR_OK : FAIL(c, ERR_NOT_FOUND, "there is no such task");
}

enum err globus_task_list(struct ctx *c, struct globus_session *s, const struct str *ids,
                          size_t count, struct globus_tasks *out)
{
    struct buf path = {.arena = c->arena};
    struct list_text t = {0};
    const struct task_text *tasks;

    *out = (struct globus_tasks){0};
    if (count == 0)
        return ERR_OK;
    if (count > TASKS_MAX)
        return FAIL(c, ERR_INTERNAL, "%zu tasks in one call, but at most %d fit", count, TASKS_MAX);
    /* its own default would be 10 */
    buf_printf(&path, "/task_list?limit=%zu&filter=task_id%%3A", count);
    for (size_t i = 0; i < count; i++) {
        TRY(check_id(c, ids[i]));
        buf_printf(&path, "%s" STR_FMT, i ? "%2C" : "", STR_ARG(ids[i]));
    }
    TRY(call_get(c, s, buf_str(&path), &list_shape, &t));
    tasks = t.data.items;
    out->list = arena_alloc_array(c->arena, t.data.count, sizeof *out->list);
    for (size_t i = 0; i < t.data.count; i++)
        out->list[out->count++] = task_from(&tasks[i]);
    return ERR_OK;
}

enum err globus_task_get(struct ctx *c, struct globus_session *s, struct str id,
                         struct globus_task *out)
{
    struct task_text t = {0};

    TRY(check_id(c, id));
    TRY(call_get(c, s, str_printf(c->arena, "/task/" STR_FMT, STR_ARG(id)), &task_shape, &t));
    *out = task_from(&t);
    return ERR_OK;
}

enum err globus_task_cancel(struct ctx *c, struct globus_session *s, struct str id)
{
    struct call call;
    enum err e;

    TRY(check_id(c, id));
    call =
        call_transfer(c, s, "POST", str_printf(c->arena, "/task/" STR_FMT "/cancel", STR_ARG(id)));
    e = call_send(c, &call, 1);
    if (e != ERR_CONFLICT)
        return e;
    ctx_forgive(c); /* it had ended before */
    return ERR_OK;
}

struct str globus_task_url(struct ctx *c, struct str task_id)
{
    return str_printf(c->arena, "%s/activity/" STR_FMT "/overview", c->settings->globus_app_url,
                      STR_ARG(url_encode(c->arena, task_id, false)));
}
