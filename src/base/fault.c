#include "base/fault.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef TRANSLOAD_FAULTS
void fault_point(const char *name)
{
    const char *path = getenv("TRANSLOAD_CRASH_FILE");
    char armed[64] = "";
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t n;

    if (fd < 0)
        return;
    n = read(fd, armed, sizeof armed - 1);
    close(fd);
    /* unlink() succeeds for one process only, so one process dies. */
    if (n > 0 && strcmp(armed, name) == 0 && unlink(path) == 0)
        raise(SIGKILL);
}
#endif
