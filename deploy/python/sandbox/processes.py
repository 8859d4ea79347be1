"""Processes that outlive the command that started them, and that are ended only when they are still the same ones.

A process is known by its id and its start time (the kernel reuses ids): both are kept in ``run/<name>.json``.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .waiting import NotInTime, wait_for

LOG_TAIL_LINES = 15


class StartFailed(RuntimeError):
    """A process ended, or did not become ready; the message holds the end of its log."""


@dataclass(frozen=True)
class Known:
    """A process that was started here."""

    name: str
    pid: int
    started: int

    @property
    def alive(self) -> bool:
        return start_time(self.pid) == self.started

    @property
    def children(self) -> list[int]:
        """Their process ids, also of those of which only the exit status is left; none when it has ended itself."""
        if not self.alive:
            return []
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]


def start_time(pid: int) -> int | None:
    """When the process began, in clock ticks since boot; None when there is none or only its exit status is left."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


class Processes:
    """The processes of one sandbox, by name."""

    def __init__(self, run: Path, log: Path) -> None:
        self.run = run
        self.log = log

    def known(self, name: str) -> Known | None:
        """What was started under this name, whether or not it still runs."""
        try:
            return Known(**json.loads((self.run / f"{name}.json").read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def alive(self, name: str) -> bool:
        known = self.known(name)
        return known is not None and known.alive

    def is_replaced(self, name: str) -> bool:
        """Does it run a program file that has been replaced since?"""
        known = self.known(name)
        return known is not None and known.alive and os.readlink(f"/proc/{known.pid}/exe").endswith(" (deleted)")

    def start(self, name: str, command: Sequence[str | Path], ready: Callable[[], Any], seconds: float = 60.0,
              **options: Any) -> Known:
        """Start detached, output to ``log/<name>.log``, and return once ``ready`` holds. StartFailed if it never does."""
        log_path = self.log / f"{name}.log"
        with log_path.open("ab") as log:
            child = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                     start_new_session=True, **{"cwd": "/", **options})
        known = Known(name, child.pid, start_time(child.pid) or 0)
        (self.run / f"{name}.json").write_text(json.dumps(vars(known)))
        try:
            wait_for(name, lambda: child.poll() is not None or ready(), seconds)
        except NotInTime as problem:
            self.stop(name, seconds=5)
            raise StartFailed(f"{problem}\n{tail(log_path)}") from problem
        if child.poll() is not None:
            raise StartFailed(f"{name} ended at once with exit code {child.returncode}; the end of {log_path}:\n{tail(log_path)}")
        return known

    def send(self, name: str, number: int) -> Known:
        """Send a signal to a process that is still ours; LookupError otherwise."""
        known = self.known(name)
        if known is None or not known.alive:
            raise LookupError(f"{name} does not run")
        os.kill(known.pid, number)
        return known

    def stop(self, name: str, number: int = signal.SIGTERM, seconds: float = 30.0) -> bool:
        """End it gracefully, by force when it does not end in time. True if it ran."""
        known = self.known(name)
        ran = known is not None and known.alive
        if known is not None and ran and not self._end(known, number, seconds):
            os.killpg(known.pid, signal.SIGKILL)
            self._wait(known, 10)
        (self.run / f"{name}.json").unlink(missing_ok=True)
        return ran

    def _end(self, known: Known, number: int, seconds: float) -> bool:
        try:
            os.kill(known.pid, number)
        except ProcessLookupError:
            return True
        return self._wait(known, seconds)

    @staticmethod
    def _wait(known: Known, seconds: float) -> bool:
        """Wait for its end through a descriptor of the process, which no other process can inherit by id."""
        try:
            descriptor = os.pidfd_open(known.pid)
        except ProcessLookupError:
            return True
        try:
            if known.alive and not select.select([descriptor], [], [], seconds)[0]:
                return False
        finally:
            os.close(descriptor)
        reap(known.pid)
        return True


def reap(pid: int) -> int | None:
    """Collect the exit status if it is our own child; None otherwise."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return None
    return os.waitstatus_to_exitcode(status) if ended else None


def tail(path: Path, lines: int = LOG_TAIL_LINES) -> str:
    """The end of a log, for messages."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"
