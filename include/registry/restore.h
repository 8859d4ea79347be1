/**
 * Is a restored pair whole: has every image in the database its bytes under IMAGES_ROOT?
 *
 * Reads everything and changes nothing, neither rows nor files, so it may run against a standby or
 * beside the service. The database is read by keys a page at a time and each file through one
 * buffer: memory does not grow with the registry. Unlike verify.h, which reads slowly and
 * for ever, it reads as fast as the disk gives, and looks for what should not be there, too
 * (docs/adr/0012, docs/backup.md).
 */
#ifndef REGISTRY_RESTORE_H
#define REGISTRY_RESTORE_H

#include "base/ctx.h"

/* What a finding means, and so what is to be done about it. */
enum restore_kind {
    RESTORE_LOST,     /* an image that people see lacks its bytes, or has others */
    RESTORE_FOREIGN,  /* this program did not put it there */
    RESTORE_UNNEEDED, /* bytes are wrong, but no tag, version or transfer needs the image */
    RESTORE_REFUSED,  /* bytes are right, but the image is marked damaged and so refused */
    RESTORE_ORPHAN,   /* an image's file without a row: pushed after the dump, or not yet swept */
    RESTORE_KINDS
};

struct restore_finding {
    enum restore_kind kind;
    struct str path;    /* below IMAGES_ROOT */
    struct str problem; /* a sentence without its stop */
    struct str images;  /* the tags and versions that show it, separated by blanks */
};

struct restore_report {
    int64_t images;               /* rows looked at */
    int64_t files;                /* met on the disk */
    int64_t bytes;                /* read */
    int64_t found[RESTORE_KINDS]; /* findings of each kind */
};

/* Called for each finding as it is made; what it points to is valid during the call. */
typedef enum err restore_teller(struct ctx *c, void *arg, const struct restore_finding *f);

/**
 * Look at every image, then at every file.
 *
 * @param is_quick  sizes only; else all bytes are read and hashed. Names of one file (hard links)
 * are read once
 * @return ERR_OK, findings or not; what tell() returned; ERR_UNAVAILABLE database or store, which
 * includes a store without a single directory
 */
MUST_USE enum err restore_check(struct ctx *c, bool is_quick, restore_teller *tell, void *arg,
                                struct restore_report *did);

/** "lost", "foreign" … */
const char *restore_kind_name(enum restore_kind kind);
/** Does a finding of this kind call for somebody before the service opens? */
bool restore_kind_is_problem(enum restore_kind kind);

#endif
