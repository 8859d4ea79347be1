#include "state.h"

#include <stdlib.h>

static const char *const names[] = {
    [TRANSFER_WAITING] = "waiting",
    [TRANSFER_QUEUED] = "queued",
    [TRANSFER_RUNNING] = "running",
    [TRANSFER_NEEDS_YOU] = "needs_you",
    [TRANSFER_PAUSED] = "paused",
    [TRANSFER_DONE] = "done",
    [TRANSFER_FAILED] = "failed",
    [TRANSFER_CANCELLED] = "cancelled",
};
_Static_assert(COUNT_OF(names) == TRANSFER_STATE_COUNT, "a name for each state");

const char *transfer_state_name(enum transfer_state s)
{
    return names[s];
}

enum transfer_state state_parse(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (str_eq(name, str_of(names[i])))
            return (enum transfer_state)i;
    }
    abort();
}

bool state_is_final(enum transfer_state s)
{
    return s == TRANSFER_DONE || s == TRANSFER_FAILED || s == TRANSFER_CANCELLED;
}

/* What the words of Globus are compared with. */
enum when {
    ALWAYS_SO,
    IF_CODE,     /* the code of the row: nice_status while it runs, fatal_error when it failed; a * at its end stands for the rest */
    IF_NO_CODE,  /* no error is named */
    IF_PAUSED,
    IF_SKIPPED,  /* the file was there already */
    IF_ASKED,    /* the user cancelled, and no error is named */
    IF_BY_ADMIN, /* an administrator of an endpoint cancelled */
};

/*
 * The first row that fits wins. Every sentence says what to do next, or that nothing need be done. A row that ends in a colon gets
 * Globus's own words behind it. Source: reference/globus-api.md §2.6 (fields, event codes) and §2.7 (what retries by itself).
 */
static const struct rule {
    const char *status;
    enum when when;
    const char *code;
    enum transfer_state state;
    const char *text;
} rules[] = {
    /* clang-format off */
    {"SUCCEEDED", IF_SKIPPED,  NULL, TRANSFER_DONE,      "Done: the same file was there already."},
    {"SUCCEEDED", ALWAYS_SO,   NULL, TRANSFER_DONE,      "Done: the file is at its destination."},

    {"FAILED", IF_BY_ADMIN, NULL,                         TRANSFER_CANCELLED, "Cancelled by an administrator of one of the endpoints. Ask them, or choose another endpoint."},
    {"FAILED", IF_CODE,     "CANCELED",                   TRANSFER_CANCELLED, "Cancelled. Send the image again if you still want it there."},
    {"FAILED", IF_ASKED,    NULL,                         TRANSFER_CANCELLED, "Cancelled. Send the image again if you still want it there."},
    {"FAILED", IF_CODE,     "EXPIRED",                    TRANSFER_FAILED,    "Failed: Globus gave up because the deadline passed. Check that the endpoint is online and the folder writable, then send it again."},
    {"FAILED", IF_CODE,     "FILE_NOT_FOUND",             TRANSFER_FAILED,    "Failed: Globus did not find the image or the folder. Check the folder, then send it again."},
    {"FAILED", IF_CODE,     "PERMISSION_DENIED",          TRANSFER_FAILED,    "Failed: you may not write to that folder, or not read the image. Choose another folder and send it again."},
    {"FAILED", IF_CODE,     "QUOTA_EXCEEDED",             TRANSFER_FAILED,    "Failed: your quota at the destination is used up. Make room there, then send it again."},
    {"FAILED", IF_CODE,     "NO_SPACE_LEFT",              TRANSFER_FAILED,    "Failed: the destination is full. Make room there, then send it again."},
    {"FAILED", IF_CODE,     "EXTERNAL_CHECKSUM_MISMATCH", TRANSFER_FAILED,    "Failed: the bytes that arrived are not the image (its sha256 differs). Delete the file there and send it again."},
    {"FAILED", IF_CODE,     "VERIFY_CHECKSUM",            TRANSFER_FAILED,    "Failed: the checksum at the destination differs. Delete the file there and send it again."},
    {"FAILED", IF_CODE,     "FILE_SIZE_CHANGED",          TRANSFER_FAILED,    "Failed: the file changed while it was copied. Send it again."},
    {"FAILED", IF_CODE,     "IS_A_DIRECTORY",             TRANSFER_FAILED,    "Failed: the destination is a folder. End the path with / to put the file into it, then send it again."},
    {"FAILED", IF_NO_CODE,  NULL,                         TRANSFER_FAILED,    "Failed, or cancelled at Globus: it names no error. Open the task at Globus for its history, then send it again."},
    {"FAILED", ALWAYS_SO,   NULL,                         TRANSFER_FAILED,    "Failed. Send it again, or ask for help with what Globus says:"},

    {"INACTIVE", IF_PAUSED, NULL, TRANSFER_PAUSED,    "Paused by an administrator of one of the endpoints. It goes on by itself when they allow it."},
    {"INACTIVE", ALWAYS_SO, NULL, TRANSFER_NEEDS_YOU, "Globus needs your consent or a new sign-in to go on. Reconnect Globus, or open the task at Globus."},

    {"ACTIVE", IF_PAUSED,  NULL,                 TRANSFER_PAUSED,    "Paused by an administrator of one of the endpoints. It goes on by itself when they allow it."},
    {"ACTIVE", IF_NO_CODE, NULL,                 TRANSFER_RUNNING,   "Running. You can close this page."},
    {"ACTIVE", IF_CODE,    "OK",                 TRANSFER_RUNNING,   "Running. You can close this page."},
    {"ACTIVE", IF_CODE,    "Queued",             TRANSFER_QUEUED,    "Queued at Globus, which runs three transfers per person at once. It starts by itself."},
    {"ACTIVE", IF_CODE,    "GC_NOT_CONNECTED",   TRANSFER_NEEDS_YOU, "Globus Connect Personal is not running at the destination. Start it there; the transfer goes on by itself."},
    {"ACTIVE", IF_CODE,    "GC_PAUSED",          TRANSFER_PAUSED,    "Globus Connect Personal is paused at the destination. Resume it there; the transfer goes on by itself."},
    {"ACTIVE", IF_CODE,    "PERMISSION_DENIED",  TRANSFER_NEEDS_YOU, "You may not write to that folder, or not read the image. Get the right, or cancel and choose another folder; Globus keeps trying."},
    {"ACTIVE", IF_CODE,    "QUOTA_EXCEEDED",     TRANSFER_NEEDS_YOU, "Your quota at the destination is used up. Make room there; Globus keeps trying."},
    {"ACTIVE", IF_CODE,    "NO_SPACE_LEFT",      TRANSFER_NEEDS_YOU, "The destination is full. Make room there; Globus keeps trying."},
    {"ACTIVE", IF_CODE,    "FILE_NOT_FOUND",     TRANSFER_NEEDS_YOU, "Globus does not find the image or the folder. Check the folder, or cancel; Globus keeps trying."},
    {"ACTIVE", IF_CODE,    "IS_A_DIRECTORY",     TRANSFER_NEEDS_YOU, "The destination is a folder. Cancel, and end the path with / to put the file into it."},
    {"ACTIVE", IF_CODE,    "AUTH",               TRANSFER_NEEDS_YOU, "Globus needs your consent or a new sign-in to go on. Reconnect Globus."},
    {"ACTIVE", IF_CODE,    "NO_CREDENTIALS",     TRANSFER_NEEDS_YOU, "Globus needs your consent or a new sign-in to go on. Reconnect Globus."},
    {"ACTIVE", IF_CODE,    "CONNECT_FAILED",     TRANSFER_RUNNING,   "Running, with trouble that passes: an endpoint is hard to reach. Globus keeps trying."},
    {"ACTIVE", IF_CODE,    "CONNECTION_*",       TRANSFER_RUNNING,   "Running, with trouble that passes: the connection broke. Globus keeps trying."},
    {"ACTIVE", IF_CODE,    "TIMEOUT",            TRANSFER_RUNNING,   "Running, with trouble that passes: an endpoint is slow. Globus keeps trying."},
    {"ACTIVE", IF_CODE,    "ENDPOINT_TOO_BUSY",  TRANSFER_RUNNING,   "Running, with trouble that passes: an endpoint is busy. Globus keeps trying."},
    {"ACTIVE", IF_CODE,    "VERIFY_CHECKSUM",    TRANSFER_RUNNING,   "Running, with trouble that passes: a part arrived damaged. Globus sends it again."},
    {"ACTIVE", ALWAYS_SO,  NULL,                 TRANSFER_RUNNING,   "Running, with trouble. Globus keeps trying, and says:"},
    /* clang-format on */
};

