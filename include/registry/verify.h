/**
 * Comparing stored bytes with their digests, so that a disk that forgets is found before a user is.
 *
 * Images are read again in the order in which they were last compared. How far a comparison is
 * stands in the image's row, running hash included, so whoever goes on, in whichever process, goes
 * on in the middle of a file. What does not fit is marked damaged: it is refused everywhere
 * (ERR_DAMAGED) until it is found sound again or somebody pushes the same bytes anew, and the log
 * tells the operator. A store that is not there at all damages nothing.
 */
#ifndef REGISTRY_VERIFY_H
#define REGISTRY_VERIFY_H

#include "registry/collection.h"

/* How much to do in one call. */
struct verify_turn {
    int64_t cutoff_us; /* images compared before this moment are due: verify_cutoff() */
    int64_t max_bytes; /* to read; a small image counts as one of VERIFY_LEAST_COST */
    int64_t max_ms;    /* to spend; one piece of a file may exceed it */
};

enum { VERIFY_LEAST_COST = 1024 * 1024 };

struct verify_report {
    int64_t images;  /* whose comparison was finished */
    int64_t bytes;   /* read */
    int64_t damaged; /* of the images: found damaged */
    int64_t healed;  /* of the images: damaged before, sound now */
    bool is_done;    /* nothing more is due */
};

/** The moment before which an image must have been compared to be due when that counts max_age_s
 * seconds; by the database's clock. */
MUST_USE enum err verify_cutoff(struct ctx *c, int64_t max_age_s, int64_t *cutoff_us);
/**
 * Compare what is due within the limits of the turn, adding to *did.
 *
 * @return ERR_OK, damaged images or not; ERR_UNAVAILABLE database or store
 */
MUST_USE enum err verify_some(struct ctx *c, const struct verify_turn *turn,
                              struct verify_report *did);

struct damaged_image {
    struct str path; /* below IMAGES_ROOT */
    struct str uris; /* the tags that show it, separated by blanks; absent: none does */
    int64_t size_bytes;
    int64_t damaged_at; /* Unix seconds */
};
struct damaged_list {
    struct damaged_image *list;
    size_t count;
};
/** The latest found first, at most limit. */
MUST_USE enum err damaged_images(struct ctx *c, int64_t limit, struct damaged_list *out);

/** May the image's bytes be read? ERR_DAMAGED with what helps. */
MUST_USE enum err container_check_sound(struct ctx *c, const struct container *k);
/**
 * The same before the file is handed out: is it there, with its size? If not it is marked damaged.
 * ERR_NOT_FOUND when the image was deleted meanwhile; ERR_UNAVAILABLE the store is not there.
 */
MUST_USE enum err container_check_file(struct ctx *c, const struct container *k);

#endif
