"""Objects as the predecessor wrote them: every member that its clients may read, of the type they read; one test per object.

Also what `apptainer pull shub://` reads, request by request.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox

from pushing import Pusher, form

PushMaker = Callable[..., Pusher]
MIB = 1 << 20
CONTENT = hashlib.shake_128(b"shapes").digest(MIB + 1)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
ISO_US = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@pytest.fixture(scope="module")
def image(sandbox: Sandbox) -> Pusher:
    made = Pusher(sandbox.url, "alice", sandbox.user("alice")["token"], "shapes/of-part_7", "im.age", "v1.0")
    assert made.push(CONTENT).status_code == 200
    return made


def has(found: dict[str, Any], **types: type) -> None:
    """Every member is there with this very type (True is no integer here)."""
    assert {name: type(found.get(name)) for name in types} == types


def test_container(image: Pusher) -> None:
    found = image.manifest().json()
    has(found, id=int, name=str, image=str, tag=str, add_date=str, metrics=dict, version=str, frozen=bool, metadata=dict, collection=str, commit=str)
    assert (found["collection"], found["name"], found["tag"]) == (image.collection, image.name, image.tag)
    assert re.fullmatch(rf"{image.base_url}/containers/{found['id']}/download/[0-9a-f-]+", found["image"])
    assert found["version"] == f"sha256.{DIGEST}" and ISO_US.fullmatch(found["add_date"])
    assert not {"build_metadata", "builder", "build_finish", "image"} & set(found["metadata"])


@pytest.mark.parametrize(("size", "mib"), [(1, 1), (MIB - 1, 1), (MIB, 1), (MIB + 1, 2)])
def test_container_size_mb_is_an_integer_number_of_mib(pusher: PushMaker, size: int, mib: int) -> None:
    p = pusher()
    assert p.push(CONTENT[:size]).status_code == 200
    size_mb = p.manifest().json()["metadata"]["size_mb"]
    assert size_mb == mib and type(size_mb) is int


def test_container_keeps_its_id_and_add_date_when_its_tag_is_pushed_again(pusher: PushMaker) -> None:
    """The predecessor made a new row with each push, and a new date with each download."""
    p = pusher()
    p.push(b"first")
    first = p.manifest().json()
    p.push(b"second")
    requests.get(p.manifest().json()["image"], timeout=60)
    second = p.manifest().json()
    assert (second["id"], second["add_date"]) == (first["id"], first["add_date"]) and second["version"] != first["version"]


def check_collection(found: dict[str, Any], image: Pusher) -> None:
    has(found, id=int, name=str, add_date=str, modify_date=str, metadata=dict, containers=list)
    assert found["name"] == image.collection and ISO_US.fullmatch(found["add_date"]) and ISO_US.fullmatch(found["modify_date"])
    container = image.manifest().json()
    assert found["containers"] == [{"name": image.name, "tag": image.tag, "uri": image.uri,
                                    "detail": f"{image.base_url}/containers/{container['id']}"}]


def test_collection(image: Pusher) -> None:
    check_collection(requests.get(f"{image.base_url}/api/collection/{image.collection}", timeout=60).json(), image)


def test_collection_that_is_unknown_is_an_empty_object(url: str) -> None:
    answer = requests.get(f"{url}/api/collection/nobody-has-made-this", timeout=60)
    assert (answer.status_code, answer.json()) == (200, {})


def test_collections(image: Pusher) -> None:
    answer = requests.get(f"{image.base_url}/api/collections/", timeout=60).json()
    assert set(answer) == {"count", "next", "previous", "results"} and answer["next"] is None and answer["previous"] is None
    assert answer["count"] == len(answer["results"]) and type(answer["count"]) is int
    check_collection(next(c for c in answer["results"] if c["name"] == image.collection), image)


def test_collection_by_id(image: Pusher) -> None:
    number = requests.get(f"{image.base_url}/api/collection/{image.collection}", timeout=60).json()["id"]
    check_collection(requests.get(f"{image.base_url}/api/collections/{number}/", timeout=60).json(), image)
    assert requests.get(f"{image.base_url}/api/collections/999999999/", timeout=60).status_code == 404


def test_container_by_id_is_the_manifest_without_its_download_url(image: Pusher) -> None:
    manifest = image.manifest().json()
    found = requests.get(f"{image.base_url}/api/containers/{manifest['id']}/", timeout=60).json()
    assert found == {key: value for key, value in manifest.items() if key != "image"}


def test_collections_a_page_at_a_time(image: Pusher, pusher: PushMaker) -> None:
    for _ in range(4):
        assert pusher().push(b"page").status_code == 200
    whole = requests.get(f"{image.base_url}/api/collections/", timeout=60).json()
    address, found, pages = f"{image.base_url}/api/collections/?limit=3", [], []
    while address:
        pages.append(requests.get(address, timeout=60).json())
        found += pages[-1]["results"]
        address = pages[-1]["next"]
    assert found == whole["results"] and all(len(page["results"]) == 3 for page in pages[:-1]) and len(pages) > 1
    assert {page["count"] for page in pages} == {whole["count"]} and pages[0]["previous"] is None
    assert requests.get(pages[1]["previous"], timeout=60).json() == pages[0]
    beyond = requests.get(f"{image.base_url}/api/collections/?offset=999999", timeout=60).json()
    assert beyond["results"] == [] and beyond["next"] is None


def test_pages_of_containers_hold_each_once_and_none_that_is_private(image: Pusher, pusher: PushMaker, db: psycopg.Connection) -> None:
    hidden = pusher()
    assert hidden.push(b"hidden").ok
    db.execute("update collections set is_private = true where name = %s", [hidden.collection])
    address, found = f"{image.base_url}/api/containers/?limit=7", []
    while address:
        page = requests.get(address, timeout=60).json()
        assert len(page["results"]) <= 7 and page["count"] > 0
        found += [f"{k['collection']}/{k['name']}:{k['tag']}" for k in page["results"]]
        address = page["next"]
    assert len(set(found)) == len(found) == page["count"] and image.uri in found and hidden.uri not in found
    first = requests.get(f"{image.base_url}/api/containers/", timeout=60).json()
    assert len(first["results"]) <= 10 and "image" not in first["results"][0] and first["previous"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=1001", "limit=x", "limit=", "offset=-1", "limit=1&limit=2", "offset=99999999999"])
def test_collections_refuses_a_page_that_cannot_be(url: str, query: str) -> None:
    answer = requests.get(f"{url}/api/collections/?{query}", timeout=60)
    assert answer.status_code == 400 and answer.json()["field"] == query.split("=")[0]


def test_detail_leads_to_a_page(image: Pusher) -> None:
    found = requests.get(f"{image.base_url}/api/collection/{image.collection}", timeout=60).json()
    page = requests.get(found["containers"][0]["detail"], timeout=60)
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/api/registry/identity", "/api/registry/identity/"])
def test_identity(sandbox: Sandbox, path: str) -> None:
    settings = sandbox.settings()
    assert requests.get(sandbox.url + path, timeout=60).json() == {
        "name": settings["REGISTRY_NAME"], "id": settings["REGISTRY_URI"], "url": settings["DOMAIN_NAME"]}


def test_ticket_and_message(pusher: PushMaker) -> None:
    p = pusher()
    ticket = p.ask().json()
    assert list(ticket) == ["cid"] and re.fullmatch("[0-9a-f]{64}", ticket["cid"])
    assert p.send(form(p.parts(ticket["cid"], b"x"))).json() == {"message": "Upload Complete"}


def test_error(image: Pusher) -> None:
    answer = requests.get(f"{image.base_url}/api/container/shapes/nothing", timeout=60)
    has(answer.json(), detail=str, code=str, request_id=str)
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_download(image: Pusher, method: str) -> None:
    answer = requests.request(method, image.manifest().json()["image"], timeout=60)
    assert answer.status_code == 200 and int(answer.headers["Content-Length"]) == len(CONTENT)
    name = f"{image.collection}/{image.name}:{image.tag}".replace("/", "-")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.sif"'
    assert answer.content == (CONTENT if method == "GET" else b"")


# -- apptainer pull shub:// -----------------------------------------------------------------------

GO = {"User-Agent": "apptainer/1.2.5 (Linux amd64)", "Accept-Encoding": "gzip"}  # Go's transport asks for gzip by itself


@pytest.mark.parametrize("reference", ["{c}/{n}:{t}", "{c}/{n}:latest"])
def test_shub_manifest(image: Pusher, pusher: PushMaker, reference: str) -> None:
    """Request 1: unsigned, must be 200 with an object; five members are read, all of them strings."""
    p = image if reference.endswith("{t}") else pusher(collection="shub")
    if p is not image:
        assert p.push(CONTENT).status_code == 200
    answer = requests.get(f"{p.base_url}/api/container/{reference.format(c=p.collection, n=p.name, t=p.tag)}", headers=GO, timeout=60)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json" and not answer.history
    has(answer.json(), image=str, name=str, tag=str, version=str, commit=str)


def test_shub_commit_is_the_digest_of_the_content(image: Pusher) -> None:
    """It names the file in apptainer's cache: with an empty one the whole cache goes, with one that stays after a push the old image comes."""
    assert image.manifest().json()["commit"] == DIGEST


