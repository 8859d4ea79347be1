/**
 * Finding images: by words for people, by exact names and labels for the sregistry client.
 *
 * Nothing that the viewer may not read is found, counted or paged over (docs/adr/0010).
 */
#ifndef REGISTRY_SEARCH_H
#define REGISTRY_SEARCH_H

#include "sif/sif.h"

#include "registry/collection.h"

enum {
    SEARCH_TEXT_MAX = 200, /* bytes */
    SEARCH_WORDS_MAX = 5,
    SEARCH_ROWS_MAX = 1000, /* of the exact searches, which have no pages */
};

struct search_query {
    struct viewer viewer;
    struct str text; /* 1 to SEARCH_WORDS_MAX words; case means nothing */
    struct str cursor;
    int64_t limit;
};
struct search_hit {
    struct container container; /* without the viewer's role */
    struct json_list labels;    /* struct sif_label: those in which a word occurs */
};
struct search_page {
    struct search_hit *list;
    size_t count;
    struct str next; /* cursor; absent on the last page */
};
/**
 * Containers in whose collection, name, tag, description or labels every word occurs. Those whose
 * name, or whose collection's, is the text come first; then the last pushed. Words of three letters
 * and more are found anywhere, shorter ones at the beginning of words.
 *
 * @return ERR_OK; ERR_INPUT naming q or cursor
 */
MUST_USE enum err search_containers(struct ctx *c, const struct search_query *q,
                                    struct search_page *out);

struct container_hits {
    struct container *list;
    size_t count;
};
/**
 * Containers of exactly this name, the last pushed first, at most SEARCH_ROWS_MAX. Absent
 * collection or tag: any.
 */
MUST_USE enum err search_by_name(struct ctx *c, struct viewer v, const struct image_name *n,
                                 struct container_hits *out);

struct label_hit {
    struct str name, value;
    struct json_list uris; /* struct str */
};
struct label_hits {
    struct label_hit *list;
    size_t count;
};
/**
 * Labels of exactly this name and value (absent: any), with the containers that carry them, at most
 * SEARCH_ROWS_MAX pairs.
 */
MUST_USE enum err search_by_label(struct ctx *c, struct viewer v, struct str name, struct str value,
                                  struct label_hits *out);

#endif
