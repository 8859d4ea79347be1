"""kill -9 of one part of a running sandbox, as a machine's memory killer would, and its return."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable

import psycopg

from sandbox.processes import reap, start_time
from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from pool import workers


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it ended by itself meanwhile


def kill_all(sandbox: Sandbox, part: str) -> None:
    """The first process of a part and all its children; returns when they are gone."""
    known = sandbox.processes.known(part)
    if known is None or not known.alive:
        return
    pids = [known.pid, *known.children]
    for pid in pids:
        kill(pid)
    wait_for(f"{part}'s end", lambda: all(start_time(pid) is None for pid in pids), 30)
    reap(known.pid)  # PostgreSQL takes a process that is dead and not buried for one that lives


class Killer:
    """Ends parts at random. What no parent of its own starts again is started here."""

    def __init__(self, sandbox: Sandbox, random: random.Random) -> None:
        self.sandbox = sandbox
        self.random = random
        self.done: list[str] = []
        self.ways: dict[str, Callable[[], None]] = {
            "an upload worker": lambda: self._one(workers(sandbox, "upload")),
            "an api worker": lambda: self._one(workers(sandbox, "api")),
            "an nginx worker": lambda: self._one(sandbox.nginx.workers()),
            "a PostgreSQL backend": self._backend,
            "the upload pool": lambda: self._part("upload", lambda: sandbox.program.start_pool("upload")),
            "nginx": lambda: self._part("nginx", sandbox.nginx.start),
            "PostgreSQL": lambda: self._part("postgres", sandbox.database.start),
        }

    def strike(self, way: str | None = None) -> str:
        """One kill. Returns when what was killed is there again, or is on its way by its parent."""
        way = way or self.random.choice(list(self.ways))
        self.ways[way]()
        self.done.append(way)
        return way

    def _one(self, pids: list[int]) -> None:
        if pids:
            kill(self.random.choice(pids))

    def _part(self, part: str, start: Callable[[], None]) -> None:
        kill_all(self.sandbox, part)
        start()

    def _backend(self) -> None:
        """One of the registry's sessions; PostgreSQL then ends all others and recovers from its log."""
        try:
            with psycopg.connect(self.sandbox.database.url, autocommit=True) as connection:
                found = connection.execute("select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()")
                self._one(sorted(pid for (pid,) in found.fetchall()))
        except psycopg.OperationalError:
            pass  # it is recovering already
