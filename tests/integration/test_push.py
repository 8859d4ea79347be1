"""A push is whole or absent: the real client, and by hand everything that a client should not do."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from sandbox.client import SregistryClient
from sandbox.image import sha256
from sandbox.sandbox import Sandbox

from person import Person
from pushing import BOUNDARY, Part, Pusher, form
from signing import hours_ago, signature, timestamp

PushMaker = Callable[..., Pusher]
CONTENT = b"SIF" + bytes(range(256)) * 64


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def files(sandbox: Sandbox) -> set[Path]:
    """Everything below the images root."""
    return {path for path in sandbox.layout.images.rglob("*") if path.is_file()}


# -- the signature of the tests themselves ------------------------------------------------------

VECTORS = {
    "push": "c7c5e2dd0923615ea260857e1d31a2368c5901ff3bdfdc02823155440d583b74",
    "upload": "1f5e0d59d9833fb9dd5a457c6edc1d9b3259a99e9caef9dedc9701977fce09b5",
    "pull": "be1dfd67fb7492ef41851394c75bb4812cbd9e525e248e2c67294ff277f0abba",
    "delete": "2cb8b791403b663eb38f63520914cdd2fe2602aa0897ae65b165d12c9a05d09c",
}


@pytest.mark.parametrize("kind", VECTORS)
def test_our_signer_agrees_with_the_vectors_of_the_contract(kind: str) -> None:
    token = "0123456789abcdef0123456789abcdef01234567"
    assert signature(token, kind, "demo", "hello", "latest", "20260115T09Z") == VECTORS[kind]


# -- the real client ----------------------------------------------------------------------------

@pytest.fixture
def client(sandbox: Sandbox, tmp_path: Path) -> SregistryClient:
    made = SregistryClient(sandbox.options.sregistry, tmp_path / "sregistry.json")
    made.write_secrets(sandbox.url, "alice", sandbox.user("alice")["token"])
    return made


def test_the_real_client_pushes_pulls_searches_and_deletes(client: SregistryClient, sif: Path, tmp_path: Path) -> None:
    pushed = client.push(sif, "tacos/avocados.simg")
    assert "[1. Collection return status 200" in pushed.stdout and "[Return status 200 Upload Complete]" in pushed.stdout, pushed.stdout

    found = client.run("search", "tacos/avocados:latest")
    assert "avocados" in found.stdout, found.stdout

    target = tmp_path / "pulled.simg"
    pulled = client.pull("tacos/avocados:latest", target)
    assert pulled.returncode == 0 and sha256(target) == sha256(sif), pulled.stdout

    deleted = client.run("delete", "-f", "tacos/avocados:latest")
    assert "204" in deleted.stdout, deleted.stdout
    again = client.pull("tacos/avocados:latest", tmp_path / "gone.simg")
    assert again.returncode != 0 and not (tmp_path / "gone.simg").exists(), again.stdout


def test_the_real_client_is_told_why_it_is_refused(client: SregistryClient, sandbox: Sandbox, sif: Path) -> None:
    client.write_secrets(sandbox.url, "alice", "0" * 40)
    refused = client.push(sif, "tacos/avocados.simg")
    assert refused.returncode == 1 and "403" in refused.stdout and "signature" in refused.stdout.lower(), refused.stdout


# -- what a push leaves behind ------------------------------------------------------------------

def test_push_stores_one_complete_file_named_by_its_digest(sandbox: Sandbox, pusher: PushMaker, db: psycopg.Connection) -> None:
    p, before = pusher(), files(sandbox)
    answer = p.push(CONTENT)
    assert (answer.status_code, answer.json()) == (200, {"message": "Upload Complete"})

    new = files(sandbox) - before
    (path,) = new
    collection = db.execute("select id from collections where name = %s", [p.collection]).fetchone()
    assert path.relative_to(sandbox.layout.images) == Path(str(collection[0])) / f"sha256.{digest(CONTENT)}.sif"
    assert path.read_bytes() == CONTENT
    assert p.stored_digest() == digest(CONTENT)


def test_push_of_the_same_bytes_stores_them_once(sandbox: Sandbox, pusher: PushMaker) -> None:
    p, before = pusher(), files(sandbox)
    assert p.push(CONTENT).status_code == 200
    p.name = "again"
    assert p.push(CONTENT).status_code == 200
    assert len(files(sandbox) - before) == 1
    elsewhere = pusher()
    assert elsewhere.push(CONTENT).status_code == 200
    assert len({path.stat().st_ino for path in files(sandbox) - before}) == 1, "another collection gets a hard link"


def test_push_of_a_new_image_replaces_the_tag_and_keeps_old_bytes_unchanged(sandbox: Sandbox, pusher: PushMaker) -> None:
    p, before = pusher(), files(sandbox)
    p.push(CONTENT)
    (old,) = files(sandbox) - before
    assert p.push(CONTENT + b"2").status_code == 200
    assert p.stored_digest() == digest(CONTENT + b"2")
    assert not old.exists() or old.read_bytes() == CONTENT


def test_push_lowercases_names(pusher: PushMaker) -> None:
    p = pusher()
    name = p.collection
    answer = p.ask(json={"collection": name.upper(), "name": "Image", "tag": "Latest"},
                   headers={"Authorization": Pusher(p.base_url, p.username, p.token, name.upper(), "Image", "Latest").sign("push")})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("path", ["/api/upload/chunked_upload", "/api/upload/chunked_upload/", "/upload/chunked_upload"])
def test_step_one_answers_on_all_its_paths(pusher: PushMaker, path: str) -> None:
    assert "cid" in pusher().ask(path).json()


def test_the_previous_hour_is_accepted_and_the_one_before_is_not(pusher: PushMaker) -> None:
    p = pusher()
    assert p.ask(headers={"Authorization": p.sign("push", hours_ago(1))}).status_code == 200
    refused = p.ask(headers={"Authorization": p.sign("push", hours_ago(2))})
    assert (refused.status_code, refused.json()["code"]) == (403, "bad_signature")


# -- refused by the signature -------------------------------------------------------------------

def _altered(p: Pusher, kind: str) -> dict[str, str]:
    """Headers whose signature is missing, malformed, expired or somebody else's."""
    good = p.sign(kind)
    return {
        "missing": "",
        "another scheme": "Bearer " + p.token,
        "empty": "SREGISTRY-HMAC-SHA256",
        "no signature": good.split(",")[0],
        "wrong signature": good[:-1] + ("0" if good[-1] != "0" else "1"),
        "short signature": good[:-2],
        "bad base64": good.replace(f"{kind}/", f"{kind}/!!!"),
        "unknown user": Pusher(p.base_url, "nobody", p.token, p.collection).sign(kind),
        "another's key": Pusher(p.base_url, "bob", p.token, p.collection).sign(kind),
        "another type": p.sign("pull"),
        "another image": Pusher(p.base_url, p.username, p.token, p.collection, "other").sign(kind),
        "expired": p.sign(kind, hours_ago(3)),
        "from the future": p.sign(kind, hours_ago(-4)),
        "bad time": good.replace(timestamp(), "yesterday"),
    }


