"""Connecting Globus and disconnecting: six paths, one state each, tokens that nobody can read."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox
from sandbox.standin import CLIENT_ID, Control
from sandbox.waiting import wait_for

from person import Person, query_of
from pool import restart_pool
from world import ALICE, ALICE_ID, BOB, CALLBACKS, SCOPES

SignIn = Callable[[str], Person]


@pytest.fixture
def alice(person: SignIn, globus: Control, db: psycopg.Connection) -> Person:
    """alice, signed in here and at Globus, but not connected."""
    db.execute("delete from globus_links")
    return person("alice")


def links(db: psycopg.Connection) -> list[tuple[str, str]]:
    rows = db.execute("select u.username, l.identity_id::text from globus_links l join users u on u.id = l.user_id")
    return rows.fetchall()


# -- the way there ------------------------------------------------------------------------------

def test_connect_asks_for_exactly_what_it_needs(alice: Person, sandbox: Sandbox) -> None:
    address = alice.begin_connect()
    asked = query_of(address)
    assert address.startswith(sandbox.standin.url + "/v2/oauth2/authorize?")
    assert asked["client_id"] == CLIENT_ID and asked["response_type"] == "code" and asked["access_type"] == "offline"
    assert set(asked["scope"].split()) == SCOPES
    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
    assert len(asked["state"]) >= 32 and len(asked["nonce"]) >= 22
    assert asked["redirect_uri"] in {sandbox.url + path for path in CALLBACKS}


def test_no_two_connections_begin_alike(alice: Person) -> None:
    begun = [query_of(alice.begin_connect()) for _ in range(5)]
    for name in ("state", "nonce", "code_challenge"):
        assert len({asked[name] for asked in begun}) == 5


def test_connect_is_no_link_that_a_site_can_follow(alice: Person, db: psycopg.Connection) -> None:
    assert alice.get("/globus/login").headers["Location"].endswith("/settings/integrations")
    assert alice.post("/globus/login", csrf=False, data={"next": "/"}).status_code == 403
    assert alice.post("/globus/login", data={"csrf_token": alice.csrf}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert links(db) == []


# -- and back -----------------------------------------------------------------------------------

@pytest.mark.parametrize("path", CALLBACKS)
def test_a_connection_completes_on_the_path_it_was_begun_for(alice: Person, db: psycopg.Connection, globus: Control, path: str) -> None:
    """Globus compares the redirect URI byte for byte, so the slash at its end belongs to it."""
    back = alice.return_address(alice.begin_connect(redirect_path=path))
    assert urlsplit(back).path == path
    answer = alice.follow(back)
    assert answer.status_code == 303 and urlsplit(answer.headers["Location"]).path == "/globus/transfer", answer.text
    assert links(db) == [("alice", ALICE_ID)]
    exchanged = parse_qs(globus.calls("token: authorization_code")[-1]["body"])
    assert exchanged["redirect_uri"] == [alice.base_url + path]


@pytest.mark.parametrize("path", ["/elsewhere", "https://evil.example/globus/login", "/globus/login/x", "/GLOBUS/login", "//globus/login"])
def test_no_other_path_can_be_asked_for(alice: Person, path: str) -> None:
    assert alice.post("/globus/login", data={"csrf_token": alice.csrf, "redirect_path": path}).status_code == 400


def test_me_names_the_identity(alice: Person) -> None:
    alice.connect()
    link = alice.json("/api/me")["globus"]
    assert (link["identity_id"], link["username"], link["email"]) == (ALICE_ID, ALICE, ALICE) and link["linked_at"]


def test_me_tells_what_the_connection_allows_and_when_it_was_used(alice: Person, db: psycopg.Connection) -> None:
    db.execute("delete from transfers")  # or the agent asks Globus about one of them
    alice.connect()
    link = alice.json("/api/me")["globus"]
    assert set(link["scopes"]) == SCOPES and link["expires_at"] > link["linked_at"] and link["last_used_at"] is None
    assert alice.get("/api/globus/endpoints?scope=my-endpoints").status_code == 200
    first = alice.json("/api/me")["globus"]["last_used_at"]
    assert first and first >= link["linked_at"]
    db.execute("update globus_links set last_used_at = now() - interval '2 days'")
    assert alice.get("/api/globus/endpoints?scope=my-endpoints").status_code == 200
    assert alice.json("/api/me")["globus"]["last_used_at"] >= first


NEXT_ELSEWHERE = ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/%0d%0aSet-Cookie:x=1",
                  "/\t/evil.example", "///evil.example", "http:evil.example", "/globus\r\nX: y", "https:/evil.example", "@evil.example",
                  ".evil.example", "/./\\evil.example", "%2f%2fevil.example"]


@pytest.mark.parametrize("target", NEXT_ELSEWHERE)
def test_the_way_back_never_leaves_the_registry(alice: Person, target: str) -> None:
    answer = alice.post("/globus/login", data={"csrf_token": alice.csrf, "next": target})
    if answer.status_code == 400:
        return
    location = alice.follow(alice.return_address(answer.headers["Location"])).headers["Location"]
    assert location.startswith("/") and not location.startswith(("//", "/\\")) and "\r" not in location, location


# -- what must not make a link ------------------------------------------------------------------

def _returned(alice: Person) -> dict[str, str]:
    return query_of(alice.return_address(alice.begin_connect()))


BAD_RETURNS: dict[str, Callable[[dict[str, str]], str]] = {
    "state missing": lambda q: urlencode({"code": q["code"]}),
    "state empty": lambda q: urlencode({**q, "state": ""}),
    "state wrong": lambda q: urlencode({**q, "state": "A" * len(q["state"])}),
    "state cut": lambda q: urlencode({**q, "state": q["state"][:-1]}),
    "state twice": lambda q: urlencode(q) + "&state=" + quote(q["state"]),
    "code twice": lambda q: urlencode(q) + "&code=" + quote(q["code"]),
    "code missing": lambda q: urlencode({"state": q["state"]}),
    "code wrong": lambda q: urlencode({**q, "code": "x" * 40}),
    "code over-long": lambda q: urlencode({**q, "code": "x" * 5000}),
}


@pytest.mark.parametrize("path", CALLBACKS)
@pytest.mark.parametrize("what", BAD_RETURNS)
def test_a_bad_return_makes_no_link(alice: Person, db: psycopg.Connection, what: str, path: str) -> None:
    query = BAD_RETURNS[what](_returned(alice))
    answer = alice.get(f"{path}?{query}")
    assert 400 <= answer.status_code < 500 or answer.status_code == 502, answer.text
    assert "text/html" in answer.headers["Content-Type"] and "/settings/integrations" in answer.text or answer.status_code == 400
    assert links(db) == []


def test_a_bad_state_is_a_page_that_says_what_to_do(alice: Person) -> None:
    answer = alice.get("/globus/login?code=x&state=" + "A" * 43)
    assert answer.status_code == 403 and "connect again" in answer.text


def test_a_state_works_once(alice: Person, db: psycopg.Connection) -> None:
    back = alice.return_address(alice.begin_connect())
    assert alice.follow(back).status_code == 303
    assert alice.disconnect().status_code == 303
    assert alice.follow(back).status_code == 403 and links(db) == []


def test_a_state_expires(alice: Person, db: psycopg.Connection) -> None:
    back = alice.return_address(alice.begin_connect())
    db.execute("update oauth_states set expires_at = now() - interval '1 second'")
    assert alice.follow(back).status_code == 403 and links(db) == []


def test_a_state_belongs_to_one_session(alice: Person, person: SignIn, db: psycopg.Connection) -> None:
    back = alice.return_address(alice.begin_connect())
    for stranger in (person("bob"), person("alice")):
        assert stranger.follow(back).status_code == 403
    assert links(db) == []


@pytest.mark.parametrize("path", ["/complete/globus", "/globus/login/"])
def test_a_state_belongs_to_one_path(alice: Person, db: psycopg.Connection, path: str) -> None:
    back = alice.return_address(alice.begin_connect(redirect_path="/globus/login"))
    assert alice.follow(back.replace("/globus/login?", f"{path}?")).status_code == 403 and links(db) == []


def test_declining_is_told_and_makes_no_link(alice: Person, globus: Control, db: psycopg.Connection) -> None:
    globus.post("auto", deny=True)
    answer = alice.follow(alice.return_address(alice.begin_connect()))
    assert answer.status_code == 403 and "nothing was" in answer.text and links(db) == []


@pytest.mark.parametrize("fault", ["aud", "iss", "exp", "nonce", "signature", "alg"])
def test_an_id_token_with_a_fault_makes_no_link(alice: Person, globus: Control, db: psycopg.Connection, fault: str) -> None:
    globus.post("settings", id_token_fault=fault)
    answer = alice.follow(alice.return_address(alice.begin_connect()))
    assert answer.status_code in (403, 502), answer.text
    assert links(db) == []


@pytest.mark.parametrize("settings", [{"transfer_token_first": True}, {"key_ids": True}, {"rotate_refresh_tokens": True}])
def test_variants_of_globus_answers_are_understood(alice: Person, globus: Control, db: psycopg.Connection, settings: dict[str, bool]) -> None:
    globus.post("settings", **settings)
    alice.connect()
    assert links(db) == [("alice", ALICE_ID)]


@pytest.fixture
def new_pool(sandbox: Sandbox) -> Iterator[None]:
    """Workers that know no key of Globus yet, and none of this test's afterwards (they ask again once a minute at most)."""
    restart_pool(sandbox, "api")
    yield
    restart_pool(sandbox, "api")


