/** Which host this is. */
#ifndef BASE_HOST_H
#define BASE_HOST_H

#include "base/arena.h"
#include "base/str.h"

/** Its name as gethostname(2) tells it; empty when it cannot be had. */
struct str host_name(struct arena *a);

#endif
