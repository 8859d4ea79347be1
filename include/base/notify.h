/* sd_notify(3) without libsystemd: a datagram to $NOTIFY_SOCKET, nothing at all when systemd is not
 * there. */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

#include "base/clock.h"

/** Remember $NOTIFY_SOCKET and $WATCHDOG_USEC and unset both, so that no child speaks for us. Call
 * once. */
void notify_open(void);
/** Milliseconds between two pings: a third of what systemd allows; 0 when it wants none. */
int64_t notify_watchdog_ms(void);

void notify_ready(void);
void notify_reloading(const struct clock *clock);
void notify_stopping(void);
void notify_watchdog(void);

#endif
