/* What a worker does when it starts, and which parts are switched on. */
#ifndef APP_PROGRAM_H
#define APP_PROGRAM_H

#include "http/route.h"

struct ctx;

/** server_program.start */
enum err app_start_worker(struct ctx *c);
/** server_program.has */
bool app_has_feature(const struct ctx *c, enum feature f);

#endif
