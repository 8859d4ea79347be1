"""The settings: what their check says, those of the predecessor, the example, and reading them again under load."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from sandbox.layout import REPOSITORY
from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from pool import SlowUpload, is_uploading, restart_pool, wait_for_workers, workers
from pushing import Pusher

EXAMPLE = REPOSITORY / "deploy/transload.conf.example"
KEY = "SECRET_KEY=" + "0f" * 32 + "\n"
REQUIRED = "DATABASE_URL=dbname=transload\n" + KEY


def run(binary: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True, timeout=60,
                          env={"PATH": "/usr/bin:/bin", **environment})


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """A file of the test's own."""

    def make(text: str, name: str = "transload.conf", mode: int = 0o640) -> Path:
        path = tmp_path / name
        path.write_text(text)
        path.chmod(mode)
        return path

    return make


# -- transload settings check -------------------------------------------------------------------

@pytest.mark.parametrize(("text", "says"), [
    (REQUIRED + "REGISTRY_NAM=x\n", "{path}:3: unknown setting REGISTRY_NAM; did you mean REGISTRY_NAME?"),
    (REQUIRED + "MINIO_SSL=x\n", "{path}:3: unknown setting MINIO_SSL; docs/settings.md lists them all"),
    (REQUIRED + "\nAPI_WORKERS=2\nAPI_WORKERS=3\n", "{path}:5: API_WORKERS is set twice, first in line 4; keep one of them"),
    (REQUIRED + "API_WORKERS=many\n", "{path}:3: API_WORKERS: must be a whole number from 1 to 512"),
    (REQUIRED + "API_WORKERS=513\n", "{path}:3: API_WORKERS: must be a whole number from 1 to 512"),
    (REQUIRED + "DOMAIN_NAME=registry.example\n", "{path}:3: DOMAIN_NAME: must be http://host or https://host, without a path or a slash at the end"),
    (REQUIRED + "ENABLE_GLOBUS=maybe\n", "{path}:3: ENABLE_GLOBUS: must be true or false"),
    (REQUIRED + "IMAGES_ROOT=images\n", "{path}:3: IMAGES_ROOT must be an absolute path"),
    (REQUIRED + "ENABLE_GLOBUS=true\n", "{path}:3: ENABLE_GLOBUS is true, so SOCIAL_AUTH_GLOBUS_KEY is needed; add it, or set ENABLE_GLOBUS=false"),
    (REQUIRED + "REGISTRY_NAME\n", "{path}:3: expected KEY=value"),
    (KEY, "{path}: DATABASE_URL is missing; add a line DATABASE_URL=...: PostgreSQL connection string or URL (libpq)"),
    ("DATABASE_URL=x\nSECRET_KEY=planted-secret\n", "{path}:2: SECRET_KEY: 14 characters, but it must be 64: 64 hex digits; seals tokens and signs "
     "download URLs. Make one with: openssl rand -hex 32"),
])
def test_a_mistake_is_named_with_line_and_remedy(binary: Path, file: Callable[..., Path], text: str, says: str) -> None:
    path = file(text)
    done = run(binary, "settings", "check", "--settings", path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"transload: {says.format(path=path)}\n")


