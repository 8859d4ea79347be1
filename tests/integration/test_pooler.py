"""Behind pgbouncer in transaction mode, set up as docs/several-hosts.md says, with fewer sessions than there are workers."""

from __future__ import annotations

import concurrent.futures
import secrets
from collections.abc import Callable, Iterator

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox
from sandbox.waiting import free_port, wait_for

from person import Person
from pooler import Pooler
from pushing import Pusher

SESSIONS = 2  # the sandbox has eight workers and an agent


@pytest.fixture(scope="module")
def pooled(make_sandbox: Callable[..., Sandbox]) -> Iterator[tuple[Sandbox, Pooler]]:
    """The cluster first, since the settings name the pooler in front of it."""
    port = free_port()
    sandbox = make_sandbox(settings={"DATABASE_POOLED": "false"})
    pooler = Pooler(sandbox.processes, sandbox.layout.state / "pgbouncer", ("127.0.0.1", port), str(sandbox.database.root), SESSIONS)
    pooler.start()
    sandbox.options.settings.update(DATABASE_URL=pooler.url, DATABASE_POOLED="true")
    sandbox.program.write_settings(sandbox.settings())
    sandbox.program.stop()
    sandbox.program.start()
    wait_for("readiness", sandbox.is_ready, 30)
    yield sandbox, pooler
    sandbox.program.stop()
    pooler.stop()


def test_many_at_once_share_few_sessions(pooled: tuple[Sandbox, Pooler]) -> None:
    sandbox, _ = pooled
    alice = sandbox.user("alice")
    cookies = Person(sandbox.url, "alice", alice["password"]).sign_in().http.cookies

    def work(number: int) -> tuple[int, int, int]:
        pushed = Pusher(sandbox.url, "alice", alice["token"], "pooled", f"image{number}").push(secrets.token_bytes(100_000))
        own, public = (requests.get(sandbox.url + path, cookies=cookies, timeout=60) for path in ("/api/me/usage", "/api/portal/collections"))
        return pushed.status_code, own.status_code, public.status_code

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert set(pool.map(work, range(24))) == {(200, 200, 200)}
    with psycopg.connect(sandbox.database.url) as connection:
        held = connection.execute("select count(*) from pg_stat_activity where datname = 'transload' and pid <> pg_backend_pid()").fetchone()
        assert held is not None and 0 < held[0] <= SESSIONS


def test_each_statement_names_its_request(pooled: tuple[Sandbox, Pooler]) -> None:
    sandbox, _ = pooled
    named = "select count(*) from pg_stat_activity where starts_with(query, %s)"
    with psycopg.connect(sandbox.database.url, autocommit=True) as db:

        def is_seen() -> bool:  # until the agent's statement, or another, is the last of that session
            own = requests.get(f"{sandbox.url}/api/portal/collections", timeout=60).headers["X-Request-Id"]
            return db.execute(named, [f"/* {own} */ select"]).fetchone() != (0,)

        wait_for("a statement with the id of its request", is_seen)


def test_nothing_is_left_in_a_session(pooled: tuple[Sandbox, Pooler]) -> None:
    sandbox, pooler = pooled
    sandbox.program.run("migrate")
    sandbox.program.run("agent", "once")
    with psycopg.connect(pooler.url, prepare_threshold=None, autocommit=True) as connection:
        for _ in range(10):
            left = connection.execute("select (select count(*) from pg_prepared_statements), current_setting('statement_timeout'), "
                                      "current_setting('search_path'), current_setting('timezone')").fetchone()
            assert left == (0, "15s", "public, pg_temp", "UTC")
    with psycopg.connect(sandbox.database.url) as connection:
        assert connection.execute("select count(*) from pg_locks where locktype = 'advisory'").fetchone() == (0,)


def test_it_comes_back_after_the_pooler_and_after_postgresql(pooled: tuple[Sandbox, Pooler]) -> None:
    sandbox, pooler = pooled
    pooler.stop()
    assert requests.get(f"{sandbox.url}/api/portal/collections", timeout=60).status_code == 503
    pooler.start()
    wait_for("the pooler's return", sandbox.is_ready, 15)
    sandbox.database.stop()
    assert requests.get(f"{sandbox.url}/api/portal/collections", timeout=60).status_code == 503
    sandbox.database.start()
    wait_for("PostgreSQL's return", sandbox.is_ready, 15)


def test_a_pooler_that_sets_nothing_up_is_told(pooled: tuple[Sandbox, Pooler]) -> None:
    sandbox, pooler = pooled
    pooler.stop()
    pooler.start(leave_out="search_path = public, pg_temp")
    answer = wait_for("readiness", lambda: said_by(sandbox), 30)
    assert "connect_query" in answer, answer
    pooler.stop()
    pooler.start()
    wait_for("readiness", sandbox.is_ready, 30)


def said_by(sandbox: Sandbox) -> str | None:
    answer = requests.get(f"{sandbox.url}/readyz", timeout=60)
    return answer.text if answer.status_code == 503 and "pooler" in answer.text else None


def test_a_job_is_done_by_whoever_has_its_lease(sandbox: Sandbox) -> None:
    """Another agent's lease keeps ours away from the job until it ends, and no longer."""
    sandbox.processes.stop("agent")
    try:
        lease(sandbox, "1 minute")
        sandbox.program.run("agent", "once")
        assert found(sandbox) == (1, "elsewhere/1")
        lease(sandbox, "-1 second")
        sandbox.program.run("agent", "once")
        assert found(sandbox) == (0, None)
    finally:
        sandbox.program.start_agent()


def lease(sandbox: Sandbox, ends_in: str) -> None:
    """Something that the job expired_sweep would do, and an agent elsewhere that says it does."""
    with psycopg.connect(sandbox.database.url, autocommit=True) as connection:
        connection.execute("insert into login_failures values ('of long ago', 1, now() - interval '2 days', now() - interval '2 days') "
                           "on conflict do nothing")
        connection.execute("insert into agent_leases values ('expired_sweep', 'elsewhere/1', now() + %s::interval) "
                           "on conflict (job) do update set ends = excluded.ends", [ends_in])


def found(sandbox: Sandbox) -> tuple[int, str | None]:
    """How much of it is left, and who has the job."""
    with psycopg.connect(sandbox.database.url) as connection:
        row = connection.execute("select (select count(*)::int from login_failures where subject = 'of long ago'), "
                                 "(select holder from agent_leases where job = 'expired_sweep')").fetchone()
        assert row is not None
        return row
