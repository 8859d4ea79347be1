#include "base/host.h"

#include <unistd.h>

enum { HOST_MAX = 256 };

struct str host_name(struct arena *a)
{
    char name[HOST_MAX] = "";

    if (gethostname(name, sizeof name - 1) != 0)
        name[0] = '\0';
    return str_dup(a, str_of(name));
}