def test_a_file_that_cannot_be_read_is_named_with_what_it_should_be(binary: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing.conf"
    assert run(binary, "settings", "check", "--settings", missing).stderr == (
        f"transload: {missing}: no such file; copy transload.conf.example there, from /usr/share/transload or deploy/ of the sources\n")
    assert run(binary, "settings", "check", "--settings", tmp_path).stderr == (
        f"transload: {tmp_path}: Is a directory; it must be a file that the service's account may read: owner root, group transload, mode 0640\n")


def test_a_file_that_everybody_may_read_is_told_with_the_command_that_helps(binary: Path, file: Callable[..., Path]) -> None:
    path = file(REQUIRED, mode=0o644)
    done = run(binary, "settings", "check", "--settings", path)
    assert done.returncode == 0 and f"everybody on this machine may read it: chmod 0640 {path}" in done.stdout
    path.chmod(0o640)
    assert "warning" not in run(binary, "settings", "check", "--settings", path).stdout


def test_a_wrong_credential_is_named_with_its_file(binary: Path, file: Callable[..., Path], tmp_path: Path) -> None:
    secret = file("planted-secret\n", "secret_key", 0o600)
    done = run(binary, "settings", "check", "--settings", file(REQUIRED), CREDENTIALS_DIRECTORY=str(tmp_path))
    assert done.returncode == 2 and done.stderr.startswith(f"transload: {secret}: SECRET_KEY: 14 characters, but it must be 64: ")


# -- the example --------------------------------------------------------------------------------

def active_lines(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if re.match(r"[A-Z_]+=", line))


def test_the_example_sets_nothing_but_what_every_registry_needs() -> None:
    assert set(active_lines(EXAMPLE.read_text())) == {"DOMAIN_NAME", "DATABASE_URL", "SECRET_KEY"}


def test_the_example_shows_the_defaults(binary: Path) -> None:
    table = json.loads(run(binary, "settings", "list", "--json").stdout)["items"]
    shown = dict(re.findall(r"^#([A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.M))
    assert shown == {row["key"]: row["default"] for row in table if row["key"] not in active_lines(EXAMPLE.read_text())}


def test_the_example_alone_says_what_is_missing(binary: Path) -> None:
    line = EXAMPLE.read_text().splitlines().index("SECRET_KEY=") + 1
    done = run(binary, "settings", "check", "--settings", EXAMPLE)
    assert done.returncode == 2 and f"{EXAMPLE.name}:{line}: SECRET_KEY: is empty, but must be set" in done.stderr


def test_the_example_runs_a_registry_without_globus(make_sandbox: Callable[..., Sandbox]) -> None:
    """Copied as it is; only where this machine's database, key, images and sockets are is filled in (S27)."""
    registry = make_sandbox(users=("alice",))
    places = {key: registry.settings()[key] for key in ("DATABASE_URL", "SECRET_KEY", "IMAGES_ROOT", "API_SOCKET", "UPLOAD_SOCKET")}
    text = EXAMPLE.read_text()
    for key, value in places.items():
        text, found = re.subn(rf"^#?{key}=.*$", lambda _, line=f"{key}={value}": line, text, flags=re.M)
        assert found == 1
    registry.layout.settings.write_text(text)
    registry.processes.stop("agent")
    for pool in ("api", "upload"):
        restart_pool(registry, pool)
    registry.program.start_agent()
    assert "complete and valid" in registry.program.run("settings", "check").stdout
    assert registry.is_ready() and registry.processes.alive("agent")
    site = requests.get(f"{registry.url}/api/me", timeout=60).json()["site"]
    assert not site["globus_enabled"] and not site["globus_login"]
    for path in ("/globus/login/", "/complete/globus", "/globus_auth/login", "/api/globus/endpoints"):
        assert requests.get(registry.url + path, timeout=60, allow_redirects=False).status_code == 404, path
    alice = registry.user("alice")
    assert Pusher(registry.url, "alice", alice["token"], "example").push(b"an image").status_code == 200


# -- transload settings import ------------------------------------------------------------------

CONFIG = """'''
Copyright of the file, with a word = "or two"
'''
import os

# Which social auths do you want to use?
ENABLE_GOOGLE_AUTH = False
ENABLE_GITHUB_AUTH = True

DOMAIN_NAME = "https://registry.uni.example/"
DOMAIN_NAME_HTTP = "http://registry.uni.example"
DOMAIN_NAKED = DOMAIN_NAME_HTTP.replace('http://', '')

ADMINS = (('ann', 'ann@uni.example'),)
MANAGERS = ADMINS

HELP_CONTACT_EMAIL = 'help@uni.example'
REGISTRY_NAME = "Ann's Computing Center"
REGISTRY_URI = "taco"
USER_COLLECTIONS = True
PRIVATE_ONLY = False
DEFAULT_PRIVATE = True
CONTAINER_WEEKLY_GET_LIMIT = 100
VIEW_RATE_LIMIT = "50/1d"  # The rate limit for each view, django-ratelimit
open({ran!r}, "w").write("a settings file was run")
DATABASES = {{
    'default': {{
        'ENGINE': 'django.db.backends.postgresql_psycopg2',
        'NAME': 'postgres',
        'USER': 'registry',
        'PASSWORD': {password},
        'HOST': 'db.uni.example',
        'PORT': '5432',
    }}
}}
DISABLE_BUILDING = os.environ.get("NO_BUILDS", False)
PLUGINS_ENABLED = [
#    'ldap_auth',
    'pgp',
]
PLUGINS_ENABLED+=["globus"]
ROBOTNAME='sticky-blackbean-9783'
PLUGIN_GLOBUS_ENDPOINT="502635e0-4418-11e8-8e06-0a6d4e044368"
PLUGIN_GLOBUS_ENDPOINT="ba5b80c2-4798-11e8-8ee0-0a6d4e044368"
"""
CLIENT = "9dfdf4b0-8c3b-4f0f-a1c8-000000000001"
SECRETS = f"""SECRET_KEY = 'planted-django-key-$gkqty6'
SOCIAL_AUTH_GITHUB_KEY = "planted-github-key"
SOCIAL_AUTH_GITHUB_SECRET = "planted-github-secret"
SOCIAL_AUTH_GLOBUS_KEY="{CLIENT}"
SOCIAL_AUTH_GLOBUS_USERNAME="{CLIENT}@clients.auth.globus.org"
SOCIAL_AUTH_GLOBUS_SECRET="planted-globus-secret="
"""


def line_of(word: str) -> int:
    return next(number for number, line in enumerate(CONFIG.splitlines(), 1) if word in line)


def test_old_settings_become_settings(binary: Path, file: Callable[..., Path], tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    config = file(CONFIG.format(ran=str(ran), password='"planted p@ss#"'), "config.py")
    secrets = file(SECRETS, "secrets.py")
    done = run(binary, "settings", "import", "--secrets", secrets, "--config", config)
    assert (done.returncode, done.stderr, ran.exists()) == (0, "", False)
    made = active_lines(done.stdout)
    assert re.fullmatch("[0-9a-f]{64}", made.pop("SECRET_KEY"))
    assert made == {
        "DOMAIN_NAME": "https://registry.uni.example", "HELP_CONTACT_EMAIL": "help@uni.example", "REGISTRY_NAME": '"Ann\'s Computing Center"',
        "REGISTRY_URI": "taco", "USER_COLLECTIONS": "true", "PRIVATE_ONLY": "false", "DEFAULT_PRIVATE": "true", "SOCIAL_AUTH_GLOBUS_KEY": CLIENT,
        "SOCIAL_AUTH_GLOBUS_USERNAME": f"{CLIENT}@clients.auth.globus.org", "SOCIAL_AUTH_GLOBUS_SECRET": "planted-globus-secret=",
        "DATABASE_URL": "postgresql:///transload?host=db.uni.example&port=5432&user=registry&password=planted%20p%40ss%23",
    }
    assert "planted-django" not in done.stdout and "planted-github" not in done.stdout
    assert "\n#ENABLE_GLOBUS=true\n" in done.stdout and "\n#PLUGIN_GLOBUS_ENDPOINT=ba5b80c2-4798-11e8-8ee0-0a6d4e044368\n" in done.stdout
    assert f"DISABLE_BUILDING, config.py:{line_of('DISABLE_BUILDING')}: it comes from NO_BUILDS in the environment of the old server." in done.stdout
    settings = file(done.stdout)
    assert run(binary, "settings", "check", "--settings", settings).stdout == f"{settings}: complete and valid\n"
    printed = run(binary, "settings", "print", "--settings", settings).stdout
    assert "REGISTRY_NAME=Ann's Computing Center\n" in printed and "SOCIAL_AUTH_GLOBUS_SECRET=(set)\n" in printed


def test_what_cannot_be_known_is_asked_for(binary: Path, file: Callable[..., Path], tmp_path: Path) -> None:
    config = file(CONFIG.format(ran=str(tmp_path / "ran"), password='os.environ["PGPASSWORD"]'), "config.py")
    done = run(binary, "settings", "import", "--config", config)
    assert f"# - DATABASE_URL: config.py:{line_of('PASSWORD')} leaves a part of it open: it comes from PGPASSWORD in the environment of the old server." in done.stdout
    settings = file(done.stdout)
    assert "DATABASE_URL is missing" in run(binary, "settings", "check", "--settings", settings).stderr
    settings = file(re.sub("^#(DATABASE_URL=)", r"\1", done.stdout, flags=re.M))
    assert run(binary, "settings", "check", "--settings", settings).returncode == 0


def test_the_yaml_file_of_the_last_version_is_read(binary: Path, file: Callable[..., Path]) -> None:
    yaml = file("# SERVER\nSECRET_KEY: planted-django-key\nALLOWED_HOSTS:\n - \"*\"\nDOMAIN_NAME: https://registry.uni.example\n"
                "REGISTRY_NAME: Tacosaurus Computing Center\nDATABASE_ENGINE: django.db.backends.postgresql_psycopg2\nDATABASE_HOST: db\n"
                "DATABASE_USER: postgres\nDATABASE_PORT: \"5432\"\nMINIO_SERVER: minio:9000  # Internal\nUSER_COLLECTION_LIMIT: 2\n", "settings.yaml")
    done = run(binary, "settings", "import", "--yaml", yaml, "--json")
    answer = json.loads(done.stdout)
    assert "planted" not in done.stdout and {item["old"]: item["outcome"] for item in answer["items"]} == {
        "SECRET_KEY": "renamed", "ALLOWED_HOSTS": "dropped", "DOMAIN_NAME": "taken", "REGISTRY_NAME": "taken", "DATABASE_*": "renamed",
        "MINIO_SERVER": "dropped", "USER_COLLECTION_LIMIT": "taken"}
    assert run(binary, "settings", "check", "--settings", file(answer["settings"])).returncode == 0


@pytest.mark.parametrize(("name", "text", "says"), [
    ("secrets.py", "DEBUG = True\nSOCIAL_AUTH_GLOBUS_SECRET = 'planted\n", "secrets.py:2: a string begins here and does not end"),
    ("secrets.py", "SOCIAL_AUTH_GLOBUS_SECRET 'planted'\n", "secrets.py:1: expected SOCIAL_AUTH_GLOBUS_SECRET = value"),
    ("settings.yaml", "SECRET_KEY: a\nplanted\n", "settings.yaml:2: expected NAME: value"),
])
def test_a_file_that_is_none_is_refused_and_not_quoted(binary: Path, file: Callable[..., Path], name: str, text: str, says: str) -> None:
    done = run(binary, "settings", "import", "--secrets" if name.endswith("py") else "--yaml", file(text, name))
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"transload: {says}\n")


def test_a_file_larger_than_settings_are_is_refused(binary: Path, file: Callable[..., Path]) -> None:
    done = run(binary, "settings", "import", "--config", file("#" * 300_000, "config.py"))
    assert done.returncode == 2 and "longer than 262144 bytes" in done.stderr
    assert "say which files to read" in run(binary, "settings", "import").stderr


# -- reading them again -------------------------------------------------------------------------

WORKERS = 4
CONTENT = hashlib.shake_128(b"settings").digest(2_000_000)


class Load:
    """Requests of many threads, and pushes that take their time, until it is stopped; what failed is kept."""

    def __init__(self, sandbox: Sandbox, pusher: Callable[..., Pusher]) -> None:
        self.sandbox = sandbox
        self.failures: list[str] = []
        self.requests = self.uploads = 0
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._ask, args=(path,)) for path in ("/api/me", "/api/portal/collections", "/readyz")]
        self.threads += [threading.Thread(target=self._push, args=(pusher(),)) for _ in range(2)]

    def __enter__(self) -> Load:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(120)

    def _ask(self, path: str) -> None:
        with requests.Session() as http:
            while not self.over.is_set():
                try:
                    status = http.get(self.sandbox.url + path, timeout=60).status_code
                except requests.RequestException as problem:
                    status = 0
                    self.failures.append(f"{path}: {problem}")
                if status != 200:
                    self.failures.append(f"{path}: {status}")
                self.requests += 1

    def _push(self, pusher: Pusher) -> None:
        for number in itertools.count():
            if self.over.is_set():
                return
            pusher.tag = f"v{number}"
            try:
                self._push_slowly(pusher)
            except (AssertionError, OSError, requests.RequestException) as problem:
                self.failures.append(f"push: {problem!r}")
            self.uploads += 1

    def _push_slowly(self, pusher: Pusher) -> None:
        slow = SlowUpload(pusher, CONTENT)
        for share in range(1, 10):
            slow.send(share / 10)
            self.over.wait(0.05)
        answer = slow.finish()
        assert answer.status == 200, answer.body
        assert pusher.stored_digest() == hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def settings(sandbox: Sandbox) -> Iterator[dict[str, str]]:
    """Those in force, put back at the end."""
    kept = sandbox.settings()
    yield dict(kept)
    sandbox.program.write_settings(kept)
    for pool in ("api", "upload"):
        sandbox.processes.send(pool, signal.SIGHUP)
        wait_for_workers(sandbox, pool, WORKERS)
    wait_for("the old name", lambda: name_in_force(sandbox) == kept["REGISTRY_NAME"])


def name_in_force(sandbox: Sandbox) -> str:
    return str(requests.get(f"{sandbox.url}/api/me", timeout=60).json()["site"]["registry_name"])


def said(sandbox: Sandbox, pool: str, event: str) -> list[str]:
    """Lines of one event in a pool's log."""
    return [line for line in (sandbox.layout.log / f"{pool}.log").read_text().splitlines() if re.search(rf"\b{event}\b", line)]


def read_again(sandbox: Sandbox, event: str) -> list[str]:
    """SIGHUP to both pools, until each has said so once more; the new lines."""
    before = {pool: len(said(sandbox, pool, event)) for pool in ("api", "upload")}
    for pool in before:
        sandbox.processes.send(pool, signal.SIGHUP)
    for pool, count in before.items():
        wait_for(f"{event} of {pool}", lambda: len(said(sandbox, pool, event)) > count, 30)
    return [line for pool, count in before.items() for line in said(sandbox, pool, event)[count:]]


def test_settings_change_twenty_times_under_load_and_nothing_fails(sandbox: Sandbox, pusher: Callable[..., Pusher], settings: dict[str, str]) -> None:
    mistakes = itertools.cycle(["NO_SUCH_SETTING=1", "API_WORKERS=none", "REGISTRY_NAME="])
    name = settings["REGISTRY_NAME"]
    before = {pool: len(said(sandbox, pool, "reload_failed")) for pool in ("api", "upload")}
    with Load(sandbox, pusher) as load:
        wait_for("an upload to be under way", lambda: is_uploading(sandbox))
        for turn in range(20):
            if turn % 2 == 0:
                name = f"Name {turn}"
                sandbox.program.write_settings({**settings, "REGISTRY_NAME": name})
                old = set(workers(sandbox, "api"))
                assert len(read_again(sandbox, "reload")) == 2
                wait_for_workers(sandbox, "api", WORKERS, without=old)
                assert {name_in_force(sandbox) for _ in range(8)} == {name}
                continue
            key, value = next(mistakes).split("=")
            sandbox.program.write_settings({**settings, "REGISTRY_NAME": "not in force", key: value})
            complaints = read_again(sandbox, "reload_failed")
            assert len(complaints) == 2 and all(key in line and str(sandbox.layout.settings) in line for line in complaints)
            assert {name_in_force(sandbox) for _ in range(8)} == {name}
    assert load.failures == []
    assert {pool: len(said(sandbox, pool, "reload_failed")) - count for pool, count in before.items()} == {"api": 10, "upload": 10}
    assert load.requests > 100 and load.uploads >= 4
    print(f"{load.requests} requests and {load.uploads} uploads beside 20 SIGHUPs")
