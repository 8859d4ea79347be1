"""Signing in, staying in, getting out; and what a page of another site cannot do."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox

from person import Person

SignIn = Callable[[str], Person]


def login(url: str, username: object, password: object) -> requests.Response:
    return requests.post(f"{url}/api/login", json={"username": username, "password": password}, timeout=60)


@pytest.fixture
def eve(sandbox: Sandbox, db: psycopg.Connection) -> dict[str, str]:
    """A user of the test's own, with no wrong password counted."""
    number = db.execute("select count(*) from users").fetchone()[0]
    db.execute("delete from login_failures")
    yield sandbox.add_user(f"eve{number}")
    db.execute("delete from login_failures")


def test_me_says_who_is_signed_in(url: str, person: SignIn) -> None:
    assert requests.get(f"{url}/api/me", timeout=60).json()["user"] is None
    me = person("admin").json("/api/me")
    assert me["user"]["username"] == "admin" and me["user"]["admin"] is True and me["csrf_token"]


def test_the_cookie_is_kept_from_scripts_and_other_sites(url: str, sandbox: Sandbox) -> None:
    cookie = login(url, "alice", sandbox.user("alice")["password"]).headers["Set-Cookie"]
    assert cookie.startswith("transload_session=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie


def test_each_login_has_a_session_of_its_own(person: SignIn) -> None:
    one, two = person("alice"), person("alice")
    assert one.http.cookies["transload_session"] != two.http.cookies["transload_session"]
    assert one.csrf != two.csrf


def test_a_session_given_before_login_is_not_taken_over(url: str, sandbox: Sandbox) -> None:
    session = requests.Session()
    session.cookies.set("transload_session", "f" * 64)
    body = {"username": "alice", "password": sandbox.user("alice")["password"]}
    answer = session.post(f"{url}/api/login", json=body, timeout=60)
    assert answer.status_code == 200 and "f" * 64 not in answer.headers["Set-Cookie"]


def test_the_database_holds_no_session_id(person: SignIn, db: psycopg.Connection) -> None:
    cookie = person("alice").http.cookies["transload_session"]
    rows = db.execute("select encode(id_hash, 'hex'), encode(id_hash, 'base64'), encode(id_hash, 'escape') from sessions").fetchall()
    assert rows and not any(cookie in value for row in rows for value in row)


def test_logout_ends_the_session_at_the_server(url: str, person: SignIn) -> None:
    alice = person("alice")
    cookies = dict(alice.http.cookies)
    assert alice.post("/api/logout").status_code == 204
    assert requests.get(f"{url}/api/me", cookies=cookies, timeout=60).json()["user"] is None


@pytest.mark.parametrize("column", ["last_seen_at", "expires_at"])
def test_a_session_ends_when_idle_or_old(person: SignIn, db: psycopg.Connection, column: str) -> None:
    alice = person("alice")
    ago = {"last_seen_at": "now() - interval '30 days'", "expires_at": "now() - interval '1 second'"}[column]
    db.execute(f"update sessions set {column} = {ago}")
    assert alice.json("/api/me")["user"] is None
    assert alice.get("/settings/profile").status_code == 303


def test_a_disabled_user_is_out_at_the_next_request(sandbox: Sandbox, eve: dict[str, str]) -> None:
    person = Person(sandbox.url, eve["username"], eve["password"]).sign_in()
    sandbox.program.run("user", "disable", eve["username"])
    assert person.json("/api/me")["user"] is None
    assert login(sandbox.url, eve["username"], eve["password"]).status_code == 401


def test_a_new_password_ends_other_sessions(sandbox: Sandbox, eve: dict[str, str]) -> None:
    here = Person(sandbox.url, eve["username"], eve["password"]).sign_in()
    there = Person(sandbox.url, eve["username"], eve["password"]).sign_in()
    wrong = here.post("/api/me/password", json={"current": "not it", "new": "another long password"})
    assert wrong.status_code in (401, 403) and there.json("/api/me")["user"]
    right = here.post("/api/me/password", json={"current": eve["password"], "new": "another long password"})
    assert right.status_code in (200, 204) and here.json("/api/me")["user"], "the session it was done in goes on"
    assert there.json("/api/me")["user"] is None
    assert login(sandbox.url, eve["username"], "another long password").status_code == 200


# -- wrong passwords ----------------------------------------------------------------------------

def test_wrong_password_and_unknown_user_look_the_same(url: str, eve: dict[str, str]) -> None:
    wrong, unknown = login(url, eve["username"], "wrong"), login(url, "no-such-user", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["detail"] == unknown.json()["detail"] and wrong.json()["code"] == "wrong_credentials"


def test_too_many_wrong_passwords_must_wait(url: str, eve: dict[str, str], sandbox: Sandbox) -> None:
    answers = [login(url, eve["username"], f"wrong {n}") for n in range(11)]
    assert {answer.status_code for answer in answers[:10]} == {401}
    assert answers[10].status_code == 429 and int(answers[10].headers["Retry-After"]) > 0
    assert login(url, eve["username"], eve["password"]).status_code == 429, "the right password must wait too"
    assert login(url, "alice", sandbox.user("alice")["password"]).status_code == 200, "others need not"


@pytest.mark.parametrize("body", [{}, {"username": "alice"}, {"username": "alice", "password": 1}, {"username": "a" * 5000, "password": "x"}])
def test_a_login_that_is_none_gets_400(url: str, body: dict[str, object]) -> None:
    answer = requests.post(f"{url}/api/login", json=body, timeout=60)
    assert answer.status_code in (400, 413) and answer.json()["detail"]


# -- cookies that are none ----------------------------------------------------------------------

@pytest.mark.parametrize("cookie", ["transload_session=", "transload_session=x", "transload_session=" + "a" * 4096, "=; ;;=", "transload_session",
                                    "transload_session=%00%ff", 'transload_session="quoted"'])
def test_odd_cookies_are_no_session(url: str, cookie: str) -> None:
    answer = requests.get(f"{url}/api/me", headers={"Cookie": cookie}, timeout=60)
    assert (answer.status_code, answer.json()["user"]) == (200, None)


def test_a_cookie_sent_twice_is_refused(url: str) -> None:
    answer = requests.get(f"{url}/api/me", headers={"Cookie": "transload_session=a; transload_session=b"}, timeout=60)
    assert answer.status_code == 400


# -- where somebody is signed in ----------------------------------------------------------------

def test_a_user_sees_where_they_are_signed_in(sandbox: Sandbox, person: SignIn, eve: dict[str, str]) -> None:
    here = Person(sandbox.url, eve["username"], eve["password"])
    here.http.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) caf\u00e9 " + "x" * 1000
    here.sign_in()
    there = Person(sandbox.url, eve["username"], eve["password"]).sign_in()
    person("bob")
    mine = here.json("/api/me/sessions")["items"]
    assert [session["this"] for session in mine].count(True) == 1 and len(mine) == 2
    own = next(session for session in mine if session["this"])
    assert own["agent"].startswith("Mozilla/5.0 (X11; Linux x86_64) caf? x") and len(own["agent"]) == 256 and own["agent"].isascii()
    assert own["address"] and own["created_at"] and own["last_seen_at"]
    cookies = [someone.http.cookies["transload_session"] for someone in (here, there)]
    assert not any(cookie in str(mine) for cookie in cookies)


def test_a_session_is_ended_from_another_one(sandbox: Sandbox, person: SignIn, eve: dict[str, str]) -> None:
    here, there = (Person(sandbox.url, eve["username"], eve["password"]).sign_in() for _ in range(2))
    other = next(session["id"] for session in here.json("/api/me/sessions")["items"] if not session["this"])
    assert person("bob").request("DELETE", f"/api/me/sessions/{other}").status_code == 404, "another's session does not exist"
    assert here.request("DELETE", f"/api/me/sessions/{other}", csrf=False).status_code == 403
    assert here.request("DELETE", f"/api/me/sessions/{other}").status_code == 204
    assert there.json("/api/me")["user"] is None and here.json("/api/me")["user"] is not None
    assert here.request("DELETE", f"/api/me/sessions/{other}").status_code == 404


def test_signing_out_everywhere_ends_all_and_no_other_users(sandbox: Sandbox, person: SignIn, eve: dict[str, str], db: psycopg.Connection) -> None:
    bob = person("bob")
    here, there = (Person(sandbox.url, eve["username"], eve["password"]).sign_in() for _ in range(2))
    answer = here.request("DELETE", "/api/me/sessions")
    assert answer.status_code == 204 and "Max-Age=0" in answer.headers["Set-Cookie"]
    assert here.json("/api/me")["user"] is None and there.json("/api/me")["user"] is None and bob.json("/api/me")["user"] is not None
    assert db.execute("select count(*) from audit where action = 'session.end_all'").fetchone()[0] >= 1
