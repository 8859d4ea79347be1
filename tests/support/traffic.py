"""What came to nginx, from its own access log: which requests a client made, in which order, and how each was answered."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

import requests

from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    status: int


class Traffic:
    """Requests from the moment it is made on. A test that uses it must be the only one that asks."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.log = sandbox.layout.log / "nginx-transload.log"
        self.start = self.log.stat().st_size if self.log.exists() else 0
        self._pass_over_what_is_late(sandbox.url)

    def _pass_over_what_is_late(self, url: str) -> None:
        """Lines of answered requests may still be on their way; that of a request after them is behind them."""
        mark = f"/no-such-path/{secrets.token_hex(8)}"
        requests.get(url + mark, timeout=60)
        wait_for("the mark in the access log", lambda: any(seen.path == mark for seen in self.read()), 10)
        with self.log.open() as log:
            log.seek(self.start)
            while mark not in log.readline():
                pass
            self.start = log.tell()

    def read(self) -> list[Seen]:
        with self.log.open() as log:
            log.seek(self.start)
            rows = [json.loads(line) for line in log if line.endswith("\n")]
        return [Seen(row["method"], row["uri"], row["status"]) for row in rows]

    def wait(self, count: int) -> list[Seen]:
        """At least so many: a line is written after its answer was sent."""
        return wait_for(f"{count} lines in the access log", lambda: found if len(found := self.read()) >= count else None, 10)
