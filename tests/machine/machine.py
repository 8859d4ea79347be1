"""The booted system: commands in it, files of it, its nginx as people see it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}


class CommandFailed(AssertionError):
    """A command in the system ended with an error; the message is what it printed."""


class Machine:
    """``leader`` is its first process as seen from here, ``root`` its files. We are in its network already."""

    def __init__(self, leader: int, root: Path) -> None:
        self.leader = leader
        self.root = root

    def run(self, *command: str, user: str = "root", input: str = "", check: bool = True) -> str:
        """One command to its end; both outputs."""
        become = [] if user == "root" else ["runuser", "-u", user, "--"]
        done = subprocess.run(["nsenter", "-t", str(self.leader), "-a", "--", *become, *command], env=ENVIRONMENT, input=input, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, cwd="/")
        if check and done.returncode != 0:
            raise CommandFailed(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout[-3000:]}")
        return done.stdout

    def transload(self, *arguments: str, input: str = "") -> str:
        return self.run("transload", *arguments, user="transload", input=input)

    def install(self, package: Path) -> str:
        """``apt install FILE``, from a directory that apt's own account may read."""
        shutil.copy(package, self.root / "var/cache/apt")
        return self.run("apt-get", "install", "-y", "-q", f"/var/cache/apt/{package.name}")

    def path(self, inside: str) -> Path:
        return self.root / inside.lstrip("/")

    def write(self, inside: str, text: str, mode: int = 0o644) -> None:
        """A file of root's."""
        path = self.path(inside)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def set(self, inside: str, **values: str) -> None:
        """Add lines to a settings file in place of those with the same key, as an editor would: owner and mode stay."""
        path = self.path(inside)
        kept = [line for line in path.read_text().splitlines() if line.split("=")[0] not in values]
        path.write_text("\n".join([*kept, *(f"{key}={value}" for key, value in values.items()), ""]))
