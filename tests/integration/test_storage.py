"""The image store under pressure: a full disk, a directory that cannot be written, the rules of its paths."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox

from pushing import Pusher

SIZE = 12 << 20


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file system of 12 MiB."""
    place = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", place], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"cannot mount a file system here: {mounted.stderr}")
    yield place
    subprocess.run(["umount", "--lazy", place], check=False)


@pytest.fixture(scope="module")
def small(small_disk: Path, make_sandbox: Callable[..., Sandbox]) -> Iterator[Sandbox]:
    """A registry whose images lie there."""
    (small_disk / "images").mkdir()
    sandbox = make_sandbox(images=small_disk / "images", users=("alice",))
    yield sandbox
    sandbox.down()


@pytest.fixture
def push(small: Sandbox) -> Pusher:
    return Pusher(small.url, "alice", small.user("alice")["token"], "full")


def used(sandbox: Sandbox) -> int:
    return sum(path.stat().st_blocks * 512 for path in sandbox.layout.images.rglob("*") if path.is_file())


def test_a_full_disk_is_507_and_nothing_is_left(push: Pusher, small: Sandbox) -> None:
    content = b"x" * (5 << 20)
    assert push.push(content).status_code == 200
    before, kept = used(small), push.stored_digest()
    answer = push.push(hashlib.shake_128(b"too much").digest(9 << 20))
    assert (answer.status_code, answer.json()["code"]) == (507, "no_space"), answer.text
    assert answer.json()["message"] and used(small) == before and push.stored_digest() == kept
    assert free(small.layout.images) >= SIZE - before - (1 << 20), "the unnamed file is given back"


def free(path: Path) -> int:
    import os

    state = os.statvfs(path)
    return state.f_bavail * state.f_frsize


def test_there_is_room_again_after_a_refusal(push: Pusher) -> None:
    push.name = "small"
    assert push.push(b"y" * (1 << 20)).status_code == 200


@pytest.fixture
def read_only(small_disk: Path) -> Iterator[None]:
    """The file system, remounted read-only for one test."""
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    yield
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)


def test_on_a_read_only_disk_a_push_is_503_and_reading_goes_on(push: Pusher, small: Sandbox, request: pytest.FixtureRequest) -> None:
    push.name, content = "read-only", b"z" * (1 << 20)
    assert push.push(content).status_code == 200
    before = files(small)
    request.getfixturevalue("read_only")
    answer = push.push(b"another")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), answer.text
    assert answer.headers["Retry-After"] and files(small) == before
    assert push.stored_digest() == hashlib.sha256(content).hexdigest(), "the old image is in place"
    assert requests.get(push.manifest().json()["image"], timeout=60).content == content, "and can be read"
    ready = requests.get(f"{small.url}/readyz", timeout=60)
    assert ready.status_code == 503 and "read-only" in ready.text


def test_a_disk_that_can_be_written_again_is_used_again(push: Pusher) -> None:
    push.name = "after-read-only"
    assert push.push(b"again").status_code == 200


def files(sandbox: Sandbox) -> set[Path]:
    return {path for path in sandbox.layout.images.rglob("*") if path.is_file()}


def test_paths_use_only_letters_that_need_no_care(sandbox: Sandbox, pusher: Callable[..., Pusher]) -> None:
    p = pusher(collection="odd.name_with/levels-1", name="a+b_c.d", tag="v1.0_x-2")
    assert p.push(b"odd").status_code == 200
    for path in sandbox.layout.images.rglob("*"):
        assert re.fullmatch(r"[0-9]+(/sha256\.[0-9a-f]{64}\.sif)?|\.parts(/[0-9a-f]{64})?", str(path.relative_to(sandbox.layout.images)))


def test_deletion_waits_for_a_transfer_in_flight(sandbox: Sandbox, connected, pusher: Callable[..., Pusher], db: psycopg.Connection, globus) -> None:
    from wishes import container_id, reach
    from world import STANFORD_GUEST

    p = pusher()
    p.push(b"wait for me" * 10_000)
    path = next(sandbox.layout.images.rglob(f"sha256.{p.stored_digest()}.sif"))
    globus.post("hold")
    created = connected.transfer(container_id(db, p), STANFORD_GUEST).json()
    deleted = requests.delete(f"{sandbox.url}/api/container/{p.uri}", headers={"Authorization": p.sign("delete")}, timeout=60)
    assert deleted.status_code == 204
    db.execute("update images set created_at = created_at - interval '2 days'")
    sandbox.program.run("agent", "once")
    assert path.exists(), "the task in flight still needs it"
    globus.post("hold", hold=False)
    reach(connected, created["id"], "done")
    sandbox.program.run("agent", "once")
    assert not path.exists(), "and now nobody does"
