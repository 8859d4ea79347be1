"""Waiting for conditions, never for time to pass."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
POLL_SECONDS = 0.02


class NotInTime(RuntimeError):
    """A condition did not come true before its deadline."""


def wait_for(what: str, condition: Callable[[], T], seconds: float = 30.0) -> T:
    """Return the first true value of ``condition``; NotInTime names ``what`` was awaited and the last error."""
    deadline = time.monotonic() + seconds
    problem: Exception | None = None
    while True:
        try:
            value = condition()
            problem = None
            if value:
                return value
        except (OSError, ValueError, LookupError) as error:  # not there yet, or not whole yet
            problem = error
        if time.monotonic() >= deadline:
            raise NotInTime(f"{what}: not after {seconds:g} s" + (f" ({problem})" if problem else ""))
        time.sleep(POLL_SECONDS)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that the kernel just gave out and that is free again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def port_is_taken(port: int) -> bool:
    """Whether something else listens on 127.0.0.1 (an old connection that lingers does not count)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def accepts(address: str | tuple[str, int]) -> bool:
    """Whether a unix path or TCP address takes connections."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as probe:
        probe.settimeout(1)
        probe.connect(address)
    return True
