/**
 * Collections and containers: what is stored about them, filtered by who asks. The bytes are in
 * registry/store.h.
 */
#ifndef REGISTRY_COLLECTION_H
#define REGISTRY_COLLECTION_H

#include "base/json.h"
#include "registry/name.h"
#include "registry/rights.h"

enum { PAGE_SIZE = 50 };

struct collection {
    int64_t id;
    struct str name, description;
    bool is_private;
    bool is_starred; /* by the viewer */
    int64_t container_count;
    struct json_list owners, contributors; /* struct str: user names */
    enum role role;                        /* of the viewer */
    int64_t created_at, updated_at;        /* Unix seconds */
    int64_t created_us, updated_us;        /* the same in microseconds */
};

struct container {
    int64_t id;
    int64_t collection_id;
    struct image_name name; /* without a version */
    bool is_private;        /* its collection's */
    bool is_frozen;
    enum role role; /* of the viewer */
    int64_t image_id;
    struct str sha256; /* hex */
    int64_t size_bytes;
    bool is_damaged;                /* its bytes are refused: container_check_sound() */
    int64_t created_at, updated_at; /* Unix seconds */
    int64_t created_us, updated_us; /* the same in microseconds */
};

struct collection_page {
    struct collection *list;
    size_t count;
    struct str next; /* cursor; absent at the end */
};
struct container_page {
    struct container *list;
    size_t count;
    struct str next;
};

struct collection_query {
    struct viewer viewer;
    struct str text;   /* part of a name, any case; absent: all */
    struct str cursor; /* from the page before; absent: from the start */
    bool mine;         /* only those the viewer owns or contributes to */
    bool starred;      /* only those the viewer has starred */
    int64_t limit;     /* rows of one page */
};
/** Collections the viewer may read, by name. A forged cursor is ERR_INPUT. */
MUST_USE enum err collection_list(struct ctx *c, const struct collection_query *q,
                                  struct collection_page *out);
/** Those pushed to last that hold something, at most limit, without a cursor. */
MUST_USE enum err collection_recent(struct ctx *c, struct viewer v, int64_t limit,
                                    struct collection_page *out);
/** ERR_NOT_FOUND when there is none or the viewer may not read it. */
MUST_USE enum err collection_get(struct ctx *c, struct viewer v, int64_t id,
                                 struct collection *out);
/** Keep a collection at hand, or no longer; ERR_NOT_FOUND as above. Twice is once. */
MUST_USE enum err collection_star(struct ctx *c, struct viewer v, int64_t id, bool starred);
/**
 * Containers of one collection that was found readable, last pushed first. A forged cursor is
 * ERR_INPUT.
 */
MUST_USE enum err container_list(struct ctx *c, const struct collection *of, struct str cursor,
                                 int64_t limit, struct container_page *out);
/**
 * The same by name: those with these ids, ids of others left out, or all with id_count 0. At most
 * limit, without a cursor.
 */
MUST_USE enum err container_several(struct ctx *c, const struct collection *of, const int64_t *ids,
                                    size_t id_count, int64_t limit, struct container_page *out);
/** ERR_NOT_FOUND as above. */
MUST_USE enum err container_get(struct ctx *c, struct viewer v, int64_t id, struct container *out);
/**
 * The same for a user of whom only the id is known, with the rights he has now; a deactivated or
 * unknown one is a visitor.
 *
 * @param image_id  the bytes it is about, which it points at or pointed at earlier; 0: those it
 * points at now
 */
MUST_USE enum err container_get_as(struct ctx *c, int64_t user_id, int64_t id, int64_t image_id,
                                   struct container *out);

/**
 * By name, whoever asks: *found says whether it exists, role_may() whether the viewer may read it.
 * For the sregistry routes.
 */
MUST_USE enum err container_find(struct ctx *c, struct viewer v, const struct image_name *n,
                                 bool *found, struct container *out);
/**
 * The same by digest (64 hex digits), whatever its tag points at now: of several tags the one that
 * n names, else any of that name. *out is about those bytes.
 */
MUST_USE enum err container_find_version(struct ctx *c, struct viewer v, const struct image_name *n,
                                         struct str sha256, bool *found, struct container *out);
MUST_USE enum err collection_find(struct ctx *c, struct viewer v, struct str name, bool *found,
                                  struct collection *out);

/* A collection as the sregistry client lists it: with all its containers. */
struct catalog_entry {
    int64_t id;
    struct str name;
    int64_t created_us, updated_us;
    struct container *containers; /* by name and tag; of each only id and name are filled */
    size_t count;
};
struct catalog {
    struct catalog_entry *list;
    size_t count;
};
/**
 * Everything the viewer may read, by name: the client cannot page. With a name, only that
 * collection. One query.
 */
MUST_USE enum err catalog_list(struct ctx *c, struct viewer v, struct str name,
                               struct catalog *out);
/**
 * A page of it, begun after `offset` collections, and how many there are in all. Two queries: a
 * catalog may be longer than anyone wants to read.
 */
MUST_USE enum err catalog_page(struct ctx *c, struct viewer v, int64_t limit, int64_t offset,
                               struct catalog *out, int64_t *total);

struct container_catalog {
    struct container *list;
    size_t count;
};
/** A page of all containers the viewer may read, as they came, and how many there are in all. */
MUST_USE enum err container_catalog_page(struct ctx *c, struct viewer v, int64_t limit,
                                         int64_t offset, struct container_catalog *out,
                                         int64_t *total);

/**
 * Delete a container and note who did it; its bytes go when nothing needs them. ERR_NOT_FOUND;
 * ERR_FORBIDDEN when it is frozen. The caller checked ACTION_DELETE.
 */
MUST_USE enum err container_delete(struct ctx *c, struct viewer v, const struct container *k);

#endif
