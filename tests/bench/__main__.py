"""``./tests/bench/run [--quick] [NAME...]``: the benches, one after the other."""

from __future__ import annotations

import argparse

from bytes_bench import fair, pulls, pushes
from crowd_bench import crowd
from endpoints_bench import endpoints
from follow_bench import follow
from lists_bench import lists
from measure import FULL, QUICK
from memory_bench import growth, idle
from place import Place
from portal_bench import portal
from requests_bench import hello, read
from slow_bench import slow

BENCHES = {"idle": idle, "hello": hello, "read": read, "slow": slow, "push": pushes, "pull": pulls, "fair": fair, "growth": growth,
           "lists": lists, "follow": follow, "endpoints": endpoints, "portal": portal, "crowd": crowd}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure Transload against nginx and a bare FastCGI program.")
    parser.add_argument("--quick", action="store_true", help="only show that every bench works")
    parser.add_argument("names", nargs="*", choices=[[], *BENCHES], metavar="NAME", help=", ".join(BENCHES))
    given = parser.parse_args()
    with Place() as place:
        for name in given.names or BENCHES:
            BENCHES[name](place, QUICK if given.quick else FULL)


if __name__ == "__main__":
    main()
