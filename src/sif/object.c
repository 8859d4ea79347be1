#include "layout.h"

#include <string.h>

struct word {
    int64_t code;
    struct str text;
};

static const struct word kinds[] = {
    {OBJECT_DEFINITION,  STR_INIT("definition file")      },
    {OBJECT_ENVIRONMENT, STR_INIT("environment")          },
    {OBJECT_LABELS,      STR_INIT("labels")               },
    {OBJECT_PARTITION,   STR_INIT("partition")            },
    {OBJECT_SIGNATURE,   STR_INIT("signature")            },
    {OBJECT_JSON,        STR_INIT("JSON")                 },
    {OBJECT_DATA,        STR_INIT("data")                 },
    {OBJECT_MESSAGE,     STR_INIT("cryptographic message")},
    {OBJECT_SBOM,        STR_INIT("SBOM")                 },
    {OBJECT_OCI_INDEX,   STR_INIT("OCI index")            },
    {OBJECT_OCI_BLOB,    STR_INIT("OCI blob")             },
};

static const struct word file_systems[] = {
    {1, STR_INIT("squashfs")          },
    {2, STR_INIT("ext3")              },
    {3, STR_INIT("archive")           },
    {4, STR_INIT("raw")               },
    {5, STR_INIT("encrypted squashfs")},
};

enum { ROLE_PRIMARY = 2 };
static const struct word roles[] = {
    {1,            STR_INIT("system")        },
    {ROLE_PRIMARY, STR_INIT("primary system")},
    {3,            STR_INIT("data")          },
    {4,            STR_INIT("overlay")       },
};

static const struct word hashes[] = {
    {1, STR_INIT("SHA-256")},
    {2, STR_INIT("SHA-384")},
    {3, STR_INIT("SHA-512")},
    {4, STR_INIT("BLAKE2s")},
    {5, STR_INIT("BLAKE2b")},
};

static struct str word_for(const struct word *words, size_t count, int64_t code)
{
    for (size_t i = 0; i < count; i++) {
        if (words[i].code == code)
            return words[i].text;
    }
    return STR("unknown");
}
#define WORD_FOR(words, code) word_for((words), COUNT_OF(words), (code))

static void decode_partition(const unsigned char *at, struct object_at *out)
{
    int64_t role = layout_i32(at + PARTITION_ROLE);

    out->object.file_system = WORD_FOR(file_systems, layout_i32(at + PARTITION_FILE_SYSTEM));
    out->object.role = WORD_FOR(roles, role);
    out->object.architecture = layout_architecture(at + PARTITION_ARCHITECTURE);
    out->is_primary = role == ROLE_PRIMARY;
}

/* Signatures of the newer kind name no OpenPGP key: theirs is all zero. */
static void decode_signature(struct arena *a, const unsigned char *at, struct object_at *out)
{
    static const unsigned char none[FINGERPRINT_BYTES];
    const unsigned char *fingerprint = at + SIGNATURE_FINGERPRINT;
    struct buf hex = {.arena = a};

    out->object.hash = WORD_FOR(hashes, layout_i32(at + SIGNATURE_HASH));
    if (memcmp(fingerprint, none, sizeof none) == 0)
        return;
    for (size_t i = 0; i < FINGERPRINT_BYTES; i++)
        buf_printf(&hex, "%02X", fingerprint[i]);
    out->object.fingerprint = buf_str(&hex);
}

bool object_decode(struct arena *a, const unsigned char *at, int64_t file_size,
                   struct object_at *out)
{
    int64_t type = layout_i32(at + OBJECT_TYPE);

    *out = (struct object_at){
        .object = {.id = layout_i32(at + OBJECT_ID),
                   .size = layout_i64(at + OBJECT_SIZE),
                   .kind = WORD_FOR(kinds, type),
                   .name = layout_text(a, at + OBJECT_NAME, OBJECT_NAME_BYTES)},
        .type = (enum object_type)type,
        .offset = layout_i64(at + OBJECT_AT),
    };
    if (out->offset < 0 || out->object.size < 0 || out->offset > file_size - out->object.size)
        return false;
    if (out->type == OBJECT_PARTITION)
        decode_partition(at, out);
    if (out->type == OBJECT_SIGNATURE)
        decode_signature(a, at, out);
    return true;
}
