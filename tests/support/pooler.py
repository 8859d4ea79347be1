"""pgbouncer as docs/several-hosts.md says to set it up: the block of that page, with other addresses."""

from __future__ import annotations

import re
import secrets
import shutil
from pathlib import Path
from typing import Any

from sandbox.layout import REPOSITORY
from sandbox.processes import Processes
from sandbox.waiting import accepts

PROGRAM = Path("/usr/sbin/pgbouncer")
PAGE = REPOSITORY / "docs/several-hosts.md"
ACCOUNT = "postgres"  # as Debian runs it; it refuses to be root


def block(language: str, mark: str) -> str:
    """The one block of the page in this language that holds the mark."""
    found = [text for text in re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.M | re.S) if mark in text]
    assert len(found) == 1, f"{PAGE.name} has {len(found)} blocks of {language} with {mark}"
    return found[0]


def replaced(text: str, replacements: dict[str, str]) -> str:
    """With other addresses; each must have something to replace."""
    for old, new in replacements.items():
        assert old in text, f"{PAGE.name} no longer says {old!r}"
        text = text.replace(old, new)
    return text


class Pooler:
    """One pgbouncer in front of one cluster. ``server`` is the host that it finds PostgreSQL at: a name, or the directory of a socket."""

    def __init__(self, processes: Processes, directory: Path, address: tuple[str, int], server: str, sessions: int, **how: Any) -> None:
        self.processes, self.directory, self.address, self.server, self.sessions, self.how = processes, directory, address, server, sessions, how
        self.password = secrets.token_urlsafe(15)

    @property
    def url(self) -> str:
        return f"postgresql://transload:{self.password}@{self.address[0]}:{self.address[1]}/transload"

    def start(self, leave_out: str = "") -> None:
        """``leave_out``: a setting of the page that this pooler does without."""
        self.directory.mkdir(exist_ok=True)
        (self.directory / "userlist.txt").write_text(f'"transload" "{self.password}"\n')
        text = replaced(block("ini", "pool_mode"), {
            "host=127.0.0.1": f"host={self.server}", "pool_size=20": f"pool_size={self.sessions}", "listen_addr = 10.0.1.20": f"listen_addr = {self.address[0]}",
            "listen_port = 6432": f"listen_port = {self.address[1]}", "/etc/pgbouncer": str(self.directory)})
        if leave_out:
            text = replaced(text, {leave_out: "client_min_messages = warning"})
        (self.directory / "pgbouncer.ini").write_text(text + "unix_socket_dir =\n")
        for path in (self.directory, *self.directory.iterdir()):
            shutil.chown(path, ACCOUNT)
        command = [PROGRAM, "-q", "-u", ACCOUNT, self.directory / "pgbouncer.ini"]
        self.processes.start("pgbouncer", [*self.how.get("inside", []), *command], self.how.get("ready") or self.accepts)

    def accepts(self) -> bool:
        return accepts(self.address)

    def stop(self) -> None:
        """INT waits for transactions and TERM does not, as when a host goes down."""
        self.processes.stop("pgbouncer")
