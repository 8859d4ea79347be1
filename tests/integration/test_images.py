"""What is stored stays what was pushed: transload images verify, damaged, gc, the agent's part in them, and downloads under way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from person import Person
from pushing import Pusher
from wire import Wire
from world import STANFORD_GUEST

PushMaker = Callable[..., Pusher]
CONTENT = bytes(range(256)) * 8192


def file_of(sandbox: Sandbox, content: bytes) -> Path:
    return next(sandbox.layout.images.rglob(f"sha256.{hashlib.sha256(content).hexdigest()}.sif"))


def flip(path: Path, at: int = 12345) -> None:
    """What a disk that forgets does."""
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))


@pytest.fixture
def damaged(sandbox: Sandbox, pusher: PushMaker) -> Pusher:
    """An image one of whose bytes has changed since."""
    p = pusher()
    p.content = CONTENT + p.collection.encode()
    assert p.push(p.content).status_code == 200
    flip(file_of(sandbox, p.content))
    return p


def verify(sandbox: Sandbox, *options: str) -> tuple[int, dict]:
    done = sandbox.program.run("images", "verify", "--json", *options, check=False)
    return done.returncode, json.loads(done.stdout)


def test_a_flipped_byte_is_found_told_refused_and_healed(sandbox: Sandbox, damaged: Pusher, person: Callable[[str], Person],
                                                         db: psycopg.Connection) -> None:
    url = damaged.manifest().json()["image"]
    code, report = verify(sandbox, "--all")
    assert code == 1 and report["damaged"] == 1
    assert [item["images"] for item in report["items"]] == [damaged.uri]

    refused = damaged.manifest()
    assert (refused.status_code, refused.json()["code"]) == (500, "damaged")
    assert "ush the same image again" in refused.reason, "the client prints the reason phrase of a 500, and nothing else"
    assert requests.get(url, timeout=60).status_code == 500, "a download URL from before is refused too"
    (container,) = db.execute("select id from containers where image_id in (select id from images where damaged_at is not null)").fetchone()
    shown = requests.get(f"{sandbox.url}/api/portal/containers/{container}", timeout=60).json()["container"]
    assert shown["damaged"] is True and shown["download_url"] is None
    alone = sandbox.program.run("images", "damaged", check=False)
    assert alone.returncode == 1 and damaged.uri in alone.stdout and "backup" in alone.stdout

    assert damaged.push(damaged.content).status_code == 200
    assert requests.get(damaged.manifest().json()["image"], timeout=60).content == damaged.content
    assert verify(sandbox, "--all")[0] == 0
    assert sandbox.program.run("images", "damaged").stdout == "no damaged images are known\n"


def test_a_damaged_image_is_not_transferred(sandbox: Sandbox, damaged: Pusher, connected: Person, db: psycopg.Connection) -> None:
    verify(sandbox, "--all")
    (container,) = db.execute("select k.id from containers k join images i on i.id = k.image_id where damaged_at is not null").fetchone()
    answer = connected.transfer(container, STANFORD_GUEST)
    assert (answer.status_code, answer.json()["code"]) == (500, "damaged")
    assert damaged.push(damaged.content).status_code == 200


def test_the_agent_finds_it_when_its_time_has_come_and_says_so(sandbox: Sandbox, damaged: Pusher, db: psycopg.Connection) -> None:
    digest = hashlib.sha256(damaged.content).hexdigest()
    db.execute("update images set checked_at = now() - interval '31 days' where sha256 = decode(%s, 'hex')", [digest])
    wait_for("the agent's comparison", lambda: damaged.manifest().status_code == 500)
    line = next(line for line in (sandbox.layout.log / "agent.log").read_text().splitlines() if "image_damaged" in line and digest in line)
    assert "level=error" in line and damaged.uri in line and "remedy=" in line
    assert damaged.push(damaged.content).status_code == 200


def test_a_file_that_is_gone_is_noticed_by_the_first_who_asks(sandbox: Sandbox, pusher: PushMaker) -> None:
    p = pusher()
    content = b"removed by hand" + p.collection.encode()
    assert p.push(content).status_code == 200
    url, path = p.manifest().json()["image"], file_of(sandbox, content)
    path.unlink()
    refused = requests.get(url, timeout=60)
    assert (refused.status_code, refused.json()["code"]) == (500, "damaged")
    assert p.manifest().status_code == 500, "and from then on everybody is told at once"
    assert "image_damaged" in (sandbox.layout.log / "api.log").read_text()
    assert p.push(content).status_code == 200 and path.read_bytes() == content


def test_what_was_compared_within_a_day_is_not_compared_again(sandbox: Sandbox, pusher: PushMaker) -> None:
    pusher().push(b"compared by the push itself")
    assert verify(sandbox) == (0, {"images": 0, "bytes": 0, "damaged": 0, "healed": 0, "items": []})


def test_gc_says_what_it_would_do_and_does_it(sandbox: Sandbox, pusher: PushMaker, db: psycopg.Connection) -> None:
    sandbox.program.run("images", "gc")
    p = pusher()
    content = b"overwritten" + p.collection.encode()
    p.push(content)
    p.push(b"the new one" + p.collection.encode())
    mine = db.execute("select id from collections where name = %s", [p.collection]).fetchone()[0]
    db.execute("delete from container_versions where container_id in (select id from containers where collection_id = %s)", [mine])  # aged out
    db.execute("update images set created_at = created_at - interval '2 hours' where collection_id = %s", [mine])
    expected = {"images": 1, "files": 1, "bytes": len(content)}
    assert sandbox.program.json("images", "gc", "--dry-run") == {"dry_run": True, **expected}
    assert file_of(sandbox, content).exists()
    assert sandbox.program.json("images", "gc") == {"dry_run": False, **expected}
    assert not list(sandbox.layout.images.rglob(f"sha256.{hashlib.sha256(content).hexdigest()}.sif"))
    assert p.stored_digest()


def test_a_download_under_way_ends_with_every_byte_though_the_image_was_deleted(sandbox: Sandbox, pusher: PushMaker,
                                                                                db: psycopg.Connection) -> None:
    p = pusher()
    content = hashlib.shake_128(p.collection.encode()).digest(48 << 20)  # more than sockets and nginx's buffers hold
    assert p.push(content).status_code == 200
    path, url = file_of(sandbox, content), p.manifest().json()["image"]
    with Wire(sandbox.url) as wire:
        wire.begin("GET", url.removeprefix(sandbox.url), {})
        begun = wire.socket.recv(1000)
        assert begun.startswith(b"HTTP/1.1 200")
        deleted = requests.delete(f"{sandbox.url}/api/container/{p.uri}", headers={"Authorization": p.sign("delete")}, timeout=60)
        assert deleted.status_code == 204
        db.execute("update images set created_at = created_at - interval '2 hours'")
        sandbox.program.run("images", "gc")
        assert not path.exists(), "the name is gone while the download goes on"
        received = bytearray(begun.partition(b"\r\n\r\n")[2])
        while piece := wire.socket.recv(1 << 20):
            received += piece
    assert bytes(received) == content
