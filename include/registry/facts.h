/**
 * What stored images say of themselves (sif/sif.h), kept in the database.
 *
 * A push stores the facts with the image, in its transaction. Images that came otherwise (an
 * import, an older release) are read by the agent. Facts belong to bytes, so they never change.
 */
#ifndef REGISTRY_FACTS_H
#define REGISTRY_FACTS_H

#include "sif/sif.h"

#include "base/json.h"
#include "registry/store.h"

/** One object, one label; for the database and for answers. */
extern const struct json_shape sif_object_shape, sif_label_shape;

/**
 * Read the facts of a finished upload.
 *
 * @return ERR_OK; ERR_INPUT naming file1: REQUIRE_SIF, and it is no SIF image; ERR_UNAVAILABLE
 */
MUST_USE enum err facts_of_upload(struct ctx *c, struct upload *u, struct sif_facts *out);
/**
 * The same question as soon as the first bytes are there, so that nobody sends gigabytes in vain;
 * to be asked after each piece, with what the image begins with. ERR_INPUT naming file1.
 */
MUST_USE enum err facts_check_head(struct ctx *c, struct str head);

/** Keep the facts of an image; those that it has stay. */
MUST_USE enum err facts_store(struct ctx *c, int64_t image_id, const struct sif_facts *facts);
/** The facts of an image; *found is false when nobody has read them yet. */
MUST_USE enum err facts_get(struct ctx *c, int64_t image_id, bool *found, struct sif_facts *out);

struct facts_report {
    int64_t read;   /* images */
    int64_t failed; /* images whose file could not be read; they are tried again */
};
/**
 * Read and keep the facts of images that have none, for about max_ms, adding to *did. For the
 * agent. ERR_UNAVAILABLE database or store.
 */
MUST_USE enum err facts_fill(struct ctx *c, int64_t max_ms, struct facts_report *did);

#endif
