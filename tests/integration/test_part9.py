"""The defects of the predecessor, by the numbers of the list they were collected in, and what is done here instead.

`test_row_NN_...` is about row NN; a row may have several tests.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import requests

from sandbox.client import SregistryClient
from sandbox.layout import REPOSITORY
from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from person import Person
from pool import SlowUpload, is_uploading, workers
from pushing import BOUNDARY, Part, Pusher, form
from signing import hours_ago
from traffic import Seen, Traffic
from wire import Wire
from wishes import container_id
from world import STANFORD_GUEST

PushMaker = Callable[..., Pusher]
CONTENT = hashlib.shake_128(b"part 9").digest(300_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def image(pusher: PushMaker) -> Pusher:
    """alice's, in a public collection of its own."""
    made = pusher()
    assert made.push(CONTENT).status_code == 200
    return made


@pytest.fixture
def as_user(sandbox: Sandbox) -> Callable[[Pusher, str], Pusher]:
    """The same image, asked for by somebody else."""
    return lambda image, name: Pusher(image.base_url, name, sandbox.user(name)["token"], image.collection, image.name, image.tag)


def make_private(db: psycopg.Connection, image: Pusher, private: bool = True) -> None:
    db.execute("update collections set is_private = %s where name = %s", [private, image.collection])


def make_contributor(db: psycopg.Connection, image: Pusher, name: str) -> None:
    db.execute("insert into collection_members (collection_id, user_id, role) select c.id, u.id, 'contributor' "
               "from collections c, users u where c.name = %s and u.username = %s", [image.collection, name])


def delete(image: Pusher, **headers: str) -> requests.Response:
    return requests.delete(f"{image.base_url}/api/container/{image.uri}", headers=headers or {"Authorization": image.sign("delete")}, timeout=60)


def files(sandbox: Sandbox) -> dict[Path, int]:
    """What lies below the images root, with inode numbers."""
    return {path: path.stat().st_ino for path in sandbox.layout.images.rglob("*") if path.is_file()}


# -- signatures ---------------------------------------------------------------------------------

def test_row_01_a_request_signed_in_the_hour_before_is_accepted_in_both_steps(pusher: PushMaker) -> None:
    p = pusher()
    asked = p.ask(headers={"Authorization": p.sign("push", hours_ago(1))})
    assert asked.status_code == 200, asked.text
    body = form(p.parts(asked.json()["cid"], CONTENT))
    assert p.send(body, {"Authorization": p.sign("upload", hours_ago(1))}).status_code == 200
    assert p.stored_digest() == DIGEST


def test_row_01_an_upload_is_judged_before_its_body_and_not_after(sandbox: Sandbox, pusher: PushMaker, db: psycopg.Connection) -> None:
    """Whatever expires while the bytes come, a long upload that began in time ends well."""
    p = pusher()
    slow = SlowUpload(p, CONTENT)
    slow.send(0.5)
    wait_for("the upload to have begun", lambda: is_uploading(sandbox))
    db.execute("update upload_tickets set expires_at = now() - interval '1 hour' where collection = %s", [p.collection])
    assert slow.finish().status == 200 and p.stored_digest() == DIGEST


def test_row_02_what_step_one_gives_is_random_and_good_once(pusher: PushMaker) -> None:
    p = pusher()
    tickets = [p.ticket() for _ in range(4)]
    assert len(set(tickets)) == 4 and all(re.fullmatch("[0-9a-f]{64}", ticket) for ticket in tickets)
    body = form(p.parts(tickets[0], CONTENT))
    assert p.send(body).status_code == 200
    replayed = p.send(body)
    assert replayed.status_code == 403 and "ticket" in replayed.json()["detail"]


def test_row_02_the_same_signature_may_push_again_in_the_same_hour(pusher: PushMaker) -> None:
    p = pusher()
    signature = p.sign("push")
    for content in (CONTENT, CONTENT[::-1]):
        ticket = p.ask(headers={"Authorization": signature}).json()["cid"]
        assert p.send(form(p.parts(ticket, content))).status_code == 200
    assert p.stored_digest() == hashlib.sha256(CONTENT[::-1]).hexdigest()


