/** Making a collection: at its first push, or before. */
#ifndef REGISTRY_CREATE_H
#define REGISTRY_CREATE_H

#include "registry/manage.h"

/** May this user create one more? ERR_FORBIDDEN says why not (USER_COLLECTIONS and its limit). */
MUST_USE enum err create_check(struct ctx *c, struct viewer v);
/**
 * Create it inside a transaction, its limit judged again under a lock of the user's. *id 0:
 * somebody else created it meanwhile, and has committed.
 */
MUST_USE enum err create_collection(struct ctx *c, struct viewer v, struct str name,
                                    struct str description, bool is_private, int64_t *id);

#endif
