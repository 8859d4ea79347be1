"""Wishes under fire: presses, kills and lost answers drawn from a seed, and the count of the tasks that come of each wish."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
import requests

from sandbox.sandbox import Sandbox
from sandbox.standin import Control
from sandbox.waiting import wait_for

from person import Person
from pool import workers
from pushing import Pusher
from wishes import CONTENT, container_id
from world import ALICE, STANFORD_GUEST

BLOCK = 50  # runs between two looks at Globus, which allows a user 100 open tasks
TURNS = 12  # of the agent, until a wish has to be a task
POINTS = ["submit:before_id", "submit:after_id", "submit:after_post", "submit:before_row", "submit:after_row"]
POST_LEFT = "the POST left"  # no point of the program: the answer is kept back, and who waits for it is killed
ANY_INSTANT = "any instant"
KILLS = [*POINTS, POST_LEFT, ANY_INSTANT]
CARRIED_OUT = [  # Globus did what it was asked, and says something else, or nothing
    {"after": "accept"}, {"after": "reply", "sample": "internal_error"}, {"after": "reply", "sample": "bad_gateway"},
    {"after": "reply", "sample": "service_unavailable"}, {"after": "reply", "sample": "garbage"},
    {"after": "reply", "sample": "rate_limited"}, {"truncate": 200}, {"truncate": 0},
]
REFUSED = [{"reset": True}, {"sample": "service_unavailable"}, {"sample": "bad_gateway"}, {"sample": "rate_limited"},
           {"sample": "too_many_pending_jobs"}]
FAULTY = ["submit", "submission_id", "get endpoint"]


@dataclass
class Run:
    """What one wish goes through; all of it follows from the seed and the number."""

    number: int
    choose: random.Random
    faults: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        choose = self.choose
        self.path = f"/once/{self.number}/"
        self.names_path = choose.random() < 0.7  # else it goes to the default directory, which only Globus knows
        self.presses = choose.choice([1, 2, 2, 3, 4])
        self.presses_again = choose.random() < 0.3
        self.kills_worker = choose.choice([None, *KILLS])
        self.kills_agent = choose.choice([None, *KILLS])
        self.agents = choose.choice([1, 1, 2])
        for _ in range(choose.choice([0, 0, 1, 1, 2])):
            self.faults.append(self._fault())
        self.fault_of_presses = self._fault() if self.kills_agent and choose.random() < 0.8 else None

    def _fault(self) -> tuple[str, dict[str, Any]]:
        call = self.choose.choice(FAULTY)
        return call, self.choose.choice(CARRIED_OUT + REFUSED if call == "submit" else REFUSED)

    def __str__(self) -> str:
        return (f"run {self.number}: {self.presses} presses{' and again' if self.presses_again else ''}, meeting {self.fault_of_presses}, "
                f"worker killed at {self.kills_worker}, {self.agents} agents, killed at {self.kills_agent}, faults {self.faults}")


class Once:
    """One registry whose own agent is stopped: agents run when a run says so, and die when it says so."""

    def __init__(self, sandbox: Sandbox, db: psycopg.Connection, seed: int) -> None:
        self.sandbox, self.db, self.seed = sandbox, db, seed
        self.globus: Control = sandbox.standin.control
        self.arms = {part: sandbox.layout.state / f"crash{suffix}" for part, suffix in (("worker", ""), ("agent", "-agent"))}
        self.killed: Counter[str] = Counter()
        self.wrong: list[str] = []
        sandbox.processes.stop("agent")
        image = Pusher(sandbox.url, "alice", sandbox.user("alice")["token"], "once")
        assert image.push(CONTENT).status_code == 200
        self.container = container_id(db, image)

    # -- runs ---------------------------------------------------------------------------------------

    def run(self, count: int) -> None:
        for begin in range(0, count, BLOCK):
            self._begin_block()
            block = [Run(n, random.Random(f"{self.seed} {n}")) for n in range(begin, min(begin + BLOCK, count))]
            for one in block:
                self._run(one)
            self._check(block)

    def _begin_block(self) -> None:
        """Globus in its first state, and two tabs of alice."""
        self.db.execute("delete from transfers")
        self.db.execute("delete from globus_links")
        self.globus.reset()
        self.globus.auto(ALICE)
        self.globus.post("hold")  # no wish ends by itself: a second press after the end would rightly be a second wish
        password = self.sandbox.user("alice")["password"]
        self.tabs = [Person(self.sandbox.url, "alice", password).sign_in() for _ in range(2)]
        self.tabs[0].connect()

    def _run(self, run: Run) -> None:
        self.globus.post("endpoint", id=STANFORD_GUEST, default_directory=run.path)
        if run.fault_of_presses:  # each press meets it, so that the agent has something to do
            self.globus.fail(run.fault_of_presses[0], times=-1, **run.fault_of_presses[1])
        else:
            self._faults(run)
        self.acknowledged = False
        self._with_kill("worker", run.kills_worker, run.choose, lambda: self._press(run, run.presses))
        if run.fault_of_presses:
            self._no_faults()
            self._faults(run)
        self._with_kill("agent", run.kills_agent, run.choose, lambda: self._agents(run.agents))
        if run.presses_again or not self.acknowledged:  # who was told of no success presses again
            self._press(run, 1)
        for _ in range(TURNS):
            if not self.db.execute("select 1 from transfers where finished_at is null and task_id is null").fetchone():
                break
            self._agents(run.agents)
        self._no_faults()

    def _faults(self, run: Run) -> None:
        for call, how in run.faults:
            self.globus.fail(call, **how)

    def _no_faults(self) -> None:
        for call in FAULTY:
            self.globus.fail(call, times=0)

    def _press(self, run: Run, times: int) -> None:
        """So many clicks at once, in turn in each tab."""
        where = {"path": run.path} if run.names_path else {}

        def click(number: int) -> None:
            tab = self.tabs[number % 2]
            try:
                answer = requests.post(f"{tab.base_url}/api/transfers", timeout=60, cookies=dict(tab.http.cookies), headers={"X-CSRF-Token": tab.csrf},
                                       json={"container_id": self.container, "endpoint_id": STANFORD_GUEST, **where})
                self.acknowledged |= answer.ok
            except requests.RequestException:
                pass

        with ThreadPoolExecutor(times) as clicks:
            list(clicks.map(click, range(times)))

    def _agents(self, count: int) -> None:
        """All that is open is due, whatever it waits for or whoever died over it."""
        self.db.execute("update transfers set next_check_at = now() where finished_at is null")
        program = self.sandbox.program
        environment = {**program.environment, "TRANSLOAD_CRASH_FILE": str(self.arms["agent"])}
        command = [program.binary, "agent", "once", "--settings", self.sandbox.layout.settings]
        self.agents = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", env=environment)
                       for _ in range(count)]
        for agent in self.agents:
            agent.wait(60)

    # -- kills --------------------------------------------------------------------------------------

    def _with_kill(self, part: str, at: str | None, choose: random.Random, act: Callable[[], None]) -> None:
        self.agents: list[subprocess.Popen[bytes]] = []
        if at in POINTS:
            self.arms[part].write_text(at)
            act()
            if self.arms[part].exists():
                self.arms[part].unlink()
            else:
                self.killed[f"{part} at {at}"] += 1
            return
        with ThreadPoolExecutor(1) as background:
            before = self._posts()
            if at == POST_LEFT:
                self.globus.fail("submit", delay_s=0.4)
            done = background.submit(act)
            if at == POST_LEFT:
                wait_for("the POST, or the end", lambda: done.done() or self._posts() > before, 30)
            elif at == ANY_INSTANT:
                wait_for("that instant", lambda: done.done() or self._pids(part), 30)
                try:
                    done.result(timeout=choose.uniform(0, 0.25))
                except TimeoutError:
                    pass
            if at and not done.done():
                self._kill(part)
                self.killed[f"{part} at {at}"] += 1
            done.result()

    def _posts(self) -> int:
        return len(self.globus.calls("submit"))

    def _pids(self, part: str) -> list[int]:
        return workers(self.sandbox, "api") if part == "worker" else [agent.pid for agent in self.agents if agent.poll() is None]

    def _kill(self, part: str) -> None:
        for pid in self._pids(part):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    # -- what must hold -----------------------------------------------------------------------------

    def _check(self, block: list[Run]) -> None:
        """One row, one task, known to the row, submitted under one id; and all of them arrive."""
        tasks = [task["submission"] | {"task_id": task["task_id"]} for task in self.globus.tasks()]
        posts = [json.loads(call["body"]) for call in self.globus.calls("submit")]
        self.globus.post("hold", hold=False)
        wait_for("all tasks' ends", lambda: {task["status"] for task in self.globus.tasks()} <= {"SUCCEEDED"}, 60)
        self._agents(1)
        for run in block:
            rows = self.db.execute("select task_id::text, state::text from transfers where path like %s || '%%'", [run.path]).fetchall()
            made = [task["task_id"] for task in tasks if goes_to(task, run)]
            ids = {post["submission_id"] for post in posts if goes_to(post, run)}
            if rows != [(task, "done") for task in made] or len(made) != 1 or len(ids) != 1:
                self.wrong.append(f"{run}: rows {rows}, tasks {made}, submission ids {ids}")
        if len(tasks) != len(block):
            self.wrong.append(f"{len(tasks)} tasks of {len(block)} wishes")


def goes_to(submission: dict[str, Any], run: Run) -> bool:
    return submission["DATA"][0]["destination_path"].startswith(run.path)
