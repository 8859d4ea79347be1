"""A wish is one task, runs as the user, and its state is what Globus says."""

from __future__ import annotations

import concurrent.futures
import csv
import hashlib
import io
import secrets
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox
from sandbox.standin import Control
from sandbox.waiting import wait_for

from person import Person
from pushing import Pusher
from wishes import CONTENT, container_id, reach, root
from world import ALICE_ID, DTN, LAPTOP, NOWHERE, REFERENCE, SHERLOCK, SOURCE, STANFORD_GUEST

PushMaker = Callable[..., Pusher]


@pytest.fixture
def image(pusher: PushMaker) -> Pusher:
    p = pusher()
    assert p.push(CONTENT).status_code == 200
    return p


@pytest.fixture
def container(image: Pusher, db: psycopg.Connection) -> int:
    return container_id(db, image)


# -- the good way -------------------------------------------------------------------------------

def test_the_bytes_arrive_and_the_state_says_so(connected: Person, container: int, image: Pusher, sandbox: Sandbox, globus: Control) -> None:
    answer = connected.transfer(container, STANFORD_GUEST)
    created = answer.json()
    assert answer.status_code == 201 and created["state"] == "queued" and created["message"], answer.text
    assert created["task_url"].endswith(f"/activity/{created['task_id']}") or created["task_id"] in created["task_url"]
    done = reach(connected, created["id"], "done")
    arrived = root(sandbox, STANFORD_GUEST) / done["path"].lstrip("/")
    assert hashlib.sha256(arrived.read_bytes()).hexdigest() == done["sha256"] == image.stored_digest()
    assert done["bytes_total"] == done["bytes_transferred"] == len(CONTENT) and done["finished_at"]
    assert done["container"]["uri"] == image.uri and done["endpoint"]["id"] == STANFORD_GUEST
    (task,) = globus.tasks()
    assert task["owner_id"] == ALICE_ID, "the user's transfer runs as the user"


def test_the_submission_is_what_was_promised(connected: Person, container: int, image: Pusher, globus: Control) -> None:
    connected.transfer(container, STANFORD_GUEST)
    (task,) = globus.tasks()
    sent = task["submission"]
    (item,) = sent["DATA"]
    assert sent["label"].startswith("Singularity Registry Transfer") and image.uri in sent["label"]
    assert sent["verify_checksum"] is True and sent["encrypt_data"] is True and sent["source_endpoint"] == SOURCE
    assert item["external_checksum"] == image.stored_digest() and item["checksum_algorithm"].upper().replace("-", "") == "SHA256"
    assert item["source_path"].endswith(f"sha256.{image.stored_digest()}.sif") and item["recursive"] is False


@pytest.mark.parametrize(("path", "ends"), [("/containers/", "/containers/"), ("/containers/mine.sif", "/containers/mine.sif"), ("/deep/er/", "/deep/er/")])
def test_a_folder_or_a_file_can_be_named(connected: Person, container: int, path: str, ends: str) -> None:
    done = reach(connected, connected.transfer(container, STANFORD_GUEST, path=path).json()["id"], "done")
    assert done["path"].startswith(ends)


def test_the_predecessors_route_answers_its_message(connected: Person, container: int) -> None:
    answer = connected.post(f"/globus/transfer/{STANFORD_GUEST}/container/{container}/")
    assert answer.status_code == 200 and answer.json()["message"], answer.text
    assert connected.get(f"/globus/transfer/{STANFORD_GUEST}/container/{container}/").status_code == 405


def test_transfers_are_listed_newest_first_for_their_owner_alone(connected: Person, container: int, person: Callable[[str], Person]) -> None:
    first = connected.transfer(container, STANFORD_GUEST, path="/a/").json()["id"]
    second = connected.transfer(container, STANFORD_GUEST, path="/b/").json()["id"]
    assert [item["id"] for item in connected.json("/api/transfers")["items"]][:2] == [second, first]
    assert first not in {item["id"] for item in person("bob").json("/api/transfers")["items"]}
    assert person("bob").get(f"/api/transfers/{first}").status_code == 404


