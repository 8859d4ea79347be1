"""kill -9 at random instants of concurrent pushes and deletes: nothing acknowledged is lost, nothing partial is seen (promises P1, P2).

The chosen points are in test_crash.py; here the instants are random. TORTURE_SEED repeats a run's choices, TORTURE_OPERATIONS makes it longer.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from history import History
from killing import Killer
from pushing import Pusher, form

OPERATIONS = int(os.environ.get("TORTURE_OPERATIONS", "300"))
SEED = int(os.environ.get("TORTURE_SEED", random.SystemRandom().randrange(10**6)))
CLIENTS = 8
OPERATIONS_PER_KILL = 12
COLLECTIONS = ["torture-a", "torture-b"]
SHARED_TAGS = ["one", "two", "three"]
SIZES = [1, 4096, 70_000, 1 << 20, 3 << 20]


LOST = 0  # the connection broke before an answer
EXPECTED = {LOST, 200, 204, 404, 502, 503, 504}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="module")
def tortured(make_sandbox: Callable[..., Sandbox]) -> Iterator[Sandbox]:
    """A registry of its own, whose PostgreSQL syncs. What no tag needs may be swept at once, so that the sweep takes part."""
    settings = {"API_WORKERS": "6", "UPLOAD_WORKERS": "6", "USER_QUOTA": str(10**12), "DOWNLOAD_LIMIT": str(10**6)}
    sandbox = make_sandbox(durable=True, users=("alice",), settings=settings)
    with psycopg.connect(sandbox.database.url, autocommit=True) as db:
        db.execute("alter table images alter created_at set default now() - interval '2 hours'")
    yield sandbox
    sandbox.down()


class Torture:
    """The clients, the sweeper, the watcher and the killer, on one registry."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.history = History()
        self.answers: Counter[str] = Counter()
        self.counting = threading.Lock()
        self.over = threading.Event()
        make = random.Random(SEED)
        self.bytes_of_many = [make.randbytes(size) for size in SIZES]  # pushed again and again, under many tags
        self.wrong: list[str] = []

    # -- clients ----------------------------------------------------------------------------------

    def operate(self, number: int) -> None:
        """One push or delete, of a shared tag or one of its own, of shared bytes or its own; again until it is acknowledged."""
        choose = random.Random(f"{SEED} {number}")
        tag = choose.choice(SHARED_TAGS) if choose.random() < 0.6 else f"own-{number}"
        p = Pusher(self.sandbox.url, "alice", self.sandbox.user("alice")["token"], choose.choice(COLLECTIONS), "image", tag)
        if tag in SHARED_TAGS and choose.random() < 0.4:
            attempt = lambda: self._delete(p)  # noqa: E731
        else:
            own = choose.randbytes(choose.choice(SIZES))
            content = own if choose.random() < 0.3 else choose.choice(self.bytes_of_many)
            attempt = lambda: self._push(p, content)  # noqa: E731
        while not attempt():
            wait_for("readiness", self.sandbox.is_ready, 60)

    def _push(self, p: Pusher, content: bytes) -> bool:
        began = time.monotonic()
        try:
            asked = p.ask()
            if asked.status_code != 200:
                self._count("ticket", asked.status_code)
                return False  # no ticket: nothing can come of it
            status = p.send(form(p.parts(asked.json()["cid"], content))).status_code
        except requests.RequestException:
            status = LOST
        return self._note("push", p, status, digest(content), began)

    def _delete(self, p: Pusher) -> bool:
        began = time.monotonic()
        try:
            answer = p.session.delete(f"{p.base_url}/api/container/{p.uri}", headers={"Authorization": p.sign("delete")}, timeout=60)
            status = answer.status_code
        except requests.RequestException:
            status = LOST
        return self._note("delete", p, status, None, began)

    def _note(self, what: str, p: Pusher, status: int, outcome: str | None, began: float) -> bool:
        """A 404 tells of no change but of a state, which counts as much: at that moment there was no such tag."""
        acknowledged = status in (200, 204, 404)
        self._count(what, status)
        self.history.add(p.uri, outcome, began, acknowledged)
        return acknowledged

    def _count(self, what: str, status: int) -> None:
        assert status in EXPECTED, f"{what}: {status}"
        with self.counting:
            self.answers[f"{what} {status or 'lost'}"] += 1

    # -- beside them --------------------------------------------------------------------------------

    def sweep(self) -> None:
        """The agent's jobs, the sweep among them, again and again; killed now and then."""
        program, choose = self.sandbox.program, random.Random(SEED + 2)
        command = [program.binary, "agent", "once", "--settings", self.sandbox.layout.settings]
        while not self.over.is_set():
            run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", env=program.environment)
            try:
                run.wait(choose.uniform(0, 0.6) if choose.random() < 0.2 else 120)
            except subprocess.TimeoutExpired:
                run.kill()
                run.wait()

    def watch(self) -> None:
        """What is visible is whole at every instant, and a row has its file."""
        while not self.over.is_set():
            self.wrong += partial_files(self.sandbox)
            try:
                with psycopg.connect(self.sandbox.database.url, autocommit=True) as db:
                    self.wrong += rows_without_file(self.sandbox, db)
            except psycopg.OperationalError:
                pass  # it was just killed
            self.over.wait(0.1)

    def run(self, count: int) -> Killer:
        killer, instants = Killer(self.sandbox, random.Random(SEED + 1)), random.Random(SEED + 3)
        helpers = [threading.Thread(target=target) for target in (self.sweep, self.watch)]
        for helper in helpers:
            helper.start()
        try:
            with ThreadPoolExecutor(CLIENTS) as clients:
                for number, finished in enumerate(as_completed([clients.submit(self.operate, n) for n in range(count)]), 1):
                    finished.result()
                    if number % OPERATIONS_PER_KILL == 0 and number < count:
                        time.sleep(instants.uniform(0, 0.2))  # not at the end of an operation: at any instant of all others
                        killer.strike()
        finally:
            self.over.set()
            for helper in helpers:
                helper.join()
        return killer


