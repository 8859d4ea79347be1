"""No names, a day without Globus, an ended certificate: the stated outcome, and recovery without a restart (docs/faults.md).

Globus is reached by a name here, over TLS, through a name server of the test's own.
"""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox
from sandbox.standin import Control
from sandbox.waiting import free_port, wait_for

from certificates import Authority
from name_server import ADDRESS, NameServer
from person import Person
from pool import everybody, wait_for_workers, workers
from pushing import Pusher
from tls_globus import Globus
from wishes import CONTENT, container_id, reach
from world import ALICE, STANFORD_GUEST

HOST = "globus.faults.test"
NAME_WITHIN_S = 13.0  # CONNECT_TIMEOUT_MS of src/net/net.c, once; the system's resolver alone would take 20 here
DAY_S = 86400
EVERY_CALL = ("any Auth call", "any Transfer call")
PAUSE_LONGEST_S = 750  # src/transfer/submit.c: ten minutes and a quarter


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def names() -> Iterator[NameServer]:
    server = NameServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def sandbox(make_sandbox: Callable[..., Sandbox], authority: Authority, port: int, names: NameServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Pools and agent in a mount namespace where /etc/resolv.conf names our server."""
    resolver = tmp_path_factory.mktemp("names") / "resolv.conf"
    resolver.write_text(f"nameserver {ADDRESS}\noptions attempts:4\n")
    inside = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"', resolver]
    if subprocess.run([*inside, "true"], capture_output=True).returncode != 0:
        pytest.skip("cannot mount here")
    url = f"https://{HOST}:{port}"
    sandbox = make_sandbox(users=("alice",), settings={"GLOBUS_AUTH_URL": url, "GLOBUS_TRANSFER_URL": url, "GLOBUS_APP_URL": url,
                                                       "CA_FILE": str(authority.certificate)})
    sandbox.program.stop()
    command = sandbox.program._command
    sandbox.program._command = lambda *words: [shutil.which(inside[0]) or "", *inside[1:], *command(*words)]
    sandbox.program.start()
    for pool in ("api", "upload"):
        wait_for_workers(sandbox, pool, 4)
    yield sandbox
    sandbox.down()


@pytest.fixture(scope="module")
def served(sandbox: Sandbox, authority: Authority, port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Globus]]:
    """The stand-in, with a good certificate; a test may end it and put another in its place."""
    certificate = authority.issue("good", address=f"DNS:{HOST},IP:127.0.0.1")
    running = [Globus(tmp_path_factory.mktemp("globus"), port, certificate, sandbox, HOST)]
    yield running
    running[-1].end()


@pytest.fixture
def globus(served: list[Globus], authority: Authority, port: int, monkeypatch: pytest.MonkeyPatch) -> Control:
    """Its control; this process finds the name without asking."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.certificate))
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **named: real("127.0.0.1" if host == HOST else host, *more, **named))
    control = Control(f"https://127.0.0.1:{port}/control")
    control.auto(ALICE)
    return control


@pytest.fixture
def sign_in(sandbox: Sandbox) -> Callable[[], Person]:
    return lambda: Person(sandbox.url, "alice", sandbox.user("alice")["password"]).sign_in()


@pytest.fixture
def alice(sign_in: Callable[[], Person], globus: Control) -> Person:
    person = sign_in()
    if not person.json("/api/me")["globus"]:
        person.connect()
    return person


@pytest.fixture
def fresh(sandbox: Sandbox, alice: Person) -> Person:
    """alice, and processes that have no connection to Globus and no name in mind: libcurl keeps both for a minute or more."""
    old = set(workers(sandbox, "api"))
    sandbox.processes.send("api", signal.SIGHUP)
    wait_for_workers(sandbox, "api", 4, old)
    sandbox.processes.stop("agent")
    sandbox.program.start_agent()
    return alice


@pytest.fixture(autouse=True)
def same_processes(sandbox: Sandbox, request: pytest.FixtureRequest) -> Iterator[None]:
    """No worker ends, and no agent, whatever Globus does."""
    if "fresh" in request.fixturenames:
        request.getfixturevalue("fresh")
    before = everybody(sandbox)
    yield
    assert everybody(sandbox) == before