def test_what_became_of_a_transfer_is_news_until_it_was_seen(connected: Person, container: int, person: Callable[[str], Person],
                                                                 db: psycopg.Connection) -> None:
    db.execute("delete from transfers")
    assert connected.json("/api/me")["news"] == 0
    first = connected.transfer(container, STANFORD_GUEST, path="/a/").json()["id"]
    assert reach(connected, first, "done")["news"] is True
    second = connected.transfer(container, STANFORD_GUEST, path="/b/").json()["id"]
    reach(connected, second, "done")
    assert connected.json("/api/me")["news"] == 2
    assert person("bob").post(f"/api/transfers/{first}/notice").status_code == 204 and connected.json("/api/me")["news"] == 2
    assert connected.post(f"/api/transfers/{first}/notice").status_code == 204
    assert connected.json("/api/me")["news"] == 1 and connected.json(f"/api/transfers/{first}")["news"] is False
    assert connected.post("/api/transfers/notice").status_code == 204 and connected.json("/api/me")["news"] == 0
    assert connected.post("/api/transfers/not-an-id/notice").status_code == 404


def test_what_the_user_cancelled_is_no_news(connected: Person, container: int, globus: Control, db: psycopg.Connection) -> None:
    db.execute("delete from transfers")
    globus.post("speed", bytes_per_second=1)
    transfer = connected.transfer(container, STANFORD_GUEST).json()["id"]
    assert connected.post(f"/api/transfers/{transfer}/cancel").status_code == 202
    reach(connected, transfer, "cancelled")
    assert connected.json("/api/me")["news"] == 0


def test_the_history_is_a_file_for_spreadsheets_and_programs(connected: Person, container: int, db: psycopg.Connection) -> None:
    first = connected.transfer(container, STANFORD_GUEST, path='/a "quoted", b/').json()["id"]
    second = connected.transfer(container, STANFORD_GUEST, path="/b/").json()["id"]
    db.execute("update transfers set endpoint_name = '=1+1' where id = %s", [first])
    answer = connected.get("/api/transfers.csv")
    assert answer.headers["Content-Type"].startswith("text/csv") and "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
    assert [row["id"] for row in rows[:2]] == [second, first]
    assert rows[1]["path"].startswith('/a "quoted", b/') and rows[1]["endpoint_name"] == "'=1+1", "a spreadsheet sees text, no formula"
    listed = connected.json("/api/transfers.json")
    assert [{k: str(v) if v is not None else "" for k, v in row.items()} for row in listed[:1]] == [rows[0]]
    db.execute("update transfers set endpoint_name = 'Stanford' where id = %s", [first])


def test_a_long_history_is_whole_and_goes_on_in_a_next_file(connected: Person, container: int, db: psycopg.Connection) -> None:
    old = connected.transfer(container, STANFORD_GUEST, path="/long/").json()["id"]
    fields = "user_id, uri, sha256, source_path, endpoint_id, endpoint_name, path, state, state_text, bytes_total"
    db.execute(f"insert into transfers ({fields}, created_at, finished_at) select {fields.replace('state,', chr(39) + 'done' + chr(39) + ',')},"
               " created_at - n * interval '1 second', now() from transfers, generate_series(1, 100200) n where id = %s", [old])
    try:
        before, left = len(connected.json("/api/transfers")["items"]), db.execute("select count(*) from transfers t join users u on u.id = t.user_id where username = 'alice'").fetchone()[0]
        answer = connected.get("/api/transfers.json")
        more = connected.follow(connected.base_url + answer.links["next"]["url"]).json()
        ids = {row["id"] for row in answer.json()} | {row["id"] for row in more}
        assert before and 100_000 <= len(answer.json()) < 100_500, "a file ends with the page that fills it"
        assert len(ids) == left
    finally:
        db.execute("delete from transfers where state_text = (select state_text from transfers where id = %s) and id <> %s and container_id is null", [old, old])


def test_a_cursor_that_is_none_is_refused_by_the_history_too(connected: Person) -> None:
    assert connected.get("/api/transfers.csv?cursor=x").status_code == 400


# -- one wish, one task -------------------------------------------------------------------------

def test_a_double_click_is_one_task(connected: Person, container: int, globus: Control) -> None:
    globus.post("hold")
    cookies, csrf = dict(connected.http.cookies), connected.csrf

    def click(_: int) -> requests.Response:
        return requests.post(f"{connected.base_url}/api/transfers", json={"container_id": container, "endpoint_id": STANFORD_GUEST},
                             cookies=cookies, headers={"X-CSRF-Token": csrf}, timeout=60)

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(click, range(6)))
    assert {answer.status_code for answer in answers} <= {200, 201} and len({answer.json()["id"] for answer in answers}) == 1
    wait_for("acceptance", lambda: connected.json(f"/api/transfers/{answers[0].json()['id']}")["task_id"])
    assert len(globus.tasks()) == 1


