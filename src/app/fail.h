/* How a failure is told: JSON to programs, a page to people. */
#ifndef APP_FAIL_H
#define APP_FAIL_H

#include "http/request.h"

/** server_program.fail: record the reply for the failure noted on the context. */
void app_fail(struct req *r);

#endif
