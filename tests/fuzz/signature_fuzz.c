/* The Authorization header of the sregistry client. */
// modules: account base
#include "account/signature.h"
#include "base/secret.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct signed_image image = {STR_INIT("demo"), STR_INIT("hello"),
                                              STR_INIT("latest")};
    struct ctx c = {.arena = arena_create(), .clock = &clock_real};
    struct signature s = {.hour = -1};

    secret_init();
    if (signature_parse(&c, str_view(data, size), &s) == ERR_OK) {
        /* What was accepted is complete, and covers nothing that was not signed with our key. */
        if (!s.type.len || !s.username.len || !str_is_utf8(s.username) ||
            s.mac.len != SHA256_BYTES || s.hour < 0)
            abort();
        if (signature_covers(&c, &s, STR("another key"), s.type, &image))
            abort();
    } else if (s.hour != -1 || c.failure.err != ERR_BAD_SIGNATURE || !c.failure.detail.len) {
        abort();
    }
    arena_destroy(c.arena);
    return 0;
}
