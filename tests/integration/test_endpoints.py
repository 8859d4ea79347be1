"""Where an image can go: the lists, the labels, the folders, and what a sick Globus does to them."""

from __future__ import annotations

import concurrent.futures
import time
from typing import Any

import psycopg
import pytest

from sandbox.standin import Control

from person import Person
from world import DTN, LAPTOP, MARKUP, NERO, NOWHERE, OFFLINE, PAUSED, SHERLOCK, SOURCE, STANFORD_GUEST


def listed(person: Person, **query: str) -> dict[str, dict[str, Any]]:
    """All pages of a list, by id."""
    found: dict[str, dict[str, Any]] = {}
    cursor: str | None = ""
    while cursor is not None:
        answer = person.get("/api/globus/endpoints", params={**query, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found |= {item["id"]: item for item in page["items"]}
        cursor = page["next"]
    return found


def test_my_endpoints_and_shared_with_me_are_what_globus_says(connected: Person) -> None:
    mine, shared = listed(connected, scope="my-endpoints"), listed(connected, scope="shared-with-me")
    assert {LAPTOP, OFFLINE, PAUSED} <= set(mine)
    assert STANFORD_GUEST in shared and STANFORD_GUEST not in mine


def test_search_finds_by_name_and_shows_who_stands_behind(connected: Person) -> None:
    found = listed(connected, scope="all", q="Stanford")
    guest = found[STANFORD_GUEST]
    assert guest["organization"] == "Stanford University" and guest["contact_email"] == "srcc-support@stanford.example"
    assert guest["display_name"] == "Stanford Research Computing guest" and guest["owner"]


def test_the_registrys_own_collection_and_bare_servers_are_never_offered(connected: Person) -> None:
    everything = listed(connected, scope="all", q="Stanford") | listed(connected, scope="all", q="Singularity") | listed(connected, scope="shared-with-me")
    assert SOURCE not in everything and DTN not in everything


@pytest.mark.parametrize(("endpoint", "query", "status"), [
    (LAPTOP, {"scope": "my-endpoints"}, "activated"), (STANFORD_GUEST, {"scope": "all", "q": "Stanford"}, "activated"),
    (OFFLINE, {"scope": "my-endpoints"}, "activate"), (PAUSED, {"scope": "my-endpoints"}, "activate"),
    (SHERLOCK, {"scope": "all", "q": "Sherlock"}, "activate"),
])
def test_a_label_says_whether_a_write_could_succeed_now(connected: Person, endpoint: str, query: dict[str, str], status: str) -> None:
    item = listed(connected, **query)[endpoint]
    assert item["status"] == status
    if status == "activate":
        assert item["reason"] and item["action_url"]


def test_names_arrive_as_they_are(connected: Person) -> None:
    item = listed(connected, scope="my-endpoints")[MARKUP]
    assert item["display_name"] == "<b>Lab</b> \"NAS\" & 'backup' %2F"


@pytest.mark.parametrize("query", [{"scope": "nonsense"}, {"scope": "all"}, {"scope": "all", "q": "x" * 5000}, {"cursor": "nonsense", "scope": "my-endpoints"}])
def test_a_question_that_is_none_gets_400(connected: Person, query: dict[str, str]) -> None:
    answer = connected.get("/api/globus/endpoints", params=query)
    assert answer.status_code == 400 and answer.json()["detail"], answer.text


def test_a_folder_lists_odd_names_as_they_are(connected: Person) -> None:
    answer = connected.get(f"/api/globus/endpoints/{LAPTOP}/ls", params={"path": "/home/alice/odd names/"})
    names = {item["name"] for item in answer.json()["items"]}
    assert {"with space.txt", "quote\"s and 'these'.txt", "<b>tag&amp; & more.txt", "100%.txt", "-rf", "Übergröße 数据.txt"} <= names


def test_a_folder_begins_at_the_default_directory(connected: Person) -> None:
    answer = connected.json(f"/api/globus/endpoints/{STANFORD_GUEST}/ls")
    assert answer["path"] == "/containers/"


@pytest.mark.parametrize(("endpoint", "path", "status"), [(NOWHERE, "/", 404), ("not-a-uuid", "/", 404), (LAPTOP, "/home/alice/nothing/", 404)])
def test_what_is_not_there_is_404(connected: Person, endpoint: str, path: str, status: int) -> None:
    answer = connected.get(f"/api/globus/endpoints/{endpoint}/ls", params={"path": path})
    assert answer.status_code == status and answer.json()["detail"], answer.text


def test_a_consent_that_is_missing_says_where_to_give_it(connected: Person, globus: Control) -> None:
    answer = connected.get(f"/api/globus/endpoints/{SHERLOCK}/ls")
    assert (answer.status_code, answer.json()["code"]) == (403, "globus_step_up")
    assert answer.json()["authorize_url"].startswith(globus.url.removesuffix("/control"))


def test_activate_gives_the_consent_and_comes_back(connected: Person) -> None:
    begun = connected.get(f"/globus/activate/{SHERLOCK}", params={"next": "/globus/transfer?q=Stanford"})
    assert begun.status_code == 303
    back = connected.follow(connected.return_address(begun.headers["Location"]))
    assert back.status_code == 303 and back.headers["Location"].startswith("/globus/transfer?q=Stanford")
    assert listed(connected, scope="all", q="Sherlock")[SHERLOCK]["status"] == "activated"
    assert connected.json(f"/api/globus/endpoints/{SHERLOCK}/ls")["items"] == []


def test_a_high_assurance_collection_asks_for_a_fresh_login(connected: Person) -> None:
    answer = connected.get(f"/api/globus/endpoints/{NERO}/ls")
    assert answer.status_code == 403 and answer.json()["code"] == "globus_step_up" and "session_required" in answer.json()["authorize_url"]


# -- tokens ---------------------------------------------------------------------------------------

def test_an_expired_access_token_is_renewed_silently(connected: Person, globus: Control) -> None:
    globus.post("tokens/expire", identity=None, kind="access")
    assert listed(connected, scope="my-endpoints")
    assert set(globus.refreshes().values()) == {1}, "nobody's token is used twice"


def test_one_401_is_answered_by_a_refresh_and_a_second_try(connected: Person, globus: Control) -> None:
    globus.fail("endpoint_search", sample="authentication_failed", status=401)
    assert listed(connected, scope="my-endpoints")


def test_many_requests_at_once_want_one_refresh(connected: Person, globus: Control, db: psycopg.Connection) -> None:
    globus.post("tokens/expire", identity=None, kind="access")
    db.execute("update globus_tokens set expires_at = now() - interval '1 second'")
    cookies = dict(connected.http.cookies)

    def ask(_: int) -> int:
        import requests

        return requests.get(f"{connected.base_url}/api/globus/endpoints?scope=my-endpoints", cookies=cookies, timeout=60).status_code

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        assert set(pool.map(ask, range(12))) == {200}
    assert set(globus.refreshes().values()) == {1}, "nobody's token is used twice"


def test_an_ended_refresh_token_asks_to_reconnect_and_is_then_forgotten(connected: Person, globus: Control) -> None:
    globus.post("tokens/expire", identity=None, kind="refresh")
    globus.post("tokens/expire", identity=None, kind="access")
    answer = connected.get("/api/globus/endpoints?scope=my-endpoints")
    assert (answer.status_code, answer.json()["code"]) == (409, "globus_reconnect")
    connected.connect()
    assert listed(connected, scope="my-endpoints")


@pytest.mark.parametrize("how", [{"status": 500}, {"status": 503}, {"sample": "garbage"}, {"reset": True}, {"sample": "rate_limited"}])
def test_trouble_while_refreshing_never_drops_the_connection(connected: Person, globus: Control, how: dict[str, Any]) -> None:
    globus.post("tokens/expire", identity=None, kind="access")
    globus.fail("token: refresh_token", times=-1, **how)
    answer = connected.get("/api/globus/endpoints?scope=my-endpoints")
    assert answer.status_code in (429, 502, 503), answer.text
    globus.fail("token: refresh_token", times=0)
    assert listed(connected, scope="my-endpoints")


# -- a sick Globus --------------------------------------------------------------------------------

@pytest.mark.parametrize(("how", "statuses"), [
    ({"sample": "service_unavailable"}, {503}), ({"sample": "internal_error"}, {502, 503}), ({"sample": "bad_gateway"}, {502, 503}),
    ({"sample": "garbage"}, {502, 503}), ({"reset": True}, {503}), ({"truncate": 20}, {502, 503}),
    ({"sample": "rate_limited", "headers": {"Retry-After": "3"}}, {429, 503}),
])
def test_each_fault_of_globus_is_told_as_such(connected: Person, globus: Control, how: dict[str, Any], statuses: set[int]) -> None:
    globus.fail("endpoint_search", times=-1, **how)
    answer = connected.get("/api/globus/endpoints?scope=my-endpoints")
    assert answer.status_code in statuses and answer.json()["detail"], answer.text
    globus.fail("endpoint_search", times=0)
    assert listed(connected, scope="my-endpoints")


def test_calls_that_can_go_side_by_side_do(connected: Person, globus: Control) -> None:
    """The page's two lists take as long as the slower one, not as both."""
    cookies, delay = dict(connected.http.cookies), 1.0
    globus.fail("endpoint_search", times=-1, delay_s=delay)
    began = time.monotonic()

    def ask(scope: str) -> int:
        import requests

        return requests.get(f"{connected.base_url}/api/globus/endpoints?scope={scope}", cookies=cookies, timeout=60).status_code

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert list(pool.map(ask, ["my-endpoints", "shared-with-me"])) == [200, 200]
    assert time.monotonic() - began < 1.9 * delay


def test_connections_to_globus_are_used_again(connected: Person, globus: Control) -> None:
    for _ in range(20):
        listed(connected, scope="my-endpoints")
    numbers = [call["connection"] for call in globus.calls("endpoint_search")]
    assert len(numbers) == 20 and len(set(numbers)) <= 5, "one for each worker at most"
