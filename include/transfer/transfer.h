/**
 * The life of one transfer: from the user's wish to Globus's last word.
 *
 * A wish is a row. Its submission id is stored before the submit, so after a crash, a lost answer or a double click the same id is
 * submitted again and Globus answers with the same task: one wish, one task (promise P3). What could not be submitted now is
 * finished by the agent. States and sentences come from one table (promise P8); "done" only when Globus said SUCCEEDED.
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
    TRANSFER_CANCELLED,
    TRANSFER_STATE_COUNT
};
const char *transfer_state_name(enum transfer_state s);

struct transfer {
    struct str id; /* UUID */
    int64_t user_id;
    int64_t container_id; /* 0 when the container is gone */
    struct str uri, sha256 /* hex */, source_path, endpoint_id, endpoint_name, path;
    enum transfer_state state;
    struct str state_text;    /* one sentence with the next step */
    struct str submission_id, task_id; /* absent until known */
    int64_t bytes_total, bytes_transferred, bytes_per_second, faults;
    int64_t created_at, finished_at; /* Unix seconds; 0: not yet */
};

struct transfer_wish {
    int64_t user_id;
    struct viewer viewer;
    int64_t container_id;
    struct str endpoint_id; /* UUID */
    struct str path;        /* a directory (ends with /) or a full file path; absent: the endpoint's default directory */
};

/**
 * Store the wish and submit it.
 *
 * The right to read the image is checked now. A second equal wish while the first is open is the first.
 *
 * @param[out] message  what Globus said, for the notification
 * @return ERR_OK with the transfer in state waiting (Globus does not answer now) or queued; ERR_NOT_FOUND container or endpoint;
 *         ERR_FORBIDDEN image of a private collection with a public source, or no right at Globus; ERR_GLOBUS_STEP_UP with demands:
 *         the wish is kept and *out names it; ERR_GLOBUS_NOT_CONNECTED, ERR_GLOBUS_RECONNECT; ERR_INPUT path
 */
MUST_USE enum err transfer_create(struct ctx *c, const struct transfer_wish *w, struct transfer *out, struct str *message,
                                  struct globus_demands *demands);
/** Submit a stored wish of this user again after a step-up. The same outcomes. */
MUST_USE enum err transfer_resume(struct ctx *c, int64_t user_id, struct str id, struct transfer *out, struct str *message,
                                  struct globus_demands *demands);

struct transfer_page {
    struct transfer *list;
    size_t count;
    struct str next;
};
/** A user's transfers, newest first. */
MUST_USE enum err transfer_list(struct ctx *c, int64_t user_id, struct str cursor, int64_t limit, struct transfer_page *out);
/** ERR_NOT_FOUND when it is not this user's. */
MUST_USE enum err transfer_get(struct ctx *c, int64_t user_id, struct str id, struct transfer *out);
/** Cancel at Globus (or drop a wish not yet accepted); finished ones are ERR_CONFLICT. */
MUST_USE enum err transfer_cancel(struct ctx *c, int64_t user_id, struct str id, struct transfer *out);

/** Claim due open transfers under a lease, submit those not accepted yet, follow the rest with one call per user. For the agent. */
struct follow_report {
    int64_t claimed, submitted, updated, finished;
};
MUST_USE enum err transfer_follow(struct ctx *c, struct follow_report *out);

#endif
