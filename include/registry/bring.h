/**
 * Files from outside that become images: for moving in from another registry.
 *
 * The bytes are hashed where they lie, then shared or copied, and named in the same order and under
 * the same lock as those of a push (docs/adr/0006), so a crash leaves no more than one does.
 * Nobody's rights are asked and no quota is counted: only the operator's command line comes here.
 */
#ifndef REGISTRY_BRING_H
#define REGISTRY_BRING_H

#include "registry/name.h"

/* How the bytes came, cheapest first. */
enum bring_way {
    BRING_REFLINK, /* the file system shares the blocks, copy on write */
    BRING_LINK,    /* a second name of the same file; both sides must leave it unchanged */
    BRING_COPY,
    BRING_WAYS
};

struct brought {
    struct str sha256; /* hex */
    int64_t size;
    int fd; /* the file, open; closed with the arena */
};

/**
 * Open a file below a directory and hash it.
 *
 * @param path  relative; a ".." in it or a symbolic link at its end is refused
 * @return ERR_OK; ERR_NOT_FOUND there is none; ERR_INPUT not a file with content, or it changed
 * meanwhile; ERR_UNAVAILABLE
 */
MUST_USE enum err bring_open(struct ctx *c, const char *directory, struct str path,
                             struct brought *out);

/** Is there such a file with content? Nothing is hashed; the same errors. */
MUST_USE enum err bring_look(struct ctx *c, const char *directory, struct str path, int64_t *size);

struct bring_target {
    int64_t collection_id;
    struct image_name name; /* checked */
    int64_t created_at;     /* of a tag that is new here, Unix seconds */
};
/** Store the bytes and point the tag at them, in one transaction. ERR_NO_SPACE, ERR_UNAVAILABLE. */
MUST_USE enum err bring_commit(struct ctx *c, const struct bring_target *t, const struct brought *b,
                               enum bring_way *way);

#endif
