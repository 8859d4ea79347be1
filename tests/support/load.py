"""People who go on reading and pushing while something breaks: what each was told, and how long it took."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, field

import requests

from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from pushing import Pusher, form

READERS, PUSHERS = 4, 2


@dataclass(frozen=True)
class Told:
    """One answer."""

    status: int
    began: float
    took_s: float
    retry_after: str | None
    text: str


@dataclass
class Load:
    """Runs between ``with`` and its end. ``acknowledged`` holds the digest of every image whose push was answered with 200."""

    sandbox: Sandbox
    told: list[Told] = field(default_factory=list)
    acknowledged: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Load:
        self._ended = threading.Event()
        jobs = [self._read] * READERS + [self._push] * PUSHERS
        self._threads = [threading.Thread(target=job, args=(number,)) for number, job in enumerate(jobs)]
        for thread in self._threads:
            thread.start()
        wait_for("reads and pushes", lambda: self.acknowledged and len(self.told) > 20)
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(120)

    def refused(self, since: float = 0) -> list[Told]:
        return [t for t in self.told if t.status != 200 and t.began >= since]

    def _note(self, began: float, answer: requests.Response) -> bool:
        self.told.append(Told(answer.status_code, began, time.monotonic() - began, answer.headers.get("Retry-After"), answer.text))
        return answer.status_code == 200

    def _read(self, _: int) -> None:
        while not self._ended.is_set():
            began = time.monotonic()
            self._note(began, requests.get(f"{self.sandbox.url}/api/portal/collections", timeout=60))

    def _push(self, number: int) -> None:
        """A new tag each time."""
        while not self._ended.is_set():
            self._push_once(self._pusher(f"image{number}", f"t{time.monotonic_ns()}"))

    def _push_once(self, pusher: Pusher) -> None:
        content = hashlib.shake_128(pusher.uri.encode()).digest(100_000)
        with pusher.session:
            began = time.monotonic()
            asked = pusher.ask()
            if not self._note(began, asked):
                return
            began = time.monotonic()
            if self._note(began, pusher.send(form(pusher.parts(asked.json()["cid"], content)))):
                self.acknowledged[pusher.uri] = hashlib.sha256(content).hexdigest()

    def _pusher(self, name: str, tag: str) -> Pusher:
        return Pusher(self.sandbox.url, "alice", self.sandbox.user("alice")["token"], "load", name, tag)

    def lost(self) -> list[str]:
        """Images that were acknowledged and are not there, or are others."""

        def stored(uri: str) -> str | None:
            return self._pusher(*uri.removeprefix("load/").split(":")).stored_digest()

        return [uri for uri, digest in self.acknowledged.items() if stored(uri) != digest]