def test_a_change_of_keys_that_globus_announced_goes_unnoticed(new_pool: None, globus: Control, alice: Person, db: psycopg.Connection) -> None:
    globus.post("settings", key_ids=True)
    for _ in range(2):
        alice.connect()
        alice.disconnect()
        globus.post("keys/rotate")
    assert links(db) == []


@pytest.mark.parametrize("how", [{"status": 503}, {"status": 500}, {"reset": True}, {"sample": "garbage"}, {"sample": "invalid_grant"}])
def test_an_exchange_that_fails_makes_no_link(alice: Person, globus: Control, db: psycopg.Connection, how: dict[str, object]) -> None:
    globus.fail("token: authorization_code", times=-1, **how)  # a kept connection that turns out to be dead may be replaced once
    answer = alice.follow(alice.return_address(alice.begin_connect()))
    assert answer.status_code in (403, 502, 503), answer.text
    assert links(db) == []


def test_one_identity_belongs_to_one_user(alice: Person, person: SignIn, db: psycopg.Connection) -> None:
    alice.connect()
    bob = person("bob")
    answer = bob.follow(bob.return_address(bob.begin_connect()))
    assert answer.status_code == 409 and links(db) == [("alice", ALICE_ID)]


# -- tokens -------------------------------------------------------------------------------------

