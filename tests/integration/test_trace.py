"""One request id, from nginx to whatever the request set in motion."""

from __future__ import annotations

from person import Person
from sandbox.standin import Control


def test_the_calls_to_globus_carry_the_id_of_the_request(connected: Person, globus: Control) -> None:
    answer = connected.get("/api/globus/endpoints", params={"scope": "my-endpoints"})
    assert answer.status_code == 200, answer.text
    own = answer.headers["X-Request-Id"]
    asked = [entry["call"] for entry in globus.calls() if entry["headers"].get("x-request-id") == own]
    assert asked, f"no call carries {own}"
