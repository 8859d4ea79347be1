/* How people sign in: the rules that LOGIN_METHODS and GLOBUS_SIGNUP keep. */
#ifndef BASE_SETTINGS_LOGIN_H
#define BASE_SETTINGS_LOGIN_H

#include "base/ctx.h"

/** ERR_INPUT with the name of the file and what would be right. */
MUST_USE enum err settings_check_login(struct ctx *c, const char *name, const struct settings *s);

#endif
