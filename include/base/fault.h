/**
 * What a test may do to this process: kill it at named points, and set its clock.
 *
 * Builds for tests look for the file named by TRANSLOAD_CRASH_FILE: the first process to pass the
 * point whose name the file holds removes the file and ends as by kill -9, or, with "stop " before
 * the name, stands still until it gets SIGCONT. A test arms a point by writing the file and sees
 * that it was passed when the file is gone. The release preset compiles
 * the points away. The names are listed in docs/architecture.md.
 *
 * The file named by TRANSLOAD_CLOCK_FILE holds seconds by which the clock is wrong; without it, it
 * is right. It is read at each look at the clock, so that a test can set it under a running
 * process.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdint.h>

#ifdef TRANSLOAD_FAULTS
void fault_point(const char *name);
int64_t fault_clock_shift_s(void);
#else
#define fault_point(name)     ((void)0)
#define fault_clock_shift_s() ((int64_t)0)
#endif

#endif
