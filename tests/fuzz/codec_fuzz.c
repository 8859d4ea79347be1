/* Hex, base64, percent-encoding and the hour of a signature: what is decoded encodes to the same.
 */
// modules: base
#include "base/clock.h"
#include "base/codec.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void try_decode(struct arena *a, struct str text)
{
    struct str bytes;
    int64_t hour;

    if (hex_decode(a, text, &bytes))
        demand(str_eq(hex_encode(a, bytes), text));
    if (base64_decode(a, text, &bytes))
        demand(str_eq(base64_encode(a, bytes), text));
    if (base64url_decode(a, text, &bytes))
        demand(str_eq(base64url_encode(a, bytes), text));
    if (time_parse_hour(text, &hour))
        demand(str_eq(time_format_hour(a, hour), text));
}

static void try_encode(struct arena *a, struct str bytes)
{
    struct str back;

    demand(hex_decode(a, hex_encode(a, bytes), &back) && str_eq(back, bytes));
    demand(base64_decode(a, base64_encode(a, bytes), &back) && str_eq(back, bytes));
    demand(base64url_decode(a, base64url_encode(a, bytes), &back) && str_eq(back, bytes));
    if (!str_contains(bytes, '\0'))
        demand(url_decode(a, url_encode(a, bytes, false), true, &back) && str_eq(back, bytes));
    back = html_escape(a, bytes);
    demand(back.len >= bytes.len && !str_contains(back, '<') && !str_contains(back, '"') &&
           !str_contains(back, '\''));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_create();
    struct str input = str_view(data, size);

    try_decode(a, input);
    try_encode(a, input);
    arena_destroy(a);
    return 0;
}
