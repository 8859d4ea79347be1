"""The OAuth list: the numbered tests that trusted clients of this kind pass, with their counts (docs/assurance.md has the whole table)."""

from __future__ import annotations

import http.client
import itertools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox
from sandbox.standin import CLIENT_ID, Control

from person import Person, query_of
from pushing import Pusher
from wishes import CONTENT, container_id, reach
from world import BOB, CALLBACKS, SHERLOCK, STANFORD_GUEST

SignIn = Callable[[str], Person]
RACES = int(os.environ.get("RACES", "100"))  # ./tests/run once: 1,000


@pytest.fixture
def alice(person: SignIn, globus: Control, db: psycopg.Connection) -> Person:
    """alice, signed in here and at Globus, but not connected."""
    db.execute("delete from globus_links")
    db.execute("delete from oauth_states")
    return person("alice")


def links(db: psycopg.Connection) -> list[str]:
    return [name for (name,) in db.execute("select u.username from globus_links l join users u on u.id = l.user_id").fetchall()]


def raw(base_url: str, method: str, target: str, headers: dict[str, str]) -> int:
    """A request whose target goes out as it is written."""
    to = urlsplit(base_url)
    connection = http.client.HTTPConnection(to.hostname, to.port, timeout=60)
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def cookie_of(person: Person) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())}


# ---- 1, 2: state ----------------------------------------------------------------------------------

BAD_STATES = ["missing", "wrong", "reused", "another session's", "expired"]


@pytest.mark.parametrize("path", CALLBACKS)
@pytest.mark.parametrize("what", BAD_STATES)
def test_01_a_bad_state_makes_no_link(alice: Person, person: SignIn, db: psycopg.Connection, what: str, path: str) -> None:
    begun_by = person("alice") if what == "another session's" else alice
    back = query_of(begun_by.return_address(begun_by.begin_connect(redirect_path=path)))
    if what == "missing":
        del back["state"]
    elif what == "wrong":
        back["state"] = back["state"][::-1]
    elif what == "expired":
        db.execute("update oauth_states set expires_at = now() - interval '1 second'")
    elif what == "reused":
        assert alice.get(f"{path}?{urlencode(back)}").status_code == 303 and alice.disconnect().status_code == 303
    assert alice.get(f"{path}?{urlencode(back)}").status_code in (400, 403)
    assert links(db) == []


def test_02_a_code_of_the_attacker_does_nothing_in_the_browser_of_the_victim(alice: Person, person: SignIn, globus: Control, db: psycopg.Connection) -> None:
    """A hundred codes that are good for bob, opened by alice: with bob's state, without one, with an old one of hers."""
    bob = person("bob")
    used = query_of(alice.return_address(alice.begin_connect()))["state"]
    assert alice.get(f"/globus/login?state={used}&error=access_denied").status_code >= 400
    globus.auto(BOB)
    for number, path in zip(range(100), itertools.cycle(CALLBACKS)):
        back = query_of(bob.return_address(bob.begin_connect(redirect_path=path)))
        states = [{"state": back["state"]}, {}, {"state": used}]
        assert alice.get(f"{path}?{urlencode({'code': back['code'], **states[number % 3]})}").status_code in (400, 403)
    assert links(db) == []


# ---- 3, 14: what is asked for ---------------------------------------------------------------------

def test_03_a_thousand_beginnings_each_with_a_challenge_of_its_own(alice: Person, sandbox: Sandbox) -> None:
    cookies = dict(alice.http.cookies)

    def begin(_: int) -> dict[str, str]:
        answer = requests.post(f"{sandbox.url}/globus/login", data={"csrf_token": alice.csrf}, cookies=cookies, allow_redirects=False, timeout=60)
        return query_of(answer.headers["Location"])

    with ThreadPoolExecutor(4) as tabs:
        asked = list(tabs.map(begin, range(1000)))
    assert {one["code_challenge_method"] for one in asked} == {"S256"}
    for name in ("code_challenge", "state", "nonce"):
        assert len({one[name] for one in asked}) == 1000, name


@pytest.mark.parametrize("challenge", ["A" * 43, "", None])
def test_03_globus_refuses_a_verifier_that_does_not_fit_and_no_link_is_made(alice: Person, db: psycopg.Connection, challenge: str | None) -> None:
    address = urlsplit(alice.begin_connect())
    asked = {name: values[0] for name, values in parse_qs(address.query).items()} | {"code_challenge": challenge}
    if challenge is None:
        asked = {name: value for name, value in asked.items() if not name.startswith("code_challenge")}
    answer = requests.get(address._replace(query=urlencode(asked)).geturl(), allow_redirects=False, timeout=60)
    if answer.status_code in (302, 303):
        assert alice.follow(answer.headers["Location"]).status_code >= 400
    assert links(db) == []


