"""People at work while something is done to the service: every request that does not end well is kept."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from types import TracebackType

import requests

from pushing import BOUNDARY, Pusher, form


class Slowly:
    """A body that a slow line takes: a piece at a time, for as many seconds as are asked for."""

    def __init__(self, body: bytes, seconds: float) -> None:
        self.body, self.sent = body, 0
        self.pause = seconds * 8192 / len(body)

    def __len__(self) -> int:
        return len(self.body)

    def read(self, size: int = 8192) -> bytes:
        time.sleep(self.pause)
        piece = self.body[self.sent:self.sent + min(size, 8192)]
        self.sent += len(piece)
        return piece


class LongUpload(threading.Thread):
    """One push over a slow line; ``answer`` is what became of it."""

    def __init__(self, pusher: Pusher, seconds: float) -> None:
        super().__init__()
        self.pusher = pusher
        self.content = secrets.token_bytes(2 << 20)
        self.body = Slowly(form(pusher.parts(pusher.ticket(), self.content)), seconds)
        self.answer: requests.Response | None = None

    def run(self) -> None:
        self.answer = self.pusher.session.post(f"{self.pusher.base_url}/upload", data=self.body, timeout=120, headers={
            "Authorization": self.pusher.sign("upload"), "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})


class Load:
    """``with Load(...)``: readers and pushers, each one request after the other."""

    def __init__(self, url: str, username: str, token: str, readers: int = 6, pushers: int = 2) -> None:
        self.url, self.username, self.token = url, username, token
        self.failures: list[str] = []
        self.answered = 0
        self.stop = threading.Event()
        self.lock = threading.Lock()
        work: list[Callable[[int], requests.Response]] = [self.read] * readers + [self.push] * pushers
        self.threads = [threading.Thread(target=self.loop, args=(number, each)) for number, each in enumerate(work)]

    def read(self, number: int) -> requests.Response:
        return requests.get(f"{self.url}/api/portal/collections", timeout=60)

    def push(self, number: int) -> requests.Response:
        return Pusher(self.url, self.username, self.token, "load", f"image{number}").push(secrets.token_bytes(200_000))

    def loop(self, number: int, one: Callable[[int], requests.Response]) -> None:
        while not self.stop.is_set():
            try:
                answer = one(number)
                said = "" if answer.status_code == 200 else f"{answer.status_code} {answer.text[:200]}"
            except (requests.RequestException, AssertionError) as error:
                said = repr(error)[:300]
            with self.lock:
                self.answered += 1
                if said:
                    self.failures.append(said)

    def __enter__(self) -> Load:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(120)

    def wait(self, more: int) -> None:
        """Until so many further requests were answered."""
        from sandbox.waiting import wait_for

        goal = self.answered + more
        wait_for(f"{more} answers under load", lambda: self.answered >= goal, 60)
