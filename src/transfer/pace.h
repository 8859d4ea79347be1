/*
 * How often Globus is asked in one user's name: so that an agent that has thousands of open
 * transfers to see again stays below 20 calls a second for each user.
 */
#ifndef TRANSFER_PACE_H
#define TRANSFER_PACE_H

#include "base/ctx.h"

enum { PACE_USERS = 32 };

/* The users asked last, and when each may be asked again; all 0 to begin with. */
struct pace {
    struct {
        int64_t user_id, next_ms;
    } users[PACE_USERS];
};

/* Wait until so many calls may be made for this user. */
void pace_wait(struct ctx *c, struct pace *p, int64_t user_id, int calls);

#endif
