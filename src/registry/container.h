/** What a push shares with the queries of containers. */
#ifndef REGISTRY_CONTAINER_H
#define REGISTRY_CONTAINER_H

#include "db/db.h"
#include "registry/collection.h"

/** Take created_us and updated_us of a row. */
void container_set_times(struct container *k, const struct db_rows *rows, size_t i);

/** One container of a row that also says what its collection says, as seen by v. */
struct container container_with_collection(struct viewer v, const struct db_rows *rows, size_t i);

#endif
