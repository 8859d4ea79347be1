"""Signing in with Globus: who gets in, as whom, and that nobody is signed in as somebody else or shut out."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox
from sandbox.standin import Control

from person import Person, query_of
from pool import restart_pool
from world import ALICE, ALICE_ID, BOB, CALLBACKS, CAROL, SCOPES

SignIn = Callable[[str], Person]
PRE_SESSION = "transload_signin"
_numbers = itertools.count(1)


class Newcomer(Person):
    """Somebody without a session who goes by Globus."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox.url, "", "")

    def begin(self, next_path: str = "/collections", **form: str) -> str:
        answer = self.post("/globus/signin", csrf=False, data={"next": next_path, **form})
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def enter(self, next_path: str = "/collections", **form: str) -> requests.Response:
        return self.follow(self.return_address(self.begin(next_path, **form)))

    def me(self) -> dict:
        me = self.json("/api/me")
        self.csrf = me.get("csrf_token", "")
        return me


@pytest.fixture
def globus(globus: Control, db: psycopg.Connection) -> Control:
    """Nobody is connected, and no account of an earlier test is left under these names."""
    db.execute("delete from globus_links")
    db.execute("delete from users where password_hash is null")
    return globus


@pytest.fixture
def newcomer(sandbox: Sandbox, globus: Control) -> Newcomer:
    return Newcomer(sandbox)


@pytest.fixture
def with_settings(sandbox: Sandbox) -> Iterator[Callable[..., None]]:
    """The api pool under other settings, until the test ends."""

    def change(**values: str) -> None:
        sandbox.program.write_settings({**sandbox.settings(), **values})
        restart_pool(sandbox, "api")

    yield change
    change()


def users(db: psycopg.Connection) -> set[str]:
    return {row[0] for row in db.execute("select username from users").fetchall()}


# -- getting in ---------------------------------------------------------------------------------

def test_the_page_is_told_which_ways_there_are(sandbox: Sandbox) -> None:
    site = requests.get(f"{sandbox.url}/api/me", timeout=60).json()["site"]
    assert (site["password_login"], site["globus_login"]) == (True, True)


def test_the_first_sign_in_makes_an_account_and_the_next_finds_it(newcomer: Newcomer, sandbox: Sandbox, globus: Control, db: psycopg.Connection) -> None:
    """alice is taken by an account with a password, which must not be given away by its name."""
    before = users(db)
    answer = newcomer.enter("/transfers")
    assert answer.status_code == 303 and answer.headers["Location"] == "/transfers", answer.text
    me = newcomer.me()
    assert "alice" in before and users(db) - before == {"alice-2"}
    assert me["user"]["username"] == "alice-2" and not me["user"]["admin"] and me["has_password"] is False
    assert me["globus"]["identity_id"] == ALICE_ID, "who signed in with Globus is connected"
    assert newcomer.get("/api/globus/endpoints?scope=my-endpoints").status_code == 200

    again = Newcomer(sandbox)
    assert again.enter().status_code == 303
    assert again.me()["user"]["username"] == "alice-2" and users(db) - before == {"alice-2"}


def test_a_connected_identity_signs_its_user_in(person: SignIn, newcomer: Newcomer, db: psycopg.Connection) -> None:
    person("alice").connect()
    before = users(db), db.execute("select * from globus_tokens").fetchall()
    assert newcomer.enter().status_code == 303
    assert newcomer.me()["user"]["username"] == "alice" and newcomer.me()["has_password"] is True
    assert (users(db), db.execute("select * from globus_tokens").fetchall()) == before, "what works stays as it is"


@pytest.mark.parametrize("path", CALLBACKS)
def test_the_six_paths_end_a_sign_in_too(newcomer: Newcomer, path: str) -> None:
    assert newcomer.enter(redirect_path=path).status_code == 303
    assert newcomer.me()["user"]


def test_it_asks_for_what_connecting_asks_for(newcomer: Newcomer) -> None:
    asked = [query_of(newcomer.begin()) for _ in range(5)]
    for one in asked:
        assert set(one["scope"].split()) == SCOPES and one["code_challenge_method"] == "S256"
    for name in ("state", "nonce", "code_challenge"):
        assert len({one[name] for one in asked}) == 5


def test_two_first_sign_ins_at_once_make_one_account(sandbox: Sandbox, newcomer: Newcomer, db: psycopg.Connection) -> None:
    from concurrent.futures import ThreadPoolExecutor

    people = [newcomer, *(Newcomer(sandbox) for _ in range(3))]
    returns = [(one, one.return_address(one.begin())) for one in people]
    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(lambda pair: pair[0].follow(pair[1]).status_code, returns))
    assert answers == [303] * len(people)
    assert {one.me()["user"]["username"] for one in people} == {"alice-2"}