def test_a_lost_answer_is_asked_for_again_and_is_still_one_task(connected: Person, container: int, globus: Control) -> None:
    globus.fail("submit", after="accept")
    created = connected.transfer(container, STANFORD_GUEST).json()
    reach(connected, created["id"], "done")
    assert len(globus.tasks()) == 1
    ids = {call_id for call in globus.calls("submit") if (call_id := call["body"].split('"submission_id"')[1][:45])}
    assert len(ids) == 1


@pytest.mark.parametrize("call", ["submission_id", "submit", "get endpoint"])
@pytest.mark.parametrize("how", [{"sample": "service_unavailable"}, {"reset": True}, {"sample": "bad_gateway"}, {"sample": "rate_limited"}])
def test_a_wish_waits_for_globus_and_is_sent_once(connected: Person, container: int, globus: Control, call: str, how: dict[str, Any]) -> None:
    globus.fail(call, times=4, **how)
    answer = connected.transfer(container, STANFORD_GUEST)
    assert answer.status_code == 201 and answer.json()["state"] in ("waiting", "queued"), answer.text
    reach(connected, answer.json()["id"], "done", seconds=90)
    assert len(globus.tasks()) == 1


# -- states are what Globus says ----------------------------------------------------------------

def test_progress_is_shown_while_it_runs(connected: Person, container: int, globus: Control) -> None:
    globus.post("hold", after_bytes=50_000)
    created = connected.transfer(container, STANFORD_GUEST).json()

    def moved() -> bool:
        return 0 < connected.json(f"/api/transfers/{created['id']}")["bytes_transferred"] < len(CONTENT)

    wait_for("progress", moved)
    assert connected.json(f"/api/transfers/{created['id']}")["state"] == "running"
    globus.post("hold", hold=False)
    reach(connected, created["id"], "done")


@pytest.mark.parametrize(("script", "states"), [
    ({"status": "FAILED", "fatal_error": {"code": "QUOTA_EXCEEDED", "description": "disk quota exceeded"}}, ("failed",)),
    ({"status": "INACTIVE"}, ("needs_you",)),
    ({"is_paused": True}, ("paused",)),
])
def test_what_becomes_of_a_task_is_told(connected: Person, container: int, globus: Control, script: dict[str, Any], states: tuple[str, ...]) -> None:
    globus.post("hold")
    created = connected.transfer(container, STANFORD_GUEST).json()
    globus.post("task", task_id=created["task_id"], **script)
    now = reach(connected, created["id"], *states)
    assert now["state_text"]


def test_a_personal_endpoint_that_goes_offline_is_waited_for(connected: Person, container: int, globus: Control) -> None:
    globus.post("hold")
    created = connected.transfer(container, LAPTOP).json()
    globus.post("endpoint", id=LAPTOP, gcp_connected=False)
    globus.post("hold", hold=False)
    wait_for("a fault", lambda: connected.json(f"/api/transfers/{created['id']}")["faults"] > 0)
    assert connected.json(f"/api/transfers/{created['id']}")["state"] not in ("done", "failed")
    globus.post("endpoint", id=LAPTOP, gcp_connected=True)
    reach(connected, created["id"], "done")


def test_cancel_reaches_globus(connected: Person, container: int, globus: Control) -> None:
    globus.post("hold")
    created = connected.transfer(container, STANFORD_GUEST).json()
    answer = connected.post(f"/api/transfers/{created['id']}/cancel")
    assert answer.status_code == 202 and answer.json()["id"] == created["id"], answer.text
    reach(connected, created["id"], "cancelled")
    wait_for("Globus to know", lambda: globus.tasks()[0]["status"] == "FAILED")
    again = connected.post(f"/api/transfers/{created['id']}/cancel")
    assert again.status_code in (202, 409)


# -- what is refused ----------------------------------------------------------------------------

def test_a_private_image_is_not_sent_from_a_public_collection(connected: Person, container: int, image: Pusher, db: psycopg.Connection, globus: Control) -> None:
    db.execute("update collections set is_private = true where name = %s", [image.collection])
    answer = connected.transfer(container, STANFORD_GUEST)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden") and globus.tasks() == []


