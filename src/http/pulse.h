/* Telling that the pool lives, from a process of its own: the parent must not wait for anything. */
#ifndef HTTP_PULSE_H
#define HTTP_PULSE_H

#include "workers.h"

/**
 * Call program->pulse in a new process, which dies after limit_s seconds at the latest.
 * workers_reap() takes note of its end.
 *
 * @return true in the parent; false in the new process, which is to end with *status
 */
MUST_USE bool pulse_send(const struct workers *w, unsigned limit_s, int *status);

#endif
