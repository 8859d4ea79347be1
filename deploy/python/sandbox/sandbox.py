"""One sandbox: bring it up, take it down, say how it is."""

from __future__ import annotations

import fcntl
import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from .database import Cluster
from .layout import Layout, Options
from .nginx import Nginx
from .processes import Processes
from .program import Program
from .standin import CLIENT_ID, SOURCE_ID, Standin
from .waiting import free_port, port_is_taken, wait_for

PARTS = ("postgres", "globus", "api", "upload", "agent", "nginx")


class PortTaken(RuntimeError):
    """Somebody else listens where nginx should."""


class Sandbox:
    """Everything of one state directory. Idempotent: what runs already is left running."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.layout = Layout(options.state, options.images)
        self.layout.make()
        self.processes = Processes(self.layout.run, self.layout.log)
        self.kept = self._read_kept()
        self.port = self._port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = Cluster(self.layout, self.processes, options.durable)
        self.standin = Standin(self.layout, self.processes, self.kept["globus_port"])
        self.program = Program(options.binary, self.layout, self.processes, options.environment)
        self.nginx = Nginx(self.layout, self.processes, self.port, options.binary.parent / "www")

    # -- what is remembered ---------------------------------------------------------------------

    def _read_kept(self) -> dict[str, Any]:
        """Secrets, ports and users, made once and kept until ``reset``."""
        try:
            return json.loads(self.layout.secrets.read_text())
        except (OSError, ValueError):
            return {"secret_key": secrets.token_hex(32), "client_secret": secrets.token_urlsafe(24), "port": self.options.port,
                    "globus_port": free_port(), "users": []}

    def _keep(self) -> None:
        _write_private(self.layout.secrets, self.kept)

    def _port(self) -> int:
        """The port of a running nginx stays; otherwise the one asked for."""
        return self.kept["port"] if self.processes.alive("nginx") else self.options.port

    # -- commands -------------------------------------------------------------------------------

    def up(self) -> None:
        """Start what does not run, create the users, describe it all in sandbox.json."""
        with self._locked():
            self._check_ports()
            self._keep()
            self._start()
            self._make_users()
            wait_for("the registry's answer that it is ready", self.is_ready, 60)
            _write_private(self.layout.description, self.describe())

    def down(self) -> list[str]:
        """Stop everything, front to back. The names of what ran."""
        with self._locked():
            ran = [name for name in PARTS if self.processes.alive(name)]
            self.nginx.stop()
            self.program.stop()
            self.processes.stop("globus")
            self.database.stop()
            self.layout.description.unlink(missing_ok=True)
            return ran

    def status(self) -> dict[str, int | None]:
        """Process id of each part, None when it does not run."""
        known = {name: self.processes.known(name) for name in PARTS}
        return {name: k.pid if k and k.alive else None for name, k in known.items()}

    def wipe(self) -> None:
        """Forget everything but the installed tools."""
        self.down()
        self.database.remove()
        for path in self.layout.everything():
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    # -- parts ----------------------------------------------------------------------------------

    def _check_ports(self) -> None:
        if not self.processes.alive("nginx") and port_is_taken(self.port):
            raise PortTaken(f"Port {self.port} of 127.0.0.1 is taken by another program. Stop that one, or choose another port:\n"
                            f"  SANDBOX_PORT=8081 ./deploy/sandbox up")
        if not self.processes.alive("globus") and port_is_taken(self.kept["globus_port"]):
            self.kept["globus_port"] = free_port()
            self.standin = Standin(self.layout, self.processes, self.kept["globus_port"])
        self.kept["port"] = self.port

    def _start(self) -> None:
        alive = self.processes.alive
        self._stop_old_program()
        if not alive("postgres"):
            self.database.start()
        self.program.write_settings(self.settings())
        self.program.run("migrate")
        if not alive("globus"):
            self.standin.start(self.url, self.kept["client_secret"], self.settings()["GLOBUS_SOURCE_ACCESS"])
        for pool in ("api", "upload"):
            if not alive(pool):
                self.program.start_pool(pool)
        if not alive("agent"):
            self.program.start_agent()
        if not alive("nginx"):
            self.nginx.configure(self.standin.url)
            self.nginx.start()

    def _stop_old_program(self) -> None:
        """After a build, what runs is no longer what lies on disk: let it finish and make room."""
        if any(self.processes.is_replaced(name) for name in ("api", "upload", "agent")):
            self.program.stop()

    def settings(self) -> dict[str, str]:
        """The settings file's content; options add to it or replace."""
        values = {
            "DOMAIN_NAME": self.url, "REGISTRY_NAME": "Transload sandbox", "REGISTRY_URI": "transload",
            "HELP_CONTACT_EMAIL": "admin@localhost", "DATABASE_URL": self.database.url, "IMAGES_ROOT": str(self.layout.images),
            "SECRET_KEY": self.kept["secret_key"], "API_SOCKET": str(self.layout.sockets / "api.sock"),
            "UPLOAD_SOCKET": str(self.layout.sockets / "upload.sock"), "API_WORKERS": "4", "UPLOAD_WORKERS": "4",
            "DRAIN_TIMEOUT": "20", "ENABLE_GLOBUS": "true", "SOCIAL_AUTH_GLOBUS_KEY": CLIENT_ID,
            "SOCIAL_AUTH_GLOBUS_USERNAME": f"{CLIENT_ID}@clients.auth.globus.org",
            "SOCIAL_AUTH_GLOBUS_SECRET": self.kept["client_secret"], "PLUGIN_GLOBUS_ENDPOINT": SOURCE_ID,
            "GLOBUS_SOURCE_ACCESS": "public", "GLOBUS_AUTH_URL": self.standin.url, "GLOBUS_TRANSFER_URL": self.standin.url,
            "GLOBUS_APP_URL": self.standin.url, "AGENT_INTERVAL": "1", "LOGIN_METHODS": "both", "GLOBUS_SIGNUP": "uni.example",
        }
        if not self.program.has_globus():
            values |= {"ENABLE_GLOBUS": "false", "LOGIN_METHODS": "local"}
        return {**values, **self.options.settings}

    def is_ready(self) -> bool:
        return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200

    # -- users ----------------------------------------------------------------------------------

    def _make_users(self) -> None:
        """Create those that are missing, with random passwords and a client token each."""
        there = {user["username"] for user in self.kept["users"]}
        for name in self.options.users:
            if name not in there:
                self.add_user(name, admin=name == "admin")

    def add_user(self, name: str, admin: bool = False) -> dict[str, Any]:
        password = secrets.token_urlsafe(15)
        self.program.run("user", "add", name, *(["--admin"] if admin else []), "--password-stdin", input=password + "\n")
        token = self.program.json("user", "token", name)["token"]
        user = {"username": name, "password": password, "token": token, "admin": admin}
        self.kept["users"].append(user)
        self._keep()
        return user

    def user(self, name: str) -> dict[str, Any]:
        return next(user for user in self.kept["users"] if user["username"] == name)

    # -- description ----------------------------------------------------------------------------

    def describe(self) -> dict[str, Any]:
        """The content of sandbox.json: outside tools rely on these names."""
        return {
            "base_url": self.url,
            "users": self.kept["users"],
            "images_root": str(self.layout.images),
            "database_url": self.database.url,
            "globus": self.standin.describe(),
            "pids": {name: pid for name, pid in self.status().items() if pid is not None},
        }

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One command at a time on this state directory."""
        with self.layout.lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _write_private(path: Path, content: Any) -> None:
    """Replace a file as a whole, readable by its owner only from its first byte on."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(json.dumps(content, indent=2) + "\n")
    new.replace(path)
