"""Failures on demand: which calls to spoil, how often, and in what way (§5, third column)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from .messages import JSON_TYPE, Reply

ANY_AUTH = "any Auth call"
ANY_TRANSFER = "any Transfer call"


@dataclass
class Delivery:
    """A reply and the way it travels: late, cut short, or lost with the connection."""

    reply: Reply
    delay_s: float = 0.0
    truncate: int | None = None
    reset: bool = False


@dataclass
class Fault:
    """One switch set by ``POST /control/fail``; ``times`` counts down, -1 means until removed.

    ``after`` is "accept" to carry the call out and lose the answer with the connection, "reply" to
    carry it out and answer with ``status`` and ``body`` all the same. ``sample`` names a ready-made
    error document of ``samples.py``. Without any of these the true answer is sent, only later
    (``delay_s``), shorter (``truncate``) or with more ``headers``.
    """

    calls: tuple[str, ...]
    times: int = 1
    status: int | None = None
    body: Any = None
    sample: str | None = None
    after: str | None = None
    reset: bool = False
    delay_s: float = 0.0
    truncate: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def carries_out(self) -> bool:
        """Whether the call still takes effect."""
        return self.after is not None or not (self.reset or self.replaces_reply)

    @property
    def replaces_reply(self) -> bool:
        return self.status is not None or self.body is not None or self.sample is not None

    @property
    def loses_connection(self) -> bool:
        return self.reset or self.after == "accept"

    def canned_reply(self) -> Reply:
        return body_reply(self.status or 200, self.body)

    def deliver(self, reply: Reply) -> Delivery:
        reply.headers.update(self.headers)
        return Delivery(reply, self.delay_s, self.truncate, self.loses_connection)


def body_reply(status: int, body: Any) -> Reply:
    """A string travels as it is, everything else as JSON."""
    if not isinstance(body, str):
        return Reply(status, json.dumps(body if body is not None else {}).encode(), JSON_TYPE)
    kind = "text/html" if body.lstrip().startswith("<") else "text/plain"
    return Reply(status, body.encode(), f"{kind}; charset=utf-8")


class FaultPlan:
    """The faults waiting for their calls, oldest first."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Queue a fault; ``times`` 0 takes back what was queued for the same calls."""
        if fault.times == 0:
            self.waiting = [f for f in self.waiting if not set(f.calls) & set(fault.calls)]
        else:
            self.waiting.append(fault)

    def take(self, call: str, wildcard: str | None) -> Fault | None:
        """The fault due for this call, counted as used."""
        for fault in self.waiting:
            if call in fault.calls or (wildcard and wildcard in fault.calls):
                self._count(fault)
                return fault
        return None

    def _count(self, fault: Fault) -> None:
        if fault.times > 0:
            fault.times -= 1
        if fault.times == 0:
            self.waiting.remove(fault)


def call_names(names: str) -> tuple[str, ...]:
    """Split the contract's combined rows: ``a, b`` is two calls, ``access list/create`` also."""
    calls: list[str] = []
    for name in names.split(", "):
        first, *others = name.split("/")
        stem = first.rpartition(" ")[0]
        calls += [first, *(f"{stem} {other}".strip() for other in others)]
    return tuple(calls)
