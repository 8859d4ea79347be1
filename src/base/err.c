#include "base/err.h"

#include "base/log.h"

// clang-format off
static const struct {
    int http_status;
    const char *code;
    int log_level;
    int exit_code;
} table[] = {
#define ERR_ROW(name, status, code, level, exit_code) [ERR_##name] = {status, code, level, exit_code},
    ERR_TABLE(ERR_ROW)
#undef ERR_ROW
};
// clang-format on

_Static_assert(COUNT_OF(table) == ERR_COUNT, "a row for each outcome");

int err_http_status(enum err e)
{
    return table[e].http_status;
}

const char *err_code(enum err e)
{
    return table[e].code;
}

int err_log_level(enum err e)
{
    return table[e].log_level;
}

int err_exit_code(enum err e)
{
    return table[e].exit_code;
}
