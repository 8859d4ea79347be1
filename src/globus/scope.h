/* Scope strings: PARENT[CHILD CHILD …] separated by blanks, nestable. @source reference/globus-api.md §1.3 */
#ifndef GLOBUS_SCOPE_H
#define GLOBUS_SCOPE_H

#include "base/str.h"

/*
 * All of base and all of more as one scope string: a parent stands there once, with the children of both. What is no scope
 * expression is passed through as it came; Globus is the judge.
 */
struct str scope_merge(struct arena *a, struct str base, struct str more);

#endif
