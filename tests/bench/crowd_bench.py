"""A working day in ten minutes: 500 people with pages open, 200 of them waiting for transfers, 20 who push."""

from __future__ import annotations

import http.client
import random
import secrets
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from memory_bench import private_mib
from measure import Scale, tell
from place import Place
from pool import workers

BROWSERS, POLLERS, PUSHERS = 500, 200, 20
# What a browser asks for that has the assets already: a page, then what is in it.
PAGES = (("/", "/api/me", "/api/portal/recent", "/api/portal/collections?mine=1"), ("/collections", "/api/me", "/api/portal/collections"),
         ("/collections?q=crowd", "/api/me", "/api/portal/collections?q=crowd", "/api/portal/search?q=crowd"),
         ("/transfers", "/api/me", "/api/transfers"), ("/settings/profile", "/api/me", "/api/me/usage"))
BROWSE_SECONDS, POLL_SECONDS, PUSH_SECONDS = 10.0, 5.0, 10.0
PUSH_BYTES = 4 << 20
TIMEOUT = 60


@dataclass
class Crowd:
    """What all of them saw."""

    url: str
    ends: float
    seen: dict[str, list[float]] = field(default_factory=lambda: {"page": [], "poll": [], "push": []})
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, milliseconds: float, error: str) -> None:
        with self.lock:
            self.seen[kind].append(milliseconds)
            if error:
                self.errors.append(f"{kind}: {error}")

    def turns(self, seconds: float) -> Iterator[None]:
        """One turn now and then, nobody at the same time as the others, until the day ends."""
        time.sleep(random.random() * seconds)
        while time.monotonic() < self.ends:
            yield
            time.sleep(random.uniform(0.5, 1.5) * seconds)

    def ask(self, kind: str, cookie: str, turns: list[tuple[str, ...]], seconds: float) -> None:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=TIMEOUT)
        for _ in self.turns(seconds):
            for path in random.choice(turns):
                began = time.monotonic()
                error = ""
                try:
                    connection.request("GET", path, headers={"Cookie": cookie})
                    answer = connection.getresponse()
                    answer.read()
                    error = "" if answer.status == 200 else f"{path}: {answer.status}"
                except (OSError, http.client.HTTPException) as problem:
                    error = f"{path}: {problem!r}"
                    connection.close()  # the next request opens it again
                self.note(kind, (time.monotonic() - began) * 1000, error)

    def push(self, place: Place, number: int) -> None:
        pusher = place.pusher("crowd", f"image{number}")
        for _ in self.turns(PUSH_SECONDS):
            began = time.monotonic()
            try:
                answer = pusher.push(secrets.token_bytes(PUSH_BYTES))
                error = "" if answer.status_code == 200 else f"{answer.status_code} {answer.text[:100]}"
            except Exception as problem:  # whatever it is, it was seen by somebody who pushes
                error = repr(problem)
            self.note("push", (time.monotonic() - began) * 1000, error)


@contextmanager
def at_work(crowd: Crowd, place: Place, cookie: str) -> Iterator[None]:
    browsers = [threading.Thread(target=crowd.ask, args=("page", cookie, list(PAGES), BROWSE_SECONDS)) for _ in range(BROWSERS)]
    pollers = [threading.Thread(target=crowd.ask, args=("poll", cookie, [("/api/transfers", "/api/news")], POLL_SECONDS)) for _ in range(POLLERS)]
    pushers = [threading.Thread(target=crowd.push, args=(place, number)) for number in range(PUSHERS)]
    people = browsers + pollers + pushers
    for person in people:
        person.start()
    yield
    for person in people:
        person.join(TIMEOUT * 4)


def memory(place: Place) -> float:
    """Of all processes of the program together."""
    pids = [pid for pool in ("api", "upload") for pid in workers(place.sandbox, pool)]
    pids += [place.sandbox.processes.known(name).pid for name in ("api", "upload", "agent")]
    return sum(private_mib(pid) for pid in pids)


def crowd(place: Place, scale: Scale) -> None:
    crowd = Crowd(place.ours, time.monotonic() + scale.crowd_seconds)
    with at_work(crowd, place, place.sign_in()):
        time.sleep(scale.crowd_seconds / 5)  # every worker has done each kind of work by then
        early = memory(place)
        time.sleep(scale.crowd_seconds * 3 / 5)
        late = memory(place)
    for kind, seen in crowd.seen.items():
        cuts = statistics.quantiles(seen, n=100)
        print(f"    {kind}: {len(seen)} in {scale.crowd_seconds} s, median {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms, longest {max(seen):.0f} ms", flush=True)
    print(f"    errors: {len(crowd.errors)}" + "".join(f"\n      {error}" for error in crowd.errors[:10]), flush=True)
    tell("memory at four fifths of the day / at one fifth", late, early, "MiB", "<= 1.1")
