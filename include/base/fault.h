/**
 * Named points at which a test may kill this process.
 *
 * Builds for tests look for the file named by TRANSLOAD_CRASH_FILE: the first process to pass the
 * point whose name the file holds removes the file and ends as by kill -9, or, with "stop " before
 * the name, stands still until it gets SIGCONT. A test arms a point by writing the file and sees
 * that it was passed when the file is gone. The release preset compiles
 * the points away. The names are listed in docs/architecture.md.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#ifdef TRANSLOAD_FAULTS
void fault_point(const char *name);
#else
#define fault_point(name) ((void)0)
#endif

#endif