def test_tokens_are_sealed_in_the_database_and_never_logged(alice: Person, globus: Control, sandbox: Sandbox, db: psycopg.Connection) -> None:
    alice.connect()
    alice.get("/api/globus/endpoints?scope=my-endpoints")
    alice.disconnect()
    secrets = globus.tokens_seen() | {sandbox.kept["client_secret"]}
    assert len(secrets) >= 3
    dump = "".join(str(db.execute(f"select * from {table}").fetchall()) for table in ("globus_tokens", "globus_links", "oauth_states", "audit", "globus_revocations"))
    logs = "".join(path.read_text(errors="replace") for path in sandbox.layout.log.iterdir())
    for secret in secrets:
        assert secret not in dump and secret not in logs
        assert secret.encode().hex() not in dump


def test_codes_and_states_are_not_logged(alice: Person, sandbox: Sandbox) -> None:
    back = query_of(alice.return_address(alice.begin_connect()))
    alice.get("/globus/login?" + urlencode(back))
    logs = "".join(path.read_text(errors="replace") for path in sandbox.layout.log.iterdir() if path.name != "globus.log")
    assert back["code"] not in logs and back["state"] not in logs


def test_the_verifier_fits_the_challenge(alice: Person, globus: Control) -> None:
    asked = query_of(alice.begin_connect())
    alice.connect()
    verifier = parse_qs(globus.calls("token: authorization_code")[-1]["body"])["code_verifier"][0]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    assert challenge != asked["code_challenge"] and 43 <= len(verifier) <= 128


# -- disconnect ---------------------------------------------------------------------------------

def introspect(sandbox: Sandbox, token: str) -> bool:
    answer = requests.post(f"{sandbox.standin.url}/v2/oauth2/token/introspect", data={"token": token},
                           auth=(CLIENT_ID, sandbox.kept["client_secret"]), timeout=30)
    return answer.json()["active"]


