/* The listening socket: inherited from systemd, or made here. */
#ifndef HTTP_LISTENER_H
#define HTTP_LISTENER_H

#include "base/ctx.h"

enum {
    LISTENER_BACKLOG = 1024
}; /* with 5, nginx gave 502 to 99.9 % of the requests of 64 clients at once */

struct listener {
    int fd; /* close-on-exec, non-blocking: several processes wait on it and one gets the connection
             */
    bool is_inherited;
    const char *path;     /* of a unix socket made here, else NULL */
    long long dev, inode; /* of that path */
};

/**
 * Open it.
 *
 * With LISTEN_FDS and LISTEN_PID in the environment (sd_listen_fds(3)) that socket is taken and the
 * variables are unset. Otherwise address is the path of a unix socket (mode 0660; one that nobody
 * answers on is replaced, one that is in use is not) or host:port, [v6]:port.
 *
 * @return ERR_OK; ERR_INPUT saying what is wrong
 */
MUST_USE enum err listener_open(struct ctx *c, const char *address, struct listener *out);

/** Let no new connection in, but leave those already accepted by the kernel. An inherited socket is
 * left alone: it is shared. */
void listener_stop(const struct listener *l);

/** Close it in this process. */
void listener_close(struct listener *l);

#endif
