"""Each wish is one task, whatever is killed, lost or pressed twice (promise P3; the list's number 44): 50 runs drawn from a seed.

`./tests/run once` makes 1,000. ONCE_SEED repeats a run's choices, ONCE_RUNS changes their number.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import psycopg
import pytest

from sandbox.sandbox import Sandbox

from once import Once

RUNS = int(os.environ.get("ONCE_RUNS", "50"))
SEED = int(os.environ.get("ONCE_SEED", random.SystemRandom().randrange(10**6)))


@pytest.mark.timeout(180 + 4 * RUNS)
def test_44_each_wish_is_one_task_whatever_is_killed(make_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = make_sandbox(users=("alice",))
    with psycopg.connect(sandbox.database.url, autocommit=True) as db:
        once = Once(sandbox, db, SEED)
        once.run(RUNS)
    print(f"ONCE_SEED={SEED} ONCE_RUNS={RUNS}: killed {dict(sorted(once.killed.items()))}")
    assert once.wrong == [], "\n".join([f"ONCE_SEED={SEED}", *once.wrong])
    assert len(once.killed) >= min(RUNS // 10, 12), "nearly every kind of kill took place"
    sandbox.down()
