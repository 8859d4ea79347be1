"""The unmodified sregistry client, command by command: what it prints, how it ends, and what it asked for on the way.

Each answer of ours that the client can meet is here once, with what a person in front of the terminal then sees. The client's own
weaknesses (exit code 0 after a refusal, silence at a 503) are held here too: they are why our answers are what they are.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from urllib3.util import parse_url

from sandbox.client import SregistryClient
from sandbox.image import sha256
from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from pool import restart_pool
from pushing import Pusher
from traffic import Seen, Traffic

PushMaker = Callable[..., Pusher]
Done = subprocess.CompletedProcess
CONTENT = hashlib.shake_128(b"client").digest(70_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def make_client(sandbox: Sandbox, tmp_path: Path) -> Callable[[str], SregistryClient]:
    """A user's client as it comes: configured by one secrets file."""

    def make(username: str = "alice") -> SregistryClient:
        (tmp_path / username).mkdir()
        made = SregistryClient(sandbox.options.sregistry, tmp_path / username / "sregistry.json")
        made.write_secrets(sandbox.url, username, sandbox.user(username)["token"])
        return made

    return make


@pytest.fixture
def alice(make_client: Callable[[str], SregistryClient]) -> SregistryClient:
    return make_client("alice")


@pytest.fixture
def bob(make_client: Callable[[str], SregistryClient]) -> SregistryClient:
    return make_client("bob")


@pytest.fixture
def visitor(sandbox: Sandbox, tmp_path: Path) -> SregistryClient:
    """Somebody who knows the address and has no account."""
    secrets = tmp_path / "visitor.json"
    secrets.write_text(f'{{"registry": {{"base": "{sandbox.url}"}}}}')
    return SregistryClient(sandbox.options.sregistry, secrets)


@pytest.fixture
def image_file(tmp_path: Path) -> Path:
    path = tmp_path / "source.sif"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def image(pusher: PushMaker) -> Pusher:
    """alice's image, in a public collection."""
    made = pusher()
    assert made.push(CONTENT).status_code == 200
    return made


@pytest.fixture
def private_image(image: Pusher, db: psycopg.Connection) -> Pusher:
    db.execute("update collections set is_private = true where name = %s", [image.collection])
    return image


@pytest.fixture
def host(url: str) -> str:
    """The registry as it stands in front of an image's name."""
    return parse_url(url).netloc


NO_HTTPS = {"SREGISTRY_REGISTRY_NOHTTPS": "yes"}


def shown(done: Done, exit_code: int, *words: str) -> None:
    """The command ended so, and a person saw these words; never a traceback."""
    assert done.returncode == exit_code and all(word in done.stdout for word in words), f"exit {done.returncode}\n{done.stdout}"
    assert "Traceback" not in done.stdout, done.stdout


# -- push ---------------------------------------------------------------------------------------

def test_push_is_two_requests_and_says_how_each_went(sandbox: Sandbox, alice: SregistryClient, pusher: PushMaker, image_file: Path) -> None:
    p, traffic = pusher(), Traffic(sandbox)
    shown(alice.push(image_file, f"{p.collection}/image"), 0, "[1. Collection return status 200", "[Return status 200 Upload Complete]")
    assert traffic.wait(2) == [Seen("POST", "/api/upload/chunked_upload", 200), Seen("POST", "/upload", 200)]
    assert p.stored_digest() == DIGEST


def test_push_with_a_tag_option_overrides_the_tag_of_the_name(alice: SregistryClient, pusher: PushMaker, image_file: Path) -> None:
    p = pusher(tag="v2")
    done = alice.run("push", "--name", f"{p.collection}/image:v1", "--tag", "V2", str(image_file))
    shown(done, 0, "Upload Complete")
    assert p.stored_digest() == DIGEST
    p.tag = "v1"
    assert p.stored_digest() is None


def test_push_takes_a_uri(alice: SregistryClient, pusher: PushMaker, image_file: Path) -> None:
    p = pusher()
    shown(alice.push(image_file, f"registry://{p.collection}/image:latest"), 0, "Upload Complete")
    assert p.stored_digest() == DIGEST


@pytest.mark.parametrize("name", ["{c}/Image:Latest", "{c}/image.sif:latest", "{c}/image.simg", "{C}/IMAGE"])
def test_push_under_the_names_people_type(alice: SregistryClient, pusher: PushMaker, image_file: Path, name: str) -> None:
    p = pusher()
    shown(alice.push(image_file, name.format(c=p.collection, C=p.collection.upper())), 0, "Upload Complete")
    assert p.stored_digest() == DIGEST


