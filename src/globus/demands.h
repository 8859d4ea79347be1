/*
 * Demands for consent or login in error documents ("GARE"), in all their forms. @source
 * reference/globus-api.md §2.10
 */
#ifndef GLOBUS_DEMANDS_H
#define GLOBUS_DEMANDS_H

#include "globus/auth.h"

struct cJSON;

/*
 * True when the document asks for something that a round-trip of the browser can give; *out says
 * what, and is untouched otherwise.
 */
MUST_USE bool demands_find(struct ctx *c, const struct cJSON *document, struct globus_demands *out);

#endif
