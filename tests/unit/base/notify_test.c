#include "support/unit.h"

#include "base/notify.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A manager that listens at an abstract address; its text goes to name as NOTIFY_SOCKET wants it.
 */
static int manager(char name[64])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    int len = snprintf(name, 64, "@notify_test.%d", (int)getpid());

    memcpy(address.sun_path + 1, name + 1, (size_t)len - 1);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)len)),
                     0);
    return fd;
}

static struct str heard(struct arena *a, int fd)
{
    char *text = arena_alloc(a, 256);
    ssize_t n = recv(fd, text, 256, MSG_DONTWAIT);

    return str_view(text, n > 0 ? (size_t)n : 0);
}

static void systemd_hears_each_word(void **state)
{
    struct ctx *c = unit_ctx(state);
    char name[64];
    int fd = manager(name);

    setenv("NOTIFY_SOCKET", name, 1);
    setenv("WATCHDOG_USEC", "30000000", 1);
    notify_open();
    assert_null(getenv("NOTIFY_SOCKET"));
    assert_null(getenv("WATCHDOG_USEC"));
    assert_int_equal(notify_watchdog_ms(), 10000);
    notify_ready();
    assert_str(heard(c->arena, fd), "READY=1");
    notify_reloading(c->clock);
    assert_str(heard(c->arena, fd), "RELOADING=1\nMONOTONIC_USEC=1000000");
    notify_watchdog();
    assert_str(heard(c->arena, fd), "WATCHDOG=1");
    notify_stopping();
    assert_str(heard(c->arena, fd), "STOPPING=1");
    close(fd);
    notify_ready(); /* a manager that is gone harms nobody */
}

static void without_systemd_nothing_happens(void **state UNUSED)
{
    static const char *const places[] = {"", "relative", "@", "/nobody/listens/here"};

    for (size_t i = 0; i < COUNT_OF(places); i++) {
        setenv("NOTIFY_SOCKET", places[i], 1);
        notify_open();
        notify_ready();
    }
    unsetenv("NOTIFY_SOCKET");
    setenv("WATCHDOG_USEC", "30000000", 1);
    notify_open();
    assert_int_equal(notify_watchdog_ms(), 0);
}

static void a_watchdog_for_another_process_is_not_ours(void **state UNUSED)
{
    char name[64];
    int fd = manager(name);

    setenv("NOTIFY_SOCKET", name, 1);
    setenv("WATCHDOG_USEC", "30000000", 1);
    setenv("WATCHDOG_PID", "1", 1);
    notify_open();
    assert_int_equal(notify_watchdog_ms(), 0);
    close(fd);
}

UNIT_MAIN(UNIT(systemd_hears_each_word), UNIT(without_systemd_nothing_happens),
          UNIT(a_watchdog_for_another_process_is_not_ours))
