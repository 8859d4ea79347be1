"""Where a sandbox keeps things, and what it was asked to be."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
SOCKET_PATH_MAX = 107  # sun_path of a unix socket, without its final zero byte


@dataclass
class Options:
    """What differs between ./deploy/sandbox and the sandboxes of the tests."""

    state: Path = REPOSITORY / "var"
    binary: Path = REPOSITORY / "build/release/transload"
    port: int = 8080
    sregistry: Path = REPOSITORY / "var/venv-sregistry/bin/sregistry"
    users: tuple[str, ...] = ("admin", "alice", "bob", "carol")
    settings: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    images: Path | None = None
    durable: bool = True

    @classmethod
    def from_environment(cls) -> Options:
        """The options of ./deploy/sandbox: SANDBOX_PORT and SANDBOX_BINARY."""
        options = cls()
        options.binary = Path(os.environ.get("SANDBOX_BINARY", options.binary))
        options.port = int(os.environ.get("SANDBOX_PORT", options.port))
        return options


class Layout:
    """The files of one sandbox below its state directory."""

    def __init__(self, state: Path, images: Path | None = None) -> None:
        self.state = state.resolve()
        self.images = images or self.state / "images"
        self.run = self.state / "run"
        self.log = self.state / "log"
        self.globus = self.state / "globus"
        self.nginx = self.state / "nginx"
        self.demo = self.state / "demo"
        self.screenshots = self.state / "screenshots"
        self.settings = self.state / "transload.conf"
        self.secrets = self.state / "secrets.json"
        self.description = self.state / "sandbox.json"
        self.lock = self.state / "lock"

    def make(self) -> None:
        """Create the directories that every part expects."""
        for directory in (self.state, self.images, self.run, self.log, self.globus, self.nginx, self.demo):
            directory.mkdir(parents=True, exist_ok=True)
        self.log.chmod(0o700)
        self.run.chmod(0o700)

    def everything(self) -> list[Path]:
        """What ``reset`` removes: all but the installed tools, which are no state."""
        return [self.images, self.run, self.log, self.globus, self.nginx, self.demo, self.screenshots,
                self.settings, self.secrets, self.description]

    @property
    def sockets(self) -> Path:
        """Directory of the FastCGI sockets: below ``run``, or a short private one when that path is too long for a socket."""
        if len(str(self.run / "upload.sock")) <= SOCKET_PATH_MAX:
            return self.run
        return private_directory(Path(tempfile.gettempdir()), self.state)


def private_directory(parent: Path, state: Path) -> Path:
    """A directory outside the state directory that belongs to it alone, with a name that is the same every time."""
    name = hashlib.sha256(str(state).encode()).hexdigest()[:12]
    directory = parent / f"transload-sandbox-{name}"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if directory.is_symlink() or directory.stat().st_uid not in (os.geteuid(), _postgres_uid()):
        raise RuntimeError(f"{directory} belongs to somebody else")
    return directory


def _postgres_uid() -> int:
    import pwd

    try:
        return pwd.getpwnam("postgres").pw_uid
    except KeyError:
        return -1
