"""The container images without an engine: ``images.py build HERE`` and, in namespaces of its own, ``images.py run HERE``; called by tests/container.

What an engine adds is not tried: layers, names, networks, volumes, the image of PostgreSQL (here the machine's own).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import requests
import yaml

from pushing import Pusher
from sandbox.layout import REPOSITORY
from sandbox.waiting import wait_for

COMPOSE = yaml.safe_load((REPOSITORY / "deploy/container/compose.yaml").read_text())
ACCOUNT = "990"
URL = "http://127.0.0.1"
POSTGRES = max(Path("/usr/lib/postgresql").glob("*/bin"))


def run(*command: str | Path, **more: object) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=900, **more)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{' '.join(map(str, command))}: {done.stdout[-2000:]}"
    return str(done.stdout)


# -- building -----------------------------------------------------------------------------------------


class Build:
    """The instructions of the Containerfile, each on a root directory."""

    def __init__(self, here: Path) -> None:
        self.here, self.context = here, here / "context"
        self.root = here  # of the stage that is being made
        self.directory, self.arguments = "/", dict[str, str]()

    def all(self) -> None:
        shutil.rmtree(self.context, ignore_errors=True)
        self.context.mkdir()
        # What .dockerignore leaves: no build, no var, no history.
        run("sh", "-c", f"git ls-files -z | xargs -0 cp -a --parents -t {self.context}", cwd=REPOSITORY)
        text = re.sub(r"^#.*\n", "", (REPOSITORY / "deploy/container/Containerfile").read_text(), flags=re.M).replace("\\\n", " ")
        for line in filter(str.strip, text.splitlines()):
            print(line, flush=True)
            name, _, rest = line.partition(" ")
            getattr(self, f"do_{name.lower()}", lambda _: None)(rest)  # ENTRYPOINT and its like are for the engine

    def do_from(self, rest: str) -> None:
        image, stage = rest.split(" AS ")
        before = self.here / image if (self.here / image).exists() else self.here / "debian"
        self.root, self.directory, self.arguments = self.here / stage, "/", {}
        run("rm", "-rf", "--one-file-system", self.root)
        run("cp", "-a", "--reflink=auto", before, self.root)

    def do_arg(self, rest: str) -> None:
        name, _, value = rest.partition("=")
        self.arguments[name] = value

    def do_workdir(self, rest: str) -> None:
        self.directory = rest
        self.inside(rest).mkdir(parents=True, exist_ok=True)

    def do_run(self, rest: str) -> None:
        variables = {"DEBIAN_FRONTEND": "noninteractive", **self.arguments}
        print(run("systemd-nspawn", "-q", "-D", self.root, "--register=no", "--keep-unit", "--pipe", "--resolv-conf=copy-host", f"--chdir={self.directory}",
                  *[f"--setenv={name}={value}" for name, value in variables.items()], "sh", "-c", rest, stdin=subprocess.DEVNULL))

    def do_copy(self, rest: str) -> None:
        *sources, to = rest.split()
        origin = self.here / sources.pop(0).removeprefix("--from=") if sources[0].startswith("--from=") else self.context
        for source in sources:
            path, target = origin / source.lstrip("/"), self.inside(to)
            (target if path.is_dir() or to.endswith("/") else target.parent).mkdir(parents=True, exist_ok=True)
            run("cp", "-a", f"{path}/." if path.is_dir() else path, target)

    def inside(self, path: str) -> Path:
        return self.root / (path if path.startswith("/") else f"{self.directory}/{path}").lstrip("/")


# -- running ------------------------------------------------------------------------------------------


class Services:
    """What compose.yaml describes, from those directories."""

    def __init__(self, here: Path) -> None:
        self.here, self.shared = here, here / "shared"
        self.program, self.nginx = here / "program", here / "nginx"
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.token = ""

    def secrets_and_settings(self) -> str:
        """By the block of docs/containers.md."""
        shutil.rmtree(self.shared, ignore_errors=True)
        self.shared.mkdir(mode=0o755)
        (block,) = re.findall(r"^```sh\n(.*?)^```$", (REPOSITORY / "docs/containers.md").read_text(), re.M | re.S)
        shutil.copytree(REPOSITORY / "deploy/container/settings", self.shared / "settings")
        run("sh", "-ec", block, cwd=self.shared)
        return ", ".join(sorted(path.name for path in (self.shared / "secrets").iterdir()))

    def database(self) -> str:
        """In place of the service db, under its name."""
        data, password = self.shared / "database", self.shared / "password"
        data.mkdir()
        shutil.copy(self.shared / "secrets/database_password", password)
        for path in (data, password):
            shutil.chown(path, "postgres")
        run("ip", "link", "set", "lo", "up")
        # The cluster lies below a directory that only root may enter.
        run("mount", "--mkdir", "--bind", self.shared, "/run/transload-container")
        inside = Path("/run/transload-container")
        run("runuser", "-u", "postgres", "--", POSTGRES / "initdb", "-D", inside / "database", "-U", "transload", f"--pwfile={inside / 'password'}",
            "-A", "scram-sha-256", cwd="/")
        self.running["db"] = subprocess.Popen(["runuser", "-u", "postgres", "--", POSTGRES / "postgres", "-D", inside / "database",
                                               "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
                                              cwd="/", stderr=(self.shared / "db.log").open("wb"))
        environment = {**os.environ, "PGPASSWORD": password.read_text().strip()}
        wait_for("PostgreSQL", lambda: subprocess.run(["psql", "-h", "127.0.0.1", "-U", "transload", "-d", "postgres", "-c", "create database transload"],
                                                      env=environment, capture_output=True).returncode == 0)
        return str(POSTGRES.parent.name)

    def mounts(self) -> str:
        """Volumes and secrets where the compose file has them; the program's own root is read-only."""
        service = COMPOSE["x-program"]
        (self.program / "etc/hosts").write_text("127.0.0.1 localhost db\n")
        for name, mode in (("run", 0o750), ("images", 0o2750)):  # a new volume is what the image has there
            (self.shared / name).mkdir()
            os.chown(self.shared / name, int(ACCOUNT), int(ACCOUNT))
            (self.shared / name).chmod(mode)
        for root, volumes in ((self.program, service["volumes"]), (self.nginx, COMPOSE["services"]["nginx"]["volumes"])):
            run("mount", "--bind", root, root)
            for path in ("proc", "dev"):
                run("mount", "--rbind", f"/{path}", root / path)
            for volume in [*volumes, *(["./secrets:/run/secrets"] if root == self.program else [])]:
                source, target, *flags = volume.split(":")
                run("mount", "--mkdir", "--bind", self.shared / source, root / target.lstrip("/"))
                if flags == ["ro"]:
                    run("mount", "-o", "remount,ro,bind", root / target.lstrip("/"))
        assert service["read_only"]
        run("mount", "-o", "remount,ro,bind", self.program)
        return "read-only: the program's root, its settings, nginx' images"

    def command(self, *arguments: str) -> list[str | Path]:
        service = COMPOSE["x-program"]
        assert service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"]
        return ["chroot", self.program, "setpriv", "--reuid", ACCOUNT, "--regid", ACCOUNT, "--clear-groups", "--no-new-privs", "--bounding-set", "-all",
                "--inh-caps", "-all", "env", "-i", *[f"{key}={value}" for key, value in service["environment"].items()], "/usr/bin/transload", *arguments]

    def migrate(self) -> str:
        return run(*self.command(*COMPOSE["services"]["migrate"]["command"])).splitlines()[-1]

    def start(self) -> str:
        for name in ("api", "upload", "agent"):
            self.popen(name, self.command(*COMPOSE["services"][name]["command"]))
        wait_for("the sockets", lambda: all((self.shared / f"run/{pool}.sock").exists() for pool in ("api", "upload")))
        self.popen("nginx", ["chroot", self.nginx, "/usr/sbin/nginx", "-g", "daemon off;"])
        wait_for("/readyz", lambda: requests.get(f"{URL}/readyz", timeout=10).status_code == 200)
        return "/readyz 200"

    def popen(self, name: str, command: list[str | Path]) -> None:
        self.running[name] = subprocess.Popen(command, stderr=(self.shared / f"{name}.log").open("wb"), stdout=subprocess.DEVNULL)

    def push_and_pull(self) -> str:
        run(*self.command("user", "add", "alice", "--admin", "--password-stdin"), input="correct horse battery staple\n")
        self.token = json.loads(run(*self.command("user", "token", "alice", "--json")))["token"]
        image = secrets.token_bytes(3_000_000)
        pushed = Pusher(URL, "alice", self.token, "tacos", "avocados").push(image)
        assert pushed.status_code == 200, pushed.text
        manifest = requests.get(f"{URL}/api/container/tacos/avocados:latest", timeout=10).json()
        pulled = requests.get(manifest["image"], timeout=30)
        assert pulled.content == image and requests.get(f"{URL}/", timeout=10).headers["Content-Type"].startswith("text/html")
        return f"sha256 {hashlib.sha256(image).hexdigest()[:16]}…"

    def doctor(self) -> str:
        found = json.loads(run(*self.command("doctor", "--json")))["items"]
        return f"no problem; warnings: {', '.join(row['check'] for row in found if row['result'] == 'warning') or 'none'}"

    def reload_and_stop(self) -> str:
        self.running["api"].send_signal(1)
        wait_for("the reload", lambda: "event=reload " in (self.shared / "api.log").read_text())
        wait_for("/readyz", lambda: requests.get(f"{URL}/readyz", timeout=10).status_code == 200)
        return "; ".join(f"{name} ends with {self.end(name)}" for name in ("nginx", "api", "upload", "agent"))

    def end(self, name: str) -> int:
        process = self.running.pop(name)
        process.terminate()
        return process.wait(60)

    def steps(self) -> list[Callable[[], str]]:
        return [self.secrets_and_settings, self.database, self.mounts, self.migrate, self.start, self.push_and_pull, self.doctor, self.reload_and_stop]


def perform(services: Services) -> int:
    """Each step in one line; the first that fails ends it."""
    steps = services.steps()
    for number, step in enumerate(steps):
        began = time.monotonic()
        try:
            said = step()
        except Exception as error:  # whatever it is, it is the answer
            print(f"FAILED {step.__name__.replace('_', ' ')}: {error}\n{number} passed, {len(steps) - number} failed", flush=True)
            return 1
        print(f"ok     {step.__name__.replace('_', ' ')}: {said} ({time.monotonic() - began:.1f} s)", flush=True)
    print(f"{len(steps)} passed, 0 failed")
    return 0


if __name__ == "__main__":
    if sys.argv[1] == "build":
        Build(Path(sys.argv[2])).all()
        sys.exit(0)
    services = Services(Path(sys.argv[2]))
    try:
        code = perform(services)
    finally:
        for left in list(services.running):
            services.end(left)
    sys.exit(code)
