"""One request id, from nginx to whatever the request set in motion."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import requests

from sandbox.sandbox import Sandbox
from sandbox.standin import Control
from sandbox.waiting import wait_for

from person import Person


def test_the_calls_to_globus_carry_the_id_of_the_request(connected: Person, globus: Control) -> None:
    answer = connected.get("/api/globus/endpoints", params={"scope": "my-endpoints"})
    assert answer.status_code == 200, answer.text
    own = answer.headers["X-Request-Id"]
    asked = [entry["call"] for entry in globus.calls() if entry["headers"].get("x-request-id") == own]
    assert asked, f"no call carries {own}"


def test_the_session_that_works_for_a_request_says_so(make_sandbox: Callable[..., Sandbox]) -> None:
    traced = make_sandbox(settings={"DATABASE_TRACE": "true"}, users=())
    own = requests.get(f"{traced.url}/api/portal/collections", timeout=60).headers["X-Request-Id"]
    named = "select count(*) from pg_stat_activity where application_name = %s"
    with psycopg.connect(traced.database.url, autocommit=True) as db:
        wait_for("the session of the worker", lambda: db.execute(named, [f"transload {own}"]).fetchone() == (1,), 5)
