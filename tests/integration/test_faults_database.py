"""What PostgreSQL can do to the service, under load: the stated outcome, and recovery without a restart (docs/faults.md)."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
import requests

from sandbox.database import PORT, PROGRAMS
from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from load import Load
from pool import everybody, restart_pool, wait_for_workers
from pushing import Pusher
from wire import Wire

STATEMENT_S, GRACE_S, CONNECT_S = 1, 5, 5  # DATABASE_TIMEOUT here, and what src/db/connection.c adds and waits
REFUSED_WITHIN_S = 3.0
SLACK_S = 8  # of a machine that runs other tests beside; without a limit it would be more than a minute
BACK_WITHIN_S = 1 + SLACK_S


@pytest.fixture(scope="module")
def sandbox(make_sandbox: Callable[..., Sandbox]) -> Iterator[Sandbox]:
    """A registry whose database may break, and keeps what it acknowledged."""
    sandbox = make_sandbox(durable=True, users=("alice",), settings={"DATABASE_TIMEOUT": str(STATEMENT_S)})
    yield sandbox
    sandbox.down()


@pytest.fixture(autouse=True)
def same_processes(sandbox: Sandbox, request: pytest.FixtureRequest) -> Iterator[None]:
    """No worker ends, and no agent, whatever the database does."""
    if "standby" in request.fixturenames:
        request.getfixturevalue("standby")  # which starts them anew
    before = everybody(sandbox)
    yield
    assert everybody(sandbox) == before


def test_a_restart_under_load_is_some_refusals_and_nothing_lost(sandbox: Sandbox) -> None:
    for number in (signal.SIGINT, signal.SIGQUIT):  # fast, and immediate: as after a crash
        with Load(sandbox) as load:
            sandbox.processes.stop("postgres", number)
            wait_for("refusals", lambda: len(load.refused()) > 10)
            pushes = len(load.acknowledged)
            sandbox.database.start()
            back = time.monotonic()
            wait_for("service", sandbox.is_ready, BACK_WITHIN_S)
            wait_for("pushes", lambda: len(load.acknowledged) > pushes + 2)
        assert {t.status for t in load.told} == {200, 503}
        assert all(t.retry_after and "database" in t.text and t.took_s < REFUSED_WITHIN_S for t in load.refused()), load.refused()
        assert not load.refused(since=back + BACK_WITHIN_S)
        assert load.lost() == []


def test_too_many_connections_are_a_clear_refusal_until_there_is_room(sandbox: Sandbox) -> None:
    with changed(sandbox, "max_connections", "14"):
        sandbox.database.stop()
        sandbox.database.start()
        hogs = crowd(sandbox)  # the service connects when it is asked
        try:
            answers = [requests.get(f"{sandbox.url}{path}", timeout=60) for path in ("/api/portal/collections", "/readyz") * 4]
            refused = [answer for answer in answers if answer.status_code != 200]
            assert refused and {answer.status_code for answer in refused} == {503}
            assert all("no connection free" in answer.text and answer.headers["Retry-After"] for answer in refused)
            assert all(answer.elapsed.total_seconds() < REFUSED_WITHIN_S for answer in answers)
        finally:
            for hog in hogs:
                hog.close()
        wait_for("service", sandbox.is_ready, BACK_WITHIN_S)
    sandbox.database.stop()
    sandbox.database.start()
    wait_for("service", sandbox.is_ready, BACK_WITHIN_S)


def crowd(sandbox: Sandbox) -> list[psycopg.Connection]:
    """Everything that is free, taken."""
    taken = []
    while True:
        try:
            taken.append(psycopg.connect(sandbox.database.url))
        except psycopg.OperationalError:
            return taken


@contextmanager
def changed(sandbox: Sandbox, name: str, value: str) -> Iterator[None]:
    """A setting of the server, in force after the next reload or start."""
    alter(sandbox, f"alter system set {name} = {value}")
    yield
    alter(sandbox, f"alter system reset {name}")


def alter(sandbox: Sandbox, statement: str) -> None:
    with psycopg.connect(sandbox.database.url, autocommit=True, options="-c default_transaction_read_only=off") as db:
        db.execute(statement)
        db.execute("select pg_reload_conf()")


def test_a_read_only_database_refuses_pushes_before_their_body(sandbox: Sandbox, pusher: Callable[..., Pusher]) -> None:
    p = pusher()
    ticket, content = p.ticket(), b"r" * 100_000
    with changed(sandbox, "default_transaction_read_only", "on"):
        said = wait_for("the refusal", lambda: refusal(sandbox))
        assert "takes no changes" in said
        for answer in (p.ask(), requests.get(f"{sandbox.url}/api/portal/collections", timeout=60)):
            assert answer.status_code in (200, 503) and answer.elapsed.total_seconds() < REFUSED_WITHIN_S
        assert p.ask().status_code == 503 and "takes no changes" in p.ask().json()["detail"]
        assert refused_before_the_body(p, ticket).status == 503
        assert not list(sandbox.layout.images.rglob(f"*{p.collection}*"))
    wait_for("service", sandbox.is_ready, BACK_WITHIN_S)
    assert p.push(content).status_code == 200


def refusal(sandbox: Sandbox) -> str:
    answer = requests.get(f"{sandbox.url}/readyz", timeout=60)
    return answer.text if answer.status_code == 503 else ""


def refused_before_the_body(p: Pusher, ticket: str):
    """The answer to a head alone."""
    with Wire(p.base_url, 10) as wire:
        wire.begin("POST", "/upload", {"Authorization": p.sign("upload"), "Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(1 << 30)})
        return wire.answer()


def test_a_frozen_database_is_given_up_in_time_and_nothing_is_done_twice(sandbox: Sandbox, db: psycopg.Connection) -> None:
    """Stopped processes keep their sockets, which is what a host that hangs looks like. The limits are scaled by DATABASE_TIMEOUT."""
    with Load(sandbox) as load:
        frozen = freeze(sandbox)
        try:
            began = time.monotonic()
            alive = []
            while time.monotonic() - began < STATEMENT_S + GRACE_S + CONNECT_S:  # longer than any limit
                alive.append(requests.get(f"{sandbox.url}/healthz", timeout=60))
        finally:
            for pid in frozen:
                os.kill(pid, signal.SIGCONT)
        back = time.monotonic()
        wait_for("service", sandbox.is_ready, BACK_WITHIN_S)
        pushes = len(load.acknowledged)
        wait_for("pushes", lambda: len(load.acknowledged) > pushes + 2)
    refused = load.refused()
    assert refused and {t.status for t in load.told} == {200, 503} and all(t.retry_after for t in refused)
    longest = max(t.took_s for t in refused)
    assert longest < STATEMENT_S + GRACE_S + CONNECT_S + SLACK_S, longest  # one waited for a worker, and then for a connection
    assert {answer.status_code for answer in alive} == {200}
    assert max(answer.elapsed.total_seconds() for answer in alive) < STATEMENT_S + GRACE_S + SLACK_S
    assert not load.refused(since=back + BACK_WITHIN_S)
    assert load.lost() == []
    assert db.execute("select subject from audit where action = 'image.push' group by subject having count(*) > 1").fetchall() == []
    assert "event=database_silent" in (sandbox.layout.log / "api.log").read_text()


def freeze(sandbox: Sandbox) -> list[int]:
    """All processes of the server, stopped; the first before it can look after the others."""
    first = sandbox.processes.send("postgres", signal.SIGSTOP)
    children = first.children
    for child in children:
        os.kill(child, signal.SIGSTOP)
    return [*children, first.pid]


@pytest.fixture
def standby(sandbox: Sandbox) -> Iterator[Path]:
    """A second server that follows the first, synchronously; the service knows both."""
    place = sandbox.database.root / "standby"
    account = sandbox.database._as_account()
    options = {"cwd": "/", "check": True, "capture_output": True, "timeout": 60, **account}
    make = [PROGRAMS / "pg_basebackup", "-D", place / "data", "-R", "-c", "fast", "--no-sync", "-d", sandbox.database.url]
    subprocess.run(["mkdir", "-m", "700", place], **options)
    subprocess.run(make, **options)
    with (place / "data/postgresql.auto.conf").open("a") as settings:
        settings.write(f"unix_socket_directories = '{place}'\n")
    sandbox.processes.start("standby", [PROGRAMS / "postgres", "-D", place / "data"], lambda: answers(place), **account)
    alter(sandbox, "alter system set synchronous_standby_names = '*'")
    with psycopg.connect(sandbox.database.url, autocommit=True) as db:
        wait_for("the standby to follow", lambda: db.execute("select from pg_stat_replication where sync_state = 'sync'").fetchone() is not None)
    know(sandbox, f"postgresql:///transload?host={sandbox.database.root},{place}&port={PORT},{PORT}&user=transload")
    yield place
    sandbox.processes.stop("standby", signal.SIGQUIT)
    shutil.rmtree(place, ignore_errors=True)


def url_of(place: Path) -> str:
    return f"postgresql://transload@{quote(str(place), safe='')}:{PORT}/transload"


def answers(place: Path) -> bool:
    try:
        psycopg.connect(url_of(place)).close()
    except psycopg.OperationalError:
        return False
    return True


def know(sandbox: Sandbox, url: str) -> None:
    """Another DATABASE_URL, for all of the service."""
    sandbox.program.write_settings(sandbox.settings() | {"DATABASE_URL": url})
    sandbox.processes.stop("agent")
    sandbox.program.start_agent()
    for pool in ("api", "upload"):
        restart_pool(sandbox, pool)
        wait_for_workers(sandbox, pool, 4)


def test_after_a_failover_the_service_finds_the_new_primary(sandbox: Sandbox, standby: Path) -> None:
    with Load(sandbox) as load:
        sandbox.processes.stop("postgres", signal.SIGQUIT)
        wait_for("refusals", lambda: len(load.refused()) > 10)
        assert "takes no changes" in wait_for("the standby alone", lambda: refusal(sandbox))
        with psycopg.connect(url_of(standby), autocommit=True) as db:
            assert db.execute("select pg_promote(true, 30)").fetchone() == (True,)
            db.execute("alter system reset synchronous_standby_names")
            db.execute("select pg_reload_conf()")
        back = time.monotonic()
        wait_for("service", sandbox.is_ready, BACK_WITHIN_S)
        pushes = len(load.acknowledged)
        wait_for("pushes", lambda: len(load.acknowledged) > pushes + 2)
    assert {t.status for t in load.told} == {200, 503}
    assert all(t.retry_after and t.took_s < REFUSED_WITHIN_S for t in load.refused())
    assert not load.refused(since=back + BACK_WITHIN_S)
    assert load.lost() == []
