"""The look before a transfer: what is in its way, and whether the image is there already. And new folders."""

from __future__ import annotations

import os
import time
from typing import Any

import psycopg
import pytest

from sandbox.sandbox import Sandbox
from sandbox.standin import Control

from person import Person
from pushing import Pusher
from wishes import CONTENT, container_id, reach, root
from world import BOBS_LAPTOP, DTN, OFFLINE, SHERLOCK, SOURCE, STANFORD_GUEST, ZURICH

ENDPOINTS = "/api/globus/endpoints"


@pytest.fixture
def image(pusher: Any) -> Pusher:
    image = pusher()
    assert image.push(CONTENT).status_code == 200
    return image


@pytest.fixture
def container(image: Pusher, db: psycopg.Connection) -> int:
    return container_id(db, image)


def look(person: Person, endpoint: str, container: int, path: str = "") -> Any:
    answer = person.get(f"{ENDPOINTS}/{endpoint}/preflight", params={"container_id": container, **({"path": path} if path else {})})
    assert answer.status_code == 200, answer.text
    return answer.json()


def results(found: Any) -> dict[str, str]:
    return {check["check"]: check["result"] for check in found["checks"]}


def sent(person: Person, container: int) -> list[Any]:
    return [item for item in person.json("/api/transfers")["items"] if item["container"].get("id") == container]


def test_a_free_place_has_nothing_in_the_way(connected: Person, container: int, globus: Control) -> None:
    found = look(connected, ZURICH, container, "/free/")
    assert results(found) == {"image": "ok", "source": "ok", "folder": "ok", "file": "ok"}
    assert (found["path"], found["already_there"], found["transfer_id"]) == ("/free/image_latest.sif", False, None)
    assert globus.tasks() == [] and sent(connected, container) == [], "a look leaves nothing"


def test_without_a_folder_it_is_the_endpoints_own(connected: Person, container: int) -> None:
    assert look(connected, STANFORD_GUEST, container)["path"].endswith("/image_latest.sif")


def test_the_same_image_is_found_there(connected: Person, container: int) -> None:
    sent = connected.transfer(container, ZURICH, path="/there/").json()["id"]
    reach(connected, sent, "done")
    found = look(connected, ZURICH, container, "/there/")
    assert found["already_there"] and found["transfer_id"] == sent and results(found)["file"] == "ok"
    assert not look(connected, ZURICH, container, "/elsewhere/")["already_there"]
    again = connected.transfer(container, ZURICH, path="/there/")
    assert again.status_code == 201, "offered, not forced"


def test_what_was_written_since_is_not_taken_for_it(connected: Person, container: int, sandbox: Sandbox) -> None:
    reach(connected, connected.transfer(container, ZURICH, path="/since/").json()["id"], "done")
    file = root(sandbox, ZURICH) / "since/image_latest.sif"
    later = time.time() + 120
    file.write_bytes(bytes(len(CONTENT)))
    os.utime(file, (later, later))
    found = look(connected, ZURICH, container, "/since/")
    assert not found["already_there"] and results(found)["file"] == "care"
    file.write_bytes(b"shorter")
    found = look(connected, ZURICH, container, "/since/")
    assert not found["already_there"] and "7 bytes" in found["checks"][3]["text"]


def test_another_image_brought_there_later_is_not_taken_for_it(connected: Person, image: Pusher, container: int) -> None:
    reach(connected, connected.transfer(container, ZURICH, path="/moved/").json()["id"], "done")
    other = CONTENT[::-1]
    assert image.push(other).status_code == 200, "the tag moves on to an image of the same size"
    assert not look(connected, ZURICH, container, "/moved/")["already_there"]


def test_an_arrival_of_somebody_else_is_not_told(connected: Person, container: int, db: psycopg.Connection) -> None:
    reach(connected, connected.transfer(container, ZURICH, path="/others/").json()["id"], "done")
    db.execute("update transfers set user_id = (select id from users where username = 'bob') where path like '/others/%'")
    found = look(connected, ZURICH, container, "/others/")
    assert not found["already_there"] and results(found)["file"] == "care"


