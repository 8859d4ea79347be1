"""The booted system: commands in it, files of it, its nginx as people see it."""

from __future__ import annotations

import os
import pty
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

    def shell(self, block: str, cwd: str = "/root") -> str:
        """A block as a person pastes it into a shell of root's, but that it ends at the first command that fails."""
        return self.run("bash", "-ec", f"cd {cwd}\n{block}")

    def answer(self, block: str, *answers: tuple[str, str]) -> str:
        """The same at a terminal, each answer typed when its prompt has appeared."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execvpe("nsenter", ["nsenter", "-t", str(self.leader), "-a", "--", "timeout", "--foreground", "60", "bash", "-ec", block], ENVIRONMENT)
        said = b""
        for prompt, text in answers:
            while prompt.encode() not in said:
                said += self.read_terminal(terminal) or self.end_of(pid, block, said)
            os.write(terminal, text.encode() + b"\n")
            said = said.partition(prompt.encode())[2]
        while more := self.read_terminal(terminal):
            said += more
        os.close(terminal)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if status != 0:
            raise CommandFailed(f"{block}: exit code {status}\n{said.decode()}")
        return said.decode()

    @staticmethod
    def read_terminal(terminal: int) -> bytes:
        """What there is to read; nothing at its end, which Linux calls an error."""
        try:
            return os.read(terminal, 4096)
        except OSError:
            return b""

    @staticmethod
    def end_of(pid: int, block: str, said: bytes) -> bytes:
        os.waitpid(pid, 0)
        raise CommandFailed(f"{block}: ended before it asked\n{said.decode()}")

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
