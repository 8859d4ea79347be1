"""Several images as one task: what goes, what is left out, and one wish for one task here, too."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from sandbox.sandbox import Sandbox
from sandbox.standin import Control
from sandbox.waiting import wait_for

from person import Person
from pushing import Pusher
from wishes import reach, root
from world import SHERLOCK, SOURCE, ZURICH

SEVERAL = "/api/transfers/several"
NAMES = [("one", "latest"), ("two", "latest"), ("two", "v2")]


def content(name: str, tag: str) -> bytes:
    return hashlib.shake_128(f"{name}:{tag}".encode()).digest(50_000)


class Shelf:
    """A collection with three images."""

    def __init__(self, sandbox: Sandbox, db: psycopg.Connection, collection: str) -> None:
        self.db, self.name = db, collection
        for name, tag in NAMES:
            self.push(sandbox, name, tag, content(name, tag))
        self.id = db.execute("select id from collections where name = %s", [collection]).fetchone()[0]

    def push(self, sandbox: Sandbox, name: str, tag: str, bytes_: bytes) -> None:
        assert Pusher(sandbox.url, "alice", sandbox.user("alice")["token"], self.name, name, tag).push(bytes_).status_code == 200

    def ids(self) -> list[int]:
        return [row[0] for row in self.db.execute("select id from containers where collection_id = %s order by name, tag", [self.id]).fetchall()]


@pytest.fixture
def shelf(sandbox: Sandbox, db: psycopg.Connection, request: pytest.FixtureRequest) -> Shelf:
    return Shelf(sandbox, db, f"shelf-{abs(hash(request.node.name)) % 10**8}")


def send(person: Person, shelf: Shelf, path: str, *ids: int, endpoint: str = ZURICH) -> Any:
    chosen = {"containers": [{"id": i} for i in ids]} if ids else {"all": True}
    return person.post(SEVERAL, json={"collection_id": shelf.id, "endpoint_id": endpoint, "path": path, **chosen})


def test_a_whole_collection_is_one_task(connected: Person, shelf: Shelf, sandbox: Sandbox, globus: Control) -> None:
    answer = send(connected, shelf, "/whole/")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["files"], made["left_out"]) == (3, [])
    done = reach(connected, made["id"], "done")
    (task,) = globus.tasks()
    assert task["task_id"] == done["task_id"] and len(task["submission"]["DATA"]) == 3
    for name, tag in NAMES:
        assert (root(sandbox, ZURICH) / f"whole/{name}_{tag}.sif").read_bytes() == content(name, tag)
    assert {item["external_checksum"] for item in task["submission"]["DATA"]} == {hashlib.sha256(content(*k)).hexdigest() for k in NAMES}
    assert (done["files"], done["container"], done["bytes_total"]) == (3, {"uri": f"{shelf.name} (3 images)"}, 150_000)
    files = connected.json(f"/api/transfers/{made['id']}/files")["items"]
    assert [file["image"] for file in files] == [f"{shelf.name}/{name}:{tag}" for name, tag in NAMES]
    assert [file["path"] for file in files] == [f"/whole/{name}_{tag}.sif" for name, tag in NAMES]


def test_the_history_has_a_line_for_each_image(connected: Person, shelf: Shelf) -> None:
    made = send(connected, shelf, "/history/").json()
    want = {(f"{shelf.name}/{n}:{t}", hashlib.sha256(content(n, t)).hexdigest(), f"/history/{n}_{t}.sif", 50_000) for n, t in NAMES}
    listed = [row for row in connected.json("/api/transfers.json") if row["id"] == made["id"]]
    assert len(listed) == 3 and {(row["image"], row["sha256"], row["path"], row["size_bytes"]) for row in listed} == want
    sheet = [row for row in csv.DictReader(io.StringIO(connected.get("/api/transfers.csv").text, newline="")) if row["id"] == made["id"]]
    assert {(row["image"], row["sha256"], row["path"], int(row["size_bytes"])) for row in sheet} == want


def test_only_those_that_were_chosen_go(connected: Person, shelf: Shelf, globus: Control) -> None:
    first, _, last = shelf.ids()
    assert send(connected, shelf, "/chosen/", last, first).json()["files"] == 2
    (task,) = globus.tasks()
    assert [item["destination_path"] for item in task["submission"]["DATA"]] == ["/chosen/one_latest.sif", "/chosen/two_v2.sif"]


def test_what_may_not_go_is_left_out_and_named(connected: Person, shelf: Shelf, db: psycopg.Connection, pusher: Callable[..., Pusher]) -> None:
    elsewhere = pusher("bob")
    assert elsewhere.push(b"of another collection").status_code == 200
    foreign = db.execute("select k.id from containers k join collections c on c.id = k.collection_id where c.name = %s", [elsewhere.collection]).fetchone()[0]
    first, second, _ = shelf.ids()
    db.execute("update images set damaged_at = now() where id = (select image_id from containers where id = %s)", [first])
    made = send(connected, shelf, "/left/", first, second, foreign).json()
    assert made["files"] == 1
    assert [(item["image"], item["reason"].split()[2]) for item in made["left_out"]] == [(f"{shelf.name}/one:latest", "damaged:"), (f"image {foreign}", "not")]
    stored = connected.json(f"/api/transfers/{made['id']}/files")
    assert stored["left_out"] == made["left_out"], "the page of the transfer tells it later, too"
    refused = send(connected, shelf, "/left/", first)
    assert (refused.status_code, refused.json()["field"]) == (400, "containers")


def test_of_several_the_last_one_left_is_a_single_transfer(connected: Person, shelf: Shelf, sandbox: Sandbox, globus: Control, db: psycopg.Connection) -> None:
    first, second, third = shelf.ids()
    db.execute("update images set damaged_at = now() where id in (select image_id from containers where id = any(%s))", [[first, second]])
    made = send(connected, shelf, "/last/").json()
    assert made["files"] == 1 and len(made["left_out"]) == 2
    done = reach(connected, made["id"], "done")
    want = hashlib.sha256(content("two", "v2")).hexdigest()
    assert (done["path"], done["sha256"], done["container"]["id"]) == ("/last/two_v2.sif", want, third), "not a folder with the digest of a list"
    assert hashlib.sha256((root(sandbox, ZURICH) / "last/two_v2.sif").read_bytes()).hexdigest() == want
    assert len(globus.tasks()) == 1


def test_names_that_would_be_the_same_are_told_apart(connected: Person, shelf: Shelf, sandbox: Sandbox) -> None:
    shelf.push(sandbox, "a_b", "c", b"the first")
    shelf.push(sandbox, "a", "b_c", b"the second")
    made = send(connected, shelf, "/alike/").json()
    reach(connected, made["id"], "done")
    place = root(sandbox, ZURICH) / "alike"
    found = sorted(path.name for path in place.iterdir() if path.name.startswith("a_b_c"))
    assert len(found) == 2 and {(place / name).read_bytes() for name in found} == {b"the first", b"the second"}


def test_pressed_often_it_is_one_wish(connected: Person, shelf: Shelf, globus: Control) -> None:
    globus.post("hold", after_bytes=0)
    with ThreadPoolExecutor(4) as tabs:
        answers = list(tabs.map(lambda _: send(connected, shelf, "/often/"), range(4)))
    assert {answer.status_code for answer in answers} == {201} and len({answer.json()["id"] for answer in answers}) == 1
    assert len(globus.tasks()) == 1
    assert send(connected, shelf, "/often/", shelf.ids()[0]).json()["id"] != answers[0].json()["id"], "another list is another wish"
    globus.post("hold", hold=False)


@pytest.mark.parametrize("point", ["submit:before_id", "submit:after_id", "submit:after_post", "submit:before_row", "submit:after_row"])
def test_a_worker_that_dies_on_the_way_leaves_one_task(connected: Person, shelf: Shelf, sandbox: Sandbox, globus: Control, db: psycopg.Connection, point: str) -> None:
    armed = sandbox.layout.state / "crash"
    armed.write_text(point)
    assert send(connected, shelf, f"/dies/{point[7:]}/").status_code in (502, 503, 504)
    wait_for("the crash", lambda: not armed.exists(), 30)
    (transfer,) = db.execute("select id::text from transfers where path = %s", [f"/dies/{point[7:]}/"]).fetchone()
    reach(connected, transfer, "done")
    assert len(globus.tasks()) == 1 and len(globus.tasks()[0]["submission"]["DATA"]) == 3


def test_globus_away_at_the_wish_is_waited_for(connected: Person, shelf: Shelf, globus: Control) -> None:
    globus.fail("get endpoint", sample="service_unavailable", times=3)
    made = send(connected, shelf, "/later/").json()
    assert made["state"] == "waiting" and made["files"] == 3
    reach(connected, made["id"], "done")
    assert len(globus.tasks()) == 1


def test_a_consent_is_given_on_the_way_and_the_wish_goes_on(connected: Person, shelf: Shelf, globus: Control) -> None:
    asked = send(connected, shelf, "/scratch/users/alice/several/", *shelf.ids(), endpoint=SHERLOCK)
    assert (asked.status_code, asked.json()["code"]) == (403, "globus_step_up")
    back = connected.follow(connected.return_address(asked.json()["authorize_url"]))
    assert back.status_code == 303 and f"collection={shelf.id}&containers={','.join(map(str, shelf.ids()))}&" in back.headers["Location"]
    (task,) = globus.tasks()
    assert len(task["submission"]["DATA"]) == 3


def test_images_that_are_on_their_way_are_kept(connected: Person, shelf: Shelf, sandbox: Sandbox, globus: Control, db: psycopg.Connection) -> None:
    globus.post("hold", after_bytes=0)
    made = send(connected, shelf, "/kept/").json()
    for container in shelf.ids():
        assert connected.request("DELETE", f"/api/portal/containers/{container}").status_code in (200, 204)
    db.execute("update images set created_at = now() - interval '1 day' where collection_id = %s", [shelf.id])
    sandbox.program.run("images", "gc")
    assert db.execute("select count(*) from images where collection_id = %s", [shelf.id]).fetchone() == (3,)
    globus.post("hold", hold=False)
    reach(connected, made["id"], "done")
    sandbox.program.run("images", "gc")
    assert db.execute("select count(*) from images where collection_id = %s", [shelf.id]).fetchone() == (0,)


def test_private_images_go_only_by_rules(connected: Person, shelf: Shelf, db: psycopg.Connection, globus: Control, make_sandbox: Callable[..., Sandbox]) -> None:
    db.execute("update collections set is_private = true where id = %s", [shelf.id])
    assert send(connected, shelf, "/private/").status_code == 403 and globus.tasks() == []
    sandbox = make_sandbox(users=("alice",), settings={"GLOBUS_SOURCE_ACCESS": "per-user"})
    with psycopg.connect(sandbox.database.url, autocommit=True) as there:
        private = Shelf(sandbox, there, "private")
        there.execute("update collections set is_private = true")
        sandbox.standin.control.auto("alice@uni.example")
        alice = Person(sandbox.url, "alice", sandbox.user("alice")["password"]).sign_in()
        alice.connect()
        made = send(alice, private, "/private/").json()
        reach(alice, made["id"], "done")
        granted = sandbox.standin.control.calls("access create")
        assert len(granted) == 1, "one directory, one rule"
        wait_for("the rule's end", lambda: not next(e for e in sandbox.standin.control.get("world")["endpoints"] if e["id"] == SOURCE)["rules"], 30)
    sandbox.down()


@pytest.mark.parametrize("change, field", [
    ({"path": ""}, "path"), ({"path": "relative/"}, "path"), ({"path": "/a/../b/"}, "path"), ({"endpoint_id": "x"}, "endpoint_id"), ({"endpoint_id": SOURCE}, "endpoint_id"),
    ({"all": None}, "containers"), ({"containers": [{"id": 1}]}, "containers"), ({"all": None, "containers": []}, "containers"),
    ({"all": None, "containers": [{"id": n} for n in range(1, 1002)]}, "containers"),
])
def test_what_is_no_wish_is_refused(connected: Person, shelf: Shelf, globus: Control, change: dict[str, Any], field: str) -> None:
    body = {"collection_id": shelf.id, "all": True, "endpoint_id": ZURICH, "path": "/no/"} | change
    refused = connected.post(SEVERAL, json={key: value for key, value in body.items() if value is not None})
    assert (refused.status_code, refused.json()["field"]) == (400, field), refused.text
    assert globus.tasks() == []


def test_nobody_elses_collection_or_transfer(connected: Person, person: Callable[[str], Person], shelf: Shelf, db: psycopg.Connection) -> None:
    made = send(connected, shelf, "/mine/").json()
    db.execute("update collections set is_private = true where id = %s", [shelf.id])
    bob = person("bob")
    assert bob.get(f"/api/transfers/{made['id']}/files").status_code == 404
    assert connected.json(f"/api/transfers/{made['id']}/files")["items"]