ALTERATIONS = list(_altered(Pusher("", "alice", "x", "c"), "push"))


@pytest.mark.parametrize("what", ALTERATIONS)
def test_step_one_refuses_a_signature_that_is(pusher: PushMaker, what: str) -> None:
    p = pusher()
    header = _altered(p, "push")[what]
    answer = p.ask(headers={"Authorization": header} if header else {})
    assert answer.status_code == 403 and answer.json()["code"] == "bad_signature" and answer.json()["detail"], answer.text
    assert answer.reason == answer.json()["detail"]


@pytest.mark.parametrize("what", ALTERATIONS)
def test_step_two_refuses_a_signature_that_is(sandbox: Sandbox, pusher: PushMaker, what: str) -> None:
    p, before = pusher(), files(sandbox)
    body = form(p.parts(p.ticket(), CONTENT))
    header = _altered(p, "upload")[what]
    answer = p.send(body, {"Authorization": header})
    assert answer.status_code == 403 and answer.json()["detail"] == answer.json()["message"], answer.text
    assert files(sandbox) == before and p.stored_digest() is None


def test_a_ticket_works_once(pusher: PushMaker) -> None:
    p = pusher()
    body = form(p.parts(p.ticket(), CONTENT))
    assert p.send(body).status_code == 200
    assert p.send(body).status_code == 403


