/* Numbers and texts as they lie in a SIF file. */
#ifndef SIF_LAYOUT_H
#define SIF_LAYOUT_H

#include "sif/sif.h"

enum {
    HEADER_BYTES = 128,
    HEADER_MAGIC = 32,
    HEADER_VERSION = 42,
    HEADER_ARCHITECTURE = 45,
    HEADER_CREATED = 64,
    HEADER_OBJECTS = 88, /* descriptors, used or free */
    HEADER_OBJECTS_AT = 96,

    OBJECT_BYTES = 585,
    OBJECT_TYPE = 0,
    OBJECT_USED = 4,
    OBJECT_ID = 5,
    OBJECT_AT = 17,
    OBJECT_SIZE = 25,
    OBJECT_NAME = 73,
    OBJECT_NAME_BYTES = 128,
    OBJECT_EXTRA = 201, /* what only its type has */

    PARTITION_FILE_SYSTEM = OBJECT_EXTRA,
    PARTITION_ROLE = OBJECT_EXTRA + 4,
    PARTITION_ARCHITECTURE = OBJECT_EXTRA + 8,
    ARCHITECTURE_BYTES = 3, /* two digits and NUL */

    SIGNATURE_HASH = OBJECT_EXTRA,
    SIGNATURE_FINGERPRINT = OBJECT_EXTRA + 4,
    FINGERPRINT_BYTES = 20,
};

enum object_type {
    OBJECT_DEFINITION = 0x4001,
    OBJECT_ENVIRONMENT,
    OBJECT_LABELS,
    OBJECT_PARTITION,
    OBJECT_SIGNATURE,
    OBJECT_JSON,
    OBJECT_DATA,
    OBJECT_MESSAGE,
    OBJECT_SBOM,
    OBJECT_OCI_INDEX,
    OBJECT_OCI_BLOB,
};

/* A descriptor with the place of its data, which lies inside the file. */
struct object_at {
    struct sif_object object;
    enum object_type type;
    int64_t offset;
    bool is_primary; /* the partition that is run */
};

int64_t layout_i32(const unsigned char *at);
int64_t layout_i64(const unsigned char *at);
/** Up to the first NUL, at most max bytes; empty when it is not UTF-8. In the arena. */
struct str layout_text(struct arena *a, const unsigned char *at, size_t max);
/** The name of an architecture's two digits; empty: unknown. */
struct str layout_architecture(const unsigned char *at);

/** Read one descriptor. False: its data would lie outside a file of that size. */
bool object_decode(struct arena *a, const unsigned char *at, int64_t file_size,
                   struct object_at *out);

/** Add the labels of one object's JSON; names that are there already keep their value. */
void labels_add(struct ctx *c, struct str json, struct sif_label *labels, size_t *count);

#endif
