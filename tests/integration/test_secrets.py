"""Twenty and more secrets on their way through the program, with everything logged that can be: none of them is found anywhere."""

from __future__ import annotations

import re
import resource
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from person import Person, query_of
from pushing import Pusher
from world import STANFORD_GUEST

OURS = ("api", "upload", "agent", "nginx")  # the stand-in is Globus: what it was sent it may log
BODY_MAX = 20_000
ACCOUNT = {"user": 65534, "group": 65534}


@dataclass
class Planted:
    """What must not come out, and what came out."""

    sandbox: Sandbox
    secrets: dict[str, set[str]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)  # answers that have no business holding a secret

    def plant(self, name: str, value: str | bytes | None) -> str:
        text = value.decode() if isinstance(value, bytes) else value
        assert text and len(text) >= 8, name
        self.secrets.setdefault(name, set()).add(text)
        return text

    def hear(self, answer: requests.Response) -> requests.Response:
        """An answer that is an error, or a page."""
        self.said.append(f"{answer.status_code} {answer.reason}\n{answer.headers}\n{answer.text[:BODY_MAX]}")
        return answer

    def found_in(self, text: str) -> list[str]:
        forms = (text, unquote(text))
        return [name for name, values in self.secrets.items() if any(value in form for value in values for form in forms)]


@pytest.fixture(scope="module")
def planted(make_sandbox: Callable[..., Sandbox]) -> Planted:
    """A registry of its own that logs all it can, as does its PostgreSQL."""
    other = secrets.token_hex(32)
    sandbox = make_sandbox(users=("admin", "alice", "bob"), settings={"SECRET_KEY_OTHERS": other, "LOG_LEVEL": "debug"})
    planted = Planted(sandbox)
    with psycopg.connect(sandbox.database.url, autocommit=True) as db:
        for setting in ("log_statement = 'all'", "log_connections = on", "log_min_error_statement = 'debug1'", "log_error_verbosity = 'verbose'",
                        "log_parameter_max_length_on_error = -1"):
            db.execute(f"alter system set {setting}")
        db.execute("select pg_reload_conf()")
    password = planted.plant("database password", secrets.token_urlsafe(24))
    settings = sandbox.settings()
    sandbox.program.stop()
    sandbox.program.write_settings({**settings, "DATABASE_URL": settings["DATABASE_URL"].replace("transload@", f"transload:{password}@")})
    sandbox.program.start()
    wait_for("the registry", sandbox.is_ready, 30)
    planted.plant("SECRET_KEY", settings["SECRET_KEY"])
    planted.plant("SECRET_KEY_OTHERS", other)
    planted.plant("client secret", settings["SOCIAL_AUTH_GLOBUS_SECRET"])
    return planted


def sign_in(planted: Planted) -> Person:
    sandbox, user = planted.sandbox, planted.sandbox.user("alice")
    wrong = planted.plant("wrong password", secrets.token_urlsafe(16))
    planted.hear(requests.post(f"{sandbox.url}/api/login", json={"username": "alice", "password": wrong}, timeout=60))
    planted.hear(requests.post(f"{sandbox.url}/api/login", json={"username": "alice", "password": [wrong]}, timeout=60))
    planted.hear(requests.post(f"{sandbox.url}/api/login", data=f'{{"username": "alice", "password": "{wrong}"', timeout=60))
    alice = Person(sandbox.url, "alice", planted.plant("password", user["password"])).sign_in()
    new = planted.plant("new password", secrets.token_urlsafe(16))
    assert alice.post("/api/me/password", json={"current": user["password"], "new": new}).status_code in (200, 204)
    alice.csrf = alice.json("/api/me")["csrf_token"]  # of the session that goes on
    for cookie in alice.http.cookies:
        planted.plant("session", cookie.value)
    planted.plant("CSRF token", alice.csrf)
    planted.hear(alice.post("/api/logout", csrf=False, headers={"X-CSRF-Token": alice.csrf + "x"}))
    planted.hear(alice.post("/globus/login", csrf=False, data={"csrf_token": alice.csrf, "next": "//evil"}))
    planted.hear(alice.get("/api/transfers/nothing"))
    return alice


def connect(planted: Planted, alice: Person) -> None:
    control = planted.sandbox.standin.control
    control.auto("alice@uni.example")
    for spoiled in (True, False):
        if spoiled:
            control.fail("token: authorization_code")
        address = alice.return_address(alice.begin_connect())
        asked = query_of(address)
        planted.plant("OAuth code", asked["code"])
        planted.plant("OAuth state", asked["state"])
        planted.hear(alice.follow(address))
    planted.hear(alice.follow(address))  # a state that was used
    assert alice.json("/api/me")["globus"]
    for call in control.calls("token: authorization_code"):
        planted.plant("PKCE verifier", parse_qs(call["body"])["code_verifier"][0])


