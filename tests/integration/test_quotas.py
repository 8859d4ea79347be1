"""Quotas in bytes: room is reserved before a body is read, pushes at once cannot exceed a limit together, nothing is kept by the dead."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from pool import SlowUpload, is_uploading, kill, wait_for_workers
from pushing import BOUNDARY, Pusher, form
from wire import Wire

PushMaker = Callable[..., Pusher]
MIB = 1 << 20


@pytest.fixture
def limited(sandbox: Sandbox, pusher: PushMaker) -> Iterator[Callable[..., Pusher]]:
    """bob, or a collection of his, with so many bytes."""

    def make(user: str = "default", collection: str = "default") -> Pusher:
        p = pusher("bob")
        assert p.push(b"first").status_code == 200
        sandbox.program.run("user", "quota", "bob", "--limit", user)
        sandbox.program.run("collection", "quota", p.collection, "--limit", collection)
        return p

    yield make
    sandbox.program.run("user", "quota", "bob", "--limit", "default")


def content(tag: str, size: int) -> bytes:
    return hashlib.shake_128(tag.encode()).digest(size)


def test_a_push_beyond_the_limit_is_refused_before_its_body_is_read(limited: Callable[..., Pusher], sandbox: Sandbox) -> None:
    p = limited(collection="3M")
    p.tag = "large"
    ticket = p.ticket()
    with Wire(sandbox.url) as wire:
        wire.begin("POST", "/upload", {"Authorization": p.sign("upload"), "Content-Length": str(4 * MIB),
                                       "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
        answer = wire.answer()  # not a byte of the body was sent
    assert answer.status == 413 and f"The collection {p.collection} may store 3.0 MiB" in answer.reason
    assert b'"code":"quota"' in answer.body.replace(b" ", b"")
    assert p.send(form(p.parts(ticket, content("small", MIB)))).status_code == 200, "the refusal used nothing up"


def test_the_first_step_refuses_when_nothing_is_left(limited: Callable[..., Pusher]) -> None:
    p = limited(collection="1M")
    p.tag = "fills"
    assert p.push(content("fills", MIB - 5)).status_code == 200
    p.tag = "more"
    refused = p.ask()
    assert (refused.status_code, refused.json()["code"]) == (413, "quota")
    assert "may store 1.0 MiB; 1.0 MiB are stored" in refused.json()["detail"], "the client prints detail, and exits with 1"


@pytest.mark.parametrize("whose", ["user", "collection"])
def test_pushes_at_once_do_not_exceed_a_limit_together(limited: Callable[..., Pusher], sandbox: Sandbox, whose: str) -> None:
    used = sandbox.program.json("user", "quota", "bob")["used"]
    p = limited(collection="3584K") if whose == "collection" else limited(user=str(used + 5 + (7 << 19)))

    def push(number: int) -> int:
        mine = Pusher(p.base_url, p.username, p.token, p.collection, "image", f"{whose}{number}")
        asked = mine.ask()
        return mine.send(form(mine.parts(asked.json()["cid"], content(mine.tag, MIB)))).status_code if asked.status_code == 200 else asked.status_code

    with ThreadPoolExecutor(8) as clients:
        answers = sorted(clients.map(push, range(8)))
    assert answers == [200] * 3 + [413] * 5
    now = sandbox.program.json(whose, "quota", "bob" if whose == "user" else p.collection)
    assert now["used"] <= now["limit"] and now["reserved"] == 0


def test_a_push_under_way_holds_its_room_and_gives_it_back(limited: Callable[..., Pusher], sandbox: Sandbox) -> None:
    p = limited(collection="3M")
    p.tag = "slow"
    slow = SlowUpload(p, content("slow", 2 * MIB))
    slow.send(0.5)
    wait_for("the reservation", lambda: sandbox.program.json("collection", "quota", p.collection)["reserved"] > 1.9 * MIB)
    p.tag = "fast"
    assert p.push(content("fast", 2 * MIB)).status_code == 413
    slow.wire.cut()
    wait_for("the room's return", lambda: sandbox.program.json("collection", "quota", p.collection)["reserved"] == 0)
    assert p.push(content("fast", 2 * MIB)).status_code == 200


def test_a_killed_push_gives_its_room_back_when_its_reservation_runs_out(limited: Callable[..., Pusher], sandbox: Sandbox,
                                                                         db: psycopg.Connection) -> None:
    p = limited(collection="3M")
    p.tag = "killed"
    slow = SlowUpload(p, content("killed", 2 * MIB))
    slow.send(0.5)
    worker = wait_for("the upload", lambda: is_uploading(sandbox))
    kill(worker)
    wait_for_workers(sandbox, "upload", 4, without={worker})
    p.tag = "next"
    assert p.push(content("next", 2 * MIB)).status_code == 413
    db.execute("update push_reservations set expires_at = now()")
    assert p.push(content("next", 2 * MIB)).status_code == 200


def test_a_tag_may_be_pushed_again_in_a_full_collection(limited: Callable[..., Pusher]) -> None:
    p = limited(collection="1M")
    p.tag = "again"
    assert p.push(content("again", MIB - 5)).status_code == 200
    assert p.push(content("again, newer", MIB - 5)).status_code == 200


def test_limits_are_set_shown_and_refused_by_the_command(limited: Callable[..., Pusher], sandbox: Sandbox) -> None:
    p = limited()
    shown = sandbox.program.json("collection", "quota", p.collection, "--limit", "2T")
    assert shown == {"name": p.collection, "limit": 2 << 40, "used": 5, "reserved": 0}
    assert sandbox.program.run("collection", "quota", p.collection, "--limit", "none").stdout.endswith("no limit\n")
    wrong = sandbox.program.run("user", "quota", "bob", "--limit", "lots", check=False)
    assert wrong.returncode == 2 and "--limit" in wrong.stderr
    assert sandbox.program.run("collection", "quota", "nowhere", check=False).returncode == 3
