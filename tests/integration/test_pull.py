"""What the client and shub:// read: manifests, download URLs, lists."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import psycopg
import pytest
import requests

from pushing import Pusher

PushMaker = Callable[..., Pusher]
CONTENT = b"an image of seventeen times" * 17


@pytest.fixture
def image(pusher: PushMaker) -> Pusher:
    p = pusher()
    assert p.push(CONTENT).status_code == 200
    return p


@pytest.fixture
def private_image(image: Pusher, db: psycopg.Connection) -> Pusher:
    db.execute("update collections set is_private = true where name = %s", [image.collection])
    return image


def get(image: Pusher, path: str, **options: object) -> requests.Response:
    return requests.get(image.base_url + path, timeout=60, **options)


def test_manifest_holds_what_both_clients_read(image: Pusher) -> None:
    manifest = image.manifest().json()
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert manifest["image"].startswith(image.base_url + "/containers/")
    assert (manifest["collection"], manifest["name"], manifest["tag"]) == (image.collection, image.name, image.tag)
    assert manifest["version"] == f"sha256.{digest}" and re.fullmatch("[0-9a-f]+", manifest["commit"])


@pytest.mark.parametrize("form", ["/api/container/{c}/{n}:{t}", "/container/{c}/{n}:{t}", "/api/container/{c}/{n}", "/api/container/{c}/{n}:{t}/"])
def test_manifest_answers_on_all_its_paths(image: Pusher, form: str) -> None:
    assert get(image, form.format(c=image.collection, n=image.name, t=image.tag)).status_code == 200


def test_manifest_honours_a_version(image: Pusher) -> None:
    version = image.manifest().json()["version"]
    assert get(image, f"/api/container/{image.uri}@{version}").status_code == 200
    assert get(image, f"/api/container/{image.uri}@sha256.{'0' * 64}").status_code == 404


def test_missing_image_is_404_with_the_sentence_in_the_status_line(image: Pusher) -> None:
    answer = get(image, f"/api/container/{image.collection}/nothing:latest")
    assert answer.status_code == 404 and answer.reason == answer.json()["detail"]


def test_private_image_is_403_until_signed_by_somebody_who_may(private_image: Pusher, sandbox) -> None:
    assert private_image.manifest().status_code == 403
    assert private_image.manifest(sign=True).status_code == 200
    bob = Pusher(sandbox.url, "bob", sandbox.user("bob")["token"], private_image.collection, private_image.name)
    assert bob.manifest(sign=True).status_code == 404  # as if there were none


def test_private_image_is_in_no_list(private_image: Pusher) -> None:
    assert private_image.collection not in get(private_image, "/api/collections/").text
    assert get(private_image, f"/api/collection/{private_image.collection}").json() == {}


def test_collections_answers_everything_at_once(image: Pusher) -> None:
    answer = get(image, "/api/collections/").json()
    mine = next(c for c in answer["results"] if c["name"] == image.collection)
    assert answer["next"] is None
    assert mine["containers"] == [{**mine["containers"][0], "uri": image.uri, "name": image.name, "tag": image.tag}]


def test_download_is_a_capability_that_answers_head_and_ranges(image: Pusher) -> None:
    url = image.manifest().json()["image"]
    head = requests.head(url, timeout=60)
    assert head.status_code == 200 and int(head.headers["Content-Length"]) == len(CONTENT)
    assert "attachment" in head.headers["Content-Disposition"]
    assert requests.get(url, timeout=60).content == CONTENT
    part = requests.get(url, headers={"Range": "bytes=5-9"}, timeout=60)
    assert (part.status_code, part.content) == (206, CONTENT[5:10])


def test_a_bent_capability_is_refused(image: Pusher) -> None:
    url = image.manifest().json()["image"]
    start, capability = url.rsplit("/", 1)
    other = re.sub(r"/containers/\d+/", "/containers/999999/", url)
    for bent in (f"{start}/{capability[:-1]}", f"{start}/{capability}0", f"{start}/x", other, f"{start}/{capability[::-1]}"):
        assert requests.get(bent, timeout=60).status_code in (403, 404), bent


def test_a_capability_ends_with_the_right_to_read(image: Pusher, pusher: PushMaker, db: psycopg.Connection) -> None:
    url = image.manifest().json()["image"]
    db.execute("update collections set is_private = true where name = %s", [image.collection])
    assert requests.get(url, timeout=60).status_code in (403, 404)


def test_delete_needs_the_right_and_removes_the_tag(image: Pusher, sandbox) -> None:
    address = f"{image.base_url}/api/container/{image.uri}"
    bob = Pusher(sandbox.url, "bob", sandbox.user("bob")["token"], image.collection, image.name)
    for header in ({}, {"Authorization": bob.sign("delete")}, {"Authorization": image.sign("pull")}):
        assert requests.delete(address, headers=header, timeout=60).status_code == 403
    assert requests.delete(address, headers={"Authorization": image.sign("delete")}, timeout=60).status_code == 204
    assert image.manifest().status_code == 404


def test_identity_names_the_registry(image: Pusher) -> None:
    assert get(image, "/api/registry/identity").json()["url"] == image.base_url
