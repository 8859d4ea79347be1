"""The transload program: its settings file, its commands, its long-lived processes."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

from .layout import Layout
from .processes import Processes
from .waiting import accepts

POOLS = ("api", "upload")
DRAIN_SECONDS = 20


class CommandFailed(RuntimeError):
    """A transload command ended with an error; the message is what it printed."""


class Program:
    """One built binary with one settings file."""

    def __init__(self, binary: Path, layout: Layout, processes: Processes, environment: dict[str, str]) -> None:
        self.binary = binary.resolve()
        self.layout = layout
        self.processes = processes
        self.environment = environment

    def write_settings(self, values: dict[str, str]) -> None:
        """Write KEY=value lines, readable by the owner only: they hold secrets."""
        text = "".join(f"{key}={value}\n" for key, value in sorted(values.items()))
        self.layout.settings.touch(mode=0o600)
        self.layout.settings.chmod(0o600)
        self.layout.settings.write_text(text)

    def run(self, *arguments: str, input: str | None = None, check: bool = True,
            environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """One administrative command, to its end."""
        command = [str(self.binary), *arguments, "--settings", str(self.layout.settings)]
        done = subprocess.run(command, input=input if input is not None else "", text=True, capture_output=True, cwd="/",
                              env=self._environment(environment), timeout=120)
        if check and done.returncode != 0:
            raise CommandFailed(f"transload {' '.join(arguments)}: exit code {done.returncode}\n{done.stderr or done.stdout}")
        return done

    def json(self, *arguments: str, input: str | None = None) -> Any:
        """The same with --json, its output read."""
        return json.loads(self.run(*arguments, "--json", input=input).stdout)

    def has_globus(self) -> bool:
        """Was it built with it?"""
        return bool(self.json("version")["globus"])

    def start(self, environment: dict[str, str] | None = None) -> None:
        """Both pools and the agent; each pool is ready when its socket takes connections."""
        for pool in POOLS:
            self.start_pool(pool, environment)
        self.start_agent(environment)

    def start_pool(self, pool: str, environment: dict[str, str] | None = None) -> None:
        socket = str(self.layout.sockets / f"{pool}.sock")
        self.processes.start(pool, self._command("serve", pool), lambda: accepts(socket), env=self._environment(environment))

    def start_agent(self, environment: dict[str, str] | None = None) -> None:
        self.processes.start("agent", self._command("agent"), lambda: True, env=self._environment(environment))

    def stop(self) -> None:
        """The agent and both pools at once: they drain side by side."""
        names = ("agent", *POOLS)
        for name in names:
            if self.processes.alive(name):
                self.processes.send(name, signal.SIGTERM)
        for name in names:
            self.processes.stop(name, seconds=DRAIN_SECONDS + 10)

    def _command(self, *words: str) -> list[str | Path]:
        return [self.binary, *words, "--settings", self.layout.settings]

    def _environment(self, more: dict[str, str] | None) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **self.environment, **(more or {})}