def test_push_without_a_collection_goes_to_library(alice: SregistryClient, pusher: PushMaker, image_file: Path) -> None:
    p = pusher(collection="library", name="only-a-name")
    shown(alice.push(image_file, "only-a-name"), 0, "Upload Complete")
    assert p.stored_digest() == DIGEST


@pytest.mark.parametrize("collection", ["under_score", "dash-ed", "two/levels", "three/levels/deep_1", "dot.ted/level"])
def test_push_pull_delete_with_the_registry_in_the_name(sandbox: Sandbox, alice: SregistryClient, pusher: PushMaker, image_file: Path,
                                                        tmp_path: Path, host: str, collection: str) -> None:
    """Only so can a collection have levels; the client then leaves /api out of push and delete."""
    p, traffic = pusher(collection=collection, name="n", tag="t"), Traffic(sandbox)
    name = f"{host}/{collection}/n:t"
    shown(alice.run("push", "--name", name, str(image_file), environment=NO_HTTPS), 0, "Upload Complete")
    assert p.stored_digest() == DIGEST
    target = tmp_path / "pulled.sif"
    shown(alice.run("pull", "--name", target.name, name, cwd=tmp_path, environment=NO_HTTPS), 0, "Success!")
    assert sha256(target) == DIGEST
    shown(alice.run("delete", "-f", name, environment=NO_HTTPS), 0, "Response 204, No Content")
    paths = [f"{seen.method} {seen.path}" for seen in traffic.wait(7)]
    assert paths[:2] == ["POST /upload/chunked_upload", "POST /upload"]
    assert f"GET /api/container/{collection}/n:t" in paths and paths[-1] == f"DELETE /container/{collection}/n:t"
    assert p.stored_digest() is None


def test_push_refused_for_its_signature(sandbox: Sandbox, alice: SregistryClient, pusher: PushMaker, image_file: Path) -> None:
    alice.write_secrets(sandbox.url, "alice", "0" * 40)
    p = pusher()
    shown(alice.push(image_file, f"{p.collection}/image"), 1, "[1. Collection return status 403 The signature does not cover this image;")
    assert p.stored_digest() is None


def test_push_refused_to_a_stranger(bob: SregistryClient, image: Pusher, image_file: Path) -> None:
    shown(bob.push(image_file, image.uri), 1, f"[1. Collection return status 403 You are not an owner of the collection {image.collection}.]")


@pytest.mark.parametrize(("name", "field"), [("{c}/bad name", "name"), ("{c}/image:bad tag", "tag"), ("_{c}/image", "collection"),
                                             ("{c}/image:" + "t" * 129, "tag"), ("{c}/" + "n" * 251, "name"), ("127.0.0.1:1/c/image", "tag")])
def test_push_refused_for_its_name(alice: SregistryClient, pusher: PushMaker, image_file: Path, name: str, field: str) -> None:
    shown(alice.push(image_file, name.format(c=pusher().collection)), 1, f"[1. Collection return status 400 {field}: ")


def test_push_refused_in_its_second_step_says_why_and_ends_with_0(alice: SregistryClient, pusher: PushMaker, tmp_path: Path) -> None:
    """The client shows nothing but the reason phrase, so the sentence must stand there."""
    p, empty = pusher(), tmp_path / "empty.sif"
    empty.touch()
    done = alice.push(empty, f"{p.collection}/image")
    shown(done, 0, "[1. Collection return status 200", "Upload failed: 400 Client Error: file1: ", f"for url: {p.base_url}/upload.")
    assert p.stored_digest() is None


def test_push_of_too_large_an_image_says_the_limit(make_sandbox: Callable[..., Sandbox], tmp_path: Path, image_file: Path) -> None:
    small = make_sandbox(settings={"MAX_IMAGE_SIZE": "10000", "ENABLE_GLOBUS": "false"}, users=("alice",))
    client = SregistryClient(small.options.sregistry, tmp_path / "sregistry.json")
    client.write_secrets(small.url, "alice", small.user("alice")["token"])
    shown(client.push(image_file, "col/image"), 0, "Upload failed: 413 Client Error: ", "10000 bytes")
    small.down()


