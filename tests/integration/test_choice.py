"""The choice of a destination: each kind of endpoint told apart, and what is missing given without losing the place."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from sandbox.standin import Control

from person import Person
from pushing import Pusher
from wishes import container_id
from world import BOBS_LAPTOP, DTN, LAPTOP, NERO, OAK, OFFLINE, PAUSED, SHERLOCK, SOURCE, STANFORD_GUEST, endpoint_id

LEGACY_SHARE, LEGACY_HOST, LOOK_ALIKE = endpoint_id(26), endpoint_id(27), endpoint_id(25)
ENDPOINTS = "/api/globus/endpoints"


@pytest.fixture
def image(pusher: Any) -> Pusher:
    image = pusher()
    assert image.push(b"the image to choose a place for").status_code == 200
    return image


@pytest.fixture
def container(image: Pusher, db: psycopg.Connection) -> int:
    return container_id(db, image)


def found(person: Person, endpoint: str) -> dict[str, Any] | None:
    """The endpoint as the page gets it by its id; None when it is none to send to."""
    items = person.json(f"{ENDPOINTS}?scope=all&q={endpoint}")["items"]
    return items[0] if items else None


# -- the table ------------------------------------------------------------------------------------

KINDS: dict[str, tuple[str, dict[str, Any], str, bool, str]] = {  # endpoint, changed fields, status, sendable, a word of the sentence
    "my laptop": (LAPTOP, {}, "activated", True, ""),
    "guest": (STANFORD_GUEST, {}, "activated", True, "write there"),
    "mapped, without consent": (SHERLOCK, {}, "activate", False, "consent"),
    "high assurance": (NERO, {}, "activated", True, "sign in again"),
    "high assurance from the same only": (NERO, {"restrict_transfers_to_high_assurance": "inbound"}, "activate", True, "high assurance"),
    "high assurance to the same only": (NERO, {"restrict_transfers_to_high_assurance": "outbound"}, "activated", True, "sign in again"),
    "offline": (OFFLINE, {}, "activate", True, "not running"),
    "paused": (PAUSED, {}, "activate", True, "paused"),
    "another's laptop": (BOBS_LAPTOP, {}, "activate", False, "somebody else"),
    "look-alike": (LOOK_ALIKE, {}, "activate", False, "somebody else"),
    "broken": (STANFORD_GUEST, {"non_functional": True}, "activate", False, "cannot move data"),
    "unrecognised": (STANFORD_GUEST, {"entity_type": "GCSv6_collection"}, "activate", True, "does not know"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_label_its_sentence_and_its_link(connected: Person, globus: Control, kind: str) -> None:
    endpoint, fields, status, sendable, word = KINDS[kind]
    if fields:
        globus.post("endpoint", id=endpoint, **fields)
    item = found(connected, endpoint)
    assert item and (item["status"], item["sendable"]) == (status, sendable)
    assert word in (item["reason"] or "") and bool(word) == bool(item["reason"])
    assert bool(item["action_url"]) == (status == "activate"), "what is missing has a place where it is given"


@pytest.mark.parametrize("endpoint", [SOURCE, DTN, LEGACY_SHARE, LEGACY_HOST])
def test_what_nobody_can_send_to_is_not_offered_even_by_its_id(connected: Person, container: int, globus: Control, endpoint: str) -> None:
    assert found(connected, endpoint) is None
    refused = connected.transfer(container, endpoint)
    assert refused.status_code == 400 and refused.json()["field"] == "endpoint_id", refused.text
    assert not globus.tasks()


def test_look_alikes_are_told_apart_by_owner_and_kind(connected: Person) -> None:
    real, other = found(connected, SHERLOCK), found(connected, LOOK_ALIKE)
    assert real and other and real["organization"] == other["organization"], "the organisation alone would not do"
    assert real["owner"] != other["owner"] and real["contact_email"] != other["contact_email"] and real["badges"] != other["badges"]


def test_what_administrators_say_is_passed_on(connected: Person) -> None:
    item = found(connected, OAK)
    assert item and item["message"].startswith("Oak is read-mostly") and item["message_url"] == "https://oak.example/news"


@pytest.mark.parametrize("endpoint", [OFFLINE, PAUSED])
def test_a_wish_for_an_endpoint_that_sleeps_is_taken(connected: Person, container: int, globus: Control, endpoint: str) -> None:
    assert connected.transfer(container, endpoint).status_code == 201
    assert len(globus.tasks()) == 1


# -- there and back -------------------------------------------------------------------------------

def returned(person: Person, authorize_url: str) -> tuple[str, dict[str, list[str]]]:
    """Through Globus, and the page one comes back to."""
    back = person.follow(person.return_address(authorize_url))
    assert back.status_code == 303, back.text
    there = urlsplit(back.headers["Location"])
    return there.path, parse_qs(there.query)


def test_a_consent_at_submit_comes_back_to_image_endpoint_and_folder(connected: Person, container: int, globus: Control) -> None:
    asked = connected.transfer(container, SHERLOCK, path="/scratch/users/alice/two words & more/")
    assert (asked.status_code, asked.json()["code"]) == (403, "globus_step_up")
    path, query = returned(connected, asked.json()["authorize_url"])
    assert path == f"/globus/transfer/{container}"
    assert (query["endpoint"], query["path"]) == ([SHERLOCK], ["/scratch/users/alice/two words & more/"])
    (task,) = globus.tasks()
    assert connected.json(f"/api/transfers/{query['transfer'][0]}")["task_id"] == task["task_id"]


@pytest.mark.parametrize("call", ["ls", "activate"])
def test_a_consent_while_looking_comes_back_to_the_address_it_left(connected: Person, container: int, call: str) -> None:
    page = f"/globus/transfer/{container}?endpoint={SHERLOCK}&path=%2Fscratch%2F"
    if call == "ls":
        url = connected.get(f"{ENDPOINTS}/{SHERLOCK}/ls", params={"path": "/scratch/", "next": page}).json()["authorize_url"]
    else:
        url = connected.get(f"/globus/activate/{SHERLOCK}", params={"next": page}).headers["Location"]
    path, query = returned(connected, url)
    assert (path, query) == (f"/globus/transfer/{container}", {"endpoint": [SHERLOCK], "path": ["/scratch/"]})


def test_activate_of_what_needs_nothing_goes_straight_back_and_never_elsewhere(connected: Person) -> None:
    page = "/globus/transfer/1?endpoint=x"
    assert connected.get(f"/globus/activate/{LAPTOP}", params={"next": page}).headers["Location"] == page
    for foreign in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        assert connected.get(f"/globus/activate/{LAPTOP}", params={"next": foreign}).headers["Location"] == "/globus/transfer"