# ---- 5: parameters given twice ----------------------------------------------------------------------

def _doubled() -> Iterator[tuple[str, Callable[[dict[str, str]], str]]]:
    for name in ("code", "state", "error"):
        value = {"error": "access_denied"}.get(name)
        for second in ("the same", "other", "empty"):
            for order in ("before", "behind"):
                def make(q: dict[str, str], name: str = name, value: str | None = value, second: str = second, order: str = order) -> str:
                    good = value or q[name]
                    extra = f"{name}={quote({'the same': good, 'other': 'A' * 43, 'empty': ''}[second])}"
                    query = urlencode({**q, **({name: value} if value else {})})
                    return f"{extra}&{query}" if order == "before" else f"{query}&{extra}"
                yield f"{name} twice, {second} {order}", make
    yield "code twice, once encoded", lambda q: f"%63ode={q['code']}&{urlencode(q)}"
    yield "state twice, once encoded", lambda q: f"{urlencode(q)}&stat%65={q['state']}"


DOUBLED = dict(_doubled())


@pytest.mark.parametrize("what", DOUBLED)
def test_05_a_parameter_given_twice_is_refused(alice: Person, db: psycopg.Connection, what: str) -> None:
    query = DOUBLED[what](query_of(alice.return_address(alice.begin_connect())))
    assert 400 <= alice.get(f"/globus/login?{query}").status_code < 500
    assert links(db) == []


# ---- 6: redirect URI --------------------------------------------------------------------------------

def near_misses() -> list[str]:
    """Paths that somebody careless could take for one of the six."""
    made: set[str] = set()
    for path in CALLBACKS:
        bare, parts = path.rstrip("/"), path.strip("/").split("/")
        made |= {path + end for end in ("//", "/.", "/..", ".", ";", ";x", "%2f", "%00", "%20", "x", "/x", "\\", "%5c", "%0a", "%3f", "%23", "*", "~", "%2e", "%c0%af")}
        made |= {path.upper(), path.title(), path.replace("globus", "Globus"), path.replace("globus", "gl0bus"), bare[:-1], bare[1:], "/" + path,
                 "/." + path, "/x/.." + path, "/%2e" + path, path.replace("/", "%2f"), path.replace("/", "\\"), path.replace("o", "%6f", 1),
                 "/" + "/".join(reversed(parts)), "/" + parts[0], "/" + parts[-1] + "x/" + parts[0], "/" + parts[0] + "//" + parts[1],
                 "/" + parts[0] + "/./" + parts[1], "/" + parts[0] + "_/" + parts[1], "/api" + path, path.replace("/", "/\u2215", 1)}
    return sorted(made - set(CALLBACKS))


def test_06_near_misses_of_the_redirect_uri_are_never_sent(alice: Person, sandbox: Sandbox) -> None:
    misses = near_misses() + [origin + path for path in CALLBACKS for origin in
                              ("https://evil.example", sandbox.url, sandbox.url + ":1", "http://127.0.0.1", sandbox.url.replace("http", "https"), "//" + urlsplit(sandbox.url).netloc)]
    assert len(misses) >= 200
    for path in misses:
        answer = alice.post("/globus/login", data={"csrf_token": alice.csrf, "redirect_path": path})
        assert answer.status_code == 400, f"{path}: {answer.headers.get('Location')}"


def test_06_near_misses_of_the_redirect_uri_are_never_honoured(alice: Person, sandbox: Sandbox, db: psycopg.Connection) -> None:
    """A good code and a good state, brought to a path that is not the one Globus was told."""
    back, cookie, honoured = "", cookie_of(alice), []
    misses = [path for path in near_misses() if path.isascii()]
    assert len(misses) >= 200
    for path in misses:
        if not back:
            back = urlencode(query_of(alice.return_address(alice.begin_connect(redirect_path="/globus/login/"))))
        status = raw(sandbox.url, "GET", f"{path}?{back}", cookie)
        if links(db):
            honoured.append((path, status))
            alice.disconnect()
        if not db.execute("select 1 from oauth_states").fetchone():
            back = ""
    assert honoured == []


# ---- 7: the way back --------------------------------------------------------------------------------

