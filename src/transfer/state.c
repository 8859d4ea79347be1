#include "state.h"

#include <stdlib.h>

static const char *const names[] = {
    [TRANSFER_WAITING] = "waiting", [TRANSFER_QUEUED] = "queued",
    [TRANSFER_RUNNING] = "running", [TRANSFER_NEEDS_YOU] = "needs_you",
    [TRANSFER_PAUSED] = "paused",   [TRANSFER_DONE] = "done",
    [TRANSFER_FAILED] = "failed",   [TRANSFER_CANCELLED] = "cancelled",
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
    IF_CODE, /* the code of the row: nice_status while it runs, fatal_error when it failed; a * at
                its end stands for the rest */
    IF_NO_CODE, /* no error is named */
    IF_PAUSED,
    IF_SKIPPED,         /* the file was there already */
    IF_SEVERAL,         /* several images */
    IF_SEVERAL_SKIPPED, /* of several images some were there already, or all */
    IF_ASKED,           /* the user cancelled, and no error is named */
    IF_BY_ADMIN,        /* an administrator of an endpoint cancelled */
};

/*
 * The first row that fits wins. Every sentence says what to do next, or that nothing need be done.
 * A row that ends in a colon gets Globus's own words behind it. Source: reference/globus-api.md
 * §2.6 (fields, event codes) and §2.7 (what retries by itself).
 */
// clang-format off
static const struct rule {
    const char *status;
    enum when when;
    enum transfer_state state;
    const char *code; /* of IF_CODE */
    const char *text;
} rules[] = {
    {"SUCCEEDED", IF_SEVERAL_SKIPPED, TRANSFER_DONE, NULL,                      "Done: all files are at their destination. Those that were there already were not sent again."},
    {"SUCCEEDED", IF_SEVERAL,  TRANSFER_DONE,      NULL,                         "Done: all files are at their destination."},
    {"SUCCEEDED", IF_SKIPPED,  TRANSFER_DONE,      NULL,                         "Done: the same file was there already."},
    {"SUCCEEDED", ALWAYS_SO,   TRANSFER_DONE,      NULL,                         "Done: the file is at its destination."},

    {"FAILED",    IF_BY_ADMIN, TRANSFER_CANCELLED, NULL,                         "Cancelled by an administrator of one of the endpoints. Ask them, or choose another endpoint."},
    {"FAILED",    IF_CODE,     TRANSFER_CANCELLED, "CANCELED",                   "Cancelled. Send the image again if you still want it there."},
    {"FAILED",    IF_ASKED,    TRANSFER_CANCELLED, NULL,                         "Cancelled. Send the image again if you still want it there."},
    {"FAILED",    IF_CODE,     TRANSFER_FAILED,    "EXPIRED",                    "Failed: Globus gave up because the deadline passed. Check that the endpoint is online and the folder writable, then send it again."},
    {"FAILED",    IF_CODE,     TRANSFER_FAILED,    "FILE_NOT_FOUND",             "Failed: Globus did not find the image or the folder. Check the folder, then send it again."},
    {"FAILED",    IF_CODE,     TRANSFER_FAILED,    "PERMISSION_DENIED",          "Failed: you may not write to that folder, or not read the image. Choose another folder and send it again."},
    {"FAILED",    IF_CODE,     TRANSFER_FAILED,    "QUOTA_EXCEEDED",             "Failed: your quota at the destination is used up. Make room there, then send it again."},
    {"FAILED",    IF_CODE,     TRANSFER_FAILED,    "NO_SPACE_LEFT",              "Failed: the destination is full. Make room there, then send it again."},
    {"FAILED",    IF_CODE,     TRANSFER_FAILED,    "EXTERNAL_CHECKSUM_MISMATCH", "Failed: the bytes that arrived are not the image (its sha256 differs). Delete the file there and send it again."},
    {"FAILED",    IF_CODE,     TRANSFER_FAILED,    "VERIFY_CHECKSUM",            "Failed: the checksum at the destination differs. Delete the file there and send it again."},
    {"FAILED",    IF_CODE,     TRANSFER_FAILED,    "FILE_SIZE_CHANGED",          "Failed: the file changed while it was copied. Send it again."},
    {"FAILED",    IF_CODE,     TRANSFER_FAILED,    "IS_A_DIRECTORY",             "Failed: the destination is a folder. End the path with / to put the file into it, then send it again."},
    {"FAILED",    IF_NO_CODE,  TRANSFER_FAILED,    NULL,                         "Failed, or cancelled at Globus: it names no error. Open the task at Globus for its history, then send it again."},
    {"FAILED",    ALWAYS_SO,   TRANSFER_FAILED,    NULL,                         "Failed. Send it again, or ask for help with what Globus says:"},

    {"INACTIVE",  IF_PAUSED,   TRANSFER_PAUSED,    NULL,                         "Paused by an administrator of one of the endpoints. It goes on by itself when they allow it."},
    {"INACTIVE",  ALWAYS_SO,   TRANSFER_NEEDS_YOU, NULL,                         "Globus needs your consent or a new sign-in to go on. Reconnect Globus, or open the task at Globus."},

    {"ACTIVE",    IF_PAUSED,   TRANSFER_PAUSED,    NULL,                         "Paused by an administrator of one of the endpoints. It goes on by itself when they allow it."},
    {"ACTIVE",    IF_NO_CODE,  TRANSFER_RUNNING,   NULL,                         "Running. You can close this page."},
    {"ACTIVE",    IF_CODE,     TRANSFER_RUNNING,   "OK",                         "Running. You can close this page."},
    {"ACTIVE",    IF_CODE,     TRANSFER_QUEUED,    "Queued",                     "Queued at Globus, which runs three transfers per person at once. It starts by itself."},
    {"ACTIVE",    IF_CODE,     TRANSFER_NEEDS_YOU, "GC_NOT_CONNECTED",           "Globus Connect Personal is not running at the destination. Start it there; the transfer goes on by itself."},
    {"ACTIVE",    IF_CODE,     TRANSFER_PAUSED,    "GC_PAUSED",                  "Globus Connect Personal is paused at the destination. Resume it there; the transfer goes on by itself."},
    {"ACTIVE",    IF_CODE,     TRANSFER_NEEDS_YOU, "PERMISSION_DENIED",          "You may not write to that folder, or not read the image. Get the right, or cancel and choose another folder; Globus keeps trying."},
    {"ACTIVE",    IF_CODE,     TRANSFER_NEEDS_YOU, "QUOTA_EXCEEDED",             "Your quota at the destination is used up. Make room there; Globus keeps trying."},
    {"ACTIVE",    IF_CODE,     TRANSFER_NEEDS_YOU, "NO_SPACE_LEFT",              "The destination is full. Make room there; Globus keeps trying."},
    {"ACTIVE",    IF_CODE,     TRANSFER_NEEDS_YOU, "FILE_NOT_FOUND",             "Globus does not find the image or the folder. Check the folder, or cancel; Globus keeps trying."},
    {"ACTIVE",    IF_CODE,     TRANSFER_NEEDS_YOU, "IS_A_DIRECTORY",             "The destination is a folder. Cancel, and end the path with / to put the file into it."},
    {"ACTIVE",    IF_CODE,     TRANSFER_NEEDS_YOU, "AUTH",                       "Globus needs your consent or a new sign-in to go on. Reconnect Globus."},
    {"ACTIVE",    IF_CODE,     TRANSFER_NEEDS_YOU, "NO_CREDENTIALS",             "Globus needs your consent or a new sign-in to go on. Reconnect Globus."},
    {"ACTIVE",    IF_CODE,     TRANSFER_RUNNING,   "CONNECT_FAILED",             "Running, with trouble that passes: an endpoint is hard to reach. Globus keeps trying."},
    {"ACTIVE",    IF_CODE,     TRANSFER_RUNNING,   "CONNECTION_*",               "Running, with trouble that passes: the connection broke. Globus keeps trying."},
    {"ACTIVE",    IF_CODE,     TRANSFER_RUNNING,   "TIMEOUT",                    "Running, with trouble that passes: an endpoint is slow. Globus keeps trying."},
    {"ACTIVE",    IF_CODE,     TRANSFER_RUNNING,   "ENDPOINT_TOO_BUSY",          "Running, with trouble that passes: an endpoint is busy. Globus keeps trying."},
    {"ACTIVE",    IF_CODE,     TRANSFER_RUNNING,   "VERIFY_CHECKSUM",            "Running, with trouble that passes: a part arrived damaged. Globus sends it again."},
    {"ACTIVE",    ALWAYS_SO,   TRANSFER_RUNNING,   NULL,                         "Running, with trouble. Globus keeps trying, and says:"},
};
// clang-format on

