"""Pushing in parts from a signed-in page: what arrived stays, whatever happened to the connection or to the registry."""

from __future__ import annotations

import hashlib
import http.client
import os
import stat
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox

from person import Person
from pushing import Pusher

PushMaker = Callable[..., Pusher]
CONTENT = b"an image that comes in parts, " * 20_000  # 600,000 bytes


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Upload:
    """One push of a person, in parts."""

    def __init__(self, person: Person, n: Pusher, size: int = len(CONTENT)) -> None:
        self.person, self.size = person, size
        asked = person.post("/api/upload/chunked_upload", json={"collection": n.collection, "name": n.name, "tag": n.tag})
        assert asked.ok, asked.text
        self.ticket = asked.json()["cid"]

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Upload-Ticket": self.ticket}

    def put(self, offset: int, data: bytes, **options: Any) -> requests.Response:
        query = {"size": self.size, "offset": offset, **options.pop("query", {})}
        return self.person.request("PUT", "/upload/part", params=query, data=data, headers=self.headers, **options)

    def received(self) -> int:
        answer = self.person.get("/upload/part", headers=self.headers)
        assert answer.ok, answer.text
        return answer.json()["received"]

    def cut(self, offset: int, said: int, sent: bytes) -> None:
        """A part of which only the beginning arrives before the connection is lost."""
        site = urlsplit(self.person.base_url)
        wire = http.client.HTTPConnection(site.hostname or "", site.port, timeout=60)
        wire.putrequest("PUT", f"/upload/part?size={self.size}&offset={offset}")
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.person.http.cookies)
        for name, value in {**self.headers, "X-CSRF-Token": self.person.csrf, "Cookie": cookies, "Content-Length": str(said)}.items():
            wire.putheader(name, value)
        wire.endheaders(sent)
        wire.close()

    def finish(self, offset: int) -> requests.Response:
        """The rest, once nobody else is at it any more."""
        until = time.monotonic() + 30
        while (answer := self.put(offset, CONTENT[offset:])).status_code == 409 and time.monotonic() < until:
            offset = self.received()
        return answer


@pytest.fixture
def alice(person: Callable[[str], Person]) -> Person:
    return person("alice")


@pytest.fixture
def parts(sandbox: Sandbox) -> Callable[[], list[Path]]:
    """The files of uploads in parts."""
    directory = sandbox.layout.images / ".parts"
    return lambda: sorted(directory.iterdir()) if directory.is_dir() else []


@pytest.fixture(autouse=True)
def nothing_left(parts: Callable[[], list[Path]], db: psycopg.Connection) -> Iterator[None]:
    """Other tests look at every file there is."""
    yield
    db.execute("update upload_tickets set used_at = now() where used_at is null")
    for file in parts():
        file.unlink()


def test_parts_become_one_image(alice: Person, pusher: PushMaker, parts: Callable[[], list[Path]]) -> None:
    n = pusher()
    before = set(parts())
    upload = Upload(alice, n)
    first = upload.put(0, CONTENT[:250_000])
    assert (first.status_code, first.json()) == (200, {"received": 250_000, "complete": False})
    (file,) = set(parts()) - before
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700, "nginx and Globus may not read it"
    assert n.stored_digest() is None and upload.received() == 250_000
    assert upload.put(250_000, CONTENT[250_000:500_000]).json()["received"] == 500_000
    assert upload.put(500_000, CONTENT[500_000:]).json() == {"received": len(CONTENT), "complete": True}
    assert n.stored_digest() == digest(CONTENT) and n.session.get(n.manifest().json()["image"], timeout=60).content == CONTENT
    assert set(parts()) == before
    assert upload.put(len(CONTENT), b"").status_code == 403, "a ticket is good for one image"


def test_a_lost_connection_costs_only_what_had_not_arrived(alice: Person, pusher: PushMaker) -> None:
    n = pusher()
    upload = Upload(alice, n)
    upload.cut(0, len(CONTENT), CONTENT[:400_000])
    until = time.monotonic() + 30
    while upload.received() == 0 and time.monotonic() < until:
        pass
    assert 0 < upload.received() <= 400_000
    assert upload.finish(upload.received()).json()["complete"]
    assert n.stored_digest() == digest(CONTENT)


def test_a_killed_worker_costs_only_the_part_in_hand(alice: Person, pusher: PushMaker, crash: Callable[[str], Path]) -> None:
    n = pusher()
    upload = Upload(alice, n)
    assert upload.put(0, CONTENT[:200_000]).ok
    armed = crash("part:before_note")
    assert upload.put(200_000, CONTENT[200_000:300_000]).status_code == 502 and not armed.exists()
    assert upload.received() == 200_000, "only what is known to be on the disk counts"
    assert upload.finish(200_000).json()["complete"]
    assert n.stored_digest() == digest(CONTENT)


