"""Collections and images as their owners manage them: create, rename, open and close, members, freeze, tags, versions, share links, delete."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from person import Person
from pushing import Pusher, form
from world import STANFORD_GUEST

PushMaker = Callable[..., Pusher]
FIRST, SECOND, THIRD = b"the first content", b"the second content", b"the third content"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def alice(person: Callable[[str], Person]) -> Person:
    return person("alice")


@pytest.fixture
def bob(person: Callable[[str], Person]) -> Person:
    return person("bob")


class Image:
    """An image of alice's and the addresses about it."""

    def __init__(self, pusher: Pusher, owner: Person) -> None:
        self.pusher, self.owner = pusher, owner
        assert pusher.push(FIRST).status_code == 200
        manifest = pusher.manifest(sign=True).json()
        self.id = manifest["id"]
        self.collection = owner.json(self.path())["container"]["collection"]["id"]

    def path(self, rest: str = "") -> str:
        return f"/api/portal/containers/{self.id}{rest}"

    def of_collection(self, rest: str = "") -> str:
        return f"/api/portal/collections/{self.collection}{rest}"

    def freeze(self, frozen: bool = True) -> requests.Response:
        return self.owner.request("PUT", self.path("/frozen"), json={"frozen": frozen})

    def member(self, name: str, role: str, by: Person | None = None) -> requests.Response:
        return (by or self.owner).request("PUT", self.of_collection(f"/members/{name}"), json={"role": role})

    def edit(self, **fields: Any) -> requests.Response:
        return self.owner.request("PATCH", self.of_collection(), json=fields)

    def by_name(self, name: str, sign: bool = False) -> requests.Response:
        headers = {"Authorization": self.pusher.sign("pull")} if sign else {}
        return requests.get(f"{self.pusher.base_url}/api/container/{name}", headers=headers, timeout=60)


@pytest.fixture
def image(pusher: PushMaker, alice: Person) -> Image:
    return Image(pusher(), alice)


def audit_of(db: psycopg.Connection, part: str) -> list[str]:
    return [row[0] for row in db.execute("select action from audit where subject like %s order by id", [f"%{part}%"])]


# -- collections ----------------------------------------------------------------------------------

def test_create_edit_and_delete_leave_their_marks(alice: Person, pusher: PushMaker, db: psycopg.Connection) -> None:
    name = pusher().collection
    made = alice.post("/api/portal/collections", json={"name": name.upper(), "description": "What it is", "private": True})
    assert made.status_code == 201, made.text
    collection = made.json()["collection"]
    assert (collection["name"], collection["private"], collection["owners"], collection["role"]) == (name, True, ["alice"], "owner")
    path = f"/api/portal/collections/{collection['id']}"
    edited = alice.request("PATCH", path, json={"private": False}).json()["collection"]
    assert (edited["private"], edited["description"], edited["name"]) == (False, "What it is", name)
    edited = alice.request("PATCH", path, json={"description": ""}).json()["collection"]
    assert (edited["private"], edited["description"]) == (False, "")
    assert alice.request("DELETE", f"{path}?name=another").json()["field"] == "name"
    assert alice.request("DELETE", f"{path}?name={name}").status_code == 204
    assert alice.get(path).status_code == 404
    assert audit_of(db, name) == ["collection.create", "collection.public", "collection.describe", "collection.delete"]


@pytest.mark.parametrize("name", ["", "..", "a b", "a//b", "x" * 251, "a/../b", "é"])
def test_a_bad_name_is_refused_by_its_field(alice: Person, name: str) -> None:
    answer = alice.post("/api/portal/collections", json={"name": name})
    assert answer.status_code == 400 and answer.json()["field"] == "name"


def test_a_name_that_is_taken_is_a_conflict(image: Image, pusher: PushMaker) -> None:
    taken = image.pusher.collection
    assert image.owner.post("/api/portal/collections", json={"name": taken}).status_code == 409
    other = Image(pusher(), image.owner)
    answer = other.edit(name=taken)
    assert answer.status_code == 409 and answer.json()["field"] == "name"
    assert other.owner.json(other.of_collection())["collection"]["name"] == other.pusher.collection


