/**
 * Making the source collection at Globus, or taking one that is there: what an administrator does
 * once, over SSH, without a browser on this host.
 *
 * Each step looks first whether it is done, so a second run changes nothing, and one that died is
 * finished by the next. Whoever administers the collection signs in for it once, in any browser;
 * the tokens of that sign-in are used for the steps and revoked. A run that finds everything done
 * asks for no sign-in. docs/adr/0017. Source: reference/globus-api.md §3.3, reference/product.md
 * S61.
 */
#ifndef SETUP_SETUP_H
#define SETUP_SETUP_H

#include "base/ctx.h"

struct setup_options {
    const char *settings_path;
    struct str collection; /* a collection to take; absent: that of the settings, else a new one */
    struct str host;       /* the mapped collection for a new one; absent: that of gcp_dir */
    const char *gcp_dir;   /* Globus Connect Personal's own files, ~/.globusonline/lta */

    /**
     * Show the address where the administrator signs in, and read what was pasted: the code, or the
     * address that the browser ended on. ERR_INPUT when nothing can be asked.
     */
    enum err (*ask_code)(struct ctx *c, void *arg, struct str url, struct str *pasted);
    void *arg;
};

enum setup_outcome {
    SETUP_WAS_SO,
    SETUP_DONE,
    SETUP_TO_DO, /* by hand; the text says how */
};
struct setup_step {
    enum setup_outcome outcome;
    struct str text;
};
enum { SETUP_STEPS_MAX = 8 };
struct setup_report {
    struct setup_step steps[SETUP_STEPS_MAX];
    size_t count;
    struct str collection; /* absent: none yet */
};
/**
 * @param[out] out  what was found and done, also when a later step failed
 * @return ERR_OK, also with steps left to do by hand; else why it could not go on, with the remedy
 */
MUST_USE enum err setup_run(struct ctx *c, const struct setup_options *o, struct setup_report *out);

struct setup_status {
    struct str id, name, owner, kind;
    bool may_manage_rules; /* this registry, there */
    bool is_open;          /* everybody may read it; only known with may_manage_rules */
};
/** The source collection as Globus knows it. ERR_NOT_FOUND when none is set, or it is gone. */
MUST_USE enum err setup_find_status(struct ctx *c, struct setup_status *out);

#endif
