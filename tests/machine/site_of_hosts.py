"""A site of several hosts: each part in a network namespace of its own, made by tests/hosts, set up as docs/several-hosts.md says."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
from pathlib import Path

from certificates import Authority
from fcgi_client import END_OF_BODY, Connection, Reply, body, head
from pooler import Pooler, block
from sandbox.database import Cluster
from sandbox.layout import REPOSITORY, Layout
from sandbox.nginx import SOURCE, Nginx
from sandbox.processes import Processes, reap, start_time
from sandbox.standin import CLIENT_ID, SOURCE_ID, WORLD, Control
from sandbox.waiting import accepts, wait_for

URL = "http://10.0.0.1:8080"
GLOBUS = ("10.0.0.30", 9000)
GLOBUS_URL = f"https://{GLOBUS[0]}:{GLOBUS[1]}"
POOLER = ("10.0.1.20", 6432)
API_PORT, UPLOAD_PORT = 9001, 9002
SESSIONS = 6  # of pgbouncer, for eighteen processes of two hosts
WORKERS = 4
SANITIZERS = {"ASAN_OPTIONS": "abort_on_error=0:exitcode=99", "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1"}
REPORTS = re.compile(r"ERROR: (Address|Leak)Sanitizer|runtime error:|SUMMARY: \w+Sanitizer")


class Network:
    """The namespaces, and the switch that they hang on."""

    def __init__(self, site: str) -> None:
        self.site = site

    def inside(self, host: str) -> list[str]:
        """What a command begins with to run on a host, which has a name of its own, too."""
        return ["ip", "netns", "exec", f"{self.site}-{host}", "unshare", "--uts", "sh", "-c", 'hostname "$0"; exec "$@"', host]

    def cut(self, host: str, network: str) -> None:
        """Pull the cable out of the switch: packets go nowhere, and nobody is told."""
        self._port(host, network, "nomaster")

    def join(self, host: str, network: str) -> None:
        self._port(host, network, "master", network)

    def _port(self, host: str, network: str, *how: str) -> None:
        subprocess.run(["ip", "-n", f"{self.site}-switch", "link", "set", f"{host}-{network}", *how], check=True, timeout=10)

    def set(self, host: str, line: str) -> None:
        """One line of sysctl.conf."""
        key, _, value = line.partition("=")
        subprocess.run(["ip", "netns", "exec", f"{self.site}-{host}", "sysctl", "-q", f"{key.strip()}={value.strip()}"], check=True, timeout=10)


class AppHost:
    """An application host: both pools and the agent."""

    PARTS = ("api", "upload", "agent")

    def __init__(self, site: Site, name: str, address: str) -> None:
        self.site, self.name, self.address = site, name, address
        self.settings = site.layout.state / f"{name}.conf"

    def write_settings(self, values: dict[str, str]) -> None:
        own = {"API_SOCKET": f"{self.address}:{API_PORT}", "UPLOAD_SOCKET": f"{self.address}:{UPLOAD_PORT}"}
        self.settings.touch(mode=0o600)
        self.settings.write_text("".join(f"{key}={value}\n" for key, value in {**values, **own}.items()))

    def start(self, *parts: str) -> None:
        for part in parts or self.PARTS:
            words = ["agent"] if part == "agent" else ["serve", part]
            port = {"api": API_PORT, "upload": UPLOAD_PORT, "agent": 0}[part]
            command = [*self.site.network.inside(self.name), self.site.binary, *words, "--settings", self.settings]
            self.site.processes.start(self._name(part), command, lambda port=port: not port or accepts((self.address, port)), env=self.site.environment)

    def kill(self) -> None:
        """All of it at once, as when the power goes; returns when it is gone."""
        known = [found for part in self.PARTS if (found := self.site.processes.known(self._name(part))) and found.alive]
        for each in known:
            os.killpg(each.pid, signal.SIGKILL)
        wait_for(f"the end of {self.name}", lambda: not any(start_time(each.pid) for each in known), 10)
        for each in known:
            reap(each.pid)

    def send(self, part: str, number: int) -> None:
        self.site.processes.send(self._name(part), number)

    def pids(self) -> list[int]:
        return [found.pid for part in self.PARTS if (found := self.site.processes.known(self._name(part))) and found.alive]

    def run(self, *arguments: str, input: str = "", check: bool = True) -> str:
        """One administrative command on this host; what it printed."""
        done = subprocess.run([*self.site.network.inside(self.name), self.site.binary, *arguments, "--settings", self.settings], input=input, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=self.site.environment, timeout=120)
        assert not check or done.returncode == 0, f"transload {' '.join(arguments)}: {done.returncode}\n{done.stdout}"
        return done.stdout

    def ask(self, method: str, path: str, content: bytes | None = None, **more: str) -> Reply:
        """A request to this host alone, as nginx would send it."""
        given = {"HTTP_HOST": "10.0.0.1:8080", "REQUEST_ID": secrets.token_hex(16), **more}
        length = None if content is None else len(content)
        with Connection((self.address, API_PORT)) as connection:
            answer = connection.send(head(method, path, length, **given) + body(content or b"") + END_OF_BODY).reply()
        assert answer, f"{self.name} closed the connection without an answer"
        return answer

    def is_ready(self) -> bool:
        return self.ask("GET", "/readyz").status == 200

    def served(self, what: str) -> int:
        """How many lines of its logs hold this."""
        logs = [self.site.layout.log / f"{self._name(part)}.log" for part in self.PARTS]
        return sum(log.read_text(errors="replace").count(what) for log in logs if log.exists())

    def _name(self, part: str) -> str:
        return f"{self.name}-{part}"


class Front(Nginx):
    """nginx with the upstream blocks of the page."""

    def __init__(self, site: Site) -> None:
        super().__init__(site.layout, site.processes, 8080, site.binary.parent / "www")
        self.site = site

    def replacements(self, globus_origin: str) -> dict[str, str]:
        both = re.search(r"^upstream transload_api \{.*?^\}\nupstream transload_upload \{.*?^\}\n", (SOURCE / "transload-http.conf").read_text(), re.M | re.S)
        assert both, "transload-http.conf has both upstreams, one behind the other"
        usual = super().replacements(globus_origin)
        del usual["/run/transload/"]
        return {**usual, both[0]: block("nginx", "upstream transload_api"), f"127.0.0.1:{8080}": "10.0.0.1:8080"}

    def start(self) -> None:
        self.processes.start("nginx", [*self._command(), "-g", "daemon off;"], lambda: accepts(("10.0.0.1", self.port)))

    def _command(self) -> list[str | Path]:
        return [*self.site.network.inside("front"), *super()._command()]


class Site:
    """All of it."""

    def __init__(self, name: str, state: Path, binary: Path) -> None:
        self.network = Network(name)
        self.layout = Layout(state)
        self.layout.make()
        self.binary = binary.resolve()
        self.environment = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8", **SANITIZERS}
        self.processes = Processes(self.layout.run, self.layout.log)
        self.database = Cluster(self.layout, self.processes)
        self.pooler = Pooler(self.processes, self.database.root.parent / f"{name}-pgbouncer", POOLER, str(self.database.root), SESSIONS,
                             inside=self.network.inside("db"), ready=lambda: self.pooler_accepts())
        self.app1, self.app2 = AppHost(self, "app1", "10.0.0.11"), AppHost(self, "app2", "10.0.0.12")
        self.apps = (self.app1, self.app2)
        self.front = Front(self)
        self.authority = Authority(self.layout.run)
        os.environ["REQUESTS_CA_BUNDLE"] = str(self.authority.certificate)  # of those who drive the stand-in
        self.globus = Control(f"{GLOBUS_URL}/control")
        self.client_secret = secrets.token_urlsafe(24)
        self.users: dict[str, dict[str, str]] = {}

    def pooler_accepts(self) -> bool:
        """People have no way to the data network; a host of it has."""
        probe = f"import socket; socket.create_connection({POOLER!r}, 1)"
        return subprocess.run([*self.network.inside("db"), sys.executable, "-c", probe], capture_output=True, timeout=10).returncode == 0

    def settings(self) -> dict[str, str]:
        return {
            "DOMAIN_NAME": URL, "DATABASE_URL": self.pooler.url, "DATABASE_POOLED": "true", "IMAGES_ROOT": str(self.layout.images),
            "SECRET_KEY": secrets.token_hex(32), "API_WORKERS": str(WORKERS), "UPLOAD_WORKERS": str(WORKERS), "DRAIN_TIMEOUT": "20",
            "ENABLE_GLOBUS": "true", "SOCIAL_AUTH_GLOBUS_KEY": CLIENT_ID, "SOCIAL_AUTH_GLOBUS_USERNAME": f"{CLIENT_ID}@clients.auth.globus.org",
            "SOCIAL_AUTH_GLOBUS_SECRET": self.client_secret, "PLUGIN_GLOBUS_ENDPOINT": SOURCE_ID, "GLOBUS_SOURCE_ACCESS": "public",
            "GLOBUS_AUTH_URL": GLOBUS_URL, "GLOBUS_TRANSFER_URL": GLOBUS_URL, "GLOBUS_APP_URL": GLOBUS_URL, "CA_FILE": str(self.authority.certificate),
            "AGENT_INTERVAL": "1",
        }

    def up(self) -> None:
        settings = self.settings()
        self.database.start()
        self.pooler.start()
        self.start_globus()
        for app in self.apps:
            app.write_settings(settings)
        self.app1.run("migrate")
        for app in self.apps:
            app.start()
        self.network.set("front", sysctl_of_the_page())
        self.front.configure(GLOBUS_URL)
        self.front.start()

    def start_globus(self) -> None:
        config = self.layout.globus / "config.json"
        config.write_text(json.dumps({"client_id": CLIENT_ID, "client_secret": self.client_secret, "registry_urls": [URL], "source_id": SOURCE_ID,
                                      "source_access": "public"}))
        certificate, key = self.authority.issue("globus", f"IP:{GLOBUS[0]}")
        command = [*self.network.inside("globus"), sys.executable, "-B", "-m", "globus_standin", "--listen", GLOBUS[0], "--port", str(GLOBUS[1]),
                   "--root", self.layout.globus, "--images", self.layout.images, "--config", config, "--tls-certificate", certificate, "--tls-key", key]
        self.processes.start("globus", command, lambda: accepts(GLOBUS), env={**self.environment, "PYTHONPATH": str(REPOSITORY / "deploy/python")})

    def endpoint(self, endpoint_id: str) -> Path:
        """The directory of an endpoint."""
        slug = next(entry["slug"] for entry in json.loads(WORLD.read_text())["endpoints"] if entry["id"] == endpoint_id)
        return self.layout.globus / "endpoints" / slug

    def add_user(self, name: str) -> dict[str, str]:
        password = secrets.token_urlsafe(15)
        self.app1.run("user", "add", name, "--password-stdin", input=password + "\n")
        token = json.loads(self.app1.run("user", "token", name, "--json"))["token"]
        self.users[name] = {"username": name, "password": password, "token": token}
        return self.users[name]

    def down(self) -> None:
        for app in self.apps:
            app.kill()
        self.front.stop()
        self.processes.stop("globus")
        self.pooler.stop()
        self.database.stop()
        self.database.remove()

    def reports(self) -> list[str]:
        """Lines of the program's logs in which a sanitizer speaks."""
        return [f"{log.name}: {line}" for log in self.layout.log.glob("app*.log") for line in log.read_text(errors="replace").splitlines() if REPORTS.search(line)]

    def journal(self) -> str:
        """The end of each log."""
        return "\n".join(f"== {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-8:]) for log in sorted(self.layout.log.glob("*.log")))


def sysctl_of_the_page() -> str:
    return block("sh", "net.ipv4").strip()

