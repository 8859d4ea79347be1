/* What a worker does when it starts, and which parts are switched on. */
#ifndef APP_PROGRAM_H
#define APP_PROGRAM_H

#include "http/route.h"

struct ctx;

/** server_program.start */
enum err app_start_worker(struct ctx *c);
/** server_program.pulse */
enum err app_pulse_api(struct ctx *c, int workers);
enum err app_pulse_upload(struct ctx *c, int workers);
/** server_program.has */
bool app_has_feature(const struct ctx *c, enum feature f);

#endif