def elsewhere() -> list[str]:
    """Some 1,500 ways to write a place that is not here, put together from the tricks that browsers are known to follow."""
    hosts = ["evil.example", "evil.example/", "evil.example%2f..", "127.0.0.1@evil.example", "3232235777", "0x7f.1", "[::1]", "evil.example:80", "evil%E3%80%82example", "evil\u3002example"]
    slashes = ["//", "///", "////", "/\\", "\\/", "\\\\", "/\t/", "/\n/", "/\r/", "/%09/", "/%0a/", "/%0d%0a/", "/%2f", "%2f%2f", "/%5c", "%5c%5c", "/./\\", "/.//", "/..//", "/;//", "/;@", "/ /",
               "\u2215\u2215", "\uff0f\uff0f", "/\u00a0/", "\x01//", " //", "\t//", "\u3000//", "/x/..//", "//\\", "/\\/", "\\", "\\\t", "/%00/"]
    schemes = ["http://", "https://", "HTTP://", "hTTps:", "http:", "https:/", "https:///", "ftp://", "javascript:alert(1)//", "JaVaScRiPt:alert(1)//", "java\tscript:alert(1)//", "java%0ascript:alert(1)//",
               "data:text/html,<script>alert(1)</script>//", "vbscript:x//", "file://", "blob:https://", "view-source:http://", "http:\\\\", "https:\\/", "\x00https://", "%68ttp://",
               "http%3a//", "//http://", "x://", "@", "#@", "?@", ".", "/@", "/.", "~", "mailto:x@", ":@", "://", ":"]
    ends = ["", "/%2e%2e", "?next=/", "#/", "/globus/transfer"]
    return sorted({front + host + end for front in slashes + schemes for host in hosts for end in ends})