def test_a_new_name_keeps_ids_links_and_bytes(image: Image, db: psycopg.Connection) -> None:
    old, url = image.pusher.collection, image.pusher.manifest().json()["image"]
    path = db.execute("select collection_id from images where collection_id = %s", [image.collection]).fetchone()
    assert image.edit(name=f"{old}-new").status_code == 200
    assert path and requests.get(url, timeout=60).content == FIRST
    assert image.by_name(f"{old}-new/image:latest").json()["id"] == image.id
    assert image.by_name(f"{old}/image:latest", sign=True).status_code == 404
    image.pusher.collection = f"{old}-new"
    assert image.pusher.push(SECOND).status_code == 200
    assert image.owner.json(image.path())["container"]["sha256"] == digest(SECOND)


def test_private_is_invisible_to_strangers_at_once_and_everywhere(image: Image, bob: Person, sandbox: Sandbox) -> None:
    p = image.pusher
    assert image.edit(private=True).status_code == 200
    for path in ("/api/collections", "/api/portal/collections", f"/api/portal/collections?q={p.collection}", f"/api/collection/{p.collection}"):
        assert p.collection not in bob.get(path).text
    missing = f"{p.collection}x/image:latest"
    for one, other in ((p.uri, missing), (f"{p.collection}/none", f"{p.collection}x/none")):
        private, absent = image.by_name(one), image.by_name(other)
        assert (private.status_code, absent.status_code) == (403, 403)
        assert private.json()["detail"].replace(p.collection, "") == absent.json()["detail"].replace(f"{p.collection}x", "")
        private, absent = bob.get(f"/api/container/{one}"), bob.get(f"/api/container/{other}")
        assert (private.status_code, absent.status_code) == (404, 404)
        assert private.json()["detail"].replace(p.collection, "") == absent.json()["detail"].replace(f"{p.collection}x", "")


def test_members_come_and_go_but_never_the_last_owner(image: Image, bob: Person, db: psycopg.Connection) -> None:
    image.edit(private=True)
    assert bob.get(image.path()).status_code == 404
    added = image.member("BOB", "contributor")
    assert added.status_code == 200 and added.json()["collection"]["contributors"] == ["bob"]
    assert bob.get(image.path()).status_code == 200
    assert bob.request("PUT", image.path("/frozen"), json={"frozen": True}).status_code == 403
    assert image.member("alice", "contributor").status_code == 409
    assert image.owner.request("DELETE", image.of_collection("/members/alice")).status_code == 409
    assert image.member("bob", "owner").status_code == 200
    assert bob.request("DELETE", image.of_collection("/members/alice")).status_code == 204
    assert image.owner.get(image.path()).status_code == 404
    assert bob.request("DELETE", image.of_collection("/members/alice")).status_code == 404
    assert audit_of(db, image.pusher.collection)[-3:] == ["collection.member", "collection.member", "collection.member_remove"]


def test_two_owners_who_remove_each_other_leave_one(image: Image, bob: Person, db: psycopg.Connection) -> None:
    for _ in range(8):
        assert image.member("bob", "owner", by=image.owner).status_code == 200
        with ThreadPoolExecutor(2) as both:
            one = both.submit(image.owner.request, "DELETE", image.of_collection("/members/bob"))
            other = both.submit(bob.request, "DELETE", image.of_collection("/members/alice"))
            assert sorted(x.result().status_code for x in (one, other)) in ([204, 403], [204, 404])
        assert db.execute("select count(*) from collection_members where collection_id = %s and role = 'owner'", [image.collection]).fetchone() == (1,)
        db.execute("update collection_members set user_id = (select id from users where username = 'alice') where collection_id = %s", [image.collection])


def test_an_unknown_user_is_named_to_owners_and_tells_strangers_nothing(image: Image, bob: Person) -> None:
    answer = image.member("nobody-here", "owner")
    assert answer.status_code == 400 and answer.json()["field"] == "username"
    assert image.member("bob", "emperor").json()["field"] == "role"
    known, unknown = image.member("carol", "owner", by=bob), image.member("nobody-here", "owner", by=bob)
    assert known.status_code == unknown.status_code == 403 and known.json()["detail"] == unknown.json()["detail"]


# -- settings -------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def strict(make_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """Few collections, all private, one earlier version, no share links."""
    return make_sandbox(settings={"USER_COLLECTION_LIMIT": "3", "PRIVATE_ONLY": "true", "KEEP_VERSIONS": "1", "SHARE_LINK_DAYS": "0"})


def strict_person(strict: Sandbox, name: str) -> Person:
    return Person(strict.url, name, strict.user(name)["password"]).sign_in()


