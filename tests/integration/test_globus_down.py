"""Globus down is not the registry down (promise P7)."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest
import requests

from sandbox.sandbox import Sandbox

from person import Person
from pool import restart_pool
from pushing import Pusher
from wishes import CONTENT, container_id, reach
from world import STANFORD_GUEST


@pytest.fixture
def no_globus(sandbox: Sandbox, connected: Person) -> Iterator[Person]:
    """alice is connected, and then nothing listens where Globus was."""
    sandbox.processes.stop("globus", signal.SIGKILL)
    yield connected
    if not sandbox.processes.alive("globus"):
        sandbox.standin.start(sandbox.url, sandbox.kept["client_secret"], "public")
    restart_pool(sandbox, "api")  # the new Globus has new keys, and workers ask for them once a minute at most


def test_push_pull_and_browse_go_on(no_globus: Person, pusher: Callable[..., Pusher]) -> None:
    p = pusher()
    assert p.push(CONTENT).status_code == 200
    assert requests.get(p.manifest().json()["image"], timeout=60).content == CONTENT
    assert no_globus.get("/api/portal/collections").status_code == 200
    assert no_globus.get("/readyz").status_code == 200


def test_the_endpoints_page_says_so(no_globus: Person) -> None:
    answer = no_globus.get("/api/globus/endpoints?scope=my-endpoints")
    assert (answer.status_code, answer.json()["code"]) == (503, "globus_unavailable") and "Globus" in answer.json()["detail"]
    assert no_globus.get("/globus/transfer").status_code == 200


def test_a_wish_waits_and_says_so(no_globus: Person, pusher: Callable[..., Pusher], db) -> None:
    p = pusher()
    p.push(CONTENT)
    answer = no_globus.transfer(container_id(db, p), STANFORD_GUEST)
    assert answer.status_code == 201 and answer.json()["state"] == "waiting" and "Waiting for Globus" in answer.json()["message"], answer.text
    assert reach(no_globus, answer.json()["id"], "waiting")["state_text"].startswith("Waiting for Globus")


def test_connecting_leads_to_a_page_that_explains(no_globus: Person, person: Callable[[str], Person]) -> None:
    """The browser goes to Globus itself, so it is the return that can fail here: with a made-up state nothing is asked of Globus."""
    bob = person("bob")
    assert bob.post("/globus/login", data={"csrf_token": bob.csrf}).status_code in (303, 503)
