"""The database comes and goes; the program stays, says so, and serves again without a restart."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from person import Person
from pool import workers
from pushing import Pusher


@pytest.fixture
def no_database(sandbox: Sandbox) -> Iterator[set[int]]:
    """Stopped; yields the workers there were."""
    before = set(workers(sandbox, "api")) | set(workers(sandbox, "upload"))
    sandbox.database.stop()
    yield before
    if not sandbox.processes.alive("postgres"):
        sandbox.database.start()
    wait_for("service", sandbox.is_ready, 60)


def test_without_a_database_the_answer_is_503_with_a_time_to_come_back(sandbox: Sandbox, no_database: set[int]) -> None:
    for path in ("/api/portal/collections", "/api/collections/", "/readyz"):
        answer = requests.get(sandbox.url + path, timeout=60)
        assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0, answer.text
    assert answer.json()["detail"]
    assert requests.get(f"{sandbox.url}/healthz", timeout=60).status_code == 200


def test_a_push_without_a_database_is_refused_and_leaves_nothing(sandbox: Sandbox, pusher: Callable[..., Pusher], no_database: set[int]) -> None:
    before = set(sandbox.layout.images.rglob("*"))
    assert pusher().ask().status_code == 503
    assert pusher().send(b"x").status_code == 503
    assert set(sandbox.layout.images.rglob("*")) == before


def test_service_comes_back_with_the_database_and_without_a_restart(sandbox: Sandbox, pusher: Callable[..., Pusher], no_database: set[int]) -> None:
    parents = {name: sandbox.processes.known(name) for name in ("api", "upload", "agent")}
    assert requests.get(f"{sandbox.url}/api/collections/", timeout=60).status_code == 503
    sandbox.database.start()
    wait_for("service", sandbox.is_ready, 60)
    p = pusher()
    assert p.push(b"back again").status_code == 200
    assert all(parent.alive for parent in parents.values())


def test_connections_that_the_server_ended_are_made_anew(sandbox: Sandbox, db: psycopg.Connection) -> None:
    db.execute("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()")
    statuses = [requests.get(f"{sandbox.url}/api/collections/", timeout=60).status_code for _ in range(12)]
    assert set(statuses) <= {200, 503} and statuses[-1] == 200


def test_a_schema_of_another_version_is_refused_with_a_sentence(sandbox: Sandbox, db: psycopg.Connection) -> None:
    table, column = version_column(db)
    db.execute(f"update {table} set {column} = {column} + 1000")
    try:
        db.execute("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()")

        def is_refused() -> bool:
            answer = requests.get(f"{sandbox.url}/readyz", timeout=60)
            return answer.status_code == 503 and "schema" in answer.text

        wait_for("the refusal", is_refused)  # the first answer may still be about the connection
    finally:
        db.execute(f"update {table} set {column} = {column} - 1000")
        wait_for("service", sandbox.is_ready, 60)


@pytest.fixture
def no_transfers(sandbox: Sandbox, db: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """And no agent."""
    sandbox.processes.stop("agent")
    db.execute("delete from transfers")
    yield db
    db.execute("delete from transfers")
    sandbox.program.start_agent()


@pytest.mark.parametrize("act", [lambda alice: alice.connect(), lambda alice: alice.post("/api/transfers/notice")], ids=["connect", "notice"])
def test_who_writes_many_transfers_never_waits_against_the_agent(connected: Person, sandbox: Sandbox, no_transfers: psycopg.Connection,
                                                                 act: Callable[[Person], Any]) -> None:
    """The agent writes the oldest first; the oldest lies behind the other here, where a statement that locks as it reads comes to it last."""
    db = no_transfers
    younger, older = (db.execute(
        "insert into transfers (user_id, uri, sha256, source_path, endpoint_id, endpoint_name, path, state, state_text, bytes_total) "
        "select user_id, 'a/b:c', 'x', '/x', gen_random_uuid(), 'e', '/x', 'needs_you', '-', 1 from globus_links returning id").fetchone()[0]
        for _ in range(2))
    db.execute("update transfers set created_at = created_at - interval '1 hour' where id = %s", [older])
    with psycopg.connect(sandbox.database.url) as agent, concurrent.futures.ThreadPoolExecutor(1) as others:
        agent.execute("update transfers set faults = 1 where id = %s", [older])
        acting = others.submit(act, connected)
        wait_for("it to wait", lambda: db.execute("select from pg_locks where not granted").fetchone() is not None)
        agent.execute("update transfers set faults = 1 where id = %s", [younger])
        agent.commit()
        answer = acting.result(30)
    assert answer is None or answer.status_code == 204, answer.text


def version_column(db: psycopg.Connection) -> tuple[str, str]:
    """Where the schema's version stands."""
    row = db.execute("select table_name, column_name from information_schema.columns where table_schema = 'public' and column_name = 'version' "
                     "and data_type in ('integer', 'bigint')").fetchone()
    assert row, "no column named version"
    return row


def test_migrate_twice_changes_nothing(sandbox: Sandbox) -> None:
    assert sandbox.program.run("migrate").returncode == 0
    assert sandbox.is_ready()