def wish(person: Person, pusher: Callable[..., Pusher], db: psycopg.Connection) -> str:
    image = pusher()
    assert image.push(CONTENT + image.collection.encode()).status_code == 200
    answer = person.transfer(container_id(db, image), STANFORD_GUEST)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def look_again(db: psycopg.Connection) -> None:
    db.execute("update transfers set next_check_at = now(), not_before = null where finished_at is null")


def test_without_names_pages_say_so_and_the_pool_goes_on(sandbox: Sandbox, fresh: Person, sign_in: Callable[[], Person], names: NameServer,
                                                         pusher: Callable[..., Pusher], db: psycopg.Connection) -> None:
    alice, asked = fresh, names.asked
    names.silence()
    try:
        with ThreadPoolExecutor(2) as others:
            asking = others.submit(alice.get, "/api/globus/endpoints?scope=my-endpoints")
            wishing = others.submit(wish, sign_in(), pusher, db)
            wait_for("questions", lambda: names.asked > asked + 1)
            for path in ("/api/portal/collections", "/readyz", "/healthz"):
                here = requests.get(sandbox.url + path, timeout=60)
                assert here.status_code == 200 and here.elapsed.total_seconds() < 3
            answer, transfer = asking.result(60), wishing.result(60)
        assert (answer.status_code, answer.json()["code"]) == (503, "globus_unavailable") and "Globus" in answer.json()["detail"]
        assert answer.elapsed.total_seconds() < NAME_WITHIN_S
        assert alice.json(f"/api/transfers/{transfer}")["state_text"].startswith("Waiting for Globus")
    finally:
        names.start()
    look_again(db)
    reach(alice, transfer, "done")
    assert alice.get("/api/globus/endpoints?scope=my-endpoints").status_code == 200


def test_after_a_day_without_globus_each_wish_is_sent_once(alice: Person, globus: Control, pusher: Callable[..., Pusher], db: psycopg.Connection) -> None:
    """A day passes in the rows, and at Globus, where the tokens grow old."""
    sent = len(globus.tasks())
    globus.fail("submit", times=-1, sample="service_unavailable")
    with_id = wish(alice, pusher, db)
    assert db.execute("select submission_id is not null from transfers where id = %s", [with_id]).fetchone() == (True,)
    for calls in EVERY_CALL:
        globus.fail(calls, times=-1, reset=True)
    without_id = wish(alice, pusher, db)
    db.execute("update transfers set created_at = created_at - interval '1 day', attempts = attempts + 200 where finished_at is null")
    db.execute("update globus_tokens set expires_at = expires_at - interval '1 day', updated_at = updated_at - interval '1 day'")
    globus.post("clock", advance_s=DAY_S)
    look_again(db)
    pauses = "select bool_and(attempts > 200 and next_check_at between now() + interval '60 s' and now() + interval '{} s') from transfers where finished_at is null"
    wait_for("another try", lambda: db.execute(pauses.format(PAUSE_LONGEST_S)).fetchone() == (True,))
    for transfer in (with_id, without_id):
        assert alice.json(f"/api/transfers/{transfer}")["state_text"].startswith("Waiting for Globus")
    for calls in ("submit", *EVERY_CALL):
        globus.fail(calls, times=0)
    look_again(db)
    for transfer in (with_id, without_id):
        reach(alice, transfer, "done")
    assert len(globus.tasks()) == sent + 2
    assert alice.get("/api/globus/endpoints?scope=my-endpoints").status_code == 200, "the connection has outlived the day"


def test_an_ended_certificate_is_named_in_the_log(sandbox: Sandbox, alice: Person, served: list[Globus], authority: Authority, port: int, tmp_path: Path) -> None:
    address = f"DNS:{HOST},IP:127.0.0.1"
    served[-1].end()
    served.append(Globus(tmp_path, port, authority.issue("ended", address=address, days="-1"), sandbox, HOST))
    answer = alice.get("/api/globus/endpoints?scope=my-endpoints")
    assert (answer.status_code, answer.json()["code"]) == (503, "globus_unavailable")
    log = sandbox.layout.log / "api.log"
    wait_for("its line in the log", lambda: "certificate has expired" in log.read_text(), 10)
    served[-1].end()
    served.append(Globus(tmp_path, port, authority.issue("renewed", address=address), sandbox, HOST))
    assert alice.get("/api/globus/endpoints?scope=my-endpoints").json().get("code") != "globus_unavailable"
