"""What the endpoint page waits for: no longer than for the slowest call to Globus it needs, over connections that are there already."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import requests

from measure import Scale, take_turns, tell
from person import Person
from place import WORKERS, Place
from world import ALICE

SCOPES = ("my-endpoints", "shared-with-me")
ANSWER_S = 0.5  # of Globus


def endpoints(place: Place, scale: Scale) -> None:
    """Both lists of the page at once, against the slower of the two calls, made by a client that keeps its connection."""
    control = place.sandbox.standin.control
    control.auto(ALICE)
    alice = Person(place.ours, "alice", place.sandbox.user("alice")["password"]).sign_in()
    alice.connect()
    tabs = [requests.Session() for _ in range(WORKERS)]
    for tab in tabs:
        tab.cookies.update(alice.http.cookies)

    def ask(tab: requests.Session, scope: str) -> None:
        tab.get(f"{place.ours}/api/globus/endpoints?scope={scope}", timeout=30).raise_for_status()

    def page() -> float:
        began = time.monotonic()
        with ThreadPoolExecutor(len(SCOPES)) as both:
            list(both.map(ask, tabs, SCOPES))
        return time.monotonic() - began

    def call() -> float:
        seen = control.calls("endpoint_search")[-1]
        url = f"{place.sandbox.standin.url}{seen['path']}?{seen['query']}"
        direct.get(url, headers=authorization, timeout=30).raise_for_status()  # the connection
        began = time.monotonic()
        direct.get(url, headers=authorization, timeout=30).raise_for_status()
        return time.monotonic() - began

    for _ in range(4):  # each worker has met Globus
        with ThreadPoolExecutor(WORKERS) as all_workers:
            list(all_workers.map(ask, tabs, SCOPES * (WORKERS // len(SCOPES))))
    direct = requests.Session()
    authorization = {"Authorization": control.calls("endpoint_search")[-1]["headers"]["authorization"]}
    control.fail("endpoint_search", times=-1, delay_s=ANSWER_S)
    times = take_turns(scale.rounds, {"page": page, "call": call})
    tell("endpoint page / its slowest call", 1000 * times["page"], 1000 * times["call"], "ms", "<= 1.1")
    control.fail("endpoint_search", times=0)

    before = {entry["connection"] for entry in control.calls()}
    began, pages = time.monotonic(), 0
    while time.monotonic() - began < scale.steady_seconds:
        page()
        pages += 1
        time.sleep(0.5)
    new = {entry["connection"] for entry in control.calls("endpoint_search")} - before
    print(f"    {len(new)} new connections to Globus for {pages} pages in {scale.steady_seconds} s  (0)", flush=True)