def test_push_replaces_a_tag(alice: SregistryClient, image: Pusher, tmp_path: Path) -> None:
    before, other = image.manifest().json()["id"], tmp_path / "other.sif"
    other.write_bytes(CONTENT[::-1])
    shown(alice.push(other, image.uri), 0, "Upload Complete")
    assert image.stored_digest() == hashlib.sha256(CONTENT[::-1]).hexdigest()
    assert image.manifest().json()["id"] == before, "a page somebody kept open still shows it"


# -- pull ---------------------------------------------------------------------------------------

def test_pull_asks_for_the_manifest_then_head_then_get(sandbox: Sandbox, visitor: SregistryClient, image: Pusher, tmp_path: Path) -> None:
    traffic, target = Traffic(sandbox), tmp_path / "pulled.sif"
    shown(visitor.pull(image.uri, target), 0, "Success!", "pulled.sif")
    assert sha256(target) == DIGEST
    download = f"/containers/{image.manifest().json()['id']}/download/-"
    assert traffic.wait(3)[:3] == [Seen("GET", f"/api/container/{image.uri}", 200), Seen("HEAD", download, 200), Seen("GET", download, 200)]


def test_pull_without_a_file_name_uses_the_name_of_the_image(visitor: SregistryClient, image: Pusher, tmp_path: Path) -> None:
    shown(visitor.run("pull", f"registry://{image.collection}/{image.name}", cwd=tmp_path), 0, "Success!")
    assert sha256(tmp_path / f"{image.collection}-{image.name}:latest.sif") == DIGEST


def test_pull_of_a_private_image_signs_after_the_403(sandbox: Sandbox, alice: SregistryClient, private_image: Pusher, tmp_path: Path) -> None:
    traffic, target = Traffic(sandbox), tmp_path / "pulled.sif"
    shown(alice.pull(private_image.uri, target), 0, "Success!")
    assert sha256(target) == DIGEST
    manifest = f"/api/container/{private_image.uri}"
    assert [(seen.method, seen.status) for seen in traffic.wait(4)] == [("GET", 403), ("GET", 200), ("HEAD", 200), ("GET", 200)]
    assert [seen.path for seen in traffic.read()[:2]] == [manifest, manifest]


def test_pull_of_a_private_image_by_a_stranger(bob: SregistryClient, private_image: Pusher, tmp_path: Path) -> None:
    shown(bob.pull(private_image.uri, tmp_path / "x.sif"), 1, "Beep boop!", "404")  # as if there were none
    assert not (tmp_path / "x.sif").exists()


def test_pull_of_a_private_image_by_a_contributor(bob: SregistryClient, private_image: Pusher, tmp_path: Path, db: psycopg.Connection) -> None:
    db.execute("insert into collection_members (collection_id, user_id, role) "
               "select c.id, u.id, 'contributor' from collections c, users u where c.name = %s and u.username = 'bob'", [private_image.collection])
    shown(bob.pull(private_image.uri, tmp_path / "x.sif"), 0, "Success!")
    assert sha256(tmp_path / "x.sif") == DIGEST


def test_pull_of_a_private_image_without_an_account(visitor: SregistryClient, private_image: Pusher, tmp_path: Path) -> None:
    shown(visitor.pull(private_image.uri, tmp_path / "x.sif"), 1, "please set SREGISTRY_REGISTRY_USERNAME")


def test_pull_of_what_is_not_there(visitor: SregistryClient, image: Pusher, tmp_path: Path) -> None:
    done = visitor.pull(f"{image.collection}/nothing:v1", tmp_path / "x.sif")
    shown(done, 1, f"Beep boop! There is no image {image.collection}/nothing:v1.: 404")
    assert not (tmp_path / "x.sif").exists()


def test_pull_of_what_cannot_exist_is_not_silent(visitor: SregistryClient, image: Pusher, tmp_path: Path) -> None:
    """On a 400 the client would print nothing and end with 0, so a name outside the rules is a 404."""
    shown(visitor.pull(f"{image.collection}/bad name", tmp_path / "x.sif"), 1, "Beep boop!", ": 404")


def test_pull_while_the_program_is_down(sandbox: Sandbox, visitor: SregistryClient, image: Pusher, tmp_path: Path) -> None:
    sandbox.processes.stop("api")
    try:
        shown(visitor.pull(image.uri, tmp_path / "x.sif"), 1, "Beep boop! Bad Gateway: 502")
    finally:
        restart_pool(sandbox, "api")


