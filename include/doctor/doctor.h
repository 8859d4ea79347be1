/**
 * What an operator would look at before asking for help, looked at in order.
 *
 * Each check is a row of one table; it finds one thing, says it in one sentence, and says what to
 * do. A check that needs what an earlier one found missing is skipped and says so. Nothing is
 * changed that stays: the folder in IMAGES_ROOT on which the last check tries what must be refused,
 * and the rule under which it tries, are taken away again, by the next run if this one dies. Every
 * network call has its time limit. No secret is ever in a sentence.
 */
#ifndef DOCTOR_DOCTOR_H
#define DOCTOR_DOCTOR_H

#include "base/ctx.h"

enum doctor_result {
    DOCTOR_OK,
    DOCTOR_WARNING, /* it works, but not as it should */
    DOCTOR_PROBLEM,
    DOCTOR_SKIPPED,
    DOCTOR_RESULT_COUNT
};
/** "ok", "warning", "problem", "skipped". */
const char *doctor_result_name(enum doctor_result r);

struct doctor_finding {
    enum doctor_result result;
    struct str text;   /* one sentence */
    struct str remedy; /* what to do; absent when there is nothing to do */
};

struct doctor;
struct doctor_check {
    const char *name;
    const char *what; /* for the manual */
    struct doctor_finding (*run)(struct doctor *d);
};
extern const struct doctor_check doctor_checks[];
extern const size_t doctor_check_count;

/**
 * Run them all; needs net, and a database that may be away.
 *
 * @param path  of the settings file; where c->settings is NULL the failure on the context says why,
 * becomes the first finding, and nothing else is looked at
 * @return one finding for each check, in order
 */
struct doctor_finding *doctor_run(struct ctx *c, const char *path);

/** Keep what was found, in place of what was found before, for administrators to see. */
MUST_USE enum err doctor_keep(struct ctx *c, const struct doctor_finding *found);

#endif
