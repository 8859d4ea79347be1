"""What administrators see of users and deeds, what they may do about them, and that nobody else may."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox

from person import Person
from pushing import Pusher

SignIn = Callable[[str], Person]
numbers = itertools.count()


@pytest.fixture
def admin(person: SignIn) -> Person:
    return person("admin")


@pytest.fixture
def make(sandbox: Sandbox) -> Callable[..., Person]:
    """A user of the test's own, signed in."""

    def sign_in(admin: bool = False) -> Person:
        user = sandbox.add_user(f"adm{next(numbers)}", admin=admin)
        return Person(sandbox.url, user["username"], user["password"]).sign_in()

    return sign_in


@pytest.fixture
def crowd(db: psycopg.Connection) -> Iterator[int]:
    """More users than two pages hold."""
    db.execute("insert into users (username) select 'crowd' || lpad(n::text, 3, '0') from generate_series(1, 101) n")
    yield 101
    db.execute("delete from users where username like 'crowd%'")


def walk(admin: Person, path: str) -> Iterator[list[dict]]:
    cursor = ""
    while cursor is not None:
        page = admin.json(f"{path}&cursor={cursor}" if cursor else path)
        yield page["items"]
        cursor = page["next"]


def switch(who: Person, username: str, active: object) -> requests.Response:
    return who.request("PATCH", f"/api/admin/users/{username}", json={"active": active})


@pytest.mark.parametrize("path", ["/api/admin/users", "/api/admin/audit"])
def test_only_administrators_may_look(url: str, person: SignIn, admin: Person, path: str) -> None:
    assert requests.get(url + path, timeout=60).status_code == 401
    refused = person("alice").get(path)
    assert refused.status_code == 403 and refused.json()["code"] == "forbidden" and "items" not in refused.json()
    assert admin.get(path).status_code == 200


def test_users_come_in_pages_each_once(admin: Person, crowd: int) -> None:
    pages = list(walk(admin, "/api/admin/users?q=crowd"))
    names = [user["username"] for page in pages for user in page]
    assert [len(page) for page in pages] == [50, 50, 1]
    assert names == sorted(set(names)) and len(names) == crowd


def test_a_part_of_the_name_is_no_pattern(admin: Person, crowd: int) -> None:
    assert len(admin.json("/api/admin/users?q=rowd00")["items"]) == 9
    assert admin.json("/api/admin/users?q=crowd%25")["items"] == []
    assert admin.json("/api/admin/users?q=crowd___")["items"] == []


def test_a_user_is_told_with_what_he_stores_and_owns(admin: Person, sandbox: Sandbox, make: Callable[..., Person],
                                                     db: psycopg.Connection) -> None:
    one = make()
    assert one.post("/api/portal/collections", json={"name": f"of-{one.username}"}).status_code == 201
    db.execute("update users set quota_bytes = 4096 where username = %s", [one.username])
    (row,) = admin.json(f"/api/admin/users?q={one.username}")["items"]
    assert row["collections"] == 1 and row["stored_bytes"] == 0 and row["quota_bytes"] == 4096
    assert row["active"] is True and row["admin"] is False and row["globus"] is False and row["last_seen_at"] is not None
    assert set(row) == {"username", "admin", "active", "globus", "created_at", "last_seen_at", "stored_bytes", "quota_bytes", "collections"}


def test_no_answer_holds_a_secret_or_an_address_at_globus(admin: Person, connected: Person, sandbox: Sandbox,
                                                         db: psycopg.Connection) -> None:
    text = admin.get("/api/admin/users").text
    identity, email = db.execute("select identity_id::text, email from globus_links").fetchone()
    assert '"globus":true' in text.replace(" ", "")
    for secret in (identity, email, *(user["token"] for user in sandbox.kept["users"]), "argon2"):
        assert secret and secret not in text


def test_switched_off_is_signed_out_and_stays_out(admin: Person, make: Callable[..., Person], db: psycopg.Connection) -> None:
    one = make()
    assert switch(admin, one.username, False).json() == {"active": False}
    assert one.json("/api/me")["user"] is None
    again = one.post("/api/login", json={"username": one.username, "password": one.password})
    assert again.status_code == 401
    assert switch(admin, one.username, True).status_code == 200
    one.sign_in()
    deeds = admin.json("/api/admin/audit?user=admin")["items"][:2]
    assert [(deed["action"], deed["subject"]) for deed in deeds] == [("user.enable", one.username), ("user.disable", one.username)]
    assert {deed["address"] for deed in deeds} == {"127.0.0.1"}
    db.execute("delete from login_failures")


def test_nobody_switches_himself_off(admin: Person) -> None:
    assert switch(admin, "admin", False).status_code == 409
    assert admin.json("/api/me")["user"]["username"] == "admin"


def test_what_is_wrong_is_refused(admin: Person, person: SignIn, make: Callable[..., Person]) -> None:
    one = make()
    assert switch(admin, "nobody-at-all", False).status_code == 404
    assert switch(admin, one.username, "no").status_code == 400
    assert switch(person("alice"), one.username, False).status_code == 403
    assert admin.request("PATCH", f"/api/admin/users/{one.username}", csrf=False, json={"active": False}).status_code == 403
    assert one.json("/api/me")["user"]["username"] == one.username