@pytest.fixture
def no_database(sandbox: Sandbox) -> Iterator[None]:
    sandbox.database.stop()
    yield
    sandbox.database.start()
    wait_for("service", sandbox.is_ready, 60)


def test_pull_and_push_while_the_database_is_down(alice: SregistryClient, image: Pusher, image_file: Path, tmp_path: Path,
                                                  no_database: None) -> None:
    """A pull meets a code the client does not know: silence and 0, but no file. A push says it."""
    done = alice.pull(image.uri, tmp_path / "x.sif")
    shown(done, 0)
    assert "Success" not in done.stdout and not (tmp_path / "x.sif").exists()
    shown(alice.push(image_file, image.uri), 1, "[1. Collection return status 503 ")


def test_pull_when_the_download_url_is_refused(alice: SregistryClient, image: Pusher, db: psycopg.Connection, sandbox: Sandbox,
                                               tmp_path: Path) -> None:
    """The manifest is there, the bytes are not: HEAD says so, and nothing is written."""
    path = next(sandbox.layout.images.rglob(f"sha256.{DIGEST}.sif"))
    collection = db.execute("select id from collections where name = %s", [image.collection]).fetchone()[0]
    path = sandbox.layout.images / str(collection) / path.name
    hidden = path.rename(path.with_name("hidden"))
    try:
        done = alice.pull(image.uri, tmp_path / "x.sif")
    finally:
        hidden.rename(path)
    assert "Invalid url or permissions" in done.stdout and not (tmp_path / "x.sif").exists(), done.stdout


# -- delete -------------------------------------------------------------------------------------

def test_delete_by_the_owner(sandbox: Sandbox, alice: SregistryClient, image: Pusher) -> None:
    traffic = Traffic(sandbox)
    shown(alice.run("delete", "-f", image.uri), 0, "Response 204, No Content")
    assert traffic.wait(1) == [Seen("DELETE", f"/api/container/{image.uri}", 204)]
    assert image.stored_digest() is None


def test_delete_by_an_admin(make_client: Callable[[str], SregistryClient], image: Pusher) -> None:
    shown(make_client("admin").run("delete", "-f", image.uri), 0, "Response 204, No Content")
    assert image.stored_digest() is None


def test_delete_by_a_stranger_is_refused_with_the_reason_and_ends_with_0(bob: SregistryClient, image: Pusher) -> None:
    shown(bob.run("delete", "-f", image.uri), 0, f"Response 403, Only an owner of the collection {image.collection} may delete its images.")
    assert image.stored_digest() == DIGEST


def test_delete_with_a_wrong_token(sandbox: Sandbox, alice: SregistryClient, image: Pusher) -> None:
    alice.write_secrets(sandbox.url, "alice", "f" * 40)
    shown(alice.run("delete", "-f", image.uri), 0, "Response 403, The signature does not cover this image;")
    assert image.stored_digest() == DIGEST


def test_delete_of_what_is_not_there(alice: SregistryClient, image: Pusher) -> None:
    shown(alice.run("delete", "-f", f"{image.collection}/nothing:v1"), 1, f"Beep boop! There is no image {image.collection}/nothing:v1.: 404")


def test_delete_removes_one_tag_and_no_other(alice: SregistryClient, image: Pusher, image_file: Path) -> None:
    shown(alice.run("push", "--name", image.uri, "--tag", "other", str(image_file)), 0, "Upload Complete")
    shown(alice.run("delete", "-f", f"{image.collection}/{image.name}:other"), 0, "Response 204")
    assert image.stored_digest() == DIGEST


# -- commands that ask nothing ------------------------------------------------------------------

def test_labels_asks_nothing_of_any_registry(sandbox: Sandbox, alice: SregistryClient) -> None:
    traffic = Traffic(sandbox)
    shown(alice.run("labels"), 1, "label search is not implemented")
    assert traffic.read() == []


@pytest.mark.parametrize("command", ["get", "inspect", "images"])
def test_local_commands_ask_nothing_of_any_registry(sandbox: Sandbox, alice: SregistryClient, command: str) -> None:
    traffic = Traffic(sandbox)
    alice.run(command, *(["col/name"] if command != "images" else []))
    assert traffic.read() == []


def test_build_by_the_google_plugin_is_404(alice: SregistryClient, sandbox: Sandbox, tmp_path: Path) -> None:
    import requests

    assert requests.post(f"{sandbox.url}/google_build/build/", json={}, timeout=60).status_code == 404
