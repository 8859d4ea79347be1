/* Lists of Globus scopes such as "urn:…:all[*https://…/data_access *https://…] openid". */
#ifndef ACCOUNT_CONSENT_H
#define ACCOUNT_CONSENT_H

#include "base/str.h"

enum { CONSENTS_MAX = 10 }; /* each adds about 130 bytes to every later authorize URL */

/**
 * Both lists as one, without repetition, in order; when there are more than CONSENTS_MAX the first are dropped.
 *
 * A blank inside brackets does not end a scope. Brackets that do not match leave what follows the last of them one scope.
 *
 * @source reference/globus-api.md §1.3
 */
struct str consent_union(struct arena *a, struct str first, struct str second);

#endif
