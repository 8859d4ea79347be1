"""Thousands of open transfers after a restart (the list's number 47), and how often the agent looks at one."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator

import psycopg
import pytest

from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from following import Following, Tasks
from person import Person

ROWS = int(os.environ.get("FOLLOW_ROWS", "1000"))
ONE_CALL = 100
INTERVAL = 5


@pytest.fixture(scope="module")
def tasks() -> Iterator[Tasks]:
    made = Tasks(answer_s=0.02)
    yield made
    made.close()


@pytest.fixture(scope="module")
def followed(make_sandbox: Callable[..., Sandbox], tasks: Tasks) -> Iterator[Following]:
    sandbox = make_sandbox(users=("alice", "bob", "carol"), settings={"GLOBUS_TRANSFER_URL": tasks.url, "AGENT_INTERVAL": str(INTERVAL)})
    with psycopg.connect(sandbox.database.url, autocommit=True) as db:
        yield Following(sandbox, db, tasks, ROWS)
    sandbox.down()


def test_47_after_a_restart_all_are_tracked_with_one_call_for_a_hundred(followed: Following, tasks: Tasks) -> None:
    seconds = followed.start_agent()
    print(f"{ROWS} open transfers tracked in {seconds:.1f} s with {len(tasks.asked)} calls, at most {tasks.greatest_rate()} a second and user; "
          f"agent {followed.agent_mib('VmHWM'):.1f} MiB at most")
    assert seconds <= 60 and tasks.odd == []
    assert tasks.greatest_rate() <= 20
    per_user = Counter(asked.user for asked in tasks.asked)
    seen = {user: {task for asked in tasks.asked if asked.user == user for task in asked.ids} for user in per_user}
    assert len(per_user) == 3 and sum(len(of_user) for of_user in seen.values()) == ROWS
    for user, calls in per_user.items():
        assert calls <= -(-len(seen[user]) // ONE_CALL), "no task is asked for twice, and a call is full before there is another"


def test_47_one_call_per_user_and_interval(followed: Following, tasks: Tasks) -> None:
    """A few young tasks each, due at different moments: one call covers all that are due when its round begins."""
    followed.sandbox.processes.stop("agent")
    followed.db.execute("delete from transfers where path not in (select '/~/' || n from generate_series(1, 8) n)")
    followed.db.execute("update transfers set created_at = now(), next_check_at = now() + random() * interval '5 seconds'")
    tasks.asked.clear()
    tasks.moved = 2
    followed.sandbox.program.start_agent()
    begin = time.monotonic()
    wait_for("two rounds for each task", lambda: min(Counter(task for asked in tasks.asked for task in asked.ids).values(), default=0) >= 2
             and len({task for asked in tasks.asked for task in asked.ids}) == 24, 60)
    rounds = (time.monotonic() - begin) / INTERVAL + 1
    assert max(Counter(asked.user for asked in tasks.asked).values()) <= rounds + 1


def test_who_watches_an_old_transfer_sees_it_move_within_an_interval(followed: Following, tasks: Tasks) -> None:
    put_off(followed)
    alice = Person(followed.sandbox.url, "alice", followed.sandbox.user("alice")["password"]).sign_in()
    first, *others = [item["id"] for item in alice.json("/api/transfers")["items"]]  # the list is watched too: put all off again
    put_off(followed)
    tasks.moved = 777
    wait_for("progress", lambda: alice.json(f"/api/transfers/{first}")["bytes_transferred"] == 777, 3 * INTERVAL)
    assert followed.tracked() == 1, "nobody watches the others"


def put_off(followed: Following) -> None:
    """All are old, and not due for a while. The agent writes some of them, in its own order: nobody else may meanwhile."""
    with followed.db.transaction():
        followed.db.execute("lock table transfers in share row exclusive mode")
        followed.db.execute("update transfers set created_at = now() - interval '3 hours', next_check_at = now() + interval '15 seconds'")
