#include "submit.h"

#include "ask.h"
#include "path.h"
#include "row.h"
#include "rule.h"

#include "base/fault.h"
#include "base/secret.h"
#include "base/settings.h"

enum {
    PAUSE_LONGEST_S = 600, /* between two tries while Globus does not answer */
    /* the user decides; the agent only looks whether the way is free by now */
    PAUSE_FOR_USER_S = 3600,
};

#define LABEL "Singularity Registry Transfer"

/* ---- what came of a try ---------------------------------------------------------------------- */

enum fate {
    WAITS,   /* the agent tries again by itself */
    NEEDS,   /* kept until the user has done something */
    REFUSED, /* finished: failed */
};

/*
 * An outcome that is not here is ours (database, mistake): the row stays as it is, and is tried
 * again when it is due.
 */
// clang-format off
static const struct outcome {
    enum err err;
    enum fate fate;
    bool is_outage;   /* others meet it too */
    const char *text; /* NULL: the failure's own detail */
} outcomes[] = {
    {ERR_GLOBUS_UNAVAILABLE,   WAITS,   true,  "Waiting for Globus, which does not answer now. The image is sent by itself when it does."},
    {ERR_THROTTLED,            WAITS,   true,  "Waiting for Globus, which asks for patience. The image is sent by itself."},
    {ERR_CONFLICT,             WAITS,   false, "Waiting for Globus: too many of your transfers are pending there. The image is sent by itself."},
    {ERR_NO_SPACE,             WAITS,   false, "Waiting: Globus allows this registry no further read rule until another transfer has ended. The image is sent by itself."},
    {ERR_GLOBUS_STEP_UP,       NEEDS,   false, "Globus needs your consent for this endpoint, once. Press Transfer again to give it."},
    {ERR_GLOBUS_RECONNECT,     NEEDS,   false, "Reconnect Globus under Settings, Integrations; the image is sent then."},
    {ERR_GLOBUS_NOT_CONNECTED, NEEDS,   false, "Connect Globus under Settings, Integrations; the image is sent then."},
    {ERR_FORBIDDEN,            REFUSED, false, NULL},
    {ERR_NOT_FOUND,            REFUSED, false, NULL},
    {ERR_INPUT,                REFUSED, false, NULL},
    {ERR_GLOBUS,               REFUSED, false, NULL},
};
// clang-format on

static const struct outcome *find_outcome(enum err e)
{
    for (size_t i = 0; i < COUNT_OF(outcomes); i++) {
        if (outcomes[i].err == e)
            return &outcomes[i];
    }
    return NULL;
}

bool submit_may_keep(enum err e)
{
    const struct outcome *o = find_outcome(e);

    return o && o->fate != REFUSED;
}

bool submit_is_outage(enum err e)
{
    const struct outcome *o = find_outcome(e);

    return o && o->is_outage;
}

/*
 * Twice as long after each try, never the same for all that wait, and never shorter than Globus
 * asked for.
 */
static int64_t pause_s(const struct ctx *c, int64_t attempts)
{
    unsigned char random = (unsigned char)secret_random(c->arena, 1).ptr[0];
    int64_t pause = c->settings->agent_interval_s;

    while (attempts-- > 0 && pause < PAUSE_LONGEST_S)
        pause *= 2;
    if (pause > PAUSE_LONGEST_S)
        pause = PAUSE_LONGEST_S;
    pause += pause * random / 1024; /* up to a quarter */
    return pause > c->failure.retry_after_s ? pause : c->failure.retry_after_s;
}

static struct row_change change_after(struct ctx *c, const struct outcome *o,
                                      const struct transfer *t)
{
    struct row_change change = {.text = str_of(o->text), .next_look_s = pause_s(c, t->attempts)};

    switch (o->fate) {
    case WAITS:
        change.state = TRANSFER_WAITING;
        break;
    case NEEDS:
        change.state = TRANSFER_NEEDS_YOU;
        change.next_look_s = PAUSE_FOR_USER_S;
        break;
    case REFUSED:
        change.state = TRANSFER_FAILED;
        change.text = str_printf(c->arena, "Not sent: " STR_FMT, STR_ARG(c->failure.detail));
        change.is_final = true;
        break;
    }
    return change;
}

/*
 * A cancel was asked for. Without an outage Globus has now said that there is no task, or cannot be
 * asked in this user's name.
 */
static struct row_change change_of_cancelled(struct ctx *c, const struct outcome *o,
                                             const struct transfer *t)
{
    bool unknown = o->fate == NEEDS && o->err != ERR_GLOBUS_STEP_UP;

    if (o->fate == WAITS)
        return (struct row_change){TRANSFER_CANCELLED, t->state_text, pause_s(c, t->attempts),
                                   false};
    return (struct row_change){
        TRANSFER_CANCELLED,
        unknown ? STR("Cancelled here. Had Globus accepted it already, cancel it there too.")
                : STR("Cancelled before it was sent."),
        0, true};
}

enum err submit_settle(struct ctx *c, enum err e, struct transfer_result *out)
{
    const struct outcome *o = find_outcome(e);
    struct transfer *t = &out->transfer;
    struct failure why = c->failure;
    struct row_change change;

    if (!o)
        return e;
    change = t->state == TRANSFER_CANCELLED ? change_of_cancelled(c, o, t) : change_after(c, o, t);
    TRY(row_settle(c, t, &change));
    TRY(transfer_get(c, t->user_id, t->id, t));
    if (o->fate == WAITS) {
        ctx_forgive(c);
        out->message = t->state_text;
        return ERR_OK;
    }
    c->failure = why;
    return e;
}

