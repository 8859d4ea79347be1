#include "base/fault.h"

#include <fcntl.h>
#include <signal.h>
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

void fault_point(const char *name)
{
    const char *path = getenv("TRANSLOAD_CRASH_FILE");
    char armed[64] = "";
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t n;
    int number;

    if (fd < 0)
        return;
    n = read(fd, armed, sizeof armed - 1);
    close(fd);
    number = n > 0 ? armed_signal(armed, name) : 0;
    /* unlink() succeeds for one process only, so one process dies. */
    if (number && unlink(path) == 0)
        raise(number);
}
#endif