@pytest.mark.parametrize(("offset", "data", "query", "status", "word"), [
    (1, b"x", {}, 409, "0 bytes have arrived"), (0, b"x" * 11, {"size": 10}, 400, "size"), (0, b"x", {"size": ""}, 400, "size"), (0, b"x", {"size": 0}, 400, "size"),
    (0, b"x", {"size": "many"}, 400, "size"), (0, b"x", {"offset": -1}, 400, "offset"), (0, b"x", {"size": 1 << 60}, 413, "larger"), (11, b"", {"size": 10}, 400, "size"),
])
def test_a_part_that_does_not_fit_is_refused(alice: Person, pusher: PushMaker, offset: int, data: bytes, query: dict[str, Any], status: int, word: str) -> None:
    upload = Upload(alice, pusher(), size=10)
    answer = upload.put(offset, data, query=query)
    assert answer.status_code == status and word in answer.json()["detail"], answer.text
    assert upload.received() == 0


def test_who_is_refused_before_the_body_is_told_that_the_connection_ends(alice: Person, pusher: PushMaker) -> None:
    """Or the next request would go where nobody listens: it asks how much has arrived."""
    upload = Upload(alice, pusher(), size=10)
    for offset, status in ((1, 409), (0, 200)):
        answer = upload.put(offset, b"x")
        assert (answer.status_code, answer.headers["Connection"]) == (status, "close")


def test_the_size_is_said_once_and_stays(alice: Person, pusher: PushMaker) -> None:
    upload = Upload(alice, pusher(), size=10)
    assert upload.put(0, b"12345").ok
    assert upload.put(5, b"67890", query={"size": 11}).status_code == 403
    assert upload.put(5, b"67890").json()["complete"]


def test_only_its_user_has_it_and_no_other_site(alice: Person, person: Callable[[str], Person], pusher: PushMaker, url: str) -> None:
    n = pusher()
    upload = Upload(alice, n, size=10)
    assert upload.put(0, b"1234567890", csrf=False).json()["code"] == "csrf"
    thief = Upload.__new__(Upload)
    thief.person, thief.size, thief.ticket = person("bob"), 10, upload.ticket
    assert thief.put(0, b"1234567890").status_code == 403
    assert thief.person.get("/upload/part", headers=thief.headers).status_code == 403
    assert thief.person.request("DELETE", "/upload/part", headers=thief.headers).status_code == 403
    assert requests.put(f"{url}/upload/part?size=1&offset=0", data=b"x", headers=upload.headers, timeout=60).status_code == 401
    for ticket in ("", "0" * 64, "x" * 3000):
        thief.person, thief.ticket = alice, ticket
        assert thief.put(0, b"1234567890").status_code in (400, 403)
    assert n.stored_digest() is None


def test_one_part_at_a_time(alice: Person, pusher: PushMaker) -> None:
    n = pusher()
    upload = Upload(alice, n)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: upload.put(0, CONTENT).status_code, range(4)))
    assert sorted(answers)[0] == 200 and set(answers[1:] + answers[:1]) <= {200, 409, 403} and answers.count(200) == 1
    assert n.stored_digest() == digest(CONTENT)


def test_an_upload_can_be_given_up(alice: Person, pusher: PushMaker, parts: Callable[[], list[Path]]) -> None:
    before = set(parts())
    upload = Upload(alice, pusher())
    assert upload.put(0, CONTENT[:1000]).ok and len(set(parts()) - before) == 1
    assert alice.request("DELETE", "/upload/part", headers=upload.headers).status_code == 204
    assert set(parts()) == before
    assert upload.put(1000, CONTENT[1000:]).status_code == 403


def test_a_user_has_three_at_once(alice: Person, pusher: PushMaker, db: psycopg.Connection) -> None:
    db.execute("update upload_tickets set used_at = now() where used_at is null")
    uploads = [Upload(alice, pusher()) for _ in range(4)]
    for upload in uploads:
        assert upload.put(0, CONTENT[:1000]).ok
    assert [upload.put(1000, CONTENT[1000:2000]).status_code for upload in uploads] == [403, 200, 200, 200]


def test_what_was_given_up_is_swept(alice: Person, pusher: PushMaker, parts: Callable[[], list[Path]], sandbox: Sandbox,
                                    db: psycopg.Connection) -> None:
    before = set(parts())
    for _ in range(2):
        assert Upload(alice, pusher()).put(0, CONTENT[:1000]).ok
    old, young = sorted(set(parts()) - before)
    os.utime(old, (time.time() - 100_000, time.time() - 100_000))
    sandbox.program.run("agent", "once")
    assert old.exists(), "its ticket is open: a clock is wrong here, and not the database's"
    db.execute("update upload_tickets set expires_at = now() where ticket_hash = decode(%s, 'hex')", [old.name])
    sandbox.program.run("agent", "once")
    assert not old.exists() and young.exists()


def test_a_push_that_cannot_be_stored_yet_is_asked_for_again(alice: Person, pusher: PushMaker, crash: Callable[[str], Path]) -> None:
    n = pusher()
    upload = Upload(alice, n)
    armed = crash("push:before_commit")
    assert upload.put(0, CONTENT).status_code == 502 and not armed.exists()
    assert upload.received() == len(CONTENT) and n.stored_digest() is None
    assert upload.finish(len(CONTENT)).json()["complete"]
    assert n.stored_digest() == digest(CONTENT)