static bool code_fits(struct str code, const char *pattern)
{
    struct str p = str_of(pattern);

    if (str_has_suffix(p, STR("*")))
        return str_has_prefix(code, str_take(p, p.len - 1));
    return str_eq(code, p);
}

static bool rule_fits(const struct rule *r, const struct globus_task *t, struct str code,
                      int64_t files, bool cancel_asked)
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
    case IF_SEVERAL:
        return files > 1;
    case IF_SEVERAL_SKIPPED:
        return files > 1 && t->files_skipped > 0;
    case IF_ASKED:
        return cancel_asked && code.len == 0;
    case IF_BY_ADMIN:
        return t->canceled_by_admin.len > 0;
    }
    return false;
}

static const struct rule *find_rule(const struct globus_task *t, struct str code, int64_t files,
                                    bool cancel_asked)
{
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        if (rule_fits(&rules[i], t, code, files, cancel_asked))
            return &rules[i];
    }
    return NULL;
}

static struct str say(struct arena *a, const struct rule *r, struct str code,
                      struct str globus_text)
{
    struct str words = globus_text.len ? globus_text : code;

    if (!str_has_suffix(str_of(r->text), STR(":")))
        return str_of(r->text);
    return str_printf(a, "%s " STR_FMT, r->text, STR_ARG(words));
}

struct task_state state_of_task(struct arena *a, const struct globus_task *t, int64_t files,
                                bool cancel_asked)
{
    bool failed = str_eq(t->status, STR("FAILED"));
    struct str code = failed ? t->fatal_code : t->nice_status;
    const struct rule *r = find_rule(t, code, files, cancel_asked);

    if (!r) /* a status that Globus does not have today: neither done nor failed */
        return (struct task_state){
            TRANSFER_RUNNING,
            str_printf(a, "Globus calls it " STR_FMT ". Open the task at Globus.",
                       STR_ARG(t->status)),
            false};
    if (cancel_asked && !state_is_final(r->state))
        return (struct task_state){TRANSFER_CANCELLED, STR("Being cancelled at Globus."), false};
    return (struct task_state){r->state,
                               say(a, r, code, failed ? t->fatal_text : t->nice_status_text),
                               state_is_final(r->state)};
}