def test_two_who_switch_each_other_off_leave_one(make: Callable[..., Person], db: psycopg.Connection) -> None:
    for _ in range(5):
        one, two = make(admin=True), make(admin=True)
        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(lambda pair: switch(pair[0], pair[1].username, False).status_code, [(one, two), (two, one)]))
        assert answers.count(200) == 1 and set(answers) <= {200, 401, 403}
        left = db.execute("select count(*) from users where is_active and username = any(%s)", [[one.username, two.username]])
        assert left.fetchone()[0] == 1


def test_deeds_come_newest_first_each_once(admin: Person, db: psycopg.Connection) -> None:
    db.execute("insert into audit (user_id, action, subject, request_id) select null, 'test.deed', n::text, '' from generate_series(1, 101) n")
    pages = list(walk(admin, "/api/admin/audit?action=test.deed"))
    assert [len(page) for page in pages] == [50, 50, 1]
    assert [deed["subject"] for page in pages for deed in page] == [str(n) for n in range(101, 0, -1)]
    assert pages[0][0]["username"] is None
    assert admin.json("/api/admin/audit?action=test.deed&user=alice")["items"] == []
    assert admin.get("/api/admin/audit?cursor=x").status_code == 400
    db.execute("delete from audit where action = 'test.deed'")


def test_the_overview_counts_what_there_is(admin: Person, db: psycopg.Connection, pusher: Callable[..., Pusher]) -> None:
    db.execute("delete from transfers")
    image = pusher()
    assert image.push(b"overview" * 1000).ok
    seen = admin.json("/api/admin/overview")
    for name, table in (("users", "users"), ("collections", "collections"), ("containers", "containers"), ("images", "images")):
        assert seen["counts"][name] == db.execute(f"select count(*) from {table}").fetchone()[0], name
    assert seen["counts"]["stored_bytes"] == db.execute("select sum(size_bytes) from images").fetchone()[0]
    assert {"name": image.collection, "used": 8000} in [{"name": c["name"], "used": c["used"]} for c in seen["fullest"]]
    assert [c["used"] for c in seen["fullest"]] == sorted((c["used"] for c in seen["fullest"]), reverse=True)
    assert seen["open_transfers"] == []
    db.execute("insert into transfers (user_id, uri, sha256, source_path, endpoint_id, endpoint_name, path, state, state_text, bytes_total, next_check_at)"
               " select id, 'a/b:c', sha256('x'), '/x', gen_random_uuid(), 'e', '/x', 'needs_you', '-', 7, now() + interval '1 day' from users where username = 'bob'")
    (waiting,) = admin.json("/api/admin/overview")["open_transfers"]
    db.execute("delete from transfers")
    assert (waiting["state"], waiting["count"], waiting["bytes"]) == ("needs_you", 1, 7) and "uri" not in str(waiting)


def processes(admin: Person) -> dict[str, list[dict]]:
    seen: dict[str, list[dict]] = {"api": [], "upload": [], "agent": []}
    for process in admin.json("/api/admin/overview")["processes"]:
        seen[process["role"]].append(process)
    return seen


def test_what_runs_is_seen(admin: Person, sandbox: Sandbox) -> None:
    version = json.loads(sandbox.program.run("version", "--json").stdout)["version"]
    for role, workers in (("api", 4), ("upload", 4), ("agent", 1)):
        known = sandbox.processes.known(role)
        assert known is not None
        (seen,) = [process for process in processes(admin)[role] if process["pid"] == known.pid]
        assert (seen["alive"], seen["workers"], seen["version"]) == (True, workers, version)


def test_what_fell_silent_is_named_until_another_takes_its_place(admin: Person, db: psycopg.Connection) -> None:
    kept = db.execute("select * from processes").fetchall()
    try:
        db.execute("delete from processes where role = 'agent'")
        db.execute("insert into processes (host, role, pid, workers, version, seen_at) values ('far', 'agent', 1, 1, '0', now() - interval '4 minutes')")
        (silent,) = processes(admin)["agent"]
        assert (silent["alive"], silent["host"], silent["pid"]) == (False, "far", 1)
        db.execute("insert into processes (host, role, pid, workers, version) values ('far', 'agent', 2, 1, '0')")
        (living,) = processes(admin)["agent"]
        assert (living["alive"], living["pid"]) == (True, 2)
    finally:
        with db.cursor() as cursor:
            cursor.execute("delete from processes")
            cursor.executemany("insert into processes values (%s, %s, %s, %s, %s, %s, %s)", kept)


def test_what_the_doctor_found_is_kept(admin: Person, sandbox: Sandbox, db: psycopg.Connection) -> None:
    db.execute("delete from findings")
    assert admin.json("/api/admin/overview")["findings"] == []
    for _ in range(2):
        told = json.loads(sandbox.program.run("doctor", "--json", check=False).stdout)["items"]
    kept = admin.json("/api/admin/overview")["findings"]
    assert [{name: row[name] for name in ("check", "result", "text", "remedy")} for row in kept] == told
    assert len({row["host"] for row in kept}) == 1