def test_the_limit_of_collections_holds_when_many_are_made_at_once(strict: Sandbox) -> None:
    bob, token = strict_person(strict, "bob"), strict.user("bob")["token"]

    def make(number: int) -> int:
        if number % 2:
            return bob.post("/api/portal/collections", json={"name": f"many{number}"}).status_code
        p = Pusher(strict.url, "bob", token, f"many{number}")
        asked = p.ask()
        return asked.status_code if asked.status_code != 200 else p.send(form(p.parts(asked.json()["cid"], FIRST))).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(make, range(16)))
    with psycopg.connect(strict.database.url) as db:
        owned = db.execute("select count(*) from collection_members m join users u on u.id = m.user_id where u.username = 'bob'").fetchone()
    assert owned == (3,) and sum(answer in (200, 201) for answer in answers) == 3 and set(answers) <= {200, 201, 403}
    assert "may create no more" in Pusher(strict.url, "bob", token, "onemore").ask().json()["detail"]


def test_the_limit_counts_what_another_request_is_just_creating(strict: Sandbox) -> None:
    carol = strict_person(strict, "carol")
    with psycopg.connect(strict.database.url) as other, psycopg.connect(strict.database.url, autocommit=True) as look, ThreadPoolExecutor(1) as pool:
        other.execute("select id from users where username = 'carol' for no key update")
        for number in range(3):
            other.execute("with made as (insert into collections (name, is_private) values (%s, true) returning id) insert into collection_members "
                          "select made.id, users.id, 'owner' from made, users where username = 'carol'", [f"carols{number}"])
        answer = pool.submit(carol.post, "/api/portal/collections", json={"name": "fourth"})
        wait_for("the request to wait or end", lambda: answer.done() or look.execute(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()").fetchone() != (0,))
        other.commit()
        assert answer.result().status_code == 403


def test_private_only_means_private(strict: Sandbox) -> None:
    alice = strict_person(strict, "alice")
    refused = alice.post("/api/portal/collections", json={"name": "open", "private": False})
    assert refused.status_code == 400 and refused.json()["field"] == "private"
    made = alice.post("/api/portal/collections", json={"name": "closed"}).json()["collection"]
    assert made["private"]
    assert alice.request("PATCH", f"/api/portal/collections/{made['id']}", json={"private": False}).json()["field"] == "private"


def test_keep_versions_ages_out_and_share_links_can_be_off(strict: Sandbox) -> None:
    alice = strict_person(strict, "alice")
    image = Image(Pusher(strict.url, "alice", strict.user("alice")["token"], "aging"), alice)
    for content in (SECOND, THIRD):
        assert image.pusher.push(content).status_code == 200
    assert [v["sha256"] for v in alice.json(image.path("/versions"))["items"]] == [digest(SECOND)]
    assert image.by_name(f"aging/image@sha256.{digest(FIRST)}", sign=True).status_code == 404
    assert image.by_name(f"aging/image@sha256.{digest(SECOND)}", sign=True).status_code == 200
    assert alice.post(image.path("/shares"), json={"days": 1}).status_code == 403


@pytest.fixture(scope="module")
def closed(make_sandbox: Callable[..., Sandbox]) -> Sandbox:
    return make_sandbox(settings={"USER_COLLECTIONS": "false", "DISABLE_BUILDING": "true"})


def test_without_user_collections_only_an_admin_creates(closed: Sandbox) -> None:
    admin = closed.add_user("the-admin", admin=True)
    assert strict_person(closed, "alice").post("/api/portal/collections", json={"name": "mine"}).status_code == 403
    assert Person(closed.url, admin["username"], admin["password"]).sign_in().post("/api/portal/collections", json={"name": "ours"}).status_code == 201


def test_disable_building_refuses_a_push_with_its_sentence(closed: Sandbox) -> None:
    answer = Pusher(closed.url, "alice", closed.user("alice")["token"], "any").ask()
    assert answer.status_code == 403 and answer.json()["detail"] == "Pushing is switched off in this registry."


# -- images ---------------------------------------------------------------------------------------

def test_row_10_a_frozen_tag_neither_moves_nor_goes(image: Image, db: psycopg.Connection) -> None:
    ticket = image.pusher.ticket()  # before the freeze: judged again when the bytes are here
    assert image.freeze().json()["container"]["frozen"] is True
    p = image.pusher
    refused = p.ask()
    assert refused.status_code == 403 and refused.json()["detail"] == f"{p.uri} is frozen, overwriting it is not allowed."
    late = p.send(form(p.parts(ticket, SECOND)))
    assert late.status_code == 403 and late.reason == refused.json()["detail"]
    gone = requests.delete(f"{p.base_url}/api/container/{p.uri}", headers={"Authorization": p.sign("delete")}, timeout=60)
    assert gone.status_code == 403 and gone.json()["detail"] == f"{p.uri} is frozen, delete not allowed."
    assert image.owner.request("DELETE", image.path()).status_code == 403
    assert image.owner.request("DELETE", f"{image.of_collection()}?name={p.collection}").status_code == 409
    manifest = p.manifest().json()
    assert manifest["frozen"] is True and manifest["version"] == f"sha256.{digest(FIRST)}"
    assert image.freeze(False).json()["container"]["frozen"] is False
    assert p.push(SECOND).status_code == 200
    assert [a for a in audit_of(db, p.uri) if "freeze" in a] == ["image.freeze", "image.unfreeze"]


def test_an_image_gets_another_tag_which_moves_only_when_told(image: Image, pusher: PushMaker) -> None:
    added = image.owner.post(image.path("/tags"), json={"tag": "V2"})
    assert added.status_code == 201 and added.json()["container"]["tag"] == "v2"
    assert image.by_name(f"{image.pusher.collection}/image:v2").json()["version"] == f"sha256.{digest(FIRST)}"
    assert image.pusher.push(SECOND).status_code == 200
    assert image.owner.post(image.path("/tags"), json={"tag": "v2"}).status_code == 409
    moved = image.owner.post(image.path("/tags"), json={"tag": "v2", "move": True})
    assert moved.status_code == 201 and moved.json()["container"]["sha256"] == digest(SECOND)
    assert moved.json()["container"]["id"] == added.json()["container"]["id"]
    for bad in ("a b", "", f"sha256.{digest(FIRST)}"):
        assert image.owner.post(image.path("/tags"), json={"tag": bad}).json()["field"] == "tag"
    assert image.owner.request("DELETE", f"/api/portal/containers/{added.json()['container']['id']}").status_code == 204
    assert image.pusher.manifest().status_code == 200


def test_a_digest_pulls_what_it_says_after_the_tag_moved(image: Image) -> None:
    p, owner = image.pusher, image.owner
    assert p.push(SECOND).status_code == 200
    (version,) = owner.json(image.path("/versions"))["items"]
    assert version["sha256"] == digest(FIRST) and version["moved_at"] >= version["pushed_at"]
    assert requests.get(version["download_url"], timeout=60).content == FIRST
    for name in (f"{p.uri}@sha256.{digest(FIRST)}", f"{p.collection}/image@sha256.{digest(FIRST)}", f"{p.collection}/image:sha256.{digest(FIRST)}"):
        manifest = image.by_name(name).json()
        assert (manifest["version"], manifest["tag"]) == (f"sha256.{digest(FIRST)}", "latest")
        assert requests.get(manifest["image"], timeout=60).content == FIRST
    assert p.manifest().json()["version"] == f"sha256.{digest(SECOND)}"
    assert p.push(FIRST).status_code == 200  # back again: the other one is the earlier one now
    assert [v["sha256"] for v in owner.json(image.path("/versions"))["items"]] == [digest(SECOND)]
    assert owner.request("DELETE", image.path(f"/versions/sha256.{digest(SECOND)}")).status_code == 204
    assert image.by_name(f"{p.uri}@sha256.{digest(SECOND)}").status_code == 404
    assert owner.request("DELETE", image.path(f"/versions/sha256.{digest(SECOND)}")).status_code == 404


def test_a_download_url_means_the_bytes_it_was_made_for(image: Image) -> None:
    url = image.pusher.manifest().json()["image"]
    assert image.pusher.push(SECOND).status_code == 200
    assert requests.get(url, timeout=60).content == FIRST


def test_a_share_link_works_without_signing_in_until_it_is_revoked_or_expires(image: Image, db: psycopg.Connection) -> None:
    image.edit(private=True)
    made = image.owner.post(image.path("/shares"), json={"days": 2})
    assert made.status_code == 201, made.text
    share = made.json()["share"]
    assert image.pusher.push(SECOND).status_code == 200
    assert requests.get(share["url"], timeout=60).content == FIRST  # what was shared, not what came after
    (listed,) = image.owner.json(image.path("/shares"))["items"]
    assert "url" not in listed and listed["created_by"] == "alice" and listed["sha256"] == digest(FIRST)
    secret = share["url"].rsplit("/", 1)[1]
    assert db.execute("select count(*) from share_links where secret_hash = %s", [hashlib.sha256(secret.encode()).digest()]).fetchone() == (1,)
    assert requests.get(share["url"][:-1], timeout=60).status_code == 403
    assert requests.get(share["url"].replace(f"/{image.id}/", "/999999/"), timeout=60).status_code == 403
    db.execute("update share_links set expires_at = now() where id = %s", [share["id"]])
    assert requests.get(share["url"], timeout=60).status_code == 403
    db.execute("update share_links set expires_at = now() + interval '1 day' where id = %s", [share["id"]])
    assert image.owner.request("DELETE", image.path(f"/shares/{share['id']}")).status_code == 204
    assert requests.get(share["url"], timeout=60).status_code == 403
    assert image.owner.json(image.path("/shares"))["items"] == []
    assert audit_of(db, f"{image.pusher.uri}, link") == ["share.create", "share.revoke"]


def test_a_share_link_ends_with_its_makers_rights(image: Image, bob: Person) -> None:
    image.member("bob", "owner")
    url = bob.post(image.path("/shares"), json={"days": 1}).json()["share"]["url"]
    assert requests.get(url, timeout=60).status_code == 200
    image.member("bob", "contributor")
    assert requests.get(url, timeout=60).status_code == 403


@pytest.mark.parametrize("days", [0, -1, 31, "1", None])
def test_a_share_link_has_a_longest_life(image: Image, days: object) -> None:
    answer = image.owner.post(image.path("/shares"), json={"days": days})
    assert answer.status_code == 400 and answer.json()["field"] == "days"


@pytest.mark.parametrize("kind", ["capability", "share link"])
def test_downloads_answer_head_get_range_etag_and_digest_through_nginx(image: Image, kind: str) -> None:
    url = image.pusher.manifest().json()["image"] if kind == "capability" else image.owner.post(image.path("/shares"), json={"days": 1}).json()["share"]["url"]
    head, got = requests.head(url, timeout=60), requests.get(url, timeout=60)
    for answer in (head, got):
        assert answer.status_code == 200 and int(answer.headers["Content-Length"]) == len(FIRST) and answer.headers["Accept-Ranges"] == "bytes"
        assert answer.headers["Digest"] == "sha-256=" + base64.b64encode(hashlib.sha256(FIRST).digest()).decode()
        assert answer.headers["ETag"] and "attachment" in answer.headers["Content-Disposition"]
    assert head.content == b"" and got.content == FIRST and head.headers["ETag"] == got.headers["ETag"]
    part = requests.get(url, headers={"Range": "bytes=4-8", "If-Range": got.headers["ETag"]}, timeout=60)
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, FIRST[4:9], f"bytes 4-8/{len(FIRST)}")
    assert requests.get(url, headers={"Range": "bytes=999-"}, timeout=60).status_code == 416
    assert requests.get(url, headers={"If-None-Match": got.headers["ETag"]}, timeout=60).status_code == 304


def test_only_downloads_carry_a_digest(image: Image) -> None:
    assert "Digest" not in image.pusher.manifest().headers


def test_secrets_of_share_links_are_in_no_log(image: Image, sandbox: Sandbox) -> None:
    url = image.owner.post(image.path("/shares"), json={"days": 1}).json()["share"]["url"]
    assert requests.get(url, timeout=60).ok
    secret = url.rsplit("/", 1)[1]
    logs = [log for log in sandbox.layout.log.rglob("*") if log.is_file()]
    assert logs and not [log for log in logs if secret in log.read_text(errors="replace")]


# -- delete ---------------------------------------------------------------------------------------

def test_a_deleted_collection_is_gone_at_once_and_its_files_with_the_sweep(image: Image, sandbox: Sandbox, db: psycopg.Connection) -> None:
    p = image.pusher
    assert p.push(SECOND).status_code == 200
    url = p.manifest().json()["image"]
    files = sandbox.layout.images / str(image.collection)
    assert len(list(files.iterdir())) == 2
    assert image.owner.request("DELETE", f"{image.of_collection()}?name={p.collection}").status_code == 204
    assert requests.get(url, timeout=60).status_code == 404 and image.owner.get(image.path()).status_code == 404
    db.execute("update images set created_at = now() - interval '1 day' where collection_id = %s", [image.collection])
    assert sandbox.program.run("agent", "once").returncode == 0
    assert list(files.iterdir()) == []
    assert db.execute("select count(*) from images where collection_id = %s", [image.collection]).fetchone() == (0,)
    assert p.push(FIRST).status_code == 200  # the name is free


def test_the_bytes_of_a_deleted_collection_wait_for_running_transfers(connected: Person, image: Image, sandbox: Sandbox, globus: Any, db: psycopg.Connection) -> None:
    globus.post("hold")
    sent = connected.transfer(image.id, STANFORD_GUEST)
    assert sent.status_code == 201, sent.text
    assert connected.request("DELETE", f"{image.of_collection()}?name={image.pusher.collection}").status_code == 204
    db.execute("update images set created_at = now() - interval '1 day' where collection_id = %s", [image.collection])
    assert sandbox.program.run("agent", "once").returncode == 0
    files = sandbox.layout.images / str(image.collection)
    assert [f.read_bytes() for f in files.iterdir()] == [FIRST]
    assert connected.post(f"/api/transfers/{sent.json()['id']}/cancel").status_code == 202
    db.execute("update transfers set finished_at = now(), state = 'cancelled' where id = %s", [sent.json()["id"]])
    assert sandbox.program.run("agent", "once").returncode == 0
    assert list(files.iterdir()) == []


def test_pushes_into_a_collection_that_is_deleted_are_whole_or_refused(image: Image, pusher: PushMaker, db: psycopg.Connection, sandbox: Sandbox) -> None:
    p = image.pusher

    def push(number: int) -> int:
        return Pusher(p.base_url, p.username, p.token, p.collection, "image", f"t{number}").push(f"content {number}".encode()).status_code

    with ThreadPoolExecutor(6) as pool:
        pushes = [pool.submit(push, number) for number in range(12)]
        deleted = pool.submit(image.owner.request, "DELETE", f"{image.of_collection()}?name={p.collection}")
        assert deleted.result().status_code == 204
        assert {push.result() for push in pushes} <= {200, 409, 503}
    rows = db.execute("select i.collection_id, encode(i.sha256, 'hex') from containers k join images i on i.id = k.image_id "
                      "join collections c on c.id = k.collection_id where c.name = %s", [p.collection]).fetchall()
    for collection, sha256 in rows:
        assert (sandbox.layout.images / str(collection) / f"sha256.{sha256}.sif").exists()


# -- favorites ----------------------------------------------------------------------------------

def starred(person: Person) -> list[str]:
    return [item["name"] for item in person.json("/api/portal/collections?starred=1")["items"]]


def test_a_star_is_everybodys_own_and_goes_with_the_right_to_read(image: Image, alice: Person, bob: Person) -> None:
    address = image.of_collection()
    name = alice.json(address)["collection"]["name"]
    assert alice.json(address)["collection"]["starred"] is False
    for _ in range(2):
        assert alice.request("PUT", f"{address}/star").status_code == 204, "twice is once"
    assert alice.json(address)["collection"]["starred"] is True and name in starred(alice) and name not in starred(bob)
    assert bob.request("PUT", f"{address}/star").status_code == 204 and name in starred(bob)
    assert alice.request("PATCH", address, json={"private": True}).ok
    assert name not in starred(bob), "what one may not read any more is not listed"
    assert alice.request("DELETE", f"{address}/star").status_code == 204 and name not in starred(alice)


# -- activity -----------------------------------------------------------------------------------

def test_owners_see_what_was_done_and_how_full_it_is(image: Image, alice: Person, bob: Person) -> None:
    name = alice.json(image.of_collection())["collection"]["name"]
    assert image.freeze().ok and image.member("bob", "contributor").ok
    assert bob.get(image.of_collection("/activity")).status_code == 403, "a contributor only reads"
    seen = alice.json(image.of_collection("/activity"))
    assert [(item["user"], item["action"]) for item in seen["items"]] == [
        ("alice", action) for action in ("collection.member", "image.freeze", "image.push", "collection.create")]
    assert seen["items"][2]["subject"].startswith(f"{name}/") and seen["storage"]["used"] == len(FIRST) and seen["next"] is None


def test_activity_goes_on_page_by_page_and_through_a_new_name(image: Image, alice: Person) -> None:
    for n in range(25):
        assert image.edit(description=f"number {n}").ok
    assert image.edit(name=f"renamed-{image.collection}").ok
    first = alice.json(image.of_collection("/activity"))
    rest = alice.json(image.of_collection(f"/activity?cursor={first['next']}"))
    actions = [item["action"] for item in first["items"] + rest["items"]]
    assert len(first["items"]) == 20 and rest["next"] is None
    assert actions == ["collection.rename", *["collection.describe"] * 25, "image.push", "collection.create"]
    assert alice.get(image.of_collection("/activity?cursor=none")).status_code == 400
