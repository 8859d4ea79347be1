#include "base/notify.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Process-wide by nature: one service, one manager. */
static struct {
    struct sockaddr_un address;
    socklen_t size; /* 0: nobody listens */
    int64_t watchdog_ms;
} manager;

static void find_address(const char *path)
{
    size_t len = path ? strlen(path) : 0;

    if (len < 2 || len >= sizeof manager.address.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    manager.address.sun_family = AF_UNIX;
    memcpy(manager.address.sun_path, path, len);
    if (path[0] == '@')
        manager.address.sun_path[0] =
            '\0'; /* abstract: the size must be exact, no NUL at the end */
    manager.size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

static void find_watchdog(void)
{
    int64_t usec, pid;

    /* WATCHDOG_PID names who shall ping; absent means whoever got the variable. */
    if (getenv("WATCHDOG_PID") &&
        (!str_to_int(str_of(getenv("WATCHDOG_PID")), 1, INT32_MAX, &pid) || pid != getpid()))
        return;
    if (str_to_int(str_of(getenv("WATCHDOG_USEC")), 1, INT64_MAX, &usec))
        manager.watchdog_ms = usec < 3000 ? 1 : usec / 3000;
}

void notify_open(void)
{
    memset(&manager, 0, sizeof manager);
    find_address(getenv("NOTIFY_SOCKET"));
    find_watchdog();
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

int64_t notify_watchdog_ms(void)
{
    return manager.size ? manager.watchdog_ms : 0;
}

static void notify(const char *state)
{
    int fd;

    if (!manager.size)
        return;
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    /* A manager that is gone is no reason to stop serving. */
    (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&manager.address,
                 manager.size);
    close(fd);
}

void notify_ready(void)
{
    notify("READY=1");
}

void notify_reloading(const struct clock *clock)
{
    char text[64];

    snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld",
             (long long)clock_mono_ms(clock) * 1000);
    notify(text);
}

void notify_stopping(void)
{
    notify("STOPPING=1");
}

void notify_watchdog(void)
{
    notify("WATCHDOG=1");
}