def test_row_02_a_ticket_is_bound_to_its_user(pusher: PushMaker, as_user: Callable[..., Pusher]) -> None:
    p = pusher()
    admin = as_user(p, "admin")
    ticket = p.ticket()
    admin.ticket()  # so that the signature itself is accepted
    assert admin.send(form(admin.parts(ticket, CONTENT))).status_code == 403 and p.stored_digest() is None


def test_row_03_step_two_is_refused_from_its_headers_alone(pusher: PushMaker) -> None:
    p = pusher()
    p.ticket()
    with Wire(p.base_url) as wire:
        wire.begin("POST", "/upload", {"Authorization": p.sign("upload")[:-1] + "x", "Content-Length": str(1 << 30),
                                       "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
        assert wire.answer().status == 403, "and not one byte of the gigabyte was sent"


def test_row_04_a_bad_signature_is_a_403_in_json_in_both_steps(pusher: PushMaker) -> None:
    p = pusher()
    first = p.ask(headers={"Authorization": p.sign("pull")})
    second = p.send(form(p.parts(p.ticket(), CONTENT)), {"Authorization": p.sign("push")})
    for answer in (first, second):
        assert answer.status_code == 403 and answer.json()["code"] == "bad_signature" and answer.reason == answer.json()["detail"]
    assert second.json()["message"] == second.json()["detail"]


# -- rights -------------------------------------------------------------------------------------

@pytest.mark.parametrize("who", ["bob", "carol"])
def test_row_08_delete_needs_more_than_a_valid_signature(image: Pusher, as_user: Callable[..., Pusher], db: psycopg.Connection, who: str) -> None:
    if who == "carol":
        make_contributor(db, image, who)
    refused = delete(as_user(image, who))
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden") and image.stored_digest() == DIGEST


@pytest.mark.parametrize("who", ["alice", "admin"])
def test_row_08_owner_and_admin_may_delete(image: Pusher, as_user: Callable[..., Pusher], who: str) -> None:
    assert delete(as_user(image, who)).status_code == 204 and image.manifest().status_code == 404


def test_row_09_a_push_by_an_admin_who_is_no_owner_is_stored(image: Pusher, as_user: Callable[..., Pusher]) -> None:
    assert as_user(image, "admin").push(CONTENT[::-1]).json() == {"message": "Upload Complete"}
    assert image.stored_digest() == hashlib.sha256(CONTENT[::-1]).hexdigest()


# -- the store ----------------------------------------------------------------------------------

def test_row_11_the_same_bytes_pushed_again_are_not_lost(sandbox: Sandbox, image: Pusher, db: psycopg.Connection) -> None:
    for _ in range(3):
        assert image.push(CONTENT).status_code == 200
    db.execute("update images set created_at = created_at - interval '2 days'")
    sandbox.program.run("agent", "once")
    assert requests.get(image.manifest().json()["image"], timeout=60).content == CONTENT


@pytest.mark.parametrize("path", ["/uploads/complete", "/uploads/complete/", "/api/uploads/complete", "/api/uploads/complete/"])
def test_row_12_no_request_can_name_a_file_of_the_server(sandbox: Sandbox, image: Pusher, pusher: PushMaker, path: str) -> None:
    p, before = pusher(), files(sandbox)
    victim = next(iter(before))
    fields = {"file1.path": str(victim), "file1.name": "x.sif", "file1.md5": "0" * 32, "file1.size": "1", "file1.content_type": "text/plain",
              "SREGISTRY_EVENT": p.sign("upload"), "name": p.name, "collection": p.ticket(), "tag": p.tag}
    answer = requests.post(image.base_url + path, data=fields, headers={"Authorization": p.sign("upload")}, timeout=60)
    assert answer.status_code == 404 and files(sandbox) == before and p.stored_digest() is None


def test_row_12_fields_that_nginx_used_to_send_mean_nothing(sandbox: Sandbox, image: Pusher, pusher: PushMaker) -> None:
    p, before = pusher(), files(sandbox)
    parts = p.parts(p.ticket(), CONTENT[::-1])
    parts[4:4] = [Part("file1.path", str(next(iter(before))).encode()), Part("file1.md5", b"0" * 32)]
    answer = p.send(form(parts))
    assert set(before) <= set(files(sandbox)) and answer.status_code in (200, 400)
    assert p.stored_digest() in (None, hashlib.sha256(CONTENT[::-1]).hexdigest())


@pytest.mark.parametrize("signed_in", [False, True])
def test_row_13_no_cookie_takes_the_place_of_a_signature(pusher: PushMaker, person: Callable[[str], Person], signed_in: bool) -> None:
    p, cookies = pusher(), {"csrftoken": "x" * 32}
    if signed_in:
        cookies |= person("alice").http.cookies.get_dict()
    ticket = p.ticket()
    p.session.cookies.update(cookies)
    assert p.ask(headers={"X-CSRFToken": "x" * 32}).status_code == 403
    answer = p.send(form(p.parts(ticket, CONTENT)), {"Authorization": "", "X-CSRFToken": "x" * 32})
    assert answer.status_code == 403 and p.stored_digest() is None


def test_row_13_a_session_deletes_only_with_its_csrf_token(image: Pusher, person: Callable[[str], Person]) -> None:
    alice, path = person("alice"), f"/api/container/{image.uri}"
    refused = alice.request("DELETE", path, csrf=False, headers={"Cookie": "csrftoken=x"})
    assert refused.status_code == 403 and image.stored_digest() == DIGEST
    assert alice.request("DELETE", path).status_code == 204


@pytest.mark.parametrize("end", ["no final boundary", "the client hangs up"])
def test_row_14_a_rejected_upload_leaves_nothing_not_even_unnamed(sandbox: Sandbox, pusher: PushMaker, end: str) -> None:
    p, before = pusher(), files(sandbox)
    slow = SlowUpload(p, CONTENT)
    if end == "no final boundary":
        last = len(f"--{BOUNDARY}--\r\n")
        slow.body = slow.body[:-last] + b"x" * last
    slow.send(0.5)
    wait_for("the upload to have begun", lambda: is_uploading(sandbox))
    if end == "no final boundary":
        assert slow.finish().status == 400
    else:
        slow.wire.cut()
    wait_for("the unnamed file to be closed", lambda: is_uploading(sandbox) is None)
    assert files(sandbox) == before and p.stored_digest() is None


def test_row_15_the_bytes_are_written_once_and_only_get_a_name(sandbox: Sandbox, pusher: PushMaker) -> None:
    p, before = pusher(), files(sandbox)
    slow = SlowUpload(p, CONTENT + b"that nobody else has")
    slow.send(0.9)
    pid = wait_for("the upload to have begun", lambda: is_uploading(sandbox))
    unnamed = {os.stat(fd).st_ino for fd in Path(f"/proc/{pid}/fd").iterdir()
               if os.readlink(fd).startswith(str(sandbox.layout.images)) and os.readlink(fd).endswith(" (deleted)")}
    assert slow.finish().status == 200
    (named,) = [inode for path, inode in files(sandbox).items() if path not in before]
    assert unnamed == {named}


def test_row_16_version_is_the_sha256_at_once_and_the_download_says_it_too(image: Pusher) -> None:
    manifest = image.manifest().json()
    assert manifest["version"] == f"sha256.{DIGEST}"
    for answer in (requests.head(manifest["image"], timeout=60), requests.get(manifest["image"], timeout=60),
                   requests.get(manifest["image"], headers={"Range": "bytes=0-9"}, timeout=60)):
        assert base64.b64decode(answer.headers["Digest"].removeprefix("sha-256=")).hex() == DIGEST and answer.headers["ETag"]
    assert "Digest" not in image.manifest().headers


def test_row_17_sizes_are_integers_and_are_kept(image: Pusher) -> None:
    for _ in range(2):
        manifest = image.manifest().json()
        assert manifest["size"] == len(CONTENT) and manifest["metadata"]["size_mb"] == 1
        assert type(manifest["size"]) is type(manifest["metadata"]["size_mb"]) is int


# -- downloads ----------------------------------------------------------------------------------

def test_row_18_a_download_url_is_for_one_image_and_some_minutes(image: Pusher) -> None:
    first = image.manifest().json()
    image.name = "second"
    image.push(CONTENT[::-1])
    second = image.manifest().json()
    secret = first["image"].rsplit("/", 1)[1]
    moved = f"{image.base_url}/containers/{second['id']}/download/{secret}"
    assert secret != second["image"].rsplit("/", 1)[1] and requests.get(moved, timeout=60).status_code == 403
    expiry = int(secret.split("-")[0])
    assert time.time() < expiry <= time.time() + 901
    later = first["image"].replace(f"/{expiry}-", f"/{expiry + 1}-")
    assert later != first["image"] and requests.get(later, timeout=60).status_code == 403


def test_row_18_a_download_url_ends_with_the_right_and_is_in_no_log(sandbox: Sandbox, image: Pusher, as_user: Callable[..., Pusher],
                                                                    db: psycopg.Connection) -> None:
    make_private(db, image)
    make_contributor(db, image, "bob")
    address = as_user(image, "bob").manifest(sign=True).json()["image"]
    traffic = Traffic(sandbox)
    assert requests.get(address, timeout=60).status_code == 200
    db.execute("delete from collection_members using collections c where c.id = collection_id and c.name = %s and role = 'contributor'",
               [image.collection])
    assert requests.get(address, timeout=60).status_code in (403, 404)
    traffic.wait(2)
    secret = address.rsplit("/", 1)[1]
    assert not [path for path in sandbox.layout.log.iterdir() if secret in path.read_text(errors="replace")]


def test_row_19_no_path_leads_to_the_files(sandbox: Sandbox, image: Pusher) -> None:
    path = next(path for path in files(sandbox) if DIGEST in path.name).relative_to(sandbox.layout.images)
    for prefix in ("/images/", "/_images/", "/assets/../_images/", "/assets/", "//_images/", "/%5fimages/"):
        with Wire(image.base_url) as wire:
            wire.begin("GET", f"{prefix}{path}", {})
            answer = wire.answer()
        assert answer.status in (400, 404) and CONTENT[:64] not in answer.body, prefix


# -- private stays private ----------------------------------------------------------------------

def test_row_20_a_private_image_is_in_no_list_and_cannot_be_sent_anywhere(image: Pusher, connected: Person, person: Callable[[str], Person],
                                                                         db: psycopg.Connection) -> None:
    make_private(db, image)
    number = container_id(db, image)
    db.execute("delete from collection_members using collections c where c.id = collection_id and c.name = %s", [image.collection])
    for path in ("/api/collections", f"/api/collection/{image.collection}", f"/api/portal/collections?q={image.collection}"):
        for answer in (requests.get(image.base_url + path, timeout=60), connected.get(path)):
            assert answer.status_code == 200 and image.collection not in answer.text
    assert connected.get(f"/api/portal/containers/{number}").status_code == 404
    assert connected.transfer(number, STANFORD_GUEST).status_code == 404
    assert connected.post(f"/globus/transfer/{STANFORD_GUEST}/container/{number}/").status_code == 404


def test_row_21_a_private_collection_answers_as_one_that_is_not_there(image: Pusher, db: psycopg.Connection) -> None:
    make_private(db, image)
    private, unknown = (requests.get(f"{image.base_url}/api/collection/{name}", timeout=60) for name in (image.collection, "no-such-collection"))
    assert private.status_code == unknown.status_code == 200 and private.content == unknown.content == b"{}"


# -- names --------------------------------------------------------------------------------------

@pytest.mark.parametrize("collection", ["with_underscore", "with.dot", "with/level", "w.i-t_h/a.l-l/3", "0"])
def test_row_23_names_are_taken_as_they_are_written(pusher: PushMaker, collection: str) -> None:
    p = pusher(collection=collection)
    assert p.push(CONTENT).status_code == 200 and p.manifest().json()["collection"] == collection


@pytest.mark.parametrize("collection", ["with blank", "with~tilde", "with\\backslash", "with@at", "with:colon", "with//two", "../up", "ünicode"])
def test_row_23_other_names_are_refused_with_a_sentence_and_never_rewritten(pusher: PushMaker, collection: str) -> None:
    answer = pusher(collection=collection).ask()
    assert answer.status_code == 400 and answer.json()["field"] == "collection" and answer.json()["detail"]


def test_row_24_the_last_component_is_the_image_and_all_before_it_the_collection(pusher: PushMaker) -> None:
    outer, inner = pusher(collection="row24", name="inner"), pusher(collection="row24/inner", name="image")
    assert outer.push(b"outer").status_code == inner.push(b"inner").status_code == 200
    assert inner.manifest().json()["collection"] == "row24/inner"
    assert outer.stored_digest() != inner.stored_digest()


def test_row_24_delete_by_a_version_that_two_tags_share_takes_one(image: Pusher) -> None:
    version = image.manifest().json()["version"]
    image.tag = "second"
    assert image.push(CONTENT).status_code == 200
    answer = requests.delete(f"{image.base_url}/api/container/{image.uri}@{version}", headers={"Authorization": image.sign("delete")}, timeout=60)
    assert answer.status_code == 204 and image.stored_digest() is None
    image.tag = "latest"
    assert image.stored_digest() == DIGEST


def test_row_25_a_version_is_honoured_exactly(image: Pusher) -> None:
    address = f"{image.base_url}/api/container/{image.uri}@"
    assert requests.get(address + f"sha256.{DIGEST}", timeout=60).json()["version"] == f"sha256.{DIGEST}"
    for other in ("0" * 64, DIGEST[:-1], DIGEST + "0", ""):
        assert requests.get(address + f"sha256.{other}", timeout=60).status_code == 404, other
    refused = requests.delete(address + "sha256." + "0" * 64, headers={"Authorization": image.sign("delete")}, timeout=60)
    assert refused.status_code == 404 and image.stored_digest() == DIGEST


MALFORMED = ["SREGISTRY-HMAC-SHA256", "SREGISTRY-HMAC-SHA256 ", "SREGISTRY-HMAC-SHA256Credential=a/b/c,Signature=d", "SREGISTRY-HMAC-SHA256 ,",
             "SREGISTRY-HMAC-SHA256 Credential=", "SREGISTRY-HMAC-SHA256 Credential=,Signature=", "SREGISTRY-HMAC-SHA256 Signature=00,Credential=a",
             "SREGISTRY-HMAC-SHA256 Credential=push/////,Signature=" + "0" * 64, "SREGISTRY-HMAC-SHA256 Credential=push/%%%/20260115T09Z,Signature=00",
             "SREGISTRY-HMAC-SHA256 Credential=push/YWxpY2U/20260115T09Z,Signature=" + "0" * 64,
             "SREGISTRY-HMAC-SHA256 Credential=push/gICA/20260115T09Z,Signature=" + "0" * 64,
             "SREGISTRY-HMAC-SHA256 Credential=push/AAAA/20260115T09Z,Signature=" + "0" * 64,
             "SREGISTRY-HMAC-SHA256 Credential=push/YWxpY2U=/99999999T99Z,Signature=" + "f" * 64,
             "SREGISTRY-HMAC-SHA256 " + "A" * 3000, "SREGISTRY-HMAC-SHA256 Credential=push/YWxpY2U=/20260115T09Z,Signature=" + "G" * 64]


@pytest.mark.parametrize("header", MALFORMED)
def test_row_26_a_malformed_signature_is_a_403_everywhere(image: Pusher, db: psycopg.Connection, header: str) -> None:
    headers = {"Authorization": header}
    manifest = f"{image.base_url}/api/container/{image.uri}"
    answers = [image.ask(headers=headers), image.send(b"x", headers), requests.get(manifest, headers=headers, timeout=60),
               requests.delete(manifest, headers=headers, timeout=60)]
    assert [answer.status_code for answer in answers] == [403] * 4 and {answer.json()["code"] for answer in answers} == {"bad_signature"}


# -- users and their tokens ---------------------------------------------------------------------

def test_row_27_the_token_of_a_user_who_was_switched_off_does_nothing(sandbox: Sandbox, db: psycopg.Connection) -> None:
    user = sandbox.add_user("row27")
    p = Pusher(sandbox.url, "row27", user["token"], "row27")
    assert p.push(CONTENT).status_code == 200
    make_private(db, p)
    ticket = p.ticket()
    sandbox.program.run("user", "disable", "row27")
    answers = [p.ask(), p.send(form(p.parts(ticket, b"x"))), p.manifest(sign=True), delete(p)]
    assert [answer.status_code for answer in answers] == [403] * 4
    sandbox.program.run("user", "enable", "row27")
    assert p.stored_digest() == DIGEST


def test_row_27_tokens_are_sealed_and_open_nothing_else(sandbox: Sandbox, db: psycopg.Connection, image: Pusher) -> None:
    stored = db.execute("select client_token from users where username = 'alice'").fetchone()[0]
    token = image.token
    assert token.encode() not in stored and bytes.fromhex(token) not in stored
    for header in (f"Bearer {token}", f"Token {token}", requests.auth._basic_auth_str("alice", token)):
        assert requests.get(f"{image.base_url}/api/me", headers={"Authorization": header}, timeout=60).json()["user"] is None
        assert requests.delete(f"{image.base_url}/api/container/{image.uri}", headers={"Authorization": header}, timeout=60).status_code == 403


def test_row_28_a_download_changes_no_date_and_a_push_only_the_second(image: Pusher) -> None:
    def dates() -> tuple[str, str, str]:
        manifest = image.manifest().json()
        shown = requests.get(f"{image.base_url}/api/portal/containers/{manifest['id']}", timeout=60).json()["container"]
        return manifest["add_date"], shown["created_at"], shown["updated_at"]

    before = dates()
    assert requests.get(image.manifest().json()["image"], timeout=60).status_code == 200
    assert dates() == before
    time.sleep(max(0, 1 - time.time() % 1))  # the portal shows seconds
    image.push(CONTENT[::-1])
    after = dates()
    assert after[:2] == before[:2] and after[2] > before[2]


# -- many ---------------------------------------------------------------------------------------

@pytest.fixture
def statements(sandbox: Sandbox, db: psycopg.Connection) -> Iterator[Callable[[str], list[str]]]:
    """A function that gets a path and names the prepared statements that were executed for it. The agent, who has his own, is away."""
    log = sandbox.layout.log / "postgres.log"
    sandbox.processes.stop("agent")
    db.execute("alter system set log_statement = 'all'")
    db.execute("select pg_reload_conf()")

    def of(path: str) -> list[str]:
        start, mark = log.stat().st_size, f"mark-{time.monotonic_ns()}"
        assert requests.get(sandbox.url + path, timeout=60).status_code == 200
        db.execute(f"select '{mark}'")
        text = wait_for("the log", lambda: text if mark in (text := log.read_text(errors="replace")[start:]) else None)
        return [name for name in re.findall(r"execute (\w+):", text) if name != "process_seen"]  # the pools', once a minute

    wait_for("statements in the log", lambda: of("/api/collections"))
    yield of
    db.execute("alter system reset log_statement")
    db.execute("select pg_reload_conf()")
    sandbox.program.start_agent()


def test_row_29_a_list_is_one_query_however_long(sandbox: Sandbox, pusher: PushMaker, statements: Callable[[str], list[str]]) -> None:
    paths = ["/api/collections", "/api/portal/collections"]
    before = [statements(path) for path in paths]
    for number in range(5):
        p = pusher()
        for name in ("a", "b", "c"):
            p.name = f"{name}{number}"
            assert p.push(b"row 29").status_code == 200
    one = f"/api/collection/{p.collection}"
    assert [statements(path) for path in paths] == before and len(statements(one)) == 1
    assert all(len(names) == 1 for names in before), before


def test_row_30_more_collections_than_a_page_do_not_hang_the_client(sandbox: Sandbox, pusher: PushMaker, tmp_path: Path) -> None:
    pushers = [pusher() for _ in range(12)]
    for p in pushers:
        assert p.push(b"row 30").status_code == 200
    client = SregistryClient(sandbox.options.sregistry, tmp_path / "sregistry.json")
    client.write_secrets(sandbox.url, "alice", sandbox.user("alice")["token"])
    traffic = Traffic(sandbox)
    found = client.run("search", seconds=60)
    assert found.returncode == 0 and all(p.uri in found.stdout for p in pushers), found.stdout
    assert traffic.wait(1) == [Seen("GET", "/api/collections/", 200)]


# -- the web ------------------------------------------------------------------------------------

def test_row_32_get_changes_nothing(sandbox: Sandbox, image: Pusher, person: Callable[[str], Person], db: psycopg.Connection) -> None:
    """Every address that changes something refuses GET, and every row of every table that a reader could change stays as it is."""
    routes = sandbox.program.json("routes")["items"]
    readable = {route["path"] for route in routes if "GET" in route["methods"]}
    alice, number = person("alice"), container_id(db, image)
    before = rows(db)
    for route in routes:
        path = re.sub(r"\{[^}]*\}", str(number), route["path"])
        if "POST" in route["methods"] and route["path"] not in readable:
            assert alice.get(path).status_code in (404, 405), path
    for old in (f"/containers/{number}/delete", f"/containers/{number}/freeze", f"/collections/{number}/private", f"/collections/{number}/public",
                f"/collections/{number}/delete", "/token/update", "/u/delete", "/logout", "/logout/", f"/favorite/{number}"):
        answer = alice.get(old)
        assert answer.status_code == 404 or (answer.status_code == 301 and "delete" not in answer.headers["Location"]), f"{old} only leads to a page"
    assert rows(db) == before and alice.json("/api/me")["user"]["username"] == "alice"


def rows(db: psycopg.Connection) -> list[tuple]:
    return [db.execute(query).fetchall() for query in (
        "select id, client_token, is_active, password_hash from users order by id", "select id, is_private, updated_at from collections order by id",
        "select id, image_id, updated_at from containers order by id", "select collection_id, user_id, role from collection_members order by 1, 2",
        "select count(*) from transfers", "select count(*) from globus_links")]


@pytest.mark.parametrize("path", ["/api/me", "/api/collections", "/upload", "/collections", "/assets/app.css", "/api/portal/collections"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_row_32_no_other_site_may_read_with_our_cookies(url: str, method: str, path: str) -> None:
    answer = requests.request(method, url + path, timeout=60, headers={
        "Origin": "https://evil.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "X-CSRF-Token"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_row_32_nothing_we_ship_switches_old_tls_on() -> None:
    text = "\n".join(path.read_text() for folder in ("nginx", "docs") for path in (REPOSITORY / folder).rglob("*")
                     if path.suffix in (".conf", ".md"))
    text += (REPOSITORY / "README.md").read_text()
    assert not re.search(r"TLSv1(?:\.[01])?[ ;]|SSLv[23]", text)


def test_row_33_a_request_leaves_no_file_behind(sandbox: Sandbox, image: Pusher) -> None:
    places = {Path(os.readlink(f"/proc/{pid}/cwd")) for pool in ("api", "upload") for pid in workers(sandbox, pool)}
    places |= {sandbox.layout.state, sandbox.layout.run, sandbox.layout.images, sandbox.layout.sockets}

    def seen() -> dict[Path, list[str]]:
        return {place: sorted(os.listdir(place)) for place in places}

    before = seen()
    assert image.manifest().status_code == image.manifest(sign=True).status_code == 200
    assert requests.get(image.manifest().json()["image"], timeout=60).status_code == 200
    assert seen() == before


def test_row_34_a_contributor_may_pull_and_not_push_as_the_page_says(image: Pusher, as_user: Callable[..., Pusher], db: psycopg.Connection) -> None:
    make_private(db, image)
    make_contributor(db, image, "bob")
    bob = as_user(image, "bob")
    assert bob.manifest(sign=True).status_code == 200
    assert bob.ask().status_code == 403 and delete(bob).status_code == 403
    table = (REPOSITORY / "docs/rights.md").read_text()
    assert re.search(r"`read` .* public \| public \| yes \| yes \| yes \|\n", table) and re.search(r"`push` .* no \| no \| no \| yes \| yes \|\n", table)


# field: the longest that is accepted
LIMITS = {"collection": 250, "name": 250, "tag": 128}


@pytest.mark.parametrize("field", LIMITS)
def test_row_35_names_have_limits_that_are_checked_before_the_database(pusher: PushMaker, field: str) -> None:
    p = pusher(collection=f"row35-{field}")
    setattr(p, field, field[0] * LIMITS[field])
    longest = p.push(b"row 35")
    assert longest.status_code == 200, longest.text
    setattr(p, field, field[0] * (LIMITS[field] + 1))
    refused = p.ask()
    assert refused.status_code == 400 and refused.json()["field"] == field and str(LIMITS[field]) in refused.json()["detail"]


@pytest.mark.parametrize("path", ["/api/container/{long}/n:t", "/api/container/c/{long}", "/api/container/c/n:{long}", "/api/collection/{long}"])
def test_row_35_an_overlong_name_in_a_path_is_not_there(url: str, path: str) -> None:
    answer = requests.get(url + path.format(long="x" * 300), timeout=60)
    assert (answer.status_code, answer.content) == (200, b"{}") if "collection/" in path else answer.status_code == 404