def test_what_is_in_the_way_is_said(connected: Person, container: int, sandbox: Sandbox) -> None:
    place = root(sandbox, ZURICH) / "way"
    (place / "image_latest.sif").mkdir(parents=True)
    (place / "file").write_bytes(b"x")
    assert results(look(connected, ZURICH, container, "/way/"))["file"] == "no"
    assert results(look(connected, ZURICH, container, "/way/file/"))["folder"] in ("no", "unknown")


def test_a_source_that_lacks_the_image_is_said(connected: Person, container: int, sandbox: Sandbox, db: psycopg.Connection) -> None:
    digest, collection = db.execute("select encode(i.sha256, 'hex'), i.collection_id from containers k join images i on i.id = k.image_id where k.id = %s",
                                    [container]).fetchone()
    file = root(sandbox, SOURCE) / f"{collection}/sha256.{digest}.sif"
    file.rename(file.with_suffix(".away"))
    try:
        found = look(connected, ZURICH, container, "/x/")
        assert results(found)["source"] == "no" and "administrator" in found["checks"][1]["text"]
    finally:
        file.with_suffix(".away").rename(file)


@pytest.mark.parametrize("endpoint, path, folder", [(SHERLOCK, "/scratch/", "care"), (OFFLINE, "/~/", "unknown"), (BOBS_LAPTOP, "/~/", "care")])
def test_what_cannot_be_looked_at_is_no_refusal(connected: Person, container: int, endpoint: str, path: str, folder: str) -> None:
    assert results(look(connected, endpoint, container, path))["folder"] == folder


def test_globus_away_is_no_refusal(connected: Person, container: int, globus: Control) -> None:
    globus.fail("stat", sample="service_unavailable", times=99)
    found = look(connected, ZURICH, container, "/x/")
    assert results(found) == {"image": "ok", "source": "unknown", "folder": "unknown", "file": "unknown"}


def test_what_is_refused_before_globus_is_asked_is_refused_here(connected: Person, container: int, db: psycopg.Connection) -> None:
    assert connected.get(f"{ENDPOINTS}/{ZURICH}/preflight", params={"container_id": 999999}).status_code == 404
    assert connected.get(f"{ENDPOINTS}/{SOURCE}/preflight", params={"container_id": container}).json()["field"] == "endpoint_id"
    for value in ("", "x", "0"):
        assert connected.get(f"{ENDPOINTS}/{ZURICH}/preflight", params={"container_id": value}).json()["field"] == "container_id"
    db.execute("update collections set is_private = true")
    assert connected.get(f"{ENDPOINTS}/{ZURICH}/preflight", params={"container_id": container}).status_code == 403
    db.execute("update collections set is_private = false")


# -- new folders ----------------------------------------------------------------------------------

def test_a_folder_is_made_once(connected: Person, sandbox: Sandbox) -> None:
    for _ in range(2):
        made = connected.post(f"{ENDPOINTS}/{ZURICH}/mkdir", json={"path": "/fresh folder"})
        assert (made.status_code, made.json()) == (201, {"path": "/fresh folder/"}), made.text
    assert (root(sandbox, ZURICH) / "fresh folder").is_dir()


@pytest.mark.parametrize("path", ["", "/", "/~/", "x", "/a/../b", "/a\nb", "/" + "a" * 2048])
def test_what_is_no_folder_is_not_made(connected: Person, globus: Control, path: str) -> None:
    refused = connected.post(f"{ENDPOINTS}/{ZURICH}/mkdir", json={"path": path})
    assert (refused.status_code, refused.json()["field"]) == (400, "path"), refused.text
    assert globus.calls("mkdir") == []


def test_a_folder_that_may_not_be_made_is_said(connected: Person) -> None:
    assert connected.post(f"{ENDPOINTS}/{ZURICH}/mkdir", json={"path": "/not/there/yet/"}).status_code == 404
    assert connected.post(f"{ENDPOINTS}/{SOURCE}/mkdir", json={"path": "/x/"}).json()["field"] == "endpoint_id"
    assert connected.post(f"{ENDPOINTS}/{DTN}/mkdir", json={"path": "/x/"}).status_code >= 400
    asked = connected.post(f"{ENDPOINTS}/{SHERLOCK}/mkdir?next=/globus/transfer/1", json={"path": "/scratch/users/alice/x/"})
    assert (asked.status_code, asked.json()["code"]) == (403, "globus_step_up") and asked.json()["authorize_url"]
