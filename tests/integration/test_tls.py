"""Globus over TLS, as it is in truth: certificates that are trusted, and none that is not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sandbox.sandbox import Sandbox
from sandbox.standin import Control
from sandbox.waiting import free_port

from certificates import Authority
from person import Person
from pushing import Pusher
from tls_globus import Globus
from wishes import CONTENT, container_id, reach
from world import STANFORD_GUEST


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def secure(make_sandbox: Callable[..., Sandbox], authority: Authority, port: int) -> Sandbox:
    """A registry whose Globus is the one at that port."""
    url = f"https://127.0.0.1:{port}"
    return make_sandbox(settings={"GLOBUS_AUTH_URL": url, "GLOBUS_TRANSFER_URL": url, "GLOBUS_APP_URL": url, "CA_FILE": str(authority.certificate)})


@pytest.fixture
def serve(secure: Sandbox, port: int, tmp_path: Path) -> Iterator[Callable[[tuple[Path, Path]], Globus]]:
    running: list[Globus] = []

    def start(certificate: tuple[Path, Path]) -> Globus:
        running.append(Globus(tmp_path, port, certificate, secure))
        return running[-1]

    yield start
    for globus in running:
        globus.end()


def test_the_whole_way_over_tls(secure: Sandbox, authority: Authority, serve: Callable[..., Globus], port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(authority.issue("good"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.certificate))
    globus = Control(f"https://127.0.0.1:{port}/control")
    globus.auto("alice@uni.example")
    image = Pusher(secure.url, "alice", secure.user("alice")["token"], "tls")
    assert image.push(CONTENT).status_code == 200
    alice = Person(secure.url, "alice", secure.user("alice")["password"]).sign_in()
    alice.connect()
    with psycopg.connect(secure.database.url) as db:
        container = container_id(db, image)
    reach(alice, alice.transfer(container, STANFORD_GUEST).json()["id"], "done")
    assert len(globus.tasks()) == 1


@pytest.mark.parametrize("kind", ["another authority", "ended", "another host"])
def test_a_certificate_that_is_not_good_gets_nothing(secure: Sandbox, authority: Authority, serve: Callable[..., Globus], port: int, tmp_path: Path,
                                                     monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    def made() -> tuple[tuple[Path, Path], Path]:
        if kind == "another authority":
            other = Authority(tmp_path, "other")
            return other.issue("other-host"), other.certificate
        if kind == "ended":
            return authority.issue("ended", days="-1"), authority.certificate
        return authority.issue("elsewhere", address="DNS:auth.globus.org"), authority.certificate

    certificate, trusted = made()
    serve(certificate)
    done = secure.program.run("doctor", "--json", check=False)
    found: dict[str, Any] = {item["check"]: item for item in json.loads(done.stdout)["items"]}
    assert found["client"]["result"] == "problem" and done.returncode == 1
    assert any(word in found["client"]["text"] for word in ("certificate", "SSL", "host name")), found["client"]
    if kind == "another authority":
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))
        assert Control(f"https://127.0.0.1:{port}/control").calls() == [], "no request, and no secret, went there"
