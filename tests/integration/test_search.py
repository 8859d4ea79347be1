"""Finding images: the real client's searches, the routes of those that crash in it, labels, and the portal's search."""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from sandbox.client import SregistryClient
from sandbox.image import make_image
from sandbox.sandbox import Sandbox

from person import Person
from pushing import Pusher
from traffic import Seen, Traffic

PushMaker = Callable[..., Pusher]
_numbers = itertools.count(1)


@pytest.fixture
def word() -> str:
    """A word that occurs nowhere else."""
    return f"zucchini{next(_numbers)}"


@pytest.fixture
def client(sandbox: Sandbox, tmp_path: Path) -> SregistryClient:
    made = SregistryClient(sandbox.options.sregistry, tmp_path / "alice.sregistry")
    made.write_secrets(sandbox.url, "alice", sandbox.user("alice")["token"])
    return made


@pytest.fixture
def image(pusher: PushMaker, word: str) -> Pusher:
    """alice's public image, named by the word."""
    p = pusher(name=word, tag="v1")
    assert p.push(word.encode()).status_code == 200
    return p


@pytest.fixture
def private_image(pusher: PushMaker, word: str, db: psycopg.Connection) -> Pusher:
    p = pusher(name=word, tag="hidden")
    assert p.push(f"private {word}".encode()).status_code == 200
    db.execute("update collections set is_private = true where name = %s", [p.collection])
    return p


def labelled(directory: Path, labels: dict[str, str]) -> bytes:
    path = make_image(directory / "image.sif")
    (directory / "labels").write_text(json.dumps({"data": {"attributes": {"labels": labels}}}))
    subprocess.run(["siftool", "add", str(path), str(directory / "labels"), "--datatype", "6", "--filename", "inspect-metadata.json"], check=True)
    return path.read_bytes()


def answer(sandbox: Sandbox, path: str, who: Person | None = None) -> Any:
    got = who.get(path) if who else requests.get(sandbox.url + path, timeout=60)
    assert got.status_code == 200, got.text
    return got.json()


def uris(found: list[dict[str, Any]]) -> list[str]:
    return [f"{k['collection']}/{k['name']}:{k['tag']}" for k in found]


# -- the client ---------------------------------------------------------------------------------

@pytest.mark.parametrize("query", [[], ["*"]])
def test_search_without_a_word_lists_everything_public(client: SregistryClient, image: Pusher, private_image: Pusher, sandbox: Sandbox,
                                                       query: list[str]) -> None:
    traffic = Traffic(sandbox)
    done = client.run("search", *query)
    assert done.returncode == 0 and image.uri in done.stdout and private_image.uri not in done.stdout, done.stdout
    assert traffic.wait(1) == [Seen("GET", "/api/collections/", 200)]


@pytest.mark.parametrize("end", ["", "/"])
def test_search_for_a_word_is_one_collection(client: SregistryClient, image: Pusher, sandbox: Sandbox, end: str) -> None:
    traffic = Traffic(sandbox)
    done = client.run("search", image.collection + end)
    assert done.returncode == 0 and image.uri in done.stdout, done.stdout
    assert traffic.wait(1) == [Seen("GET", f"/api/collection/{image.collection}", 200)]
    assert client.run("search", f"no-{image.collection}{end}").returncode == 1


def test_search_for_an_image_with_its_tag(client: SregistryClient, image: Pusher, private_image: Pusher, sandbox: Sandbox) -> None:
    traffic = Traffic(sandbox)
    done = client.run("search", image.uri)
    assert done.returncode == 0 and image.name in done.stdout and image.tag in done.stdout, done.stdout
    assert traffic.wait(1) == [Seen("GET", f"/api/container/search/collection/{image.collection}/name/{image.name}/tag/{image.tag}", 200)]
    assert client.run("search", f"{image.collection}/{image.name}:other").returncode == 1
    assert client.run("search", private_image.uri).returncode == 1


def test_the_routes_of_the_searches_that_crash_the_client(sandbox: Sandbox, pusher: PushMaker, word: str) -> None:
    pushers = [pusher(name=word, tag="v1"), pusher(name=word, tag="v2"), pusher(name=word, tag="v1", collection=f"deep/er/{word}")]
    for p in pushers:
        assert p.push(b"x").ok
    first, second, deep = (p.uri for p in pushers)
    assert uris(answer(sandbox, f"/api/container/search/name/{word.upper()}")) == [deep, second, first]
    assert uris(answer(sandbox, f"/api/container/search/name/{word}/tag/v1")) == [deep, first]
    assert uris(answer(sandbox, f"/api/container/search/collection/{pushers[0].collection}/name/{word}")) == [first]
    assert uris(answer(sandbox, f"/api/container/search/collection/deep/er/{word}/name/{word}/tag/v1")) == [deep]
    found = answer(sandbox, f"/api/container/search/name/{word}/tag/v2")[0]
    assert "image" not in found and found["version"].startswith("sha256.") and found["id"] > 0
    for nothing in ("name/none", "collection//name/x", "tag/x", "name", "x/y/z", "collection/x/tag/y", "name/x/tag/y/z"):
        assert answer(sandbox, f"/api/container/search/{nothing}") == []


