/* systemd's readiness protocol, the one message of it that is needed. Source: sd_notify(3). */
#ifndef AGENT_NOTIFY_H
#define AGENT_NOTIFY_H

/** Say READY=1 to the service manager when there is one. */
void notify_ready(void);

#endif
