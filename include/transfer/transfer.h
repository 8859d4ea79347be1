/**
 * The life of one transfer: from the user's wish to Globus's last word.
 *
 * A wish is a row. Its submission id is stored before the submit, so after a crash, a lost answer
 * or a double click the same id is submitted again and Globus answers with the same task: one wish,
 * one task (promise P3). What could not be submitted now is finished by the agent. States and
 * sentences come from one table (src/transfer/state.c, promise P8); "done" only when Globus said
 * SUCCEEDED. Globus is never called inside a transaction.
 */
#ifndef TRANSFER_TRANSFER_H
#define TRANSFER_TRANSFER_H

#include "account/link.h"
#include "registry/collection.h"

enum transfer_state {
    TRANSFER_WAITING, /* wish stored, not yet accepted by Globus */
    TRANSFER_QUEUED,
    TRANSFER_RUNNING,
    TRANSFER_NEEDS_YOU,
    TRANSFER_PAUSED,
    TRANSFER_DONE,
    TRANSFER_FAILED,
    TRANSFER_CANCELLED, /* with finished_at 0: asked for, Globus has not confirmed it yet */
    TRANSFER_STATE_COUNT
};
/** "waiting", "needs_you": as stored and as clients see it. */
const char *transfer_state_name(enum transfer_state s);

struct transfer {
    struct str id; /* UUID */
    int64_t user_id;
    int64_t container_id; /* 0 when the container is gone */
    struct str uri, sha256 /* hex */, source_path, endpoint_id, endpoint_name;
    /*
     * full path of the file; a bare file name while the endpoint's default directory is not known
     * yet
     */
    struct str path;
    enum transfer_state state;
    struct str state_text;             /* one sentence with the next step */
    struct str submission_id, task_id; /* absent until known */
    int64_t bytes_total, bytes_transferred, bytes_per_second, faults;
    int64_t ahead; /* queued: the user's transfers that Globus took before; only transfer_get() */
    int64_t attempts;                /* of the submit */
    int64_t age_s;                   /* by the database's clock */
    int64_t created_at, finished_at; /* Unix seconds; 0: not yet */
    /*
     * how many images go as one task; 0: one. Then path and source_path are folders, sha256 is of
     * the list, and transfer_files() has the images.
     */
    int64_t files;
    bool is_compared; /* Globus compares each sha256: done is a proof of arrival */
    bool is_mailed;   /* Globus writes to the user about it */
    bool is_news;     /* it needs the user, or ended, and they have not seen that */
};

struct transfer_file {
    struct str uri, sha256 /* hex */;
    int64_t size_bytes;
    struct str source_path, path; /* full paths at both ends */
};
/** The images of a transfer, one or several, in the order of its document. */
MUST_USE enum err transfer_files(struct ctx *c, const struct transfer *t,
                                 struct transfer_file **list, size_t *count);

struct transfer_wish {
    int64_t user_id;
    struct viewer viewer;
    int64_t container_id;
    struct str endpoint_id; /* UUID */
    /* a directory (ends with /) or a full file path; absent: the endpoint's default directory */
    struct str path;
    /* the file's path below that directory; absent: "{name}_{tag}.sif" */
    struct str file;
};

/* What came of a wish, beside the outcome. */
struct transfer_result {
    struct transfer transfer;      /* transfer.id is absent when nothing was stored */
    struct str message;            /* for the notification: what Globus said, or why it waits */
    struct globus_demands demands; /* with ERR_GLOBUS_STEP_UP */
};

/**
 * Store the wish and submit it.
 *
 * The right to read the image is checked now. A second equal wish while the first is open is the
 * first.
 *
 * @return ERR_OK with the transfer in state queued, or waiting (Globus does not answer now);
 * ERR_NOT_FOUND container or endpoint; ERR_FORBIDDEN image of a private collection, or no right at
 * Globus; ERR_GLOBUS_STEP_UP with demands, ERR_GLOBUS_NOT_CONNECTED, ERR_GLOBUS_RECONNECT: the wish
 * is kept and out->transfer names it, transfer_resume() goes on; ERR_INPUT endpoint_id, path;
 * ERR_GLOBUS refused by Globus
 */
