"""Where the benches run: a sandbox of the release build, and in its nginx what it is measured against."""

from __future__ import annotations

import shutil
from pathlib import Path

import requests

from sandbox.layout import REPOSITORY, Options
from sandbox.sandbox import Sandbox
from sandbox.waiting import accepts, free_port, wait_for

from pushing import Pusher

RELEASE = REPOSITORY / "build/release"
WORKERS = 8  # of the api pool, and of theirs
SETTINGS = {"API_WORKERS": str(WORKERS), "UPLOAD_WORKERS": "32"}  # the defaults; sandboxes for people have fewer
KEPT_WORKERS = 80  # each kept connection holds one: more than two nginx workers keep (2 x 32)
THEIRS = {"hello": WORKERS, "hello-kept": KEPT_WORKERS, "lookup": WORKERS}


class Place:
    """One sandbox, its user alice, and a second server in its nginx."""

    def __init__(self) -> None:
        self.options = Options(state=REPOSITORY / "var/bench", binary=RELEASE / "transload", port=free_port(), users=("alice",),
                               settings=SETTINGS)
        self.sandbox = Sandbox(self.options)
        self.port = free_port()
        self.theirs = f"http://127.0.0.1:{self.port}"
        self.files = self.sandbox.layout.state / "files"

    @property
    def ours(self) -> str:
        return self.sandbox.url

    @property
    def images(self) -> Path:
        return self.sandbox.layout.images

    def __enter__(self) -> Place:
        self._clear()  # what an interrupted run left, and its users
        self.sandbox = Sandbox(self.options)
        (self.files / "body").mkdir(parents=True)
        for directory in (self.files, self.files / "body"):
            directory.chmod(0o777)  # nginx may run as another user
        try:
            self.sandbox.up()
            self._start_theirs()
            self._extend_nginx()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()
        shutil.rmtree(self.sandbox.layout.state, ignore_errors=True)

    def _clear(self) -> None:
        for name in THEIRS:
            self.sandbox.processes.stop(name)
        self.sandbox.wipe()
        shutil.rmtree(self.files, ignore_errors=True)

    def _start_theirs(self) -> None:
        for name, workers in THEIRS.items():
            socket = str(self.sandbox.layout.sockets / f"{name}.sock")
            database = [self.sandbox.database.url] if name == "lookup" else []
            self.sandbox.processes.start(name, [RELEASE / "tests/bench/bench_bare", socket, str(workers), *database],
                                         lambda socket=socket: accepts(socket))

    def _extend_nginx(self) -> None:
        layout = self.sandbox.layout
        text = (Path(__file__).parent / "nginx.conf").read_text()
        values = {"sockets": layout.sockets, "images": self.images, "log": layout.log, "state": layout.state, "port": self.port}
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        (layout.nginx / "bench.conf").write_text(text)
        self.add_server("    include bench.conf;\n", self.port)

    def add_server(self, text: str, port: int) -> None:
        """Put a server on this port into the running nginx. Returns when no worker is left that knows it not, nor a connection to one."""
        nginx, main = self.sandbox.nginx, self.sandbox.layout.nginx / "sandbox.conf"
        main.write_text(main.read_text().replace("    server {", f"{text}    server {{", 1))
        before = set(nginx.workers())
        nginx.reload()
        wait_for(f"a server on port {port}", lambda: accepts(("127.0.0.1", port)))
        wait_for("nginx's old workers to end", lambda: before.isdisjoint(nginx.workers()))

    # -- alice ----------------------------------------------------------------------------------

    def pusher(self, collection: str, name: str = "image", tag: str = "latest") -> Pusher:
        alice = self.sandbox.user("alice")
        return Pusher(self.ours, "alice", alice["token"], collection, name, tag)

    def sign_in(self) -> str:
        """The session's cookie, as a header's value."""
        alice = self.sandbox.user("alice")
        answer = requests.post(f"{self.ours}/api/login", json={"username": "alice", "password": alice["password"]}, timeout=30)
        answer.raise_for_status()
        return "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