static bool code_fits(struct str code, const char *pattern)
{
    struct str p = str_of(pattern);

    if (str_has_suffix(p, STR("*")))
        return str_has_prefix(code, str_take(p, p.len - 1));
    return str_eq(code, p);
}

static bool rule_fits(const struct rule *r, const struct globus_task *t, struct str code, bool cancel_asked)
{
    if (!str_eq(t->status, str_of(r->status)))
        return false;
    switch (r->when) {
    case ALWAYS_SO:
        return true;
    case IF_CODE:
        return code_fits(code, r->code);
    case IF_NO_CODE:
        return code.len == 0;
    case IF_PAUSED:
        return t->is_paused;
    case IF_SKIPPED:
        return t->files_skipped > 0;
    case IF_ASKED:
        return cancel_asked && code.len == 0;
    case IF_BY_ADMIN:
        return t->canceled_by_admin.len > 0;
    }
    return false;
}

static const struct rule *find_rule(const struct globus_task *t, struct str code, bool cancel_asked)
{
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        if (rule_fits(&rules[i], t, code, cancel_asked))
            return &rules[i];
    }
    return NULL;
}

static struct str say(struct arena *a, const struct rule *r, struct str code, struct str globus_text)
{
    struct str words = globus_text.len ? globus_text : code;

    if (!str_has_suffix(str_of(r->text), STR(":")))
        return str_of(r->text);
    return str_printf(a, "%s " STR_FMT, r->text, STR_ARG(words));
}

struct task_state state_of_task(struct arena *a, const struct globus_task *t, bool cancel_asked)
{
    bool failed = str_eq(t->status, STR("FAILED"));
    struct str code = failed ? t->fatal_code : t->nice_status;
    const struct rule *r = find_rule(t, code, cancel_asked);

    if (!r) /* a status that Globus does not have today: neither done nor failed */
        return (struct task_state){TRANSFER_RUNNING,
                                   str_printf(a, "Globus calls it " STR_FMT ". Open the task at Globus.", STR_ARG(t->status)), false};
    if (cancel_asked && !state_is_final(r->state))
        return (struct task_state){TRANSFER_CANCELLED, STR("Being cancelled at Globus."), false};
    return (struct task_state){r->state, say(a, r, code, failed ? t->fatal_text : t->nice_status_text), state_is_final(r->state)};
}
