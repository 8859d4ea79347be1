"""Overlapping transfers from a source with read rules, under fire: kills of worker and agent, answers about rules lost, all drawn from a seed.

What must hold is seen from Globus's side alone: no task ever lacked the right to read what it was sent for, and no rule is left.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import requests

from sandbox.sandbox import Sandbox
from sandbox.standin import Control
from sandbox.waiting import wait_for

from person import Person
from pool import workers
from pushing import Pusher
from world import ALICE, BOB, CAROL, SOURCE, ZURICH

USERS = {"alice": ALICE, "bob": BOB, "carol": CAROL}
KINDS = {"open": ["alice", "bob", "carol"], "shared": ["alice", "bob"], "own": ["alice"]}
READERS = {f"rules-{kind}-{n}": people for kind, people in KINDS.items() for n in range(16)}
SPEED = 200_000  # bytes per second of each task: they last between nothing and half a second
SIZES = [1, 60_000]
CLIENTS = 4
GRANT_POINTS = ["rule:before_post", "rule:after_post", "rule:after_row", "rule:after_delete"]
WITHDRAW_POINTS = ["rule:after_mark", "rule:after_delete", "rule:after_gone"]
SUBMIT_POINTS = ["submit:before_id", "submit:after_id", "submit:after_post", "submit:after_row"]
FAULTS = [{"after": "accept"}, {"after": "reply", "sample": "internal_error"}, {"after": "reply", "sample": "garbage"}, {"reset": True},
          {"sample": "service_unavailable"}, {"sample": "rate_limited"}]
CALLS = ["access create", "access delete", "access list", "submit", "token: client_credentials"]


def rules_at_globus(globus: Control) -> list[dict[str, Any]]:
    """What stands on the source, without what roles imply."""
    return next(endpoint["rules"] for endpoint in globus.get("world")["endpoints"] if endpoint["id"] == SOURCE)


def run_agent(sandbox: Sandbox, db: psycopg.Connection, arm: str | None = None) -> subprocess.Popen[bytes]:
    """A pass of an agent, to which all is due."""
    db.execute("update transfers set next_check_at = now() - interval '1 second' where finished_at is null")
    db.execute("update read_rules set look_at = now()")
    environment = {**sandbox.program.environment, "TRANSLOAD_CRASH_FILE": str(sandbox.layout.state / "crash-agent")}
    if arm:
        (sandbox.layout.state / "crash-agent").write_text(arm)
    command = [sandbox.program.binary, "agent", "once", "--settings", sandbox.layout.settings]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", env=environment)


class Rules:
    """One registry whose own agent is stopped, three people, and three collections of which not all may read each."""

    def __init__(self, sandbox: Sandbox, db: psycopg.Connection, seed: int) -> None:
        self.sandbox, self.db, self.seed = sandbox, db, seed
        self.globus: Control = sandbox.standin.control
        self.killed: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.over = threading.Event()
        self.most = 0
        sandbox.processes.stop("agent")
        self.images = {name: self._push(name) for name in READERS}
        for name, readers in READERS.items():
            db.execute("update collections set is_private = %s where name = %s", ["open" not in name, name])
            db.execute("insert into collection_members (collection_id, user_id, role) select c.id, u.id, 'contributor' from collections c, users u"
                       " where c.name = %s and u.username = any(%s) on conflict do nothing", [name, [] if "open" in name else readers])
        self.tabs: dict[str, Person] = {}
        for user, identity in USERS.items():
            self.globus.auto(identity)
            self.tabs[user] = Person(sandbox.url, user, sandbox.user(user)["password"]).sign_in()
            self.tabs[user].connect()

    def _push(self, collection: str) -> list[int]:
        """Images of all sizes; the ids of their containers."""
        for size in SIZES:
            image = Pusher(self.sandbox.url, "alice", self.sandbox.user("alice")["token"], collection, tag=f"size-{size}")
            assert image.push(random.Random(f"{collection} {size}").randbytes(size)).status_code == 200
        found = self.db.execute("select k.id from containers k join collections c on c.id = k.collection_id where c.name = %s", [collection])
        return [row[0] for row in found.fetchall()]

    # -- the run ------------------------------------------------------------------------------------

    def run(self, count: int) -> None:
        self.globus.post("speed", bytes_per_second=SPEED)
        self.globus.post("settings", retry_seconds=0.05)
        others = [threading.Thread(target=target) for target in (self._agents, self._trouble)]
        for other in others:
            other.start()
        try:
            with ThreadPoolExecutor(CLIENTS) as clients:
                for finished in [clients.submit(self._send, number) for number in range(count)]:
                    finished.result()
        finally:
            self.over.set()
            for other in others:
                other.join()
        self._calm()
        wait_for("all transfers' ends", self._all_ended, 120)
        self._check(count)

    def _send(self, number: int) -> None:
        """Press until it is acknowledged; now and then think better of it."""
        choose = random.Random(f"{self.seed} {number}")
        collection = choose.choice(list(READERS))
        tab = self.tabs[choose.choice(READERS[collection])]
        body = {"container_id": choose.choice(self.images[collection]), "endpoint_id": ZURICH, "path": f"/rules/{number}/"}
        transfer = None
        while transfer is None:
            answer = self._ask(tab, "/api/transfers", body)
            transfer = answer.json()["id"] if answer is not None and answer.status_code == 201 else None
            if transfer is None:
                wait_for("readiness", self.sandbox.is_ready, 60)
                transfer = self._stored(body["path"]) if choose.random() < 0.6 else None
                if transfer and choose.random() < 0.7:
                    self._ask(tab, f"/api/transfers/{transfer}/cancel", {})
        if choose.random() < 0.15:
            self._ask(tab, f"/api/transfers/{transfer}/cancel", {})
        self.over.wait(choose.uniform(0, 0.3))  # so that rules also end while others begin

    def _stored(self, path: str) -> str | None:
        """The wish of a press that nobody acknowledged, as its page would show it."""
        with psycopg.connect(self.sandbox.database.url) as db:
            row = db.execute("select id::text from transfers where path like %s || '%%'", [path]).fetchone()
        return row[0] if row else None

    def _ask(self, tab: Person, path: str, body: dict[str, Any]) -> requests.Response | None:
        try:
            return requests.post(tab.base_url + path, timeout=60, cookies=dict(tab.http.cookies), headers={"X-CSRF-Token": tab.csrf}, json=body)
        except requests.RequestException:
            return None

    def _agents(self) -> None:
        """One after the other, sometimes two at once; each third dies at a point or any instant."""
        choose = random.Random(f"{self.seed} agents")
        with psycopg.connect(self.sandbox.database.url, autocommit=True) as db:
            while not self.over.is_set():
                arm = choose.choice(GRANT_POINTS + SUBMIT_POINTS + WITHDRAW_POINTS * 3) if choose.random() < 0.4 else None
                running = [run_agent(self.sandbox, db, arm) for _ in range(choose.choice([1, 1, 2]))]
                self.most = max(self.most, len(rules_at_globus(self.globus)))
                if choose.random() < 0.2:
                    self.over.wait(choose.uniform(0, 0.5))
                    self._kill(running, "agent at any instant")
                for agent in running:
                    agent.wait(60)
                self._disarm("crash-agent", f"agent at {arm}" if arm else None)

    def _trouble(self) -> None:
        """Workers die, and answers are lost."""
        choose = random.Random(f"{self.seed} trouble")
        while not self.over.wait(choose.uniform(0, 0.2)):
            if choose.random() < 0.5:
                self.globus.fail(choose.choice(CALLS), **choose.choice(FAULTS))
            elif choose.random() < 0.3:
                for pid in choose.sample(workers(self.sandbox, "api"), 1):
                    os.kill(pid, signal.SIGKILL)
                    self.killed["worker at any instant"] += 1
            else:
                point = choose.choice(GRANT_POINTS * 2 + SUBMIT_POINTS)
                (self.sandbox.layout.state / "crash").write_text(point)
                self.over.wait(0.3)
                self._disarm("crash", f"worker at {point}")

    def _disarm(self, name: str, what: str | None) -> None:
        arm = self.sandbox.layout.state / name
        if arm.exists():
            arm.unlink()
        elif what:
            self.killed[what] += 1

    def _kill(self, running: list[subprocess.Popen[bytes]], what: str) -> None:
        for process in running:
            if process.poll() is None:
                process.kill()
                self.killed[what] += 1

    def _calm(self) -> None:
        for call in CALLS:
            self.globus.fail(call, times=0)

    def _all_ended(self) -> bool:
        run_agent(self.sandbox, self.db).wait(60)
        if too_soon(self.globus):
            return True  # such a task ends after days
        return not self.db.execute("select 1 from transfers where finished_at is null").fetchone()

    # -- what must hold -----------------------------------------------------------------------------

    def _check(self, count: int) -> None:
        self.wrong += too_soon(self.globus)
        run_agent(self.sandbox, self.db).wait(60)  # the next pass
        self.wrong += [f"left over: {rule}" for rule in rules_at_globus(self.globus)]
        ends = Counter(state for state, in self.db.execute("select state::text from transfers").fetchall())
        if ends.total() != count or set(ends) - {"done", "cancelled"}:
            self.wrong.append(f"{count} wishes became {dict(ends)}")
        self.db.execute("update read_rules set tried_at = now() - interval '1 hour'")
        run_agent(self.sandbox, self.db).wait(60)
        self.wrong += [f"a row without a rule: {row}" for row in self.db.execute("select * from read_rules").fetchall()]


def too_soon(globus: Control) -> list[str]:
    """Tasks that met a directory they might not read: the stand-in looks before every piece it moves."""
    return [f"withdrawn too soon: {task['task_id']} of {task['owner_id']}: {event}" for task in globus.tasks() for event in task["events"]
            if event["code"] == "PERMISSION_DENIED"]


def until(condition: Callable[[], Any], sandbox: Sandbox, db: psycopg.Connection) -> Any:
    """Passes of an agent until it holds."""

    def passed() -> Any:
        run_agent(sandbox, db).wait(60)
        return condition()

    return wait_for("what the agent does", passed, 60)
