#include "ask.h"

struct endpoint_call {
    struct str id;
    struct globus_endpoint *out;
};

static enum err call_endpoint(struct ctx *c, struct globus_session *s, void *arg)
{
    const struct endpoint_call *call = arg;

    return globus_endpoint_get(c, s, call->id, call->out);
}

enum err ask_endpoint(struct ctx *c, int64_t user_id, struct str id, struct globus_endpoint *out,
                      struct globus_demands *demands)
{
    struct endpoint_call call = {id, out};

    return link_with_token(c, user_id, call_endpoint, &call, demands);
}

struct stat_call {
    const struct globus_place *places;
    struct globus_stat *out;
    size_t count;
};

static enum err call_stat(struct ctx *c, struct globus_session *s, void *arg)
{
    const struct stat_call *call = arg;

    return globus_stat_all(c, s, call->places, call->out, call->count);
}

/* What a place demands is told when it is sent to: a look goes nowhere. */
enum err ask_stat(struct ctx *c, int64_t user_id, const struct globus_place *places,
                  struct globus_stat *out, size_t count)
{
    struct stat_call call = {places, out, count};
    struct globus_demands demands = {0};

    return link_with_token(c, user_id, call_stat, &call, &demands);
}

static enum err call_mkdir(struct ctx *c, struct globus_session *s, void *arg)
{
    const struct globus_place *place = arg;

    return globus_mkdir(c, s, place->endpoint, place->path);
}

enum err ask_mkdir(struct ctx *c, int64_t user_id, struct str endpoint_id, struct str path,
                   struct globus_demands *demands)
{
    struct globus_place place = {endpoint_id, path};

    return link_with_token(c, user_id, call_mkdir, &place, demands);
}

static enum err call_submission_id(struct ctx *c, struct globus_session *s, void *arg)
{
    return globus_submission_id(c, s, arg);
}

enum err ask_submission_id(struct ctx *c, int64_t user_id, struct str *out,
                           struct globus_demands *demands)
{
    return link_with_token(c, user_id, call_submission_id, out, demands);
}

struct submit_call {
    const struct globus_submit *t;
    struct globus_accepted *out;
};

static enum err call_submit(struct ctx *c, struct globus_session *s, void *arg)
{
    const struct submit_call *call = arg;

    return globus_submit(c, s, call->t, call->out);
}

enum err ask_submit(struct ctx *c, int64_t user_id, const struct globus_submit *t,
                    struct globus_accepted *out, struct globus_demands *demands)
{
    struct submit_call call = {t, out};

    return link_with_token(c, user_id, call_submit, &call, demands);
}

struct tasks_call {
    const struct str *ids;
    size_t count;
    struct globus_tasks *out;
};

static enum err call_tasks(struct ctx *c, struct globus_session *s, void *arg)
{
    const struct tasks_call *call = arg;

    return globus_task_list(c, s, call->ids, call->count, call->out);
}

enum err ask_tasks(struct ctx *c, int64_t user_id, const struct str *ids, size_t count,
                   struct globus_tasks *out)
{
    struct tasks_call call = {ids, count, out};
    struct globus_demands demands = {0};

    return link_with_token(c, user_id, call_tasks, &call, &demands);
}

struct task_call {
    struct str id;
    struct globus_task *out; /* NULL when it is cancelled */
};

static enum err call_task(struct ctx *c, struct globus_session *s, void *arg)
{
    const struct task_call *call = arg;

    return globus_task_get(c, s, call->id, call->out);
}

enum err ask_task(struct ctx *c, int64_t user_id, struct str id, struct globus_task *out)
{
    struct task_call call = {id, out};
    struct globus_demands demands = {0};

    return link_with_token(c, user_id, call_task, &call, &demands);
}

static enum err call_cancel(struct ctx *c, struct globus_session *s, void *arg)
{
    const struct task_call *call = arg;

    return globus_task_cancel(c, s, call->id);
}

enum err ask_cancel(struct ctx *c, int64_t user_id, struct str id)
{
    struct task_call call = {id, NULL};
    struct globus_demands demands = {0};

    return link_with_token(c, user_id, call_cancel, &call, &demands);
}