# ---- what must hold ---------------------------------------------------------------------------------


def files(sandbox: Sandbox) -> list[Path]:
    return [path for path in sandbox.layout.images.rglob("*") if path.is_file()]


def partial_files(sandbox: Sandbox) -> list[str]:
    """Visible files that are not what their name says."""
    wrong = []
    for path in files(sandbox):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            continue  # swept meanwhile
        if path.name != f"sha256.{digest(content)}.sif":
            wrong.append(f"{path} is visible and not what its name says ({len(content)} bytes)")
    return wrong


def file_of(sandbox: Sandbox, collection: int, sha256: str) -> Path:
    return sandbox.layout.images / str(collection) / f"sha256.{sha256}.sif"


def rows_without_file(sandbox: Sandbox, db: psycopg.Connection) -> list[str]:
    """Rows that are there before and after their file was looked for in vain."""
    select = "select id, collection_id, encode(sha256, 'hex'), size_bytes from images"
    missing = [row for row in db.execute(select).fetchall() if not is_whole(sandbox, row)]
    still = set(db.execute(select).fetchall()) if missing else set()
    return [f"row {row} has no whole file" for row in missing if row in still and not is_whole(sandbox, row)]


def is_whole(sandbox: Sandbox, row: tuple[int, int, str, int]) -> bool:
    _, collection, sha256, size = row
    try:
        return file_of(sandbox, collection, sha256).stat().st_size == size
    except FileNotFoundError:
        return False


def files_without_row(sandbox: Sandbox, db: psycopg.Connection) -> set[Path]:
    rows = db.execute("select collection_id, encode(sha256, 'hex') from images").fetchall()
    return set(files(sandbox)) - {file_of(sandbox, collection, sha256) for collection, sha256 in rows}


def shown(sandbox: Sandbox, tag: str) -> str | None:
    """The digest that the registry serves under this tag, computed from the bytes; None when there is no such tag."""
    manifest = requests.get(f"{sandbox.url}/api/container/{tag}", timeout=60)
    if manifest.status_code == 404:
        return None
    assert manifest.status_code == 200, f"{tag}: {manifest.status_code} {manifest.text}"
    answer = requests.get(manifest.json()["image"], timeout=60)
    assert answer.status_code == 200, f"{tag}: its bytes cannot be read: {answer.status_code} {answer.text[:200]}"
    assert f"sha256.{digest(answer.content)}" == manifest.json()["version"], f"{tag}: other bytes than the manifest says"
    return digest(answer.content)


@pytest.mark.timeout(180 + OPERATIONS)
def test_nothing_acknowledged_is_lost_whatever_is_killed(tortured: Sandbox) -> None:
    torture = Torture(tortured)
    killer = torture.run(OPERATIONS)
    wait_for("readiness after the last kill", tortured.is_ready, 60)
    print(f"TORTURE_SEED={SEED} TORTURE_OPERATIONS={OPERATIONS}: answers {dict(sorted(torture.answers.items()))}; "
          f"killed {dict(sorted(Counter(killer.done).items()))}")

    assert torture.wrong == []
    with psycopg.connect(tortured.database.url, autocommit=True) as db:
        assert rows_without_file(tortured, db) == []
        for tag in sorted({event.tag for event in torture.history.events}):
            assert shown(tortured, tag) in torture.history.possible(tag), f"{tag}: {torture.history.of(tag)}"
        tortured.program.run("agent", "once")
        assert files_without_row(tortured, db) == set(), "after one sweep no file lacks its row"
        assert rows_without_file(tortured, db) == [] and partial_files(tortured) == []
    assert tortured.program.run("images", "verify", "--all").returncode == 0, "the registry itself finds every byte right"


def test_a_sweep_that_lost_its_database_lock_takes_no_new_image(tortured: Sandbox) -> None:
    """The sweep stands between its last look and the removal, PostgreSQL restarts, and the very same bytes are pushed again."""
    program, content = tortured.program, b"deleted and pushed again" * 1000
    program.run("images", "gc")  # what earlier tests left would be met first
    p = Pusher(tortured.url, "alice", tortured.user("alice")["token"], "torture-c")
    assert p.push(content).status_code == 200
    requests.delete(f"{p.base_url}/api/container/{p.uri}", headers={"Authorization": p.sign("delete")}, timeout=60)
    (tortured.layout.state / "crash").write_text("stop sweep:before_remove")
    sweep = subprocess.Popen([program.binary, "images", "gc", "--settings", tortured.layout.settings], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, env=program.environment)
    try:
        wait_for("the sweep's stop", lambda: Path(f"/proc/{sweep.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")
        Killer(tortured, random.Random(SEED)).strike("PostgreSQL")
        wait_for("readiness", tortured.is_ready, 60)
        during = p.push(content).status_code
    finally:
        sweep.send_signal(signal.SIGCONT)
        sweep.wait(60)
    assert during == 503, "it waited for the sweep, and then said so"
    assert p.push(content).status_code == 200
    assert shown(tortured, p.uri) == digest(content)
