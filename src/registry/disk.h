/**
 * What the files under IMAGES_ROOT share: the directory's descriptor, and what becomes of errno.
 */
#ifndef REGISTRY_DISK_H
#define REGISTRY_DISK_H

#include "base/ctx.h"

/** Open IMAGES_ROOT; the caller closes it. ERR_UNAVAILABLE. */
MUST_USE enum err disk_open_root(struct ctx *c, int *root);
/** -1 is allowed. */
void disk_close(int fd);
/**
 * Note why `what` failed: ERR_NO_SPACE for a full disk or quota, else ERR_UNAVAILABLE. The path
 * goes to the log only.
 */
MUST_USE enum err disk_failed(struct ctx *c, const char *what, int error);
/**
 * Lock a directory below root against the other kind: many may hold it shared, or one exclusively;
 * held until disk_close(*lock), and by nobody else's process after this one's end (flock(2)). Where
 * the file system has no such locks *lock is -1 and nothing is locked.
 *
 * @param wait_ms  how long to wait for it
 * @return ERR_OK; ERR_UNAVAILABLE not within that time
 */
MUST_USE enum err disk_lock_directory(struct ctx *c, int root, const char *path, bool exclusive,
                                      int64_t wait_ms, int *lock);
/** Read exactly len bytes at an offset of an open file; ERR_UNAVAILABLE also where it ends before.
 */
MUST_USE enum err disk_read_at(struct ctx *c, int fd, int64_t offset, void *into, size_t len);
/** Make the names in a directory below root durable; "." is root itself. */
MUST_USE enum err disk_sync_directory(struct ctx *c, int root, const char *path);

#endif
