"""What several clients did to tags at once, and whether what is there in the end can have come of it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

NEVER = float("inf")


@dataclass(frozen=True)
class Event:
    """One push or delete of a tag. ``digest`` None: afterwards there is none."""

    tag: str
    digest: str | None
    began: float
    ended: float  # NEVER: the answer was lost, so it may still have its effect, or never

    @property
    def acknowledged(self) -> bool:
        return self.ended < NEVER


@dataclass
class History:
    """Events of all clients. Refused ones are not kept: they changed nothing."""

    events: list[Event] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, tag: str, digest: str | None, began: float, acknowledged: bool) -> None:
        with self._lock:
            self.events.append(Event(tag, digest, began, time.monotonic() if acknowledged else NEVER))

    def of(self, tag: str) -> list[Event]:
        return [event for event in self.events if event.tag == tag]

    def possible(self, tag: str) -> set[str | None]:
        """What the tag may show: the outcome of each event that no acknowledged one began after."""
        events = [Event(tag, None, 0, 0), *self.of(tag)]
        last_began = max((event.began for event in events if event.acknowledged), default=0)
        return {event.digest for event in events if event.ended >= last_began}
