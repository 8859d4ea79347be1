"""kill -9 at every named point: an image is whole or absent, a wish is one task, and what was acknowledged stays."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from sandbox.sandbox import Sandbox
from sandbox.standin import Control
from sandbox.waiting import wait_for

from person import Person
from pushing import Pusher
from wishes import container_id, reach
from world import STANFORD_GUEST

PushMaker = Callable[..., Pusher]
OLD, NEW = b"the old image" * 1000, b"the new image" * 30_000
PUSH_POINTS = ["push:mid_body", "push:before_link", "push:after_link", "push:before_commit", "push:after_commit"]
SUBMIT_POINTS = ["submit:before_id", "submit:after_id", "submit:after_post", "submit:before_row", "submit:after_row"]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def check_store(sandbox: Sandbox, db: psycopg.Connection) -> None:
    """Each row has its whole file; each file is whole, under the name of its digest."""
    rows = db.execute("select collection_id, encode(sha256, 'hex'), size_bytes from images").fetchall()
    for collection, hex_digest, size in rows:
        path = sandbox.layout.images / str(collection) / f"sha256.{hex_digest}.sif"
        assert path.stat().st_size == size, f"{path} is not whole"
    for path in sandbox.layout.images.rglob("*"):
        if path.is_file():
            assert path.name == f"sha256.{digest(path.read_bytes())}.sif", f"{path} is visible and not what its name says"


def orphans(sandbox: Sandbox, db: psycopg.Connection) -> set[str]:
    """Files without a row."""
    rows = {f"{collection}/sha256.{hex_digest}.sif" for collection, hex_digest in
            db.execute("select collection_id, encode(sha256, 'hex') from images").fetchall()}
    return {str(path.relative_to(sandbox.layout.images)) for path in sandbox.layout.images.rglob("*") if path.is_file()} - rows


@pytest.mark.parametrize("point", PUSH_POINTS)
@pytest.mark.parametrize("before", [None, OLD], ids=["new tag", "overwrite"])
def test_a_push_killed_at(sandbox: Sandbox, pusher: PushMaker, db: psycopg.Connection, crash: Callable[[str], Path], point: str,
                          before: bytes | None) -> None:
    p = pusher()
    if before:
        assert p.push(before).status_code == 200
    armed = crash(point)
    assert p.push(NEW).status_code == 502, "the client hears that it did not work"
    p.session.close()  # nginx ends a connection whose body nobody read; reused, it fails now and then
    assert not armed.exists(), "the point was passed"

    old = digest(before) if before else None
    assert p.stored_digest() in ({digest(NEW)} if point == "push:after_commit" else {old})
    check_store(sandbox, db)

    assert p.push(NEW).status_code == 200, "the next push works"
    assert p.stored_digest() == digest(NEW)
    check_store(sandbox, db)


@pytest.mark.parametrize("point", PUSH_POINTS)
def test_what_a_killed_push_left_is_swept(sandbox: Sandbox, pusher: PushMaker, db: psycopg.Connection, crash: Callable[[str], Path],
                                          point: str) -> None:
    p, content = pusher(), NEW + point.encode()
    crash(point)
    assert p.push(content).status_code == 502
    left = orphans(sandbox, db)
    for name in left:  # the sweep spares what is young, because a push in flight has a file before its row
        make_old(sandbox.layout.images / name)
    db.execute("update images set created_at = created_at - interval '2 days'")
    sandbox.program.run("agent", "once")
    assert orphans(sandbox, db) == set()
    check_store(sandbox, db)
    assert (p.stored_digest() == digest(content)) == (point == "push:after_commit")


def make_old(path: Path) -> None:
    import os

    two_days_ago = path.stat().st_mtime - 2 * 86_400
    os.utime(path, (two_days_ago, two_days_ago))


@pytest.mark.parametrize("point", SUBMIT_POINTS)
def test_a_submit_killed_at(connected: Person, pusher: PushMaker, db: psycopg.Connection, globus: Control, crash: Callable[[str], Path],
                            point: str) -> None:
    p = pusher()
    p.push(NEW + point.encode())
    container = container_id(db, p)
    armed = crash(point)
    assert connected.transfer(container, STANFORD_GUEST).status_code == 502
    assert not armed.exists(), "the point was passed"

    (row,) = db.execute("select id::text from transfers where container_id = %s", [container]).fetchall()
    reach(connected, row[0], "done", seconds=90)
    assert len(globus.tasks()) == 1, "one wish, one task"


@pytest.mark.parametrize("point", SUBMIT_POINTS)
def test_the_user_presses_again_after_a_crash(connected: Person, pusher: PushMaker, db: psycopg.Connection, globus: Control,
                                              crash: Callable[[str], Path], point: str) -> None:
    p = pusher()
    p.push(NEW + point.encode() * 2)
    container = container_id(db, p)
    crash(point)
    connected.transfer(container, STANFORD_GUEST)
    again = connected.transfer(container, STANFORD_GUEST)
    assert again.status_code in (200, 201), again.text
    reach(connected, again.json()["id"], "done", seconds=90)
    wait_for("quiet", lambda: len({t["status"] for t in globus.tasks()} - {"ACTIVE"}) == 1)
    assert len(globus.tasks()) == 1 and db.execute("select count(*) from transfers where container_id = %s", [container]).fetchone() == (1,)