def test_shub_commit_changes_with_the_content_and_only_with_it(pusher: PushMaker) -> None:
    p = pusher()
    commits = []
    for content in (b"one", b"one", b"two"):
        assert p.push(content).status_code == 200
        commits.append(p.manifest().json()["commit"])
    assert commits[0] == commits[1] != commits[2]


def test_shub_download(image: Pusher) -> None:
    """Request 2: no credentials; the length of what came is compared with Content-Length."""
    with requests.get(image.manifest().json()["image"], headers=GO, stream=True, timeout=60) as answer:
        raw = answer.raw.read(decode_content=False)
    assert answer.status_code == 200 and "Content-Encoding" not in answer.headers
    assert len(raw) == int(answer.headers["Content-Length"]) == len(CONTENT) and hashlib.sha256(raw).hexdigest() == DIGEST


@pytest.mark.parametrize("body", ["private", "missing", "md5"])
def test_shub_gets_a_status_and_an_object_where_there_is_no_image(pusher: PushMaker, db: psycopg.Connection, body: str) -> None:
    """The predecessor answered 200 with a bare number, which apptainer cannot read."""
    p = pusher()
    p.push(b"shub")
    if body == "private":
        db.execute("update collections set is_private = true where name = %s", [p.collection])
    suffix = {"private": p.uri, "missing": f"{p.collection}/no:latest", "md5": f"{p.uri}@{'0' * 32}"}[body]
    answer = requests.get(f"{p.base_url}/api/container/{suffix}", headers=GO, timeout=60)
    assert answer.status_code == (403 if body == "private" else 404) and isinstance(answer.json(), dict)