def test_a_ticket_is_good_for_its_own_image_only(pusher: PushMaker) -> None:
    p, other = pusher(), pusher()
    ticket = other.ticket()
    p.ticket()
    answer = p.send(form(p.parts(ticket, CONTENT)))
    assert answer.status_code == 403 and p.stored_digest() is None


def test_a_ticket_expires(pusher: PushMaker, db: psycopg.Connection) -> None:
    p = pusher()
    body = form(p.parts(p.ticket(), CONTENT))
    db.execute("update upload_tickets set expires_at = now() - interval '1 second' where collection = %s", [p.collection])
    assert p.send(body).status_code == 403


def test_only_who_may_write_gets_a_ticket(pusher: PushMaker, sandbox: Sandbox) -> None:
    p = pusher()
    p.push(CONTENT)
    bob = Pusher(sandbox.url, "bob", sandbox.user("bob")["token"], p.collection)
    refused = bob.ask()
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    admin = Pusher(sandbox.url, "admin", sandbox.user("admin")["token"], p.collection)
    assert admin.push(CONTENT + b"a").status_code == 200


def test_a_disabled_user_cannot_push(sandbox: Sandbox) -> None:
    user = sandbox.add_user("dora")
    sandbox.program.run("user", "disable", "dora")
    refused = Pusher(sandbox.url, "dora", user["token"], "dora").ask()
    assert refused.status_code == 403


# -- refused by what it says --------------------------------------------------------------------

BAD_NAMES = [
    ("collection", ""), ("collection", "."), ("collection", ".."), ("collection", "a//b"), ("collection", "a/../b"), ("collection", "/a"),
    ("collection", "-a"), ("collection", "a b"), ("collection", "ä"), ("collection", "a" * 251), ("collection", "a\nb"),
    ("name", ""), ("name", "a/b"), ("name", "a:b"), ("name", "../x"), ("name", "a b"), ("name", "n" * 251),
    ("tag", ""), ("tag", "a/b"), ("tag", "a b"), ("tag", "t" * 129), ("tag", ".t"), ("tag", "%2e"),
]


@pytest.mark.parametrize(("field", "value"), BAD_NAMES)
def test_a_name_outside_the_rules_gets_400_naming_the_field(pusher: PushMaker, field: str, value: str) -> None:
    p = pusher()
    setattr(p, field, value)
    answer = p.ask()
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "bad_input" and answer.json()["field"] == field and answer.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b'{"collection":"a","name":"b"}', b'{"collection":1,"name":"b","tag":"c"}',
                                  b'{"collection":"a","collection":"b","name":"b","tag":"c"}', b'{"collection":"a","name":"b","tag":"c"} x',
                                  b"\xff\xfe", b'{"collection":"a\\u0000b","name":"b","tag":"c"}'])
def test_a_body_that_is_not_what_it_should_be_gets_400(pusher: PushMaker, body: bytes) -> None:
    p = pusher()
    headers = {"Authorization": p.sign("push"), "Content-Type": "application/json"}
    answer = p.session.post(p.base_url + "/api/upload/chunked_upload", data=body, headers=headers, timeout=60)
    assert answer.status_code == 400 and answer.json()["code"] == "bad_input", answer.text


def _with(parts: list[Part], **values: bytes) -> list[Part]:
    return [Part(part.name, values.get(part.name, part.value), part.filename) for part in parts]


