"""Download limits: per account, per address for visitors, kept in the database, shown, and answered as the operator set."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import requests

from sandbox.client import SregistryClient
from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from person import Person
from pool import restart_pool
from pushing import Pusher

ACCOUNT, VISITOR, WEEK = 4, 2, 604_800
LIMITS = {"DOWNLOAD_LIMIT": str(ACCOUNT), "VISITOR_DOWNLOAD_LIMIT": str(VISITOR)}
CONTENT = b"an image that many want" * 1000


@pytest.fixture(scope="module")
def registry(make_sandbox: Callable[..., Sandbox]) -> Iterator[Sandbox]:
    sandbox = make_sandbox(users=("alice", "bob"), settings=LIMITS)
    yield sandbox
    sandbox.down()


@pytest.fixture
def image(registry: Sandbox) -> Pusher:
    """A public image, and nobody has downloaded anything."""
    with psycopg.connect(registry.database.url, autocommit=True) as db:
        db.execute("truncate download_counts, download_grants")
    p = Pusher(registry.url, "alice", registry.user("alice")["token"], "wanted")
    assert p.push(CONTENT).status_code == 200
    return p


def pull(p: Pusher, sign: bool, **headers: str) -> requests.Response:
    """Manifest, HEAD, GET, as the client does it."""
    manifest = p.manifest(sign=sign)
    if manifest.status_code != 200:
        return manifest
    assert requests.head(manifest.json()["image"], timeout=60).status_code == 200
    return requests.get(manifest.json()["image"], headers=headers, timeout=60)


def test_row_05_a_visitor_is_refused_after_the_limit_and_may_sign(image: Pusher) -> None:
    for number in range(1, VISITOR + 1):
        answer = pull(image, sign=False)
        assert answer.status_code == 200 and answer.content == CONTENT
        assert (answer.headers["RateLimit-Limit"], answer.headers["RateLimit-Remaining"]) == (str(VISITOR), str(VISITOR - number)), \
            "a pull is one download, HEAD and manifest are none"
    refused = image.manifest()
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert WEEK - 60 < int(refused.headers["Retry-After"]) <= WEEK
    assert "signs in" in refused.json()["detail"]
    assert pull(image, sign=True).status_code == 200, "an account is not counted by its address"


def test_row_06_and_31_an_account_has_its_own_limit_and_head_is_no_download(image: Pusher, registry: Sandbox) -> None:
    urls = [image.manifest(sign=True).json()["image"] for _ in range(ACCOUNT + 1)]
    assert [requests.get(url, timeout=60).status_code for url in urls] == [200] * ACCOUNT + [429], "also by URLs from before"
    assert image.manifest(sign=True).status_code == 429
    bob = Pusher(registry.url, "bob", registry.user("bob")["token"], "wanted")
    assert pull(bob, sign=True).status_code == 200
    assert requests.head(urls[-1], timeout=60).status_code == 200, "HEAD is no download"


def test_an_interrupted_download_goes_on(image: Pusher) -> None:
    url = image.manifest().json()["image"]
    begun = requests.get(url, headers={"Range": "bytes=0-99"}, timeout=60)
    rest = [requests.get(url, headers={"Range": f"bytes={at}-{at + 99}"}, timeout=60) for at in range(100, 1000, 100)]
    assert {answer.status_code for answer in [begun, *rest]} == {206}
    assert b"".join(answer.content for answer in [begun, *rest]) == CONTENT[:1000]
    assert rest[-1].headers["RateLimit-Remaining"] == str(VISITOR - 1)


def test_row_31_a_limit_survives_a_restart(image: Pusher, registry: Sandbox) -> None:
    for _ in range(VISITOR):
        pull(image, sign=False)
    restart_pool(registry, "api")
    assert image.manifest().status_code == 429
    registry.program.run("agent", "once")
    assert image.manifest().status_code == 429, "the agent sweeps only what is over"


def test_row_07_what_is_left_is_shown_with_when_it_ends(image: Pusher, registry: Sandbox) -> None:
    pull(image, sign=True)
    alice = Person(registry.url, "alice", registry.user("alice")["password"]).sign_in()
    usage = alice.get("/api/me/usage").json()
    assert usage["downloads"] | {"resets_at": None} == {"limit": ACCOUNT, "used": 1, "remaining": ACCOUNT - 1, "resets_at": None}
    assert usage["downloads"]["resets_at"] and usage["storage"]["used"] >= len(CONTENT)
    assert {"name": "wanted", "used": len(CONTENT), "limit": 0} in [{k: c[k] for k in ("name", "used", "limit")} for c in usage["collections"]]


@pytest.fixture
def forbidding(registry: Sandbox) -> Iterator[None]:
    """The operator prefers 403."""

    def reload(**more: str) -> None:
        registry.program.write_settings(registry.settings() | more)
        registry.processes.send("api", signal.SIGHUP)

    reload(DOWNLOAD_LIMIT_FORBIDS="true")
    yield
    reload()


def test_row_05_with_403_the_real_client_signs_or_says_so(image: Pusher, registry: Sandbox, forbidding: None, tmp_path: Path) -> None:
    """To a 429 it says nothing and ends with success (contract, part 5); that is why the setting is there."""
    for _ in range(VISITOR):
        pull(image, sign=False)
    wait_for("the new settings", lambda: image.manifest().status_code == 403)
    client = SregistryClient(registry.options.sregistry, tmp_path / "alice.sregistry")
    client.write_secrets(registry.url, "alice", registry.user("alice")["token"])
    codes = []
    for number in range(ACCOUNT + 1):
        done: subprocess.CompletedProcess[str] = client.pull("wanted/image:latest", tmp_path / f"{number}.sif")
        codes.append(done.returncode)
        last = done.stdout
    assert codes == [0] * ACCOUNT + [1] and "403" in last, last
    assert (tmp_path / "0.sif").read_bytes() == CONTENT