/* ---- the try --------------------------------------------------------------------------------- */

enum err submit_check_source(struct ctx *c, bool is_private)
{
    if (!is_private || c->settings->globus_source_access == SOURCE_PER_USER)
        return ERR_OK;
    return FAIL(c, ERR_FORBIDDEN,
                "This image is in a private collection. Every Globus user may read this "
                "registry's Globus "
                "collection, so private images are not sent that way; pull it instead.");
}

/*
 * Between wish and submit hours may pass: the image may be gone, the collection private, the user
 * switched off.
 */
static enum err check_allowed(struct ctx *c, const struct transfer *t)
{
    struct db_rows rows;

    TRY(db_maybe(c, SQL_TRANSFER_ALLOWED, DB_ARGS(db_text(c, t->id)), &rows));
    if (rows.count == 0)
        return FAIL(c, ERR_NOT_FOUND, "The image was deleted before it could be sent.");
    if (!db_get_bool(&rows, 0, "is_active"))
        return FAIL(c, ERR_FORBIDDEN, "Your account is switched off.");
    if (!db_get_bool(&rows, 0, "may_read"))
        return FAIL(c, ERR_FORBIDDEN, "You may no longer read this image.");
    return submit_check_source(c, db_get_bool(&rows, 0, "is_private"));
}

/* A wish that was stored while Globus was away has a bare file name: find its directory now. */
static enum err locate(struct ctx *c, struct transfer *t, const struct globus_endpoint *e)
{
    struct str path;
    enum err stored;

    if (!path_is_bare(t->path))
        return ERR_OK;
    TRY(path_in_directory(c, e->default_directory, t->path, &path));
    stored = row_locate(c, t, e->display_name, path);
    if (stored ==
        ERR_CONFLICT) /* the user made the same wish again meanwhile; that one is the wish */
        return FAIL(c, ERR_INPUT, "The same image is already on its way to the same place.");
    return stored;
}

static enum err obtain_submission_id(struct ctx *c, struct transfer *t,
                                     struct globus_demands *demands)
{
    struct str id;

    if (t->submission_id.len)
        return ERR_OK;
    fault_point("submit:before_id");
    TRY(ask_submission_id(c, t->user_id, &id, demands));
    TRY(row_submission(c, t, id));
    fault_point("submit:after_id");
    return ERR_OK;
}

static enum err items_of(struct ctx *c, const struct transfer *t, struct globus_item **items,
                         size_t *count)
{
    struct transfer_file *files;

    TRY(transfer_files(c, t, &files, count));
    *items = arena_alloc_array(c->arena, *count, sizeof **items);
    for (size_t i = 0; i < *count; i++)
        (*items)[i] = (struct globus_item){files[i].source_path, files[i].path,
                                           c->settings->globus_external_checksum ? files[i].sha256
                                                                                 : STR_NONE};
    return ERR_OK;
}

/*
 * The document depends on the rows and the endpoint alone, so that a second submit is the same
 * document.
 */
static enum err post(struct ctx *c, const struct transfer *t, const struct globus_endpoint *e,
                     struct globus_accepted *accepted, struct globus_demands *demands)
{
    struct globus_submit document = {
        .submission_id = t->submission_id,
        .source_endpoint = str_of(c->settings->globus_source),
        .destination_endpoint = t->endpoint_id,
        .label = str_printf(c->arena, LABEL ": " STR_FMT, STR_ARG(t->uri)),
        .verify_checksum = !e->disable_verify,
        .mails = t->is_mailed,
    };
    struct globus_item *items;

    TRY(items_of(c, t, &items, &document.item_count));
    document.items = items;
    return ask_submit(c, t->user_id, &document, accepted, demands);
}

/* All but the destination's document. */
static enum err submit_to(struct ctx *c, const struct globus_endpoint *e,
                          struct transfer_result *out)
{
    struct transfer *t = &out->transfer;
    struct globus_accepted accepted = {0};

    TRY(locate(c, t, e));
    if (t->state != TRANSFER_CANCELLED) /* it is only looked for, and reads nothing */
        TRY(rule_obtain(c, t));
    TRY(obtain_submission_id(c, t, &out->demands));
    TRY(post(c, t, e, &accepted, &out->demands));
    fault_point("submit:after_post");
    out->message = accepted.message;
    fault_point("submit:before_row");
    TRY(row_accept(c, t, accepted.task_id,
                   c->settings->globus_external_checksum && !e->disable_verify));
    fault_point("submit:after_row");
    return transfer_get(c, t->user_id, t->id, t);
}

enum err submit_try(struct ctx *c, const struct globus_endpoint *known, struct transfer_result *out)
{
    const struct transfer *t = &out->transfer;
    struct globus_endpoint found;

    if (t->state != TRANSFER_CANCELLED)
        TRY(check_allowed(c, t));
    if (known)
        return submit_to(c, known, out);
    TRY(ask_endpoint(c, t->user_id, t->endpoint_id, &found, &out->demands));
    return submit_to(c, &found, out);
}

enum err submit_wish(struct ctx *c, const struct globus_endpoint *known,
                     struct transfer_result *out)
{
    enum err e = submit_try(c, known, out);

    return e == ERR_OK ? ERR_OK : submit_settle(c, e, out);
}
