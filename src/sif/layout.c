#include "layout.h"

#include <string.h>

static uint64_t unsigned_of(const unsigned char *at, size_t bytes)
{
    uint64_t value = 0;

    for (size_t i = bytes; i > 0; i--)
        value = value << 8 | at[i - 1];
    return value;
}

int64_t layout_i32(const unsigned char *at)
{
    return (int32_t)(uint32_t)unsigned_of(at, 4);
}

int64_t layout_i64(const unsigned char *at)
{
    return (int64_t)unsigned_of(at, 8);
}

struct str layout_text(struct arena *a, const unsigned char *at, size_t max)
{
    struct str text = str_view(at, strnlen((const char *)at, max));

    return str_is_utf8(text) ? str_dup(a, text) : STR("");
}

struct str layout_architecture(const unsigned char *at)
{
    static const struct {
        char digits[ARCHITECTURE_BYTES];
        struct str name;
    } known[] = {
        {"01", STR_INIT("386")     },
        {"02", STR_INIT("amd64")   },
        {"03", STR_INIT("arm")     },
        {"04", STR_INIT("arm64")   },
        {"05", STR_INIT("ppc64")   },
        {"06", STR_INIT("ppc64le") },
        {"07", STR_INIT("mips")    },
        {"08", STR_INIT("mipsle")  },
        {"09", STR_INIT("mips64")  },
        {"10", STR_INIT("mips64le")},
        {"11", STR_INIT("s390x")   },
        {"12", STR_INIT("riscv64") },
    };

    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (memcmp(known[i].digits, at, ARCHITECTURE_BYTES) == 0)
            return known[i].name;
    }
    return STR("");
}
