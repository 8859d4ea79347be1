#include "status.h"

#include "base/attrs.h"

#include <stddef.h>

static const struct {
    int status;
    const char *reason;
} table[] = {
#define STATUS_ROW(status, reason) {status, reason},
    STATUS_TABLE(STATUS_ROW)
#undef STATUS_ROW
};

const char *status_reason(int status)
{
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        if (table[i].status == status)
            return table[i].reason;
    }
    return "Unknown";
}
