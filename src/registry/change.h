/**
 * What all changes of collections and images share: the right is judged under a lock that lasts to
 * the commit, and each change leaves an audit row. All of it inside a transaction.
 */
#ifndef REGISTRY_CHANGE_H
#define REGISTRY_CHANGE_H

#include "registry/collection.h"

/** Lock a collection and judge the right; ERR_NOT_FOUND, ERR_FORBIDDEN. */
MUST_USE enum err change_collection(struct ctx *c, struct viewer v, int64_t id, enum action action,
                                    struct collection *out);
/**
 * Judge the right on a container; its collection cannot change hands, name or place until the
 * transaction ends. ERR_NOT_FOUND, ERR_FORBIDDEN.
 */
MUST_USE enum err change_container(struct ctx *c, struct viewer v, int64_t id, enum action action,
                                   struct container *out);
/** One audit row, which the collection's activity shows too. */
MUST_USE enum err change_note(struct ctx *c, struct viewer v, int64_t collection_id,
                              const char *action, struct str subject);
/** Commit when e is ERR_OK, else roll back; what became of it. */
MUST_USE enum err change_end(struct ctx *c, enum err e);

#endif