def test_the_session_is_a_new_one_and_the_cookie_of_the_way_is_gone(newcomer: Newcomer) -> None:
    newcomer.http.cookies.set("transload_session", "f" * 64, domain="127.0.0.1")
    newcomer.begin()
    cookie = newcomer.http.cookies[PRE_SESSION]
    answer = newcomer.enter()
    given = answer.headers["Set-Cookie"]
    assert "f" * 64 not in given and "HttpOnly" in given and "SameSite=Lax" in given
    assert newcomer.http.cookies["transload_session"] != cookie and PRE_SESSION not in newcomer.http.cookies


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "///evil.example", "@evil.example"])
def test_the_way_back_never_leaves_the_registry(newcomer: Newcomer, target: str) -> None:
    assert newcomer.enter(target).headers["Location"] == "/collections"


# -- what signs nobody in -----------------------------------------------------------------------

BAD_RETURNS: dict[str, Callable[[dict[str, str]], str]] = {
    "state missing": lambda q: urlencode({"code": q["code"]}),
    "state wrong": lambda q: urlencode({**q, "state": "a" * len(q["state"])}),
    "state cut": lambda q: urlencode({**q, "state": q["state"][:-1]}),
    "state twice": lambda q: urlencode(q) + "&state=" + q["state"],
    "code missing": lambda q: urlencode({"state": q["state"]}),
    "code wrong": lambda q: urlencode({**q, "code": "x" * 40}),
    "code twice": lambda q: urlencode(q) + "&code=" + q["code"],
}


@pytest.mark.parametrize("path", CALLBACKS)
@pytest.mark.parametrize("what", BAD_RETURNS)
def test_a_bad_return_signs_nobody_in(newcomer: Newcomer, db: psycopg.Connection, what: str, path: str) -> None:
    before = users(db)
    query = query_of(newcomer.return_address(newcomer.begin(redirect_path=path)))
    answer = newcomer.get(f"{path}?{BAD_RETURNS[what](query)}")
    assert answer.status_code in (400, 403, 502) or answer.headers["Location"].startswith("/login"), answer.text
    assert newcomer.me()["user"] is None and users(db) == before


def test_an_answer_that_another_browser_asked_for_signs_nobody_in(sandbox: Sandbox, newcomer: Newcomer, globus: Control) -> None:
    """Login CSRF: the attacker's code and state in the victim's browser, which may be at a sign-in of its own."""
    globus.auto(BOB)
    for attempt in range(100):
        attack = newcomer.return_address(newcomer.begin())
        victim = Newcomer(sandbox)
        if attempt % 2:
            victim.begin()
        victim.follow(attack)
        assert victim.me()["user"] is None


def test_an_answer_that_another_browser_asked_for_changes_no_session(person: SignIn, newcomer: Newcomer, globus: Control) -> None:
    attack = newcomer.return_address(newcomer.begin())
    bob = person("bob")
    assert bob.follow(attack).status_code == 403
    me = bob.json("/api/me")
    assert me["user"]["username"] == "bob" and me["globus"] is None


def test_a_state_for_connecting_signs_nobody_in(person: SignIn, newcomer: Newcomer, db: psycopg.Connection) -> None:
    alice = person("alice")
    back = alice.return_address(alice.begin_connect())
    newcomer.begin()
    newcomer.follow(back)
    assert newcomer.me()["user"] is None and db.execute("select count(*) from globus_links").fetchone() == (0,)


def test_a_state_works_once_and_for_half_an_hour(newcomer: Newcomer, db: psycopg.Connection) -> None:
    back = newcomer.return_address(newcomer.begin())
    cookie = newcomer.http.cookies[PRE_SESSION]
    assert newcomer.follow(back).status_code == 303
    newcomer.http.cookies.clear()
    newcomer.http.cookies.set(PRE_SESSION, cookie, domain="127.0.0.1")
    assert newcomer.follow(back).status_code == 403 and newcomer.me()["user"] is None
    late = newcomer.return_address(newcomer.begin())
    db.execute("update signin_states set expires_at = now()")
    answer = newcomer.follow(late)
    assert answer.status_code == 403 and "took too long" in answer.text and newcomer.me()["user"] is None


