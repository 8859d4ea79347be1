/**
 * What a file says of itself: is it a SIF image, and if so, for which architecture, built when and
 * from what, with which labels, holding what, signed by whom.
 *
 * Every number in the file is foreign: nothing is read outside of it, counts and texts have limits,
 * and a file that breaks a rule is not taken for SIF; why is a sentence in `remark`. Signatures are
 * found, never checked. Source: SIF format version 1, as github.com/sylabs/sif writes it (global
 * header of 128 bytes, descriptors of 585, little-endian); the labels of Singularity and Apptainer
 * lie in an object named inspect-metadata.json.
 */
#ifndef SIF_SIF_H
#define SIF_SIF_H

#include "base/ctx.h"

#include <stddef.h>

enum {
    /* bytes with which sif_format_of_head() can tell all formats */
    SIF_HEAD_BYTES = 2048,
    /* descriptors; what writers reserve is 48 */
    SIF_OBJECTS_MAX = 512,
    /* of a definition file that is kept */
    SIF_DEFINITION_MAX = 256 * 1024,
    /* of an object with labels that is read */
    SIF_METADATA_MAX = 1024 * 1024,
    /* labels kept, and bytes of their parts; longer ones are left out */
    SIF_LABELS_MAX = 256,
    SIF_LABEL_NAME_MAX = 250,
    SIF_LABEL_VALUE_MAX = 1024,
};

enum image_format { FORMAT_UNKNOWN, FORMAT_SIF, FORMAT_SQUASHFS, FORMAT_EXT3, FORMAT_COUNT };
/** "sif", "squashfs", "ext3", "unknown": in the database and in JSON. */
const char *image_format_name(enum image_format format);

/* One data object. Texts are empty where they do not apply; see src/sif/object.c for the words. */
struct sif_object {
    int64_t id;
    int64_t size; /* bytes */
    struct str kind, name;
    struct str file_system, role, architecture; /* of a partition */
    struct str hash, fingerprint;               /* of a signature: upper-case hex */
};

struct sif_label {
    struct str name, value;
};

struct sif_facts {
    enum image_format format;
    struct str remark; /* of a file that begins as SIF but breaks its rules: why; else empty */
    struct str architecture; /* as Go names it: amd64, arm64; empty: not said */
    int64_t built_at;        /* Unix seconds; 0: not said */
    struct str definition;   /* empty: there is none, it is too long, or no text */
    const struct sif_object *objects;
    size_t object_count;
    const struct sif_label *labels;
    size_t label_count;
};

/* Where the bytes come from. */
struct sif_source {
    /** Read exactly len bytes at an offset; both are inside of size. ERR_UNAVAILABLE. */
    enum err (*read)(struct ctx *c, void *arg, int64_t offset, void *into, size_t len);
    void *arg;
    int64_t size; /* bytes */
};

/**
 * Read the facts; they live in the arena.
 *
 * @return ERR_OK whatever the file is; else what source->read returned
 */
MUST_USE enum err sif_read(struct ctx *c, const struct sif_source *source, struct sif_facts *out);

/** By the first bytes alone, SIF_HEAD_BYTES or the whole of a shorter file. */
enum image_format sif_format_of_head(struct str head);

#endif
