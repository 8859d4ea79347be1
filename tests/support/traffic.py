"""What came to nginx, from its own access log: which requests a client made, in which order, and how each was answered."""

from __future__ import annotations

import json
from dataclasses import dataclass

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

    def read(self) -> list[Seen]:
        with self.log.open() as log:
            log.seek(self.start)
            rows = [json.loads(line) for line in log if line.endswith("\n")]
        return [Seen(row["method"], row["uri"], row["status"]) for row in rows]

    def wait(self, count: int) -> list[Seen]:
        """At least so many: a line is written after its answer was sent."""
        return wait_for(f"{count} lines in the access log", lambda: found if len(found := self.read()) >= count else None, 10)
