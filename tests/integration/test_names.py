"""Names that should not be: whatever stands for a collection, an image or a tag, none of it reaches the file system.

The rule is written here a second time, from the contract of the client and not from the program.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from sandbox.sandbox import Sandbox

from pushing import Pusher, form

CONTENT = b"SIF" * 100
POSITIONS = ("collection", "name", "tag")
PLAIN = {"collection": "names", "name": "image", "tag": "latest"}

SEGMENT = r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?"
RULES = {
    "collection": (re.compile(rf"{SEGMENT}(/{SEGMENT})*"), 250),
    "name": (re.compile(r"[a-z0-9_][a-z0-9._+-]*"), 250),
    "tag": (re.compile(r"[a-z0-9_][a-z0-9._-]*"), 128),
}
STORED = re.compile(r"[0-9]+/sha256\.[0-9a-f]{64}\.sif")

DOTS = [".", "..", "...", "../..", "../etc/passwd", "a/../b", "a/./b", "./a", "a/..", "a/.", ".hidden", "a/.hidden", "..a", ".a.", "~", "~root",
        "..\\..\\x", "/", "//", "/etc/passwd", "//host/share", "a//b", "a/", "/a", "\\", "a\\b", "C:\\x", "file:///etc/passwd"]
ENCODED = ["%2e", "%2e%2e", "%2e%2e%2f", "%2E%2E/", "%252e%252e", "..%2f..%2f", "%2f", "%5c", "%00", "a%00b", "%0a", "%0d%0ax", "%c0%ae%c0%ae",
           "%u002e", "&#46;&#46;", "\\x2e\\x2e", "%", "%%", "%zz", "a%20b"]
CONTROLS = ["\0", "a\0b", "a\0", "\n", "a\nb", "a\n", "\r\n", "a\rb", "\t", "a\tb", " ", "a b", " a", "a ", "\x7f", "a\x7f", "\x1b[2J", "\b\b", "\x01", "\x85", "\xa0"]
LOOKALIKES = ["．．", "․․", "‥", "…", "a／b", "a∕b", "a⁄b", "a＼b", "аvocados", "tасоs", "ＡＢＣ", "ａｂｃ", "ı", "İ", "ſ", "K", "é", "e\u0301", "ß", "a\u200bb", "a\u202eb",
              "\ufeffa", "a\u00adb", "名前", "🌮", "١٢", "²", "ª", "‐a", "a−b", "ⅷ"]
SYNTAX = ["", ":", "a:b", "a:", ":a", "@", "a@b", "@a", "a@", "a:b@c", "'", "a'b", '"', "a;b", "a;ls", "$(id)", "`id`", "a|b", "a&b", "a>b", "<a>", "*", "a*",
          "?", "a?b", "#", "a#b", "[a]", "{a}", "!a", "^a", "a,b", "a=b", "(a)", "$HOME", "%s%n", "' or 1=1--", "-", "-rf", "--help", "+", "+a", "_", "_a", "a-", "a.", "a_", "a+b", "a..b", "a.-_b"]
LONG = ["a" * 128, "a" * 129, "a" * 250, "a" * 251, "a" * 255, "a" * 256, "a" * 1000, "é" * 128, "a/" * 125 + "a", "a/" * 124 + "aa", "." * 300, "../" * 80, "a" * 200 + "/.."]
UPPER = ["A", "ABC", "Tacos", "LATEST"]


@dataclass(frozen=True)
class Case:
    position: str
    value: str

    @property
    def is_valid(self) -> bool:
        rule, longest = RULES[self.position]
        lower = "".join(c.lower() if c.isascii() else c for c in self.value)
        return len(lower) <= longest and rule.fullmatch(lower) is not None

    def pusher(self, sandbox: Sandbox, session: requests.Session) -> Pusher:
        parts = {**PLAIN, self.position: self.value}
        return Pusher(sandbox.url, "alice", sandbox.user("alice")["token"], **parts, session=session)


CASES = [Case(position, value) for position, value in itertools.product(POSITIONS, DOTS + ENCODED + CONTROLS + LOOKALIKES + SYNTAX + LONG + UPPER)]
INVALID = [case for case in CASES if not case.is_valid]


def entries(root: Path) -> set[str]:
    """Everything below the root, directories too."""
    return {str(path.relative_to(root)) for path in root.rglob("*")}


@pytest.fixture(scope="module")
def session() -> requests.Session:
    return requests.Session()


@pytest.fixture(autouse=True)
def nothing_new_on_disk(sandbox: Sandbox) -> Iterator[None]:
    """One good image first, so that there is something to lose; after the test the same names stand there, and no others."""
    good = Pusher(sandbox.url, "alice", sandbox.user("alice")["token"], **PLAIN)
    assert good.push(CONTENT).status_code == 200
    before = entries(sandbox.layout.images)
    around = entries_of(sandbox.layout.images.parent)
    yield
    assert entries(sandbox.layout.images) == before
    assert entries_of(sandbox.layout.images.parent) == around
    assert all(STORED.fullmatch(name) for name in before if "/" in name), before
    assert good.stored_digest() is not None


def entries_of(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


def test_the_table_holds_what_it_should() -> None:
    assert len(INVALID) >= 300 and len(set(CASES)) == len(CASES)
    assert {case.value for case in CASES if case.is_valid} >= {"a..b", "A", "a" * 128}


def test_a_ticket_is_given_for_valid_names_only(sandbox: Sandbox, session: requests.Session) -> None:
    wrong = []
    for case in CASES:
        answer = case.pusher(sandbox, session).ask()
        expected = answer.status_code == 200 if case.is_valid else answer.status_code == 400 and bool(answer.json()["detail"])
        if not expected or (not case.is_valid and "\0" not in case.value and answer.json().get("field") != case.position):
            wrong.append((case, answer.status_code, answer.text))
    assert not wrong, wrong


def test_a_push_under_such_a_name_is_refused(sandbox: Sandbox, session: requests.Session) -> None:
    wrong = []
    for case in INVALID:
        good = Pusher(sandbox.url, "alice", sandbox.user("alice")["token"], **PLAIN, session=session)
        parts = good.parts(good.ticket(), CONTENT)
        for part in parts:
            if part.name == case.position:
                part.value = case.value.encode()
        answer = good.send(form(parts))
        if answer.status_code not in (400, 403, 404):
            wrong.append((case, answer.status_code, answer.text))
    assert not wrong, wrong


def test_the_files_own_name_says_nothing(sandbox: Sandbox, session: requests.Session) -> None:
    for value in DOTS:
        good = Pusher(sandbox.url, "alice", sandbox.user("alice")["token"], **PLAIN, session=session)
        parts = good.parts(good.ticket(), CONTENT)
        parts[-1].filename = value.replace("\\", "\\\\").replace('"', '\\"')
        answer = good.send(form(parts))
        assert answer.status_code == 200, (value, answer.text)


# requests would resolve dot segments itself; the address that is prepared last is sent as it stands
def ask(session: requests.Session, method: str, url: str, headers: dict[str, str]) -> requests.Response:
    prepared = session.prepare_request(requests.Request(method, url, headers=headers))
    prepared.url = url
    return session.send(prepared, timeout=60, allow_redirects=False)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_no_image_is_found_under_such_a_name(sandbox: Sandbox, session: requests.Session, method: str) -> None:
    """400 for what is no address, 404 for what can be no name; where ``/``, ``:`` or ``@`` shift the parts, or dots lead
    elsewhere, the rest may be a name: then nothing but "not there" or "not you"."""
    wrong = []
    for case in INVALID:
        pusher = case.pusher(sandbox, session)
        kind = "pull" if method == "GET" else "delete"
        path = "/".join(quote(part, safe="") for part in (pusher.collection, f"{pusher.name}:{pusher.tag}"))
        answer = ask(session, method, sandbox.url + "/api/container/" + path, {"Authorization": pusher.sign(kind)})
        shifted = any(mark in case.value for mark in "/:@.") or case.value == ""
        if answer.status_code not in ((400, 403, 404, 405) if shifted else (400, 404)):
            wrong.append((case, answer.status_code, answer.text))
    assert not wrong, wrong


def test_no_collection_is_found_under_such_a_name(sandbox: Sandbox, session: requests.Session) -> None:
    """The client wants 200 and an empty object for a collection that is not there. Dots that lead out of the API are
    resolved by nginx; what they lead to is the home page, which is no answer of the API."""
    there = ask(session, "GET", f"{sandbox.url}/api/collection/{PLAIN['collection']}", {})
    assert there.status_code == 200 and there.json() != {}
    wrong = []
    for case in (case for case in INVALID if case.position == "collection" and case.value):
        answer = ask(session, "GET", f"{sandbox.url}/api/collection/{quote(case.value, safe='')}", {})
        nothing = answer.status_code in (400, 404) or (answer.status_code == 200 and answer.text == "{}")
        is_home = "<title>Home" in answer.text
        if not nothing and not (is_home and ".." in case.value.split("/")):
            wrong.append((case, answer.status_code, answer.text))
    assert not wrong, wrong
