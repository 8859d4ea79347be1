/**
 * Globus Transfer v0.10 as typed calls with a user's access token.
 *
 * Every call may end in ERR_NOT_SIGNED_IN (401: the access token is not good any more; the caller
 * refreshes once and repeats), ERR_GLOBUS_STEP_UP (consent or session demanded, on whatever status;
 * *demands says what), ERR_FORBIDDEN, ERR_NOT_FOUND, ERR_CONFLICT, ERR_THROTTLED,
 * ERR_GLOBUS_UNAVAILABLE (passing fault: keep everything, try later) or ERR_GLOBUS (Globus or the
 * endpoint refused; the message is in the failure's detail, its request_id in the cause). Reads are
 * retried within the time of one call as reference/globus-api.md §2.11 says; POST /transfer is not
 * retried here. No database.
 */
#ifndef GLOBUS_TRANSFER_H
#define GLOBUS_TRANSFER_H

#include "globus/auth.h"

/* One call's caller: the token, and the place for demands. */
struct globus_session {
    struct str access_token;
    struct globus_demands demands; /* filled in with ERR_GLOBUS_STEP_UP */
};

struct globus_endpoint {
    struct str id, display_name, entity_type, owner, owner_id, organization, contact_email,
        description;
    struct str default_directory;               /* absent: Globus chooses */
    struct str user_message, user_message_link; /* of its administrators; mostly absent */
    struct str mapped_id, host_path; /* of a guest collection: on what it lies, and where */
    struct str high_assurance_only;  /* "inbound", "outbound" or "all": refuses other peers */
    bool is_public, high_assurance, non_functional, disable_verify;
    bool gcp_connected, gcp_paused; /* of GCP collections; connected is true for others */
    bool i_administer;              /* administrator among my_effective_roles */
};

enum { ENDPOINTS_MAX = 100 };

struct globus_endpoints {
    struct globus_endpoint *list;
    size_t count;
    int64_t next_offset; /* -1: no further page; Globus shows the first 1000 only */
};

struct globus_search {
    struct str scope; /* "my-endpoints", "shared-with-me", "recently-used" or "all" */
    struct str text;  /* required for "all", may be absent otherwise */
    int64_t offset;
};
/**
 * Search endpoints, count searches in parallel; bare servers that hold no data are left out. A text
 * that is a UUID finds the endpoint of that id.
 *
 * @return the first failure in the order of the searches; *out is complete only with ERR_OK
 */
MUST_USE enum err globus_endpoint_search_all(struct ctx *c, struct globus_session *s,
                                             const struct globus_search *searches,
                                             struct globus_endpoints *out, size_t count);
/** One search. */
MUST_USE enum err globus_endpoint_search(struct ctx *c, struct globus_session *s, struct str scope,
                                         struct str text, int64_t offset,
                                         struct globus_endpoints *out);
MUST_USE enum err globus_endpoint_get(struct ctx *c, struct globus_session *s, struct str id,
                                      struct globus_endpoint *out);

struct globus_file {
    struct str name;          /* one path component */
    struct str type;          /* "dir", "file" or another word of Globus */
    struct str last_modified; /* ISO 8601 UTC; absent when unknown */
    int64_t size;             /* bytes; 0 when unknown */
};
struct globus_listing {
    struct str path; /* normalised, ends with / */
    struct globus_file *list;
    size_t count;
    int64_t next_offset; /* -1: no further page */
};
/**
 * List a directory, folders first, without hidden files; path absent means the default directory.
 * At most limit items from offset.
 */
MUST_USE enum err globus_ls(struct ctx *c, struct globus_session *s, struct str endpoint,
                            struct str path, int64_t offset, int64_t limit,
                            struct globus_listing *out);

struct globus_place {
    struct str endpoint, path; /* path begins with / */
};
/* What one look found: each place has its own outcome. */
struct globus_stat {
    enum err err;
    struct str detail;       /* why, when err is not ERR_OK */
    struct globus_file file; /* without its name; type "dir" or "file" */
};
/**
 * Look at count files or directories in parallel.
 *
 * @return ERR_OK with an outcome for each, ERR_NOT_FOUND among them; ERR_NOT_SIGNED_IN for all
 */
MUST_USE enum err globus_stat_all(struct ctx *c, struct globus_session *s,
                                  const struct globus_place *places, struct globus_stat *out,
                                  size_t count);

/** Make a directory whose parent is there. ERR_OK also when it is there already. */
MUST_USE enum err globus_mkdir(struct ctx *c, struct globus_session *s, struct str endpoint,
                               struct str path);

/** Give a file or directory another path on the same endpoint; never over one that is there. */
MUST_USE enum err globus_rename(struct ctx *c, struct globus_session *s, struct str endpoint,
                                struct str from, struct str to);

/** A new submission id, to be stored before globus_submit(). */
MUST_USE enum err globus_submission_id(struct ctx *c, struct globus_session *s, struct str *out);

struct globus_item {
    struct str source_path, destination_path; /* of one file */
    struct str sha256_hex;                    /* absent: no external checksum */
};
struct globus_submit {
    struct str submission_id, source_endpoint, destination_endpoint;
    struct str label; /* any text; what Globus would refuse in it is taken out */
    const struct globus_item *items;
    size_t item_count;
    bool verify_checksum;
    bool mails; /* Globus writes to the user when the task ends, or needs them */
};
struct globus_accepted {
    struct str task_id, message;
    bool is_duplicate; /* this submission id had been used: the same task */
};
/**
 * Submit, once. The same *t makes the same document, byte for byte.
 *
 * @return ERR_GLOBUS_UNAVAILABLE also when the answer was lost, cut or unreadable: submit the same
 * again
 */
MUST_USE enum err globus_submit(struct ctx *c, struct globus_session *s,
                                const struct globus_submit *t, struct globus_accepted *out);

/**
 * Have one file deleted: a task like a transfer, without mails. Sent once.
 *
 * @source the official SDK's delete_data.py, as the DELETE task of reference/globus-api.md §2.6
 */
MUST_USE enum err globus_delete(struct ctx *c, struct globus_session *s, struct str submission_id,
                                struct str endpoint, struct str path, struct str label,
                                struct globus_accepted *out);

struct globus_task {
    struct str task_id, status; /* ACTIVE INACTIVE SUCCEEDED FAILED */
    struct str nice_status, nice_status_text, fatal_code, fatal_text, canceled_by_admin;
    bool is_paused;
    int64_t bytes_transferred, bytes_per_second, faults, files_skipped;
};
struct globus_tasks {
    struct globus_task *list;
    size_t count;
};
/**
 * The tasks with these ids (at most 100), with one call; a task that Globus no longer lists is
 * absent from the result.
 */
MUST_USE enum err globus_task_list(struct ctx *c, struct globus_session *s, const struct str *ids,
                                   size_t count, struct globus_tasks *out);
/** ERR_NOT_FOUND when Globus does not know the task, or it is somebody else's. */
MUST_USE enum err globus_task_get(struct ctx *c, struct globus_session *s, struct str id,
                                  struct globus_task *out);
/** Cancel. ERR_OK also when the task was over before: only reading it again tells how it ended. */
MUST_USE enum err globus_task_cancel(struct ctx *c, struct globus_session *s, struct str id);

/** Page of a task in the Globus web app. */
struct str globus_task_url(struct ctx *c, struct str task_id);
/** Page of an endpoint in the Globus web app. */
struct str globus_endpoint_url(struct ctx *c, struct str endpoint_id);

#endif
