"""What is shown is what Globus says, at each step of a task's life (the list's number 46): nothing is done or failed early."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from sandbox.standin import Control
from sandbox.waiting import wait_for

from person import Person
from pushing import Pusher
from wishes import CONTENT, container_id, reach
from world import STANFORD_GUEST

Step = tuple[dict[str, Any], str, str]  # what Globus says, the state that is shown then, a word of its sentence
OK: Step = ({"status": "ACTIVE", "is_paused": False, "nice_status": "OK"}, "running", "Running")
DONE: Step = ({"status": "SUCCEEDED"}, "done", "Done")
ALL_MOVED = {"bytes_transferred": len(CONTENT), "files_transferred": 1, "subtasks_succeeded": 2, "subtasks_pending": 0}

LIVES: dict[str, list[Step]] = {
    "hard to reach, then done": [OK, ({"nice_status": "CONNECT_FAILED", "faults": 9}, "running", "hard to reach"), OK, DONE],
    "hard to reach, then failed": [({"nice_status": "CONNECT_FAILED"}, "running", "hard to reach"), OK,
                                   ({"status": "FAILED", "fatal_error": {"code": "QUOTA_EXCEEDED", "description": "quota"}}, "failed", "quota")],
    "all bytes there and still active": [({**OK[0], **ALL_MOVED}, "running", "Running"), ({"nice_status": "VERIFY_CHECKSUM"}, "running", "damaged"), OK, DONE],
    "all bytes there and not the image": [({**OK[0], **ALL_MOVED}, "running", "Running"), OK,
                                          ({"status": "FAILED", "fatal_error": {"code": "EXTERNAL_CHECKSUM_MISMATCH", "description": "x"}}, "failed", "sha256")],
    "inactive, then done": [({"status": "INACTIVE"}, "needs_you", "consent"), OK, ({"status": "INACTIVE"}, "needs_you", "consent"), OK, DONE],
    "paused by an administrator, twice": [({"status": "INACTIVE", "is_paused": True}, "paused", "administrator"), OK,
                                          ({"is_paused": True}, "paused", "administrator"), OK, DONE],
    "offline, paused, refused": [({"nice_status": "GC_NOT_CONNECTED"}, "needs_you", "Start it there"), ({"nice_status": "GC_PAUSED"}, "paused", "Resume it"),
                                 ({"nice_status": "PERMISSION_DENIED"}, "needs_you", "may not write"), OK, DONE],
    "words nobody knows": [({"nice_status": "SOMETHING_NEW"}, "running", "trouble"), OK, DONE],
    "expired": [OK, ({"status": "FAILED", "fatal_error": {"code": "EXPIRED", "description": "x"}}, "failed", "deadline")],
    "ended without a word": [OK, ({"status": "FAILED"}, "failed", "names no error")],
    "cancelled at Globus": [OK, ({"status": "FAILED", "fatal_error": {"code": "CANCELED", "description": "x"}}, "cancelled", "Cancelled")],
    "cancelled by an administrator": [OK, ({"canceled_by_admin": "DESTINATION"}, "running", "Running"),
                                      ({"status": "FAILED", "fatal_error": {"code": "CANCELED", "description": "x"}}, "cancelled", "administrator")],
}
FINAL = {"done", "failed", "cancelled"}


@pytest.fixture
def container(pusher: Callable[..., Pusher], db: psycopg.Connection) -> int:
    p = pusher()
    assert p.push(CONTENT).status_code == 200
    return container_id(db, p)


class Watcher:
    """Every state that was shown, of every transfer, all the time."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.seen: dict[str, list[str]] = {}
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self.over.wait(0.05):
            for item in self.person.json("/api/transfers")["items"]:
                states = self.seen.setdefault(item["id"], [])
                if states[-1:] != [item["state"]]:
                    states.append(item["state"])

    def __enter__(self) -> Watcher:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()


def test_46_each_step_of_a_task_is_shown_as_it_is(connected: Person, person: Callable[[str], Person], container: int, globus: Control,
                                                  db: psycopg.Connection) -> None:
    """All lives side by side; a step is over when each shows what it should."""
    db.execute("delete from transfers")
    globus.post("hold")
    made = {life: connected.transfer(container, STANFORD_GUEST, path=f"/truth/{number}/").json() for number, life in enumerate(LIVES)}

    def shown(life: str, state: str, word: str) -> bool:
        now = connected.json(f"/api/transfers/{made[life]['id']}")
        return now["state"] == state and word in now["state_text"]

    with Watcher(person("alice")) as watcher:
        for number in range(max(len(steps) for steps in LIVES.values())):
            due = {life: steps[number] for life, steps in LIVES.items() if number < len(steps)}
            for life, (says, _, _) in due.items():
                globus.post("task", task_id=made[life]["task_id"], **says)
            for life, (_, state, word) in due.items():
                wait_for(f"step {number + 1} of '{life}': {state}, {word}", lambda: shown(life, state, word), 30)
    for life, steps in LIVES.items():
        states = watcher.seen[made[life]["id"]]
        assert set(states) <= {"queued", *(state for _, state, _ in steps)}, f"{life}: {states}"
        assert not FINAL & set(states[:-1]), f"{life} ended early: {states}"


def test_46_a_task_that_is_not_shown_is_neither_done_nor_failed(connected: Person, container: int, globus: Control) -> None:
    """The list leaves it out and the task is a 404, as after a purge; then it is there again."""
    globus.post("hold")
    created = connected.transfer(container, STANFORD_GUEST, path="/purged/").json()
    globus.fail("task_list", times=-1, status=200, body={"DATA_TYPE": "task_list", "DATA": [], "length": 0, "limit": 10, "offset": 0, "total": 0})
    globus.fail("task get", times=-1, sample="not_found")
    assert "identity" in reach(connected, created["id"], "needs_you")["state_text"]
    for call in ("task_list", "task get"):
        globus.fail(call, times=0)
    globus.post("hold", hold=False)
    reach(connected, created["id"], "done")
