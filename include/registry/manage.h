/**
 * Collections as their owners manage them: created, renamed, described, opened and closed, shared
 * with members, deleted. Each call is one transaction that judges the right, changes, and notes who
 * did it. The id of a collection never changes, so files and links outlive a new name.
 */
#ifndef REGISTRY_MANAGE_H
#define REGISTRY_MANAGE_H

#include "registry/collection.h"

enum { DESCRIPTION_MAX = 2000 };

/* What is to be changed; an absent string stays as it is. */
struct collection_edit {
    struct str name, description;
    bool has_private; /* is_private was given */
    bool is_private;
};

/**
 * Create one, owned by the viewer; without is_private as DEFAULT_PRIVATE says.
 *
 * @return ERR_OK; ERR_INPUT bad name, or public with PRIVATE_ONLY; ERR_FORBIDDEN the viewer may
 * create none (more); ERR_CONFLICT the name is taken
 */
MUST_USE enum err collection_create(struct ctx *c, struct viewer v,
                                    const struct collection_edit *edit, struct collection *out);
/** The same outcomes, and ERR_NOT_FOUND. */
MUST_USE enum err collection_edit(struct ctx *c, struct viewer v, int64_t id,
                                  const struct collection_edit *edit, struct collection *out);
/**
 * Make a user "owner" or "contributor". ERR_INPUT for another role, or a user who is not there or
 * switched off (told to owners only); ERR_CONFLICT when the last owner would go.
 */
MUST_USE enum err collection_set_member(struct ctx *c, struct viewer v, int64_t id,
                                        struct str username, struct str role,
                                        struct collection *out);
/** ERR_NOT_FOUND also when he is no member; ERR_CONFLICT when he is the last owner. */
MUST_USE enum err collection_remove_member(struct ctx *c, struct viewer v, int64_t id,
                                           struct str username);
/**
 * Delete it with all in it. It is gone at once; its bytes are left to the sweep, which lets running
 * transfers end.
 *
 * @param name  what the user typed: must be its name, ERR_INPUT otherwise
 * @return ERR_CONFLICT while tags in it are frozen
 */
MUST_USE enum err collection_delete(struct ctx *c, struct viewer v, int64_t id, struct str name);

#endif
