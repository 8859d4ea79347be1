#include "support/unit.h"
#include "throttle.h"

static void throttle_network_is_the_half_of_ipv6_and_all_of_the_rest(void **state)
{
    static const struct {
        const char *address, *network;
    } rows[] = {
        {"192.0.2.7",            "192.0.2.7"       },
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"  },
        {"2001:db8:1:2::ffff",   "2001:db8:1:2::"  },
        {"::ffff:192.0.2.7",     "::ffff:192.0.2.7"},
        {"unix:",                "unix:"           },
        {"",                     ""                },
    };
    struct arena *a = unit_ctx(state)->arena;

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_str(throttle_network(a, str_of(rows[i].address)), rows[i].network);
}

UNIT_MAIN(UNIT(throttle_network_is_the_half_of_ipv6_and_all_of_the_rest))
