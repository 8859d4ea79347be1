"""From an empty site to a purged package: ``walk.py LEADER ROOT PREVIOUS CURRENT``, called by tests/system in the system's network."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import requests

from load import Load, LongUpload
from machine import Machine
from page import Page
from person import Person
from pushing import Pusher
from sandbox.client import SregistryClient
from sandbox.image import make_image, sha256
from sandbox.layout import REPOSITORY
from sandbox.standin import CLIENT_ID, SOURCE_ID, WORLD, Control
from sandbox.waiting import accepts, wait_for
from steps import perform
from world import ALICE, STANFORD_GUEST

URL = "http://127.0.0.1"
GLOBUS = "http://127.0.0.1:9000"
SETTINGS = "/etc/transload/transload.conf"
SITE = "/etc/nginx/sites-available/registry"
SERVICES = ("transload-api.service", "transload-upload.service", "transload-agent.service")
UNITS = ("transload-doctor.timer", "transload-api.socket", "transload-upload.socket", *SERVICES)
PASSWORD = "correct horse battery staple"
SERVER = """server {
    listen 80;
    server_name registry.example.org 127.0.0.1;
    location = /of-the-site { default_type text/plain; return 200 "the site's own\\n"; }
%s}
"""


class Walk:
    """The steps, with what one hands to the next."""

    def __init__(self, machine: Machine, previous: Path, current: Path) -> None:
        self.machine, self.previous, self.current = machine, previous, current
        self.page = Page()  # docs/install.md: its blocks install, not commands of ours
        self.installing = 0.0  # seconds they took
        self.work = machine.path("/root/work")
        self.work.mkdir()
        self.standin: subprocess.Popen[bytes] | None = None
        self.token = self.digest = ""
        self.image = self.work / "avocados.simg"
        self.endpoint = self.work  # where a transfer arrives

    # -- the package --------------------------------------------------------------------------------

    def lintian_is_silent(self) -> str:
        done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", self.current], capture_output=True, text=True)
        assert done.returncode == 0 and not done.stdout, done.stdout
        return self.current.name

    def the_tarball_gives_the_same_package(self) -> str:
        """Built elsewhere, and without a network: this system has none, and we are in it."""
        if subprocess.run(["git", "status", "--porcelain"], cwd=REPOSITORY, capture_output=True, check=True).stdout:
            return "not tried, since the tarball holds what is committed and this tree something else"
        tarball = next((REPOSITORY / "build/package").glob("transload-*[0-9].tar.gz"))
        elsewhere = self.work / "elsewhere"
        elsewhere.mkdir()
        subprocess.run(["tar", "-xzf", tarball, "-C", elsewhere], check=True)
        subprocess.run([next(elsewhere.iterdir()) / "deploy/package.sh", "0.1.0"], check=True, capture_output=True, timeout=600)
        other = next(elsewhere.rglob("transload_*.deb"))
        assert sha256(other) == sha256(self.current), "the package differs"
        return f"sha256 {sha256(other)[:16]}…, built in another directory without a network"

    # -- before -----------------------------------------------------------------------------------

    def the_site_has_an_nginx(self) -> str:
        self.machine.write(SITE, SERVER % "")
        self.machine.path("/etc/nginx/sites-enabled/default").unlink()
        self.machine.run("ln", "-s", SITE, "/etc/nginx/sites-enabled/")
        self.machine.run("nginx", "-t")
        self.machine.run("systemctl", "reload-or-restart", "nginx")
        assert self.site_answers()
        return self.machine.run("sh", "-c", ". /etc/os-release; echo $PRETTY_NAME, $(systemctl --version | head -n1)").strip()

    def site_answers(self) -> bool:
        """nginx -s reload returns before the new settings are in force."""
        return bool(wait_for("the site's own page", lambda: requests.get(f"{URL}/of-the-site", timeout=10).text == "the site's own\n", 10))

    # -- installing ---------------------------------------------------------------------------------

    def paste(self, heading: str) -> str:
        """The block below that heading of docs/install.md."""
        began = time.monotonic()
        said = self.machine.shell(self.page.take(heading))
        self.installing += time.monotonic() - began
        return said

    def install(self) -> str:
        shutil.copy(self.previous, self.machine.path("/root"))
        self.paste("1. Package")
        states = {self.machine.run("systemctl", "is-active", unit, check=False).strip() for unit in UNITS}
        assert states == {"inactive"}, states
        settings = self.machine.path(SETTINGS)
        assert settings.stat().st_mode & 0o777 == 0o640 and re.search(r"^SECRET_KEY=[0-9a-f]{64}$", settings.read_text(), re.M)
        return self.version() + ", nothing started"

    def version(self) -> str:
        return self.machine.run("dpkg-query", "-W", "-f", "${Version}", "transload")

    def set_up_database_and_settings(self) -> str:
        self.paste("2. Database")
        said = self.paste("3. Settings")
        assert f"DOMAIN_NAME={URL}\n" in self.machine.path(SETTINGS).read_text()
        return said.splitlines()[-1]

    def include_in_nginx(self) -> str:
        self.paste("4. nginx")
        assert self.site_answers()
        return "nginx -t, reload; the site's own page answers"

    def start(self) -> str:
        self.paste("5. Start")
        wait_for("/readyz", lambda: requests.get(f"{URL}/readyz", timeout=10).status_code == 200)
        assert requests.get(f"{URL}/", timeout=10).headers["Content-Type"].startswith("text/html")
        return "/readyz 200, by the sockets"

    def make_user(self) -> str:
        said = self.machine.answer(self.page.take("6. The first administrator"), ("Password:", PASSWORD), ("The same again:", PASSWORD))
        assert PASSWORD not in said
        self.token = json.loads(self.machine.transload("user", "token", "alice", "--json"))["token"]
        return "alice, her password typed twice and not shown"

    def all_is_well(self) -> str:
        found = self.paste("7. Is all well?")
        assert not [line for line in found.splitlines() if line.startswith("problem")], found
        return f"the doctor finds no problem; the blocks of docs/install.md took {self.installing:.1f} s so far"

    # -- the main job -------------------------------------------------------------------------------

    def push(self) -> str:
        make_image(self.image, 4 << 20)
        self.digest = sha256(self.image)
        client = SregistryClient(REPOSITORY / "var/venv-sregistry/bin/sregistry", self.work / "alice.sregistry")
        client.write_secrets(URL, "alice", self.token)
        done = client.push(self.image, "tacos/avocados.simg")
        assert "[Return status 200 Upload Complete]" in done.stdout, done.stdout
        return "the sregistry client: Return status 200"

    def look_up_and_download(self) -> str:
        listed = requests.get(f"{URL}/api/portal/collections", timeout=10).json()["items"]
        assert "tacos" in [collection["name"] for collection in listed], listed
        assert self.downloaded() == self.digest
        return f"sha256 {self.digest[:16]}…"

    def downloaded(self, image: str = "tacos/avocados") -> str:
        manifest = requests.get(f"{URL}/api/container/{image}:latest", timeout=10).json()
        return hashlib.sha256(requests.get(manifest["image"], timeout=60).content).hexdigest()

    def set_up_globus(self) -> str:
        """The stand-in for Globus runs beside the system, in its network; the collection is there, what it needs is looked at."""
        self.endpoint = self.start_standin()
        self.machine.set(SETTINGS, SOCIAL_AUTH_GLOBUS_KEY=CLIENT_ID, SOCIAL_AUTH_GLOBUS_SECRET="s3cret",
                         SOCIAL_AUTH_GLOBUS_USERNAME=f"{CLIENT_ID}@clients.auth.globus.org",
                         GLOBUS_AUTH_URL=GLOBUS, GLOBUS_TRANSFER_URL=GLOBUS, GLOBUS_APP_URL=GLOBUS, AGENT_INTERVAL="1")
        said = self.machine.run("transload", "globus", "setup", "--collection", SOURCE_ID, check=False)
        left = [line for line in said.splitlines() if line.startswith("to do")]
        assert f"PLUGIN_GLOBUS_ENDPOINT={SOURCE_ID}" in self.machine.path(SETTINGS).read_text(), said
        assert len(left) == 1 and "config-paths" in left[0], said  # Globus Connect Personal runs elsewhere
        self.machine.set(SETTINGS, ENABLE_GLOBUS="true")
        self.machine.transload("settings", "check")
        self.machine.run("systemctl", "restart", *SERVICES)
        return "transload globus setup wrote the collection into the settings, which the service still reads"

    def transfer(self) -> str:
        alice = Person(URL, "alice", PASSWORD).sign_in()
        Control(f"{GLOBUS}/control").auto(ALICE)
        alice.connect()
        manifest = requests.get(f"{URL}/api/container/tacos/avocados:latest", timeout=10).json()
        asked = alice.transfer(int(manifest["id"]), STANFORD_GUEST)
        assert asked.status_code in (200, 201, 202), asked.text
        wait_for("the transfer", lambda: alice.json(f"/api/transfers/{asked.json()['id']}")["state"] == "done", 60)
        arrived = [file for file in self.endpoint.rglob("*") if file.is_file() and file.stat().st_size == self.image.stat().st_size]
        assert [sha256(file) for file in arrived] == [self.digest], arrived
        return f"done, {arrived[0].name} on the endpoint with the same sha256"

    def start_standin(self) -> Path:
        state = self.work / "globus"
        state.mkdir(mode=0o700)
        config = state / "config.json"
        config.write_text(json.dumps({"client_id": CLIENT_ID, "client_secret": "s3cret", "registry_urls": [URL], "source_id": SOURCE_ID,
                                      "source_access": "public"}))
        command = [sys.executable, "-B", "-m", "globus_standin", "--port", "9000", "--root", state,
                   "--images", self.machine.path("/var/lib/transload/images"), "--config", config]
        with (state / "log").open("wb") as log:
            self.standin = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "PYTHONPATH": str(REPOSITORY / "deploy/python")})
        wait_for("the stand-in", lambda: accepts(("127.0.0.1", 9000)))
        slug = next(e["slug"] for e in json.loads(WORLD.read_text())["endpoints"] if e["id"] == STANFORD_GUEST)
        return state / "endpoints" / slug

    # -- operating ----------------------------------------------------------------------------------

    def security(self) -> str:
        found = {}
        for unit in SERVICES:
            said = self.machine.run("systemd-analyze", "security", "--no-pager", unit)
            found[unit] = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", said)[1])
        assert max(found.values()) <= 1.5, found
        return ", ".join(f"{unit.removesuffix('.service')} {level}" for unit, level in found.items())

    def doctor(self) -> str:
        """As the timer runs it: what it finds stands in journal and database, and a problem is a failed unit."""
        asked = json.loads(self.machine.run("transload", "doctor", "--json", user="transload", check=False))
        self.machine.run("systemctl", "start", "transload-doctor.service", check=False)
        result = self.machine.run("systemctl", "show", "-P", "Result", "transload-doctor.service").strip()
        problems = [found["check"] for found in asked["items"] if found["result"] == "problem"]
        assert result == ("exit-code" if problems else "success"), (result, problems)
        told = self.machine.run("journalctl", "-u", "transload-doctor", "-o", "cat", "--no-pager")
        assert all(re.search(rf"^problem +{check} ", told, re.M) for check in problems), told
        self.machine.run("systemctl", "enable", "--now", "transload-doctor.timer")
        assert self.machine.run("systemctl", "is-active", "transload-doctor.timer").strip() == "active"
        return f"{result}; problems: {', '.join(problems) or 'none'}"

    def watchdog(self) -> str:
        """A pool that is alive tells systemd so; one that stands still is replaced, and nobody is refused."""
        shortened = "[Service]\nWatchdogSec=2\n"
        self.machine.write("/etc/systemd/system/transload-api.service.d/test.conf", shortened)
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "restart", "transload-api.service")
        assert self.machine.run("systemctl", "show", "-P", "WatchdogUSec", "transload-api.service").strip() == "2s"
        before = self.pid("transload-api.service")
        time.sleep(4)  # twice the limit: that it stays alive can only be seen by waiting
        assert self.pid("transload-api.service") == before
        self.machine.run("systemctl", "kill", "--kill-whom=main", "--signal=STOP", "transload-api.service")
        wait_for("a new pool", lambda: self.pid("transload-api.service") not in (0, before), 30)
        assert requests.get(f"{URL}/readyz", timeout=30).status_code == 200
        self.machine.path("/etc/systemd/system/transload-api.service.d/test.conf").unlink()
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "restart", "transload-api.service")
        return "a pool that stands still is replaced, one that lives is not"

    def pid(self, unit: str) -> int:
        return int(self.machine.run("systemctl", "show", "-P", "MainPID", unit))

    def credentials(self) -> str:
        """SECRET_KEY as a credential only: what was sealed with it opens."""
        settings = self.machine.path(SETTINGS)
        key = re.search(r"^SECRET_KEY=(.*)$", settings.read_text(), re.M)[1]
        self.machine.set(SETTINGS, SECRET_KEY="0" * 64)
        self.machine.write("/etc/credstore/transload.secret_key", key, 0o600)
        self.machine.run("systemctl", "restart", *SERVICES)
        assert Pusher(URL, "alice", self.token, "load", "credential").push(b"sealed with the key").status_code == 200
        self.machine.path("/etc/credstore/transload.secret_key").unlink()
        self.machine.run("systemctl", "restart", *SERVICES)
        without = Pusher(URL, "alice", self.token, "load", "credential").ask()
        assert without.status_code != 200, "the key of the settings file is another, and opens nothing"
        self.machine.set(SETTINGS, SECRET_KEY=key)
        self.machine.run("systemctl", "restart", *SERVICES)
        return "/etc/credstore/transload.secret_key wins"

    def images_elsewhere(self) -> str:
        """The other path of docs/install.md, and back: what the units may write is part of it."""
        kept = {file: self.machine.path(file).read_text() for file in (SETTINGS, "/etc/transload/nginx/transload-locations.conf")}
        self.paste("Where the images lie")
        assert not self.page.left, f"blocks of docs/install.md that nobody runs: {self.page.left}"
        assert Pusher(URL, "alice", self.token, "load", "elsewhere").push(b"on another path").status_code == 200
        there = [file for file in self.machine.path("/srv/images").rglob("*") if file.is_file() and file.stat().st_size == len(b"on another path")]
        assert len(there) == 1
        wait_for("nginx to send from there", lambda: self.downloaded("load/elsewhere") == sha256(there[0]))
        for file, text in kept.items():
            self.machine.path(file).write_text(text)
        self.machine.run("sh", "-c", "rm /etc/systemd/system/transload-*.service.d/images.conf; systemctl daemon-reload")
        self.machine.run("systemctl", "restart", *SERVICES)
        self.machine.run("systemctl", "reload", "nginx")
        return "pushed to and downloaded from /srv/images"

    def restart_under_load(self) -> str:
        with self.load() as load:
            for _ in range(2):
                load.wait(50)
                self.machine.run("systemctl", "restart", *SERVICES)
            load.wait(50)
            self.machine.run("systemctl", "reload", "transload-api.service", "transload-upload.service")
            load.wait(50)
            long = self.restart_during_an_upload()
        return f"{self.judged(load)}; {long}"

    def restart_during_an_upload(self) -> str:
        upload = LongUpload(Pusher(URL, "alice", self.token, "load", "long"), seconds=4)
        upload.start()
        wait_for("the first half", lambda: upload.body.sent > len(upload.body) // 4)
        self.machine.run("systemctl", "restart", *SERVICES)
        upload.join(120)
        assert upload.answer is not None and upload.answer.status_code == 200, upload.answer and upload.answer.text
        assert self.downloaded("load/long") == hashlib.sha256(upload.content).hexdigest()
        return "an upload that was under way at a restart ended well"

    def load(self) -> Load:
        return Load(URL, "alice", self.token)

    def judged(self, load: Load) -> str:
        assert not load.failures, f"{len(load.failures)} of {load.answered} failed: {load.failures[:5]}"
        return f"{load.answered} requests, 0 failed"

    def upgrade_under_load(self) -> str:
        before, schema = self.version(), self.schema()
        with self.load() as load:
            load.wait(50)
            said = self.machine.install(self.current)
            load.wait(50)
            self.machine.transload("migrate")
            self.machine.run("systemctl", "restart", *SERVICES)
            load.wait(50)
        assert "transload migrate" in said and self.version() != before
        assert self.downloaded() == self.digest
        return f"{before} → {self.version()}, schema {schema} → {self.schema()}: {self.judged(load)}, the image is the same"

    def schema(self) -> int:
        return int(self.machine.run("psql", "-Atc", "select max(version) from schema_migrations", "transload", user="postgres"))

    # -- the end ------------------------------------------------------------------------------------

    def remove(self) -> str:
        self.machine.run("apt-get", "remove", "-y", "-q", "transload")
        states = {self.machine.run("systemctl", "is-active", unit, check=False).strip() for unit in UNITS}
        assert states == {"inactive"}, states
        assert self.machine.path(SETTINGS).exists() and not self.machine.path("/usr/bin/transload").exists()
        self.machine.run("nginx", "-t")
        assert self.site_answers()
        return "units stopped, settings kept, nginx goes on"

    def purge(self) -> str:
        self.machine.path("/etc/nginx/conf.d/transload.conf").unlink()
        self.machine.write(SITE, SERVER % "")
        self.machine.run("systemctl", "reload", "nginx")
        said = self.machine.run("apt-get", "purge", "-y", "-q", "transload")
        assert "What stays" in said and not self.machine.path("/etc/transload").exists()
        assert any(sha256(file) == self.digest for file in self.machine.path("/var/lib/transload/images").rglob("*") if file.is_file())
        rows = self.machine.run("psql", "-Atc", "select count(*) from images", "transload", user="postgres")
        assert int(rows) > 0 and self.site_answers()
        return f"settings gone; image and database ({rows.strip()} images) are still there"

    def close(self) -> None:
        if self.standin:
            self.standin.terminate()
            self.standin.wait(30)

    def steps(self) -> list[Callable[[], str]]:
        return [self.lintian_is_silent, self.the_tarball_gives_the_same_package, self.the_site_has_an_nginx, self.install,
                self.set_up_database_and_settings, self.include_in_nginx, self.start, self.make_user, self.all_is_well, self.push,
                self.look_up_and_download, self.set_up_globus, self.transfer, self.security, self.doctor, self.watchdog, self.credentials,
                self.restart_under_load, self.images_elsewhere, self.upgrade_under_load, self.remove, self.purge]


if __name__ == "__main__":
    walk = Walk(Machine(int(sys.argv[1]), Path(sys.argv[2])), Path(sys.argv[3]), Path(sys.argv[4]))
    try:
        code = perform(walk.steps(), lambda: walk.machine.run("journalctl", "-n", "30", "--no-pager", "-o", "cat", check=False))
    finally:
        walk.close()
    sys.exit(code)