def test_an_image_one_may_not_read_does_not_exist(connected: Person, pusher: PushMaker, db: psycopg.Connection) -> None:
    theirs = pusher("bob")
    theirs.push(CONTENT)
    db.execute("update collections set is_private = true where name = %s", [theirs.collection])
    answers = [connected.transfer(wanted, STANFORD_GUEST) for wanted in (container_id(db, theirs), 999_999_999)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]


@pytest.mark.parametrize("endpoint", [NOWHERE, DTN, SOURCE])
def test_an_endpoint_that_cannot_take_it_is_refused_and_leaves_no_task(connected: Person, container: int, globus: Control, endpoint: str) -> None:
    answer = connected.transfer(container, endpoint)
    assert 400 <= answer.status_code < 500 and answer.json()["detail"], answer.text
    assert answer.status_code == 404 or endpoint != NOWHERE
    assert globus.tasks() == []


def test_an_endpoint_that_only_reads_makes_a_failure_that_is_told(connected: Person, container: int) -> None:
    answer = connected.transfer(container, REFERENCE)
    if answer.status_code == 201:
        assert reach(connected, answer.json()["id"], "failed", "needs_you", "running")["state_text"]
    else:
        assert answer.status_code in (403, 502) and answer.json()["detail"]


@pytest.mark.parametrize("body", [{}, {"container_id": 1}, {"endpoint_id": STANFORD_GUEST}, {"container_id": "1", "endpoint_id": STANFORD_GUEST},
                                  {"container_id": 1, "endpoint_id": "x"}, {"container_id": -1, "endpoint_id": STANFORD_GUEST}])
def test_a_wish_that_is_none_gets_4xx(connected: Person, body: dict[str, Any]) -> None:
    answer = connected.post("/api/transfers", json=body)
    assert answer.status_code in (400, 404) and answer.json()["detail"]


def test_the_longest_path_is_taken_whatever_it_is_made_of(connected: Person, container: int) -> None:
    parts = "/".join(secrets.token_hex(60) for _ in range(20))
    longest = f"/{parts}"[:2048 - len("/image_latest.sif")] + "/"
    assert connected.transfer(container, STANFORD_GUEST, path=longest).status_code == 201
    refused = connected.transfer(container, STANFORD_GUEST, path=longest[:-1] + "a/")
    assert (refused.status_code, refused.json()["field"]) == (400, "path")


def test_who_waits_in_the_queue_sees_how_many_are_before(connected: Person, container: int, globus: Control, db: psycopg.Connection) -> None:
    db.execute("delete from transfers")
    globus.post("hold", after_bytes=0)
    sent = [connected.transfer(container, STANFORD_GUEST, path=f"/queue/{n}/").json()["id"] for n in range(3)]
    assert [connected.json(f"/api/transfers/{transfer}")["ahead"] for transfer in sent] == [0, 1, 2]
    globus.post("hold", hold=False)
    assert reach(connected, sent[2], "done")["ahead"] == 0


def test_done_is_a_proof_where_globus_compared_the_digest(connected: Person, container: int, globus: Control) -> None:
    done = reach(connected, connected.transfer(container, STANFORD_GUEST, path="/containers/proof/").json()["id"], "done")
    assert done["verified"] and done["state_text"] == "Done: arrived, sha256 verified."
    globus.post("endpoint", id=STANFORD_GUEST, disable_verify=True)
    done = reach(connected, connected.transfer(container, STANFORD_GUEST, path="/containers/no-proof/").json()["id"], "done")
    assert not done["verified"] and "verified" not in done["state_text"]


@pytest.mark.parametrize("wanted", [True, False])
def test_globus_writes_mails_only_to_those_who_want_them(connected: Person, container: int, globus: Control, wanted: bool) -> None:
    connected.request("PUT", "/api/globus/mail", json={"mail": True})
    assert connected.request("PUT", "/api/globus/mail", json={"mail": wanted}).json() == {"mail": wanted}
    assert connected.json("/api/me")["globus"]["mail"] is wanted
    globus.fail("submit", after="accept")
    sent = connected.transfer(container, STANFORD_GUEST).json()["id"]
    connected.request("PUT", "/api/globus/mail", json={"mail": True})
    reach(connected, sent, "done")
    (task,) = globus.tasks()
    assert {task["submission"][f"notify_on_{what}"] for what in ("succeeded", "failed", "inactive")} == {wanted}
    bodies = {str(call["body"]) for call in globus.calls("submit")}
    assert len(bodies) == 1 and len(globus.calls("submit")) == 2, "submitted again it is the same document, whatever was chosen since"


