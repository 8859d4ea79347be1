"""Where a user sends images: starred places, those sent to last, and the usual one with its name pattern."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from sandbox.sandbox import Sandbox
from sandbox.standin import Control

from person import Person
from pushing import Pusher
from wishes import CONTENT, container_id, reach, root
from world import DTN, LAPTOP, SHERLOCK, SOURCE, STANFORD_GUEST, ZURICH

DESTINATIONS, USUAL = "/api/destinations", "/api/transfers/usual"


@pytest.fixture
def image(pusher: Any) -> Pusher:
    image = pusher()
    assert image.push(CONTENT).status_code == 200
    return image


@pytest.fixture
def container(image: Pusher, db: psycopg.Connection) -> int:
    return container_id(db, image)


@pytest.fixture(autouse=True)
def nothing_starred(db: psycopg.Connection) -> None:
    db.execute("delete from destinations")
    db.execute("update users set file_pattern = null")


def star(person: Person, endpoint: str, path: str = "") -> Any:
    answer = person.post(DESTINATIONS, json={"endpoint_id": endpoint, "path": path})
    assert answer.status_code == 201, answer.text
    return answer.json()["destination"]


def places(person: Person) -> list[tuple[str, str | None]]:
    return [(item["endpoint"]["id"], item["path"]) for item in person.json(DESTINATIONS)["items"]]


def test_starred_places_come_first_then_those_sent_to_last(connected: Person, container: int, globus: Control) -> None:
    for path in ("/a/", "/b/", "/a/"):
        assert connected.transfer(container, ZURICH, path=path).status_code == 201
    assert places(connected) == [(ZURICH, "/a/"), (ZURICH, "/b/")], "each place once, the last first"
    star(connected, STANFORD_GUEST, "/containers")
    asked = len(globus.calls())
    assert places(connected) == [(STANFORD_GUEST, "/containers/"), (ZURICH, "/a/"), (ZURICH, "/b/")]
    assert len(globus.calls()) == asked, "the list needs no Globus"
    assert connected.json(DESTINATIONS)["items"][0]["endpoint"]["organization"], "look-alikes are told apart here, too"


def test_the_place_sent_to_last_is_the_usual_one_until_another_is_marked(connected: Person, container: int) -> None:
    assert connected.json(DESTINATIONS)["usual"] is None
    assert connected.transfer(container, ZURICH, path="/a/").status_code == 201
    assert connected.json(DESTINATIONS)["usual"]["path"] == "/a/"
    first, second = star(connected, STANFORD_GUEST, "/x/"), star(connected, STANFORD_GUEST, "/y/")
    for place in (first, second):
        assert connected.request("PATCH", f"{DESTINATIONS}/{place['id']}", json={"usual": True}).json()["destination"]["usual"]
    answer = connected.json(DESTINATIONS)
    assert answer["usual"]["path"] == "/y/" and [item["usual"] for item in answer["items"]] == [True, False, False]
    assert connected.request("DELETE", f"{DESTINATIONS}/{second['id']}").status_code == 204
    assert connected.json(DESTINATIONS)["usual"]["path"] == "/a/"


def test_one_click_sends_to_the_usual_place_under_the_pattern(connected: Person, image: Pusher, container: int, sandbox: Sandbox) -> None:
    place = star(connected, ZURICH, "/usual/")
    connected.request("PATCH", f"{DESTINATIONS}/{place['id']}", json={"usual": True})
    name = f"{image.collection}/image_latest.sif"
    assert connected.json(f"{DESTINATIONS}?container_id={container}")["file"] == name, "the page says what it will be called"
    sent = connected.post(USUAL, json={"container_id": container})
    assert sent.status_code == 201, sent.text
    assert reach(connected, sent.json()["id"], "done")["path"] == f"/usual/{name}"
    assert (root(sandbox, ZURICH) / "usual" / name).read_bytes() == CONTENT
    assert places(connected) == [(ZURICH, "/usual/")], "the folders that the pattern makes are no place of their own"


def test_the_pattern_is_the_users(connected: Person, image: Pusher, container: int) -> None:
    place = "/api/file-pattern"
    assert connected.request("PUT", place, json={"pattern": "{digest}/{name}.sif"}).json() == {"pattern": "{digest}/{name}.sif"}
    assert connected.json(f"{DESTINATIONS}?container_id={container}")["file"].endswith("/image.sif")
    assert connected.request("PUT", place, json={"pattern": ""}).json()["pattern"] == "{collection}/{name}_{tag}.sif"
    refused = connected.request("PUT", place, json={"pattern": "../{name}"})
    assert (refused.status_code, refused.json()["field"]) == (400, "pattern")


def test_pressing_twice_in_two_tabs_is_one_task(connected: Person, container: int, globus: Control) -> None:
    star(connected, ZURICH, "/usual/")
    assert connected.transfer(container, ZURICH, path="/usual/").status_code == 201
    with ThreadPoolExecutor(4) as tabs:
        answers = list(tabs.map(lambda _: connected.post(USUAL, json={"container_id": container}), range(4)))
    assert {answer.status_code for answer in answers} == {201} and len({answer.json()["id"] for answer in answers}) == 1
    assert len(globus.tasks()) == 2


def test_without_a_place_it_says_how_to_get_one(connected: Person, container: int) -> None:
    refused = connected.post(USUAL, json={"container_id": container})
    assert refused.status_code == 404 and "star a place" in refused.json()["detail"]


def test_a_consent_for_the_usual_place_is_given_on_the_way_and_the_wish_goes_on(connected: Person, container: int, globus: Control) -> None:
    place = star(connected, SHERLOCK, "/scratch/users/alice/")
    connected.request("PATCH", f"{DESTINATIONS}/{place['id']}", json={"usual": True})
    asked = connected.post(USUAL, json={"container_id": container})
    assert (asked.status_code, asked.json()["code"]) == (403, "globus_step_up")
    assert connected.follow(connected.return_address(asked.json()["authorize_url"])).status_code == 303
    (task,) = globus.tasks()
    assert task["owner_id"]


@pytest.mark.parametrize("endpoint, path, field", [
    (SOURCE, "", "endpoint_id"), (DTN, "", "endpoint_id"), ("laptop", "", "endpoint_id"),
    (LAPTOP, "relative/", "path"), (LAPTOP, "/a/../b/", "path"), (LAPTOP, "/a\nb/", "path"), (LAPTOP, "/" + "a" * 2049, "path"),
])
def test_what_is_no_place_is_not_starred(connected: Person, endpoint: str, path: str, field: str) -> None:
    refused = connected.post(DESTINATIONS, json={"endpoint_id": endpoint, "path": path})
    assert (refused.status_code, refused.json()["field"]) == (400, field), refused.text
    assert places(connected) == []


def test_stars_are_limited_and_nobody_else_has_them(connected: Person, db: psycopg.Connection, person: Any) -> None:
    mine = star(connected, LAPTOP, "/0/")
    db.execute("insert into destinations (user_id, endpoint_id, folder, endpoint_name, starred_at) select user_id, endpoint_id, '/' || n || '/', 'n', now()"
               " from destinations, generate_series(1, 49) n")
    refused = connected.post(DESTINATIONS, json={"endpoint_id": LAPTOP, "path": "/50/"})
    assert refused.status_code == 409 and "50" in refused.json()["detail"]
    assert star(connected, LAPTOP, "/0/")["id"] == mine["id"], "one that is there stays"
    other = person("bob")
    assert other.json(DESTINATIONS)["items"] == []
    assert other.request("DELETE", f"{DESTINATIONS}/{mine['id']}").status_code == 404
