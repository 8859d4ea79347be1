#include "base/fault.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef TRANSLOAD_FAULTS
/* 0 when it is not this point that is armed. */
static int armed_signal(const char *armed, const char *name)
{
    static const char stop[] = "stop ";

    if (strcmp(armed, name) == 0)
        return SIGKILL;
    if (strncmp(armed, stop, sizeof stop - 1) == 0 && strcmp(armed + sizeof stop - 1, name) == 0)
        return SIGSTOP;
    return 0;
}

/* The text of a file whose path the environment gave; false when there is none. */
static bool read_given(const char *path, char *text, size_t size)
{
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t n;

    if (fd < 0)
        return false;
    n = read(fd, text, size - 1);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    return n > 0;
}

void fault_point(const char *name)
{
    const char *path = getenv("TRANSLOAD_CRASH_FILE");
    char armed[64];
    int number = read_given(path, armed, sizeof armed) ? armed_signal(armed, name) : 0;

    /* unlink() succeeds for one process only, so one process dies. */
    if (number && path && unlink(path) == 0)
        raise(number);
}

int64_t fault_clock_shift_s(void)
{
    char shift[24];

    if (!read_given(getenv("TRANSLOAD_CLOCK_FILE"), shift, sizeof shift))
        return 0;
    return strtoll(shift, NULL, 10);
}
#endif
