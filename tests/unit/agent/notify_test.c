#include "notify.h"
#include "support/unit.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A service manager that waits at this path; '@' first: in the abstract name space. */
static int listen_at(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    size_t len = strlen(path);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    memcpy(at.sun_path, path, len);
    if (path[0] == '@')
        at.sun_path[0] = '\0';
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
                     0);
    return fd;
}

static void assert_told(const char *path)
{
    char text[64] = "";
    int fd = listen_at(path);

    setenv("NOTIFY_SOCKET", path, 1);
    notify_ready();
    assert_int_equal(recv(fd, text, sizeof text, MSG_DONTWAIT), 7);
    assert_memory_equal(text, "READY=1", 7);
    assert_int_equal(recv(fd, text, sizeof text, MSG_DONTWAIT), -1); /* once */
    close(fd);
}

static void the_service_manager_is_told_once(void **state)
{
    char directory[] = "/tmp/transload-notify-XXXXXX";
    struct arena *a = unit_ctx(state)->arena;
    const char *path;

    assert_non_null(mkdtemp(directory));
    path = str_printf(a, "%s/notify", directory).ptr;
    assert_told(path);
    unlink(path);
    rmdir(directory);
    assert_told(str_printf(a, "@transload-notify-%ld", (long)getpid()).ptr);
}

/* No socket, one that nobody listens at, one whose name is too long or too short: no harm. */
static void without_a_service_manager_nothing_happens(void **state UNUSED)
{
    char longest[200];

    memset(longest, 'x', sizeof longest - 1);
    longest[0] = '/';
    longest[sizeof longest - 1] = '\0';
    unsetenv("NOTIFY_SOCKET");
    notify_ready();
    setenv("NOTIFY_SOCKET", "", 1);
    notify_ready();
    setenv("NOTIFY_SOCKET", "@", 1);
    notify_ready();
    setenv("NOTIFY_SOCKET", "/nowhere/notify", 1);
    notify_ready();
    setenv("NOTIFY_SOCKET", longest, 1);
    notify_ready();
}

UNIT_MAIN(UNIT(the_service_manager_is_told_once), UNIT(without_a_service_manager_nothing_happens))
