"""A change of SECRET_KEY with the service up: nothing is lost, nobody notices, and in the end the old key opens nothing."""

from __future__ import annotations

import secrets
import signal
import subprocess
import threading
from collections.abc import Callable

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from person import Person
from pool import wait_for_workers, workers
from pushing import Pusher
from world import ALICE

ROWS = 10_000


class Keys:
    """A sandbox whose SECRET_KEY changes, with alice in it: connected, with an image and a download URL."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.old, self.new = sandbox.kept["secret_key"], secrets.token_hex(32)
        sandbox.standin.control.auto(ALICE)
        self.alice = Person(sandbox.url, "alice", sandbox.user("alice")["password"]).sign_in()
        self.alice.connect()

    def use(self, key: str, others: str = "") -> None:
        """Reload both pools, restart the agent."""
        before = {pool: set(workers(self.sandbox, pool)) for pool in ("api", "upload")}
        self.sandbox.program.write_settings({**self.sandbox.settings(), "SECRET_KEY": key, "SECRET_KEY_OTHERS": others})
        for pool, pids in before.items():
            self.sandbox.processes.send(pool, signal.SIGHUP)
            wait_for_workers(self.sandbox, pool, 4, without=pids)
        self.sandbox.processes.stop("agent")
        self.sandbox.program.start_agent()

    def rotate(self) -> dict[str, int]:
        return self.sandbox.program.json("keys", "rotate")

    def status(self) -> dict[str, tuple[int, int]]:
        return {row["place"]: (row["current"], row["others"]) for row in self.sandbox.program.json("keys", "status")["items"]}

    def pusher(self, tag: str) -> Pusher:
        return Pusher(self.sandbox.url, "alice", self.sandbox.user("alice")["token"], "keys", "image", tag)

    def uses_everything(self, tag: str) -> None:
        """What needs a value opened: a push with the client token, a call with the access token, a refresh, a connection begun before."""
        assert self.pusher(tag).push(tag.encode()).status_code == 200
        self.sandbox.standin.control.post("tokens/expire", identity=ALICE, kind="access")
        answer = self.alice.get("/api/globus/endpoints?scope=my-endpoints")
        assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def keys(make_sandbox: Callable[..., Sandbox]) -> Keys:
    return Keys(make_sandbox(users=("alice",)))


@pytest.fixture
def many_rows(keys: Keys) -> str:
    """So many tokens waiting to be revoked: copies of a real one, which a revocation that fails leaves behind."""
    control = keys.sandbox.standin.control
    control.fail("revoke", times=-1, status=503)
    keys.alice.disconnect()
    keys.alice.connect()
    with psycopg.connect(keys.sandbox.database.url, autocommit=True) as db:
        db.execute("delete from globus_revocations where id <> (select min(id) from globus_revocations)")
        db.execute("insert into globus_revocations (user_id, token, next_try_at) select user_id, token, now() + interval '1 day' "
                   "from globus_revocations, generate_series(2, %s)", [ROWS])
        db.execute("update globus_revocations set next_try_at = now() + interval '1 day'")
    return keys.sandbox.database.url


class Load(threading.Thread):
    """Somebody who goes on working, each time with a token that has to be refreshed."""

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self.keys, self.done, self.failed, self.ended = keys, 0, [], threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            try:
                self.keys.uses_everything(f"load{self.done}")
                self.done += 1
            except Exception as error:  # noqa: BLE001 - whatever it was, the test tells it
                self.failed.append(error)


def test_the_key_changes_with_the_service_up(keys: Keys, many_rows: str) -> None:
    keys.uses_everything("before")
    url = keys.pusher("before").manifest().json()["image"]
    begun = keys.alice.begin_connect()

    keys.use(keys.old, keys.new)
    load = Load(keys)
    load.start()
    try:
        keys.use(keys.new, keys.old)
        assert keys.status()["globus_revocations.token"] == (0, ROWS)
        interrupted = subprocess.Popen([str(keys.sandbox.program.binary), "keys", "rotate", "--settings", str(keys.sandbox.layout.settings)],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with psycopg.connect(many_rows, autocommit=True) as db:
            seen = "select count(distinct substring(token from 1 for 5)) from globus_revocations"
            wait_for("some rows sealed again", lambda: db.execute(seen).fetchone() == (2,), 30)
        interrupted.kill()
        interrupted.wait()
        current, others = keys.status()["globus_revocations.token"]
        assert 0 < current < ROWS and current + others == ROWS, "killed in the middle"
        did = keys.rotate()
        assert did["resealed"] >= others and did["left"] == did["unopened"] == 0, did
        assert load.done > 0
    finally:
        load.ended.set()
        load.join()
    assert not load.failed, load.failed
    assert requests.get(url, timeout=60).content == b"before", "a URL signed before stays good"
    assert keys.alice.follow(keys.alice.return_address(begun)).status_code == 303, "and so does a connection begun before"
    assert all(others == 0 for _, others in keys.status().values()), keys.status()

    keys.use(keys.new)
    keys.uses_everything("after")
    assert requests.get(url, timeout=60).status_code == 403, "the old key is of no use any more"
    keys.sandbox.standin.control.fail("revoke", times=0)
    with psycopg.connect(many_rows, autocommit=True) as db:
        db.execute("update globus_revocations set next_try_at = now() where id in (select id from globus_revocations limit 50)")
        wait_for("revocations", lambda: db.execute("select count(*) from globus_revocations").fetchone()[0] <= ROWS - 50, 60)
    assert "globus_token_forgotten" not in (keys.sandbox.layout.log / "agent.log").read_text()


def test_a_missing_key_is_told_and_changes_nothing(keys: Keys) -> None:
    keys.use(keys.old)
    before = keys.status()
    done = keys.sandbox.program.run("keys", "rotate")
    assert "do not open with any key" in done.stdout and keys.status() == before
    keys.use(keys.new)
    keys.uses_everything("again")


@pytest.mark.parametrize("others", ["x" * 64, "ab" * 31, ",".join(["ab" * 32] * 4)])
def test_keys_that_are_none_are_refused(keys: Keys, others: str) -> None:
    keys.sandbox.program.write_settings({**keys.sandbox.settings(), "SECRET_KEY_OTHERS": others})
    done = keys.sandbox.program.run("keys", "status", check=False)
    assert done.returncode == 2 and "SECRET_KEY_OTHERS" in done.stderr and others not in done.stderr