def is_here(path: str) -> bool:
    """Whether a browser that is sent there stays: one slash, and nothing that it drops or takes for another slash."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and not any(ch < " " or ch in "\\\x7f" for ch in path)


def test_07_no_way_back_leads_elsewhere(alice: Person, sandbox: Sandbox, db: psycopg.Connection) -> None:
    """What is refused is refused; what is kept to return to is a place here. Those that were kept are gone to the end, some of them."""
    payloads, cookies = elsewhere(), dict(alice.http.cookies)
    assert len(payloads) >= 559 + 834

    def begin(target: str) -> str | None:
        answer = requests.post(f"{sandbox.url}/globus/login", data={"csrf_token": alice.csrf, "next": target}, cookies=cookies, allow_redirects=False, timeout=60)
        assert answer.status_code in (303, 400), f"{target!r}: {answer.status_code}"
        return answer.headers.get("Location")

    with ThreadPoolExecutor(4) as tabs:
        begun = [address for address in tabs.map(begin, payloads) if address]
    assert all(address.startswith(sandbox.standin.url + "/v2/oauth2/authorize?") for address in begun)
    kept = {path for (path,) in db.execute("select next_path from oauth_states").fetchall()}
    assert kept and {path for path in kept if not is_here(path)} == set()
    for address in begun[:: max(1, len(begun) // 20)]:
        assert is_here(alice.follow(alice.return_address(address)).headers["Location"])
        alice.disconnect()


# ---- 8: headers that would move the base URL --------------------------------------------------------

HEADERS = ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Scheme", "X-Forwarded-Protocol", "X-Forwarded-Ssl", "X-Forwarded-Port", "X-Forwarded-Uri", "X-Forwarded-Server",
           "X-Forwarded-Prefix", "X-Forwarded-Path", "X-Forwarded-For", "X-Forwarded", "Forwarded", "X-Host", "X-HTTP-Host-Override", "X-Original-Host", "X-Original-URL", "X-Rewrite-URL",
           "X-Url-Scheme", "Front-End-Https", "X-Real-IP", "Request-Uri", "Script-Name", "Server-Name", "Https", "Document-Uri", "Redirect-Uri"]
VALUES = {"X-Forwarded-Proto": "gopher", "X-Forwarded-Port": "666", "Forwarded": "host=evil.example;proto=gopher", "X-Forwarded-Ssl": "on", "Https": "on"}


@pytest.mark.parametrize("spelling", ["-", "_"])
def test_08_no_header_moves_the_base_url(alice: Person, sandbox: Sandbox, spelling: str) -> None:
    assert len(HEADERS) >= 25
    for name in HEADERS:
        headers = {name.replace("-", spelling): VALUES.get(name, "evil.example"), **cookie_of(alice)}
        answer = alice.post("/globus/login", data={"csrf_token": alice.csrf}, headers=headers)
        if answer.status_code == 303:
            assert query_of(answer.headers["Location"])["redirect_uri"].startswith(sandbox.url + "/"), name
        else:
            assert answer.status_code in (400, 404, 421), f"{name}: {answer.status_code}"
        assert "evil" not in answer.headers.get("Location", "") and "gopher" not in answer.headers.get("Location", "")
        identity = requests.get(f"{sandbox.url}/api/registry/identity", headers=headers, timeout=60)
        assert identity.status_code != 200 or identity.json()["url"] == sandbox.url, name


# ---- 9, 10, 11: tokens ------------------------------------------------------------------------------

@pytest.mark.timeout(120 + RACES)
def test_09_two_callbacks_at_once_make_one_link(alice: Person, globus: Control, db: psycopg.Connection) -> None:
    cookies = dict(alice.http.cookies)
    for _ in range(RACES):
        back = alice.return_address(alice.begin_connect())
        with ThreadPoolExecutor(2) as tabs:
            answers = list(tabs.map(lambda _: requests.get(back, cookies=cookies, allow_redirects=False, timeout=60).status_code, range(2)))
        assert sorted(answers) == [303, 403], "the state is used once, and so is the code"
        assert links(db) == ["alice"]
    assert len(globus.calls("token: authorization_code")) == RACES


def test_10_fifty_requests_at_once_refresh_once(connected: Person, globus: Control, db: psycopg.Connection) -> None:
    globus.post("tokens/expire", identity=None, kind="access")
    db.execute("update globus_tokens set expires_at = now() - interval '1 second'")
    cookies = dict(connected.http.cookies)

    def ask(_: int) -> int:
        return requests.get(f"{connected.base_url}/api/globus/endpoints?scope=my-endpoints", cookies=cookies, timeout=60).status_code

    with ThreadPoolExecutor(50) as tabs:
        assert set(tabs.map(ask, range(50))) == {200}
    assert set(globus.refreshes().values()) == {1}, "nobody's token is used twice"


REFRESHES = [({"sample": "invalid_grant", "status": 400}, 409, "globus_reconnect"), ({"sample": "invalid_grant", "status": 401}, 409, "globus_reconnect"),
             ({"sample": "invalid_client"}, 502, "globus_error"), ({"sample": "rate_limited"}, 503, "globus_unavailable"), ({"status": 500}, 503, "globus_unavailable"),
             ({"sample": "garbage"}, 503, "globus_unavailable"), ({"reset": True}, 503, "globus_unavailable"), ({"truncate": 30}, 503, "globus_unavailable")]


@pytest.mark.parametrize(("how", "status", "code"), REFRESHES)
def test_10_each_answer_to_a_refresh_has_its_screen_and_only_one_ends_the_connection(connected: Person, globus: Control, how: dict[str, object], status: int, code: str) -> None:
    globus.post("tokens/expire", identity=None, kind="access")
    globus.fail("token: refresh_token", times=-1, **how)
    answer = connected.get("/api/globus/endpoints?scope=my-endpoints")
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    globus.fail("token: refresh_token", times=0)
    after = connected.get("/api/globus/endpoints?scope=my-endpoints").status_code
    assert after == (409 if code == "globus_reconnect" else 200)


def test_11_after_each_of_a_hundred_disconnects_no_token_is_live(alice: Person, globus: Control, sandbox: Sandbox, db: psycopg.Connection) -> None:
    for _ in range(100):
        alice.connect()
        assert alice.disconnect().status_code == 303
    assert links(db) == [] and db.execute("select count(*) from globus_revocations").fetchone() == (0,)
    tokens = globus.tokens_seen()
    assert len(tokens) >= 400, "access and refresh token of two services, a hundred times"
    live = [token for token in tokens if requests.post(f"{sandbox.standin.url}/v2/oauth2/token/introspect", data={"token": token}, timeout=30,
                                                       auth=(CLIENT_ID, sandbox.kept["client_secret"])).json()["active"]]
    assert live == []


# ---- 13: what Globus asks for on the way ------------------------------------------------------------

CONSENT = {"status": 403, "body": {"code": "ConsentRequired", "message": "Missing required data_access consent", "required_scopes": [
    f"urn:globus:auth:scope:transfer.api.globus.org:all[*https://auth.globus.org/scopes/{SHERLOCK}/data_access]"]}}
DEMANDS = {"consent": CONSENT, **{sample: {"sample": sample} for sample in ("policy_failed", "login_failed", "login_failed_in_message")}}


@pytest.mark.parametrize("call", ["submit", "get endpoint", "submission_id"])
@pytest.mark.parametrize("demand", DEMANDS)
def test_13_each_demand_leads_through_globus_and_the_wish_goes_on_once(connected: Person, pusher: Callable[..., Pusher], globus: Control, db: psycopg.Connection,
                                                                        call: str, demand: str) -> None:
    image = pusher()
    image.push(CONTENT)
    container = container_id(db, image)
    db.execute("delete from transfers")
    globus.fail(call, **DEMANDS[demand])
    answer = connected.transfer(container, STANFORD_GUEST, path="/containers/")
    assert answer.json()["code"] == "globus_step_up", answer.text
    back = connected.follow(connected.return_address(answer.json()["authorize_url"]))
    assert back.status_code == 303 and f"/globus/transfer/{container}" in back.headers["Location"], back.headers["Location"]
    (sent,) = [t for t in connected.json("/api/transfers")["items"] if t["container"].get("id") == container]
    done = reach(connected, sent["id"], "done")
    assert done["path"].startswith("/containers/") and len(globus.tasks()) == 1
