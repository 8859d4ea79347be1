/**
 * A push: a ticket, then the bytes, then one transaction (promise P1).
 *
 * Step 1 checks the right to push and hands out a one-time ticket bound to user and image. Step 2
 * presents it. The row and the name of the file appear under one advisory lock per image, which the
 * sweep takes too, so no row is ever without its file and no file that is just being named is swept
 * (docs/adr/0006).
 */
#ifndef REGISTRY_PUSH_H
#define REGISTRY_PUSH_H

#include "registry/collection.h"
#include "registry/store.h"

/**
 * Keep the name's rules, in lower case from here on, and may this user push it? Creates nothing.
 *
 * @return ERR_OK; ERR_INPUT bad name; ERR_FORBIDDEN pushing is disabled, not an owner, may not
 * create collections (more), or the tag is frozen; ERR_QUOTA
 */
MUST_USE enum err push_check(struct ctx *c, struct viewer v, struct image_name *n);

struct ticket {
    struct str hash; /* key of the row */
    struct image_name name;
};

/** Hand out a ticket, 64 hex digits, valid for UPLOAD_TICKET_LIFETIME. */
MUST_USE enum err ticket_create(struct ctx *c, int64_t user_id, const struct image_name *n,
                                struct str *ticket);
struct ticket_list {
    struct ticket *list;
    size_t count;
};
/**
 * The user's open tickets, newest first, at most 100: with them a signature can be judged before
 * the body is read.
 */
MUST_USE enum err ticket_list(struct ctx *c, int64_t user_id, struct ticket_list *out);
/** The key under which a presented ticket is stored. */
struct str ticket_hash(struct ctx *c, struct str ticket);
/** Use a ticket up; ERR_FORBIDDEN when it is unknown, used, expired or another user's. */
MUST_USE enum err ticket_use(struct ctx *c, int64_t user_id, struct str ticket,
                             struct image_name *out);

/**
 * Commit a finished upload (upload_finish() was ERR_OK) as the container's new image; creates the
 * collection at its first push.
 *
 * What the image says of itself is read and kept with it (facts.h). Rights and quotas are checked
 * again. The container keeps its id; the image it had becomes an earlier version (tags.h). After
 * any error the old image is in place; after ERR_UNAVAILABLE from a lost connection it may be the
 * new one, whole.
 */
MUST_USE enum err push_commit(struct ctx *c, struct viewer v, const struct image_name *n,
                              struct upload *u, struct container *out);

struct sweep_report {
    int64_t images; /* rows of images that nothing needed */
    int64_t files;  /* files without a row, those images' too */
    int64_t bytes;  /* room that the files gave back */
    int64_t rows;   /* expired tickets and share links */
};
/**
 * Drop images that nothing needs, files without a row, expired tickets; a bounded number each time.
 * For the agent.
 */
MUST_USE enum err registry_sweep(struct ctx *c, struct sweep_report *out);
/** The same to the end. For `transload images gc`. */
MUST_USE enum err registry_sweep_all(struct ctx *c, struct sweep_report *out);
/** What that would drop now, images and files; nothing is changed. */
MUST_USE enum err registry_sweep_look(struct ctx *c, struct sweep_report *out);

#endif
