"""People at work while hosts die: what each of them was answered, and what was promised to them."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

import requests

from person import Person
from pushing import Pusher, form
from sandbox.waiting import wait_for
from world import STANFORD_GUEST

PATIENCE = 60
WISH_PAUSE = 1.0  # Globus lets nobody have more than a hundred tasks
PUSH_PAUSE = 0.3  # all that is pushed is compared in the end


@dataclass
class Answer:
    """``status`` is 0 when the connection ended without one."""

    kind: str
    status: int
    seconds: float
    said: str


class Work:
    """``with Work(...)``: readers, signed-in readers, pushers who push again what failed, and one who wishes for transfers."""

    def __init__(self, url: str, user: dict[str, str], person: Person, container: int, marker: str) -> None:
        self.url, self.user, self.person, self.container, self.marker = url, user, person, container, marker
        self.answers: list[Answer] = []
        self.pushed: dict[str, str] = {}
        self.wished: list[str] = []
        self.stop = threading.Event()
        self.lock = threading.Lock()
        work: list[Callable[[int], None]] = [self.read] * 4 + [self.read_own] * 2 + [self.push] * 3 + [self.wish]
        self.threads = [threading.Thread(target=self.loop, args=(number, each)) for number, each in enumerate(work)]

    def ask(self, kind: str, request: Callable[[], requests.Response], right: Callable[[requests.Response], bool]) -> requests.Response | None:
        """The answer when it is right; it is noted in any case."""
        began = time.monotonic()
        try:
            answer = request()
            is_right, status, said = right(answer), answer.status_code, answer.text[:200]
        except requests.RequestException as error:
            is_right, status, said = False, 0, repr(error)[:200]
        with self.lock:
            self.answers.append(Answer(kind if is_right else f"{kind} failed", status, time.monotonic() - began, said))
        return answer if is_right else None

    def read(self, number: int) -> None:
        self.ask("read", lambda: requests.get(f"{self.url}/api/portal/collections", timeout=PATIENCE), lambda answer: answer.status_code == 200)

    def read_own(self, number: int) -> None:
        """Only a session that still lives is told who it is."""
        cookies = self.person.http.cookies
        self.ask("session", lambda: requests.get(f"{self.url}/api/me", cookies=cookies, timeout=PATIENCE),
                 lambda answer: answer.status_code == 200 and bool(answer.json()["user"]))

    def push(self, number: int) -> None:
        """As people do it: when it failed, once more."""
        content = secrets.token_bytes(200_000)
        pusher = Pusher(self.url, self.user["username"], self.user["token"], "work", f"{self.marker}-{number}-{secrets.token_hex(4)}")
        while not self.ask("push", lambda: send(pusher, content), lambda answer: answer.status_code == 200):
            time.sleep(PUSH_PAUSE)
        with self.lock:
            self.pushed[pusher.uri] = hashlib.sha256(content).hexdigest()
        self.stop.wait(PUSH_PAUSE)

    def wish(self, number: int) -> None:
        path = f"/work/{self.marker}-{secrets.token_hex(4)}/"
        asked = self.ask("wish", lambda: self.person.transfer(self.container, STANFORD_GUEST, path=path), lambda answer: answer.status_code in (200, 201, 202))
        if asked:
            with self.lock:
                self.wished.append(str(asked.json()["id"]))
        self.stop.wait(WISH_PAUSE)

    def loop(self, number: int, one: Callable[[int], None]) -> None:
        while not self.stop.is_set():
            one(number)

    def __enter__(self) -> Work:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(120)

    def wait(self, more: int) -> None:
        """Until so many further requests were answered."""
        goal = len(self.answers) + more
        wait_for(f"{more} answers under load", lambda: len(self.answers) >= goal, 60)

    # -- the verdict --------------------------------------------------------------------------------

    def count(self, kind: str) -> int:
        return sum(answer.kind == kind for answer in self.answers)

    def longest(self, *kinds: str) -> float:
        return max((answer.seconds for answer in self.answers if answer.kind.split()[0] in kinds), default=0.0)

    def judged(self) -> str:
        """Nothing that may be repeated failed; what failed of the rest was told, and was done when asked again."""
        lost = [answer for answer in self.answers if answer.kind in ("read failed", "session failed")]
        assert not lost, f"{len(lost)} reads failed: {lost[:3]}"
        odd = [answer for answer in self.answers if answer.kind in ("push failed", "wish failed") and answer.status not in (0, 502, 503, 504)]
        assert not odd, odd[:3]
        told = Counter(f"{answer.kind.split()[0]} {answer.status or 'cut short'}" for answer in self.answers if answer.kind.endswith("failed"))
        errors = ", ".join(f"{count} × {what}" for what, count in sorted(told.items())) or "none"
        return (f"{self.count('read') + self.count('session')} reads, 0 failed, longest {self.longest('read', 'session'):.1f} s; {self.count('push')} pushes and "
                f"{len(self.wished)} wishes acknowledged, longest {self.longest('push', 'wish'):.1f} s; errors that were told and repeated: {errors}")


def send(pusher: Pusher, content: bytes) -> requests.Response:
    """Both steps; the answer of the first when that is no ticket."""
    asked = pusher.ask()
    return pusher.send(form(pusher.parts(str(asked.json()["cid"]), content))) if asked.status_code == 200 else asked