def test_labels_by_key_value_and_both(sandbox: Sandbox, pusher: PushMaker, word: str, tmp_path: Path, db: psycopg.Connection,
                                      person: Callable[[str], Person]) -> None:
    first, second = pusher(), pusher()
    assert first.push(labelled(tmp_path, {f"{word}.url": "https://lab.example/key/x", f"{word}.arch": "arm"})).ok
    assert second.push(labelled(tmp_path, {f"{word}.arch": "Arm"})).ok
    arm = {"key": f"{word}.arch", "value": "arm", "containers": [first.uri]}
    other = {"key": f"{word}.arch", "value": "Arm", "containers": [second.uri]}
    by_key = answer(sandbox, f"/api/labels/search/{word}.arch/key")
    assert sorted(by_key, key=lambda label: label["value"]) == [other, arm]
    assert answer(sandbox, f"/api/labels/search/{word}.arch/key/arm/value") == [arm]
    assert answer(sandbox, f"/api/labels/search/{word}.arch/key/ARM/value") == [], "case matters"
    url = {"key": f"{word}.url", "value": "https://lab.example/key/x", "containers": [first.uri]}
    assert answer(sandbox, f"/api/labels/search/{word}.url/key/https:%2F%2Flab.example%2Fkey%2Fx/value") == [url]
    assert arm in answer(sandbox, "/api/labels/search/arm/value") and arm in answer(sandbox, "/api/labels/search")
    assert requests.get(f"{sandbox.url}/api/labels/search/arm", timeout=60).status_code == 404
    db.execute("update collections set is_private = true where name = %s", [first.collection])
    assert answer(sandbox, f"/api/labels/search/{word}.arch/key") == [other]
    assert answer(sandbox, f"/api/labels/search/{word}.url/key", person("bob")) == []
    assert answer(sandbox, f"/api/labels/search/{word}.url/key", person("alice")) == [url]


# -- people -------------------------------------------------------------------------------------

def found(sandbox: Sandbox, q: str, who: Person | None = None) -> list[str]:
    client = who or Person(sandbox.url, "nobody", "")
    return [item["uri"] for item in client.json(f"/api/portal/search?q={requests.utils.quote(q)}")["items"]]


def test_row_22_words_are_found_in_names_labels_and_descriptions(sandbox: Sandbox, image: Pusher, word: str, pusher: PushMaker,
                                                                tmp_path: Path, db: psycopg.Connection) -> None:
    other = pusher(name="other")
    assert other.push(labelled(tmp_path, {"maintainer": f"Zoë {word.title()}son"})).ok
    db.execute("update collections set description = %s where name = %s", [f"About {word}, 100% organic", other.collection])
    assert found(sandbox, word) == [image.uri, other.uri], "the name itself first"
    assert found(sandbox, f"{word[1:]} MAINTAINER zoë") == [other.uri]
    assert found(sandbox, f"organic {word}") == [other.uri]
    assert found(sandbox, image.uri) == [image.uri]
    hit = Person(sandbox.url, "nobody", "").json(f"/api/portal/search?q={word}son")["items"][0]
    assert hit["labels"] == [{"name": "maintainer", "value": f"Zoë {word.title()}son"}]
    assert hit["collection"]["name"] == other.collection and hit["collection"]["private"] is False
    listed = answer(sandbox, f"/api/collection/search/{word}")
    assert uris(listed) == [image.uri, other.uri]
    for wildcard in ("%25", "_", "%5C", "%20"):
        assert requests.get(f"{sandbox.url}/api/collection/search/{wildcard}", timeout=60).status_code == 400, "no wildcard, and no word"


def test_row_20_a_search_finds_nothing_that_the_viewer_may_not_read(sandbox: Sandbox, private_image: Pusher, word: str,
                                                                   person: Callable[[str], Person]) -> None:
    assert found(sandbox, word) == [] and found(sandbox, word, person("bob")) == []
    assert found(sandbox, word, person("alice")) == [private_image.uri]
    assert answer(sandbox, f"/api/container/search/name/{word}") == []
    assert uris(answer(sandbox, f"/api/container/search/name/{word}", person("alice"))) == [private_image.uri]


def test_a_long_result_comes_in_pages_without_gaps(sandbox: Sandbox, pusher: PushMaker, word: str) -> None:
    p = pusher(name=word)
    for number in range(60):
        p.tag = f"page{number}"
        assert p.push(b"the same bytes").ok
    assert pusher(name=f"{word}-more").push(b"x").ok
    seen, cursor = [], ""
    while cursor is not None:
        page = Person(sandbox.url, "nobody", "").json(f"/api/portal/search?q={word}{cursor and f'&cursor={cursor}'}")
        seen += [item["uri"] for item in page["items"]]
        cursor = page["next"]
        assert len(page["items"]) <= 50
    assert seen == [f"{p.collection}/{word}:page{number}" for number in reversed(range(60))] + [seen[-1]]
    assert seen[-1].endswith(f"/{word}-more:latest")


@pytest.mark.parametrize(("query", "field"), [
    ("", "q"), ("?q=", "q"), ("?q=%20", "q"), ("?q=a+b+c+d+e+f", "q"), ("?q=" + "x" * 201, "q"), ("?q=%FF", "q"), ("?q=x&q=y", "q"),
    ("?q=x&cursor=made-up", "cursor")])
def test_bad_queries_are_refused_by_name(sandbox: Sandbox, query: str, field: str) -> None:
    refused = requests.get(f"{sandbox.url}/api/portal/search{query}", timeout=60)
    assert refused.status_code == 400 and refused.json()["field"] == field, refused.text