MUST_USE enum err transfer_create(struct ctx *c, const struct transfer_wish *w,
                                  struct transfer_result *out);
/**
 * The same to the user's usual place, under the name that their pattern makes.
 *
 * @param w          without endpoint_id, path and file
 * @param[out] made  with them, as far as they are known
 * @return as transfer_create(); ERR_NOT_FOUND also without a usual place
 */
MUST_USE enum err transfer_create_usual(struct ctx *c, const struct transfer_wish *w,
                                        struct transfer_wish *made, struct transfer_result *out);

/**
 * Submit a stored wish of this user again after a round-trip to Globus; nothing is submitted twice.
 * The same outcomes.
 */
MUST_USE enum err transfer_resume(struct ctx *c, int64_t user_id, struct str id,
                                  struct transfer_result *out);
/** The user's connection is new: let the agent look at all that waited for it. */
MUST_USE enum err transfer_wake(struct ctx *c, int64_t user_id);

struct transfer_page {
    struct transfer *list;
    size_t count;
    struct str next; /* cursor; absent at the end */
};
struct transfer_query {
    int64_t user_id;
    int64_t container_id; /* only those that carry this image; 0: all */
    struct str state;     /* "open", "done", "failed" or "cancelled"; absent: all */
    struct str cursor;    /* from the page before; absent: from the newest */
    int64_t limit;        /* rows of one page */
};
/**
 * A user's transfers, newest first. A cursor that none of our pages gave, and a state that is none
 * of these, are ERR_INPUT.
 */
MUST_USE enum err transfer_list(struct ctx *c, const struct transfer_query *q,
                                struct transfer_page *out);

/** What ended on one day (UTC). */
struct transfer_day {
    struct str day;              /* "2026-11-23" */
    int64_t done, failed, bytes; /* bytes: of those that are done */
};
struct transfer_days {
    struct transfer_day *list; /* days on which something ended, oldest first */
    size_t count;
};
/** What became of a user's transfers in the last days. */
MUST_USE enum err transfer_by_day(struct ctx *c, int64_t user_id, int64_t days,
                                  struct transfer_days *out);
/** ERR_NOT_FOUND when it is not this user's. */
MUST_USE enum err transfer_get(struct ctx *c, int64_t user_id, struct str id, struct transfer *out);
/**
 * Cancel at Globus (or drop a wish not yet accepted).
 *
 * What may already be a task at Globus is only marked; the agent finds the task by its submission
 * id and cancels it.
 *
 * @return ERR_OK; ERR_NOT_FOUND; ERR_CONFLICT it is finished; what Globus says
 */
MUST_USE enum err transfer_cancel(struct ctx *c, int64_t user_id, struct str id,
                                  struct transfer *out);

/**
 * Somebody watches this open transfer (id absent: the list of all): the agent looks at it as soon
 * as at a new one, but not before Globus asked for patience.
 */
MUST_USE enum err transfer_watch(struct ctx *c, int64_t user_id, struct str id);

enum { TRANSFER_NEWS_MAX = 50 };
/** Transfers that need the user or ended unseen, newest first, at most TRANSFER_NEWS_MAX. */
MUST_USE enum err transfer_news_list(struct ctx *c, int64_t user_id, struct transfer_page *out);
/** The user has seen the state of this transfer; id absent: of all. Another user's is no news here.
 */
MUST_USE enum err transfer_notice(struct ctx *c, int64_t user_id, struct str id);

/**
 * Claim due open transfers under a lease, submit those not accepted yet, follow the rest with one
 * call for at most 100 tasks of a user, and fewer than 20 calls a second for each. A round ends
 * after some seconds; what it did not reach is due in the next. For the agent.
 */
struct follow_report {
    int64_t claimed, submitted, updated, finished;
};
MUST_USE enum err transfer_follow(struct ctx *c, struct follow_report *out);

struct withdraw_report {
    int64_t withdrawn, refused;
};
/**
 * Withdraw the read rules at Globus that no open transfer needs, or whose user lost the right to
 * the images; see docs/adr/0011. An outage leaves the rest to the next round. For the agent.
 */
MUST_USE enum err transfer_withdraw_rules(struct ctx *c, struct withdraw_report *out);

#endif