def transfer(planted: Planted, alice: Person, pushed: Pusher) -> None:
    """With a refresh, with an answer that makes no sense, and to the end; then the connection is cut, and revoked late."""
    sandbox, control = planted.sandbox, planted.sandbox.standin.control
    with psycopg.connect(sandbox.database.url, autocommit=True) as db:
        db.execute("update globus_tokens set expires_at = now() - interval '1 minute'")
        assert alice.get("/api/globus/endpoints?scope=my-endpoints").status_code == 200
        (container,) = db.execute("select k.id from containers k join collections c on c.id = k.collection_id where c.name = %s",
                                  [pushed.collection]).fetchone()
    control.fail("submit", 1, status=500, body={"code": "Odd", "message": "odd"})
    planted.hear(alice.transfer(container, STANFORD_GUEST))
    for token in control.refreshes():
        planted.plant("refresh token", token)
    control.fail("revoke", 3)
    planted.hear(alice.disconnect())
    for token in control.tokens_seen():
        planted.plant("access token", token)


def push_and_pull(planted: Planted, alice: Person) -> Pusher:
    sandbox = planted.sandbox
    p = Pusher(sandbox.url, "alice", planted.plant("client token", sandbox.user("alice")["token"]), "planted")
    planted.plant("signature", p.sign("push").rsplit("=", 1)[1])
    ticket = planted.plant("upload ticket", p.ticket())
    planted.hear(p.send(b"x", {"Authorization": p.sign("upload") + "x"}))
    p.session.close()  # nginx ends a connection whose body nobody read; reused, it fails now and then
    planted.hear(p.send(f"--0123456789abcdef0123456789abcdef\r\nContent-Disposition: form-data; name=\"{ticket}\"\r\n\r\n".encode()))
    p.session.close()
    assert p.push(b"planted image").status_code == 200
    url = p.manifest(sign=True).json()["image"]
    planted.plant("download capability", url.rsplit("/", 1)[1])
    assert requests.get(url, timeout=60).status_code == 200
    planted.hear(requests.get(url + "x", timeout=60))
    container = int(re.search(r"/containers/(\d+)/", url).group(1))
    made = alice.post(f"/api/portal/containers/{container}/shares", json={"days": 1})
    assert made.status_code == 201, made.text
    share = made.json()["share"]["url"]
    planted.plant("share link", share.rsplit("/", 1)[1])
    assert requests.get(share, timeout=60).status_code == 200
    planted.hear(requests.get(share + "x", timeout=60))
    return p


def wander(planted: Planted) -> None:
    """Secrets where they do not belong: in addresses, headers and fields of other things."""
    url = planted.sandbox.url
    loose = planted.plant("secret in a query", secrets.token_urlsafe(16))
    planted.hear(requests.get(f"{url}/api/portal/collections?token={loose}&cursor={loose}", timeout=60))
    planted.hear(requests.get(f"{url}/complete/globus?code={loose}&state={loose}&error={loose}&error_description={loose}", timeout=60))
    planted.hear(requests.get(f"{url}/settings/profile?token={loose}", timeout=60, allow_redirects=False))
    planted.said.pop()  # the way back after the sign-in, to him who sent it
    bearer = planted.plant("secret in a header", secrets.token_urlsafe(16))
    for headers in ({"Authorization": f"Bearer {bearer}"}, {"Cookie": f"session={bearer}; __Host-session={bearer}; transload={bearer}"},
                    {"X-CSRF-Token": bearer}, {"X-Upload-Ticket": bearer}, {"Proxy-Authorization": bearer}):
        for path in ("/api/me", "/upload", "/api/upload/chunked_upload", "/api/me/token"):
            planted.hear(requests.post(url + path, json={}, headers=headers, timeout=60))
    field_value = planted.plant("secret in a field", secrets.token_urlsafe(16))
    planted.hear(requests.post(f"{url}/api/login", json={"username": 7, "password": field_value, "token": field_value}, timeout=60))


@pytest.fixture(scope="module")
def journey(planted: Planted) -> Planted:
    """All of it, and then once more without a database."""
    alice = sign_in(planted)
    pushed = push_and_pull(planted, alice)
    connect(planted, alice)
    transfer(planted, alice, pushed)
    wander(planted)
    planted.sandbox.database.stop()
    planted.hear(alice.get("/api/me"))
    planted.hear(alice.get("/settings/profile"))
    planted.hear(pushed.ask())
    planted.hear(requests.get(f"{planted.sandbox.url}/readyz", timeout=60))
    planted.sandbox.database.start()
    wait_for("the registry", planted.sandbox.is_ready, 60)
    return planted