def test_news_are_listed_until_they_were_seen(connected: Person, container: int, globus: Control, db: psycopg.Connection) -> None:
    db.execute("delete from transfers")
    globus.post("hold", after_bytes=1000)
    sent = connected.transfer(container, STANFORD_GUEST).json()["id"]
    assert connected.json("/api/news") == {"items": [], "under_way": True} and connected.json("/api/me")["under_way"]
    globus.post("hold", hold=False)
    reach(connected, sent, "done")
    news = connected.json("/api/news")
    assert [item["id"] for item in news["items"]] == [sent] and not news["under_way"]
    assert connected.post("/api/transfers/notice").status_code == 204
    assert connected.json("/api/news") == {"items": [], "under_way": False}


@pytest.mark.parametrize("path", ["relative/", "/a\x00b/", "/" + "a" * 5000, "/a\nb/"])
def test_a_path_outside_the_rules_is_refused(connected: Person, container: int, globus: Control, path: str) -> None:
    answer = connected.transfer(container, STANFORD_GUEST, path=path)
    assert answer.status_code in (400, 413), answer.text
    assert globus.tasks() == []


# -- step-up ------------------------------------------------------------------------------------

def test_a_consent_is_asked_for_and_the_wish_goes_on_once(connected: Person, container: int, globus: Control) -> None:
    answer = connected.transfer(container, SHERLOCK)
    refusal = answer.json()
    assert answer.status_code == 403 and refusal["code"] == "globus_step_up", answer.text
    back = connected.follow(connected.return_address(refusal["authorize_url"]))
    assert back.status_code == 303 and f"/globus/transfer/{container}" in back.headers["Location"]
    (listed,) = [t for t in connected.json("/api/transfers")["items"] if t["container"].get("id") == container]
    reach(connected, listed["id"], "done")
    assert len(globus.tasks()) == 1


def test_a_transfer_needs_a_connection(person: Callable[[str], Person], container: int, db: psycopg.Connection, globus: Control) -> None:
    db.execute("delete from globus_links")
    answer = person("alice").transfer(container, STANFORD_GUEST)
    assert (answer.status_code, answer.json()["code"]) == (409, "globus_not_connected")


def test_transfers_of_one_image_are_found_also_among_several(connected: Person, container: int, pusher: PushMaker, db: psycopg.Connection) -> None:
    other = pusher()
    assert other.push(CONTENT + b"other").ok
    collection = db.execute("select collection_id from containers where id = %s", [container]).fetchone()[0]
    assert connected.post(f"/api/portal/containers/{container}/tags", json={"tag": "twin"}).status_code == 201
    single = connected.transfer(container, STANFORD_GUEST, path="/one/").json()["id"]
    several = connected.post("/api/transfers/several", json={"collection_id": collection, "all": True, "endpoint_id": STANFORD_GUEST, "path": "/all/"}).json()["id"]
    connected.transfer(container_id(db, other), STANFORD_GUEST, path="/else/")
    assert [item["id"] for item in connected.json(f"/api/transfers?container_id={container}")["items"]] == [several, single]
    reach(connected, single, "done")
    reach(connected, several, "done")
    assert single in [item["id"] for item in connected.json("/api/transfers?state=done")["items"]]
    assert single not in [item["id"] for item in connected.json("/api/transfers?state=open")["items"]]
    assert connected.get("/api/transfers?state=running").json()["detail"] == "state: must be open, done, failed or cancelled"
    for odd in ("0", "-1", "x", "99999999999999999999"):
        answer = connected.get(f"/api/transfers?container_id={odd}")
        assert answer.status_code == 400 and "container_id" in answer.json()["detail"], odd


def test_the_days_count_what_ended(connected: Person, container: int, db: psycopg.Connection) -> None:
    db.execute("delete from transfers")
    assert connected.json("/api/transfers/days") == {"days": 30, "items": []}
    reach(connected, connected.transfer(container, STANFORD_GUEST, path="/day/").json()["id"], "done")
    (today,) = connected.json("/api/transfers/days")["items"]
    assert (today["done"], today["failed"], today["bytes"]) == (1, 0, len(CONTENT))
    assert today["day"] == db.execute("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD')").fetchone()[0]
    db.execute("update transfers set finished_at = now() - interval '31 days'")
    assert connected.json("/api/transfers/days")["items"] == []
