"""A PostgreSQL cluster of the sandbox's own, reached through a unix socket in a directory nobody else may enter."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg

from .layout import SOCKET_PATH_MAX, Layout, private_directory
from .processes import Processes

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
FALLBACK_PARENT = Path("/var/lib")
DATABASE = "transload"
PORT = 5432  # only the name of the socket: nothing listens on TCP


class Cluster:
    """PostgreSQL refuses to run as root, so root runs it as ``postgres``, in a place that user can reach."""

    def __init__(self, layout: Layout, processes: Processes, durable: bool = True) -> None:
        self.processes = processes
        self.durable = durable
        self.account = "postgres" if os.geteuid() == 0 else None
        self.root = self._place(layout)
        self.data = self.root / "data"

    def _place(self, layout: Layout) -> Path:
        """Below the state directory, unless ``postgres`` cannot get there (a clone below /root) or the path is too long."""
        wanted = layout.state / "postgres"
        too_long = len(f"{wanted}/.s.PGSQL.{PORT}") > SOCKET_PATH_MAX
        if not too_long and (self.account is None or self._may_enter(layout.state)):
            return wanted
        return private_directory(FALLBACK_PARENT, layout.state)

    def _may_enter(self, directory: Path) -> bool:
        return subprocess.run(["/usr/bin/test", "-x", directory], cwd="/", **self._as_account()).returncode == 0

    def _as_account(self) -> dict[str, object]:
        if self.account is None:
            return {}
        entry = pwd.getpwnam(self.account)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [entry.pw_gid]}

    @property
    def url(self) -> str:
        """A connection URL that libpq and its relatives understand."""
        return self._url_of(DATABASE)

    def _url_of(self, database: str) -> str:
        return f"postgresql://transload@{quote(str(self.root), safe='')}:{PORT}/{database}"

    def start(self) -> None:
        """Make the cluster when there is none yet, start it, make the database."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self.processes.start("postgres", [PROGRAMS / "postgres", "-D", self.data], self._accepts, **self._as_account())
        self._make_database()

    def stop(self) -> bool:
        """A fast shutdown: sessions are ended, everything acknowledged is on disk."""
        return self.processes.stop("postgres", signal.SIGINT)

    def remove(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def _create(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)
        if self.account:
            shutil.chown(self.root, self.account, self.account)
        shutil.rmtree(self.data, ignore_errors=True)  # what an interrupted initdb left
        command = [PROGRAMS / "initdb", "-D", self.data, "-U", "transload", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
                   "--auth-local=trust", "--auth-host=reject"]
        subprocess.run(command, cwd="/", check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"}, **self._as_account())
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(self._settings())

    def _settings(self) -> str:
        lines = ["listen_addresses = ''", f"unix_socket_directories = '{self.root}'", f"port = {PORT}",
                 "unix_socket_permissions = 0700", "max_connections = 100", "timezone = 'UTC'", "log_timezone = 'UTC'"]
        if not self.durable:  # tests kill processes, not machines
            lines += ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]
        return "\n".join(lines) + "\n"

    def _accepts(self) -> bool:
        try:
            psycopg.connect(self._url_of("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _make_database(self) -> None:
        with psycopg.connect(self._url_of("postgres"), autocommit=True) as connection:
            there = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
            if not there:
                connection.execute(f"create database {DATABASE}")