# what: how the good parts are bent, and the word the refusal must hold
BAD_FORMS: dict[str, tuple[Callable[[list[Part]], bytes], str]] = {
    "zero bytes": (lambda parts: form(_with(parts, file1=b"")), "file1"),
    "a second file1": (lambda parts: form([*parts, parts[-1]]), "file1"),
    "no file1": (lambda parts: form(parts[:-1]), "file1"),
    "the file first": (lambda parts: form([parts[-1], *parts[:-1]]), "file"),
    "no collection": (lambda parts: form([p for p in parts if p.name != "collection"]), "collection"),
    "no name": (lambda parts: form([p for p in parts if p.name != "name"]), "name"),
    "no tag": (lambda parts: form([p for p in parts if p.name != "tag"]), "tag"),
    "another name": (lambda parts: form(_with(parts, name=b"other")), "name"),
    "another tag": (lambda parts: form(_with(parts, tag=b"other")), "tag"),
    "a field twice": (lambda parts: form([parts[1], *parts]), "name"),
    "a field too long": (lambda parts: form(_with(parts, name=b"n" * 100_000)), ""),
    "no final boundary": (lambda parts: form(parts, end=False), ""),
    "another boundary": (lambda parts: form(parts, boundary="f" * 32), ""),
    "nothing at all": (lambda parts: b"", ""),
    "no form": (lambda parts: b"just bytes", ""),
    "only the final boundary": (lambda parts: f"--{BOUNDARY}--\r\n".encode(), ""),
}


@pytest.mark.parametrize("what", BAD_FORMS)
def test_an_upload_refuses_and_changes_nothing(sandbox: Sandbox, pusher: PushMaker, what: str) -> None:
    p = pusher()
    p.push(CONTENT)
    before = files(sandbox)
    bend, word = BAD_FORMS[what]
    answer = p.send(bend(p.parts(p.ticket(), CONTENT + b"new")))
    assert 400 <= answer.status_code < 500, answer.text
    assert word in answer.json()["detail"] and answer.json()["message"] == answer.json()["detail"], answer.text
    assert p.stored_digest() == digest(CONTENT) and files(sandbox) == before


@pytest.mark.parametrize("content_type", ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=",
                                          "multipart/form-data; boundary=" + "b" * 71, "application/json"])
def test_an_upload_without_a_boundary_is_refused(sandbox: Sandbox, pusher: PushMaker, content_type: str) -> None:
    p, before = pusher(), files(sandbox)
    answer = p.send(form(p.parts(p.ticket(), CONTENT)), {"Content-Type": content_type})
    assert answer.status_code == 400 and re.search("boundary|Content-Type|multipart", answer.json()["detail"]), answer.text
    assert files(sandbox) == before


def test_parts_before_the_file_may_come_in_another_order(pusher: PushMaker) -> None:
    p = pusher()
    event, name, collection, tag, file = p.parts(p.ticket(), CONTENT)
    assert p.send(form([tag, collection, name, event, file])).status_code == 200
    assert p.stored_digest() == digest(CONTENT)


def test_content_that_almost_holds_the_boundary_arrives_unchanged(pusher: PushMaker) -> None:
    tricky = b"\r\n--" + BOUNDARY.encode()[:-1] + b"\r\n\r\n--\r\n-" + b"--" + BOUNDARY.encode() + b"\r" * 70_000 + b"\r\n-"
    p = pusher()
    assert p.push(tricky).status_code == 200
    assert p.stored_digest() == digest(tricky)


@pytest.mark.parametrize("size", [1, 4095, 8192, 65_535, 65_537, (1 << 20) - 1, (1 << 20) + 1])
def test_images_of_awkward_sizes_arrive_unchanged(pusher: PushMaker, size: int) -> None:
    p, content = pusher(), hashlib.shake_128(b"size").digest(size)
    assert p.push(content).status_code == 200
    assert p.session.get(p.manifest().json()["image"], timeout=60).content == content