def test_disconnect_revokes_every_token_and_offers_a_way_back(alice: Person, globus: Control, sandbox: Sandbox, db: psycopg.Connection) -> None:
    alice.connect()
    alice.get("/api/globus/endpoints?scope=my-endpoints")
    answer = alice.disconnect()
    logout = query_of(answer.headers["Location"])
    assert answer.status_code == 303 and answer.headers["Location"].startswith(sandbox.standin.url + "/v2/web/logout")
    assert logout["client_id"] == CLIENT_ID and logout["redirect_uri"].startswith(sandbox.url)
    assert links(db) == [] and db.execute("select count(*) from globus_tokens").fetchone() == (0,)
    revoked = [parse_qs(call["body"])["token"][0] for call in globus.calls("revoke")]
    assert len(set(revoked)) >= 4, "access and refresh token of Auth and of Transfer"
    assert not any(introspect(sandbox, token) for token in globus.tokens_seen())
    assert alice.json("/api/me")["globus"] is None


def test_disconnect_works_while_globus_is_down_and_revokes_later(alice: Person, globus: Control, sandbox: Sandbox, db: psycopg.Connection) -> None:
    alice.connect()
    globus.fail("revoke", times=-1, status=503)
    assert alice.disconnect().status_code == 303 and links(db) == []
    waiting = db.execute("select count(*) from globus_revocations").fetchone()[0]
    assert waiting > 0
    globus.fail("revoke", times=0)
    db.execute("update globus_revocations set next_try_at = now()")

    def revoked() -> bool:
        sandbox.program.run("agent", "once")
        return db.execute("select count(*) from globus_revocations").fetchone() == (0,)

    wait_for("revocation", revoked, 30)
    assert not any(introspect(sandbox, token) for token in globus.tokens_seen())


def test_a_revocation_is_not_forgotten_before_introspection_says_inactive(alice: Person, globus: Control, sandbox: Sandbox,
                                                                        db: psycopg.Connection) -> None:
    """The revoke call answers 200 and does nothing; then introspection cannot be asked; then all is well."""
    def waiting() -> int:
        db.execute("update globus_revocations set next_try_at = now()")
        sandbox.program.run("agent", "once")
        return db.execute("select count(*) from globus_revocations").fetchone()[0]

    sandbox.processes.stop("agent")
    try:
        db.execute("delete from globus_revocations")
        alice.connect()
        globus.fail("revoke", times=-1, status=200, body={"active": False})
        assert alice.disconnect().status_code == 303 and links(db) == []
        count = waiting()
        assert count >= 4 and waiting() == count, "each of them is live, and introspection says so"
        globus.fail("revoke", times=0)
        globus.fail("introspect", times=-1, sample="service_unavailable")
        assert waiting() == count, "nobody has said that they are inactive"
        globus.fail("introspect", times=0)
        assert waiting() == 0
    finally:
        sandbox.program.start_agent()


def test_revocations_that_never_succeed_are_told_once_a_day(alice: Person, globus: Control, sandbox: Sandbox, db: psycopg.Connection) -> None:
    alice.connect()
    globus.fail("revoke", times=-1, status=503)
    alice.disconnect()

    def told() -> int:
        before = log_count(sandbox, "globus_revocations_late")
        lines = sandbox.program.run("agent", "once").stderr.splitlines()
        mine = [line for line in lines if "globus_revocations_late" in line]
        assert all("level=error" in line and "SOCIAL_AUTH_GLOBUS_KEY" in line for line in mine)
        return len(mine) + log_count(sandbox, "globus_revocations_late") - before

    assert told() == 0, "it is early"
    sandbox.processes.stop("agent")
    db.execute("update globus_revocations set created_at = now() - interval '73 hours'")
    assert told() == 1
    assert told() == 0, "once a day"
    db.execute("update globus_revocations set told_at = now() - interval '25 hours'")
    assert told() == 1
    db.execute("delete from globus_revocations")
    sandbox.program.start_agent()


def log_count(sandbox: Sandbox, word: str) -> int:
    """How often the agent of the sandbox has said so."""
    return (sandbox.layout.log / "agent.log").read_text(errors="replace").count(word)


def test_connecting_as_another_identity_replaces_the_link(alice: Person, globus: Control, db: psycopg.Connection) -> None:
    alice.connect()
    alice.disconnect()
    globus.auto(BOB)
    alice.connect()
    assert alice.json("/api/me")["globus"]["username"] == BOB