def test_another_site_begins_nothing(newcomer: Newcomer) -> None:
    answer = newcomer.post("/globus/signin", csrf=False, data={"next": "/"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403 and "Set-Cookie" not in answer.headers
    assert newcomer.get("/globus/signin").status_code == 405


@pytest.mark.parametrize("fault", ["aud", "iss", "exp", "nonce", "signature", "alg"])
def test_an_id_token_with_a_fault_signs_nobody_in(newcomer: Newcomer, globus: Control, fault: str) -> None:
    globus.post("settings", id_token_fault=fault)
    assert newcomer.enter().status_code in (403, 502)
    assert newcomer.me()["user"] is None


@pytest.mark.parametrize("how", [{"status": 503}, {"sample": "garbage"}, {"sample": "invalid_grant"}])
def test_an_exchange_that_fails_signs_nobody_in(newcomer: Newcomer, globus: Control, how: dict[str, object]) -> None:
    globus.fail("token: authorization_code", times=-1, **how)
    answer = newcomer.enter()
    assert answer.status_code in (403, 502, 503) and 'href="/login"' in answer.text, answer.text
    assert newcomer.me()["user"] is None


def test_declining_is_a_page_that_leads_back_to_signing_in(newcomer: Newcomer, globus: Control) -> None:
    globus.post("auto", deny=True)
    answer = newcomer.enter()
    assert answer.status_code == 403 and "nobody was signed in" in answer.text and 'href="/login"' in answer.text
    assert newcomer.me()["user"] is None


def test_a_user_who_is_switched_off_stays_out(newcomer: Newcomer, sandbox: Sandbox) -> None:
    newcomer.enter()
    sandbox.program.run("user", "disable", newcomer.me()["user"]["username"])
    answer = newcomer.enter()
    assert answer.status_code == 403 and "switched off" in answer.text and newcomer.me()["user"] is None


# -- settings -----------------------------------------------------------------------------------

@pytest.mark.parametrize("who", ["nobody", "hpc.example,lab.example"])
def test_who_may_have_no_account_is_told_so(newcomer: Newcomer, db: psycopg.Connection, with_settings: Callable[..., None], who: str) -> None:
    with_settings(GLOBUS_SIGNUP=who)
    before = users(db)
    answer = newcomer.enter()
    assert answer.status_code == 403 and "You have no account here" in answer.text and ALICE in answer.text
    assert users(db) == before and newcomer.me()["user"] is None


def test_everybody_may_have_one(newcomer: Newcomer, globus: Control, with_settings: Callable[..., None]) -> None:
    with_settings(GLOBUS_SIGNUP="everybody")
    globus.auto(CAROL)
    assert newcomer.enter().status_code == 303 and newcomer.me()["user"]["username"].startswith("carol")


def test_passwords_alone(newcomer: Newcomer, with_settings: Callable[..., None]) -> None:
    with_settings(LOGIN_METHODS="local")
    assert newcomer.post("/globus/signin", csrf=False, data={"next": "/"}).status_code == 403
    assert newcomer.me()["site"]["globus_login"] is False


def test_globus_alone(newcomer: Newcomer, sandbox: Sandbox, person: SignIn, with_settings: Callable[..., None]) -> None:
    person("alice").connect()
    with_settings(LOGIN_METHODS="globus")
    answer = requests.post(f"{sandbox.url}/api/login", json={"username": "alice", "password": sandbox.user("alice")["password"]}, timeout=60)
    assert answer.status_code == 403 and "Sign in with Globus" in answer.json()["detail"]
    assert newcomer.enter().status_code == 303 and newcomer.me()["user"]["username"] == "alice"
    refused = newcomer.disconnect()
    assert refused.status_code == 409 and "/v2/web/consents" in refused.text and newcomer.me()["globus"]


@pytest.mark.parametrize("values", [{"LOGIN_METHODS": "globus", "ENABLE_GLOBUS": "false"}, {"LOGIN_METHODS": "magic"}, {"GLOBUS_SIGNUP": "anybody"},
                                    {"GLOBUS_SIGNUP": "@uni.example"}, {"GLOBUS_SIGNUP": "uni.example,,lab.example"}])
def test_settings_that_do_not_fit_are_told(sandbox: Sandbox, values: dict[str, str]) -> None:
    sandbox.program.write_settings({**sandbox.settings(), **values})
    done = sandbox.program.run("settings", "check", check=False)
    sandbox.program.write_settings(sandbox.settings())
    assert done.returncode == 2 and next(iter(values)) in done.stderr, done.stderr


# -- not shut out -------------------------------------------------------------------------------

def test_the_only_way_in_cannot_be_closed_and_a_password_opens_another(newcomer: Newcomer, globus: Control, sandbox: Sandbox) -> None:
    newcomer.enter()
    username = newcomer.me()["user"]["username"]
    refused = newcomer.disconnect()
    assert refused.status_code == 409 and "Set a password first" in refused.text and "/settings/profile" in refused.text
    assert newcomer.me()["globus"] and not globus.calls("revoke")

    made = newcomer.post("/api/me/password", json={"new": "a password of my own"})
    assert made.status_code == 200 and newcomer.me()["has_password"] is True
    assert newcomer.disconnect().status_code == 303 and newcomer.me()["globus"] is None
    assert Person(sandbox.url, username, "a password of my own").sign_in().json("/api/me")["user"]["username"] == username


def test_a_first_password_needs_a_fresh_sign_in(newcomer: Newcomer, db: psycopg.Connection) -> None:
    newcomer.enter()
    newcomer.me()
    db.execute("update sessions set created_at = now() - interval '11 minutes'")
    refused = newcomer.post("/api/me/password", json={"new": "a password of my own"})
    assert refused.status_code == 403 and "within ten minutes" in refused.json()["detail"] and newcomer.me()["has_password"] is False


def test_who_has_a_password_must_give_it(person: SignIn) -> None:
    refused = person("alice").post("/api/me/password", json={"new": "a password of my own"})
    assert refused.status_code == 400 and refused.json()["field"] == "current"