def test_there_are_twenty(journey: Planted) -> None:
    assert len(journey.secrets) >= 20 and sum(map(len, journey.secrets.values())) >= 23, sorted(journey.secrets)
    assert len(journey.said) > 30


def logs(sandbox: Sandbox) -> Iterator[tuple[str, str]]:
    for path in sandbox.layout.log.iterdir():
        if path.name != "globus.log":
            yield path.name, path.read_text(errors="replace")


def test_no_log_holds_one(journey: Planted) -> None:
    """Ours at level debug, nginx's, and PostgreSQL's with every statement and its values: what goes there is sealed or hashed already."""
    texts = dict(logs(journey.sandbox))
    assert {"api.log", "upload.log", "agent.log", "nginx-transload.log", "postgres.log"} <= set(texts), sorted(texts)
    assert "parameters:" in texts["postgres.log"] and "event=request" in texts["api.log"]
    assert {name: found for name, text in texts.items() if (found := journey.found_in(text))} == {}


def test_no_error_says_one(journey: Planted) -> None:
    assert [(found, said[:300]) for said in journey.said if (found := journey.found_in(said))] == []


def processes(sandbox: Sandbox) -> set[int]:
    """Ours, with all that descend from them."""
    found = {pid for name in (*OURS, "postgres") if (pid := sandbox.status()[name])}
    todo = list(found)
    while todo:
        for children in Path(f"/proc/{(pid := todo.pop())}/task").glob("*/children"):
            new = {int(child) for child in children.read_text().split()} - found
            found |= new
            todo += new
    return found


def test_no_process_shows_one(journey: Planted) -> None:
    """Command lines and environments, which others may read; titles that PostgreSQL's processes give themselves, too."""
    pids = processes(journey.sandbox)
    assert len(pids) > 15
    for pid in pids:
        for name in ("cmdline", "environ"):
            text = Path(f"/proc/{pid}/{name}").read_bytes().decode(errors="replace")
            assert journey.found_in(text) == [], f"{name} of {text[:100]}"


def test_no_command_and_no_figure_tells_one(journey: Planted) -> None:
    program = journey.sandbox.program
    for command in (["settings", "print"], ["settings", "print", "--json"], ["settings", "check"], ["user", "list"], ["keys", "status"],
                    ["globus", "status"], ["doctor"], ["restore", "check"]):
        done = program.run(*command, check=False)
        assert done.stdout + done.stderr and journey.found_in(done.stdout + done.stderr) == [], command
    assert journey.found_in(requests.get(f"{journey.sandbox.url}/metrics", timeout=60).text) == []


def test_a_dump_of_the_database_holds_none(journey: Planted) -> None:
    """Whoever finds a backup finds hashes and sealed bytes."""
    done = subprocess.run(["pg_dump", journey.sandbox.database.url], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "COPY public.audit" in done.stdout
    assert journey.found_in(done.stdout) == []


@pytest.fixture
def agent(planted: Planted) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """One more, by an account that is not root's, in a directory where a core file could lie. It needs no database to run."""
    place = Path(tempfile.mkdtemp())
    settings = place / "transload.conf"
    shutil.copy(planted.sandbox.layout.settings, settings)
    for path in (place, settings):
        shutil.chown(path, **ACCOUNT)
    environment = {"PATH": "/usr/bin:/bin", **planted.sandbox.program.environment}
    environment["ASAN_OPTIONS"] = environment.get("ASAN_OPTIONS", "") + ":disable_coredump=0"
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    with (place / "log").open("wb") as log:
        process = subprocess.Popen([planted.sandbox.program.binary, "agent", "--settings", settings], cwd=place, stderr=log, extra_groups=[],
                                   env=environment, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (most, most)), **ACCOUNT)
    wait_for("the agent", lambda: b"agent_started" in (place / "log").read_bytes(), 30)
    yield process, place
    process.kill()
    process.wait()
    shutil.rmtree(place)


def test_no_core_file_is_written(agent: tuple[subprocess.Popen[bytes], Path]) -> None:
    process, place = agent
    pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if pattern.startswith(("|", "/")):
        pytest.skip(f"cores do not lie where the process runs: {pattern}")
    process.send_signal(signal.SIGABRT)
    assert process.wait(60) == -signal.SIGABRT
    assert sorted(path.name for path in place.iterdir()) == ["log", "transload.conf"]


def test_another_process_of_the_account_cannot_look_inside(agent: tuple[subprocess.Popen[bytes], Path]) -> None:
    process, _ = agent
    looks = subprocess.run(["cat", f"/proc/{process.pid}/environ"], capture_output=True, text=True, timeout=30, extra_groups=[], **ACCOUNT)
    assert looks.returncode != 0 and "Permission denied" in looks.stderr and not looks.stdout
