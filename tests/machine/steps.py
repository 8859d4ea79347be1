"""Steps that stand on one another, a line each."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence


def perform(steps: Sequence[Callable[[], str]], journal: Callable[[], str]) -> int:
    """The first that fails ends it, since the next ones stand on it; ``journal`` is what to look at then. The exit code."""
    for number, step in enumerate(steps):
        name, began = step.__name__.replace("_", " "), time.monotonic()
        try:
            said = step()
        except Exception as error:  # whatever it is, it is the answer
            print(f"FAILED {name}: {error}", flush=True)
            print(journal(), file=sys.stderr)
            print(f"{number} passed, {len(steps) - number} failed")
            return 1
        print(f"ok     {name}: {said} ({time.monotonic() - began:.1f} s)", flush=True)
    print(f"{len(steps)} passed, 0 failed")
    return 0
