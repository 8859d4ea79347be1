"""Globus switched off, and a program built without it: the registry is whole, and nothing of Globus is there (docs/adr/0026)."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.layout import REPOSITORY
from sandbox.sandbox import Sandbox

from person import Person
from pushing import Pusher
from wishes import CONTENT

SETTINGS = {"ENABLE_GLOBUS": "false", "LOGIN_METHODS": "local"}
FORMS = ("switched off", "built without")


@pytest.fixture(scope="module", params=FORMS)
def registry(request: pytest.FixtureRequest, make_sandbox: Callable[..., Sandbox], binary: Path, plain_binary: Path) -> Sandbox:
    return make_sandbox(binary=binary if request.param == "switched off" else plain_binary, settings=SETTINGS, users=("alice", "admin"))


@pytest.fixture(scope="module")
def globus_routes(binary: Path) -> list[tuple[str, str]]:
    """Method and address of each, from the table of a program that has them."""
    rows = json.loads(subprocess.run([binary, "routes", "--json"], capture_output=True, text=True, check=True).stdout)["items"]
    found = [(method, re.sub(r"\{[^}]+\}", "1", row["path"])) for row in rows if row["feature"] == "globus" for method in row["methods"].split(", ")]
    assert len(found) > 40
    return found


def without_ids(answer: requests.Response) -> tuple[Any, ...]:
    """What an answer says, apart from which request it answers."""
    body = re.sub(answer.headers["X-Request-Id"], "ID", answer.text) if "X-Request-Id" in answer.headers else answer.text
    return answer.status_code, re.sub(r"[0-9a-f]{32}", "ID", body), sorted(set(answer.headers) - {"Date", "Content-Length"})


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_its_routes_answer_as_addresses_that_do_not_exist(registry: Sandbox, globus_routes: list[tuple[str, str]], accept: str) -> None:
    alice = Person(registry.url, "alice", registry.user("alice")["password"]).sign_in()
    visitor = Person(registry.url, "nobody", "")
    for person in (alice, visitor):
        for method, path in globus_routes:
            nothing = "/api/no/such/address" if path.startswith("/api/") else "/globus/no/such/address"
            answers = [person.request(method, address, headers={"Accept": accept}) for address in (path, nothing)]
            assert answers[0].status_code == 404 and "lobus" not in answers[0].text.replace(path, ""), f"{method} {path}: {answers[0].text}"
            assert without_ids(answers[0])[2] == without_ids(answers[1])[2], f"{method} {path}"


def test_the_registry_is_whole(registry: Sandbox) -> None:
    alice = Person(registry.url, "alice", registry.user("alice")["password"]).sign_in()
    image = Pusher(registry.url, "alice", registry.user("alice")["token"], "whole", "image")
    assert image.push(CONTENT).status_code == 200
    manifest = alice.json("/api/container/whole/image:latest")
    assert requests.get(manifest["image"], timeout=60).content == CONTENT
    me = alice.json("/api/me")
    assert me["site"]["globus_enabled"] is False and me["site"]["globus_login"] is False and me["globus"] is None and me["under_way"] is False
    assert registry.is_ready()
    assert registry.program.run("agent", "once").returncode == 0


def test_no_secret_of_it_is_asked_for(registry: Sandbox) -> None:
    """Without the lines of Globus the settings are complete."""
    kept = {key: value for key, value in registry.settings().items() if "GLOBUS" not in key}
    registry.program.write_settings(kept)
    done = registry.program.run("settings", "check", check=False)
    registry.program.write_settings(registry.settings())
    assert done.returncode == 0, done.stdout + done.stderr


# -- built without --------------------------------------------------------------------------------


def defined_in(*files: Path) -> set[str]:
    """Functions with a name that a linker sees."""
    listed = subprocess.run(["nm", "--defined-only", *files], capture_output=True, text=True, check=True).stdout
    return {line.split()[2] for line in listed.splitlines() if re.match(r"[0-9a-f]+ T ", line)}


def test_no_function_of_its_modules_is_in_the_program(plain_binary: Path) -> None:
    made = REPOSITORY / "build/asan"
    functions = defined_in(*(made / f"libtransload_{module}.a" for module in ("globus", "transfer", "setup")))
    assert len(functions) > 60 and "link_begin" in defined_in(made / "libtransload_account.a")
    assert not (functions | {"link_begin", "link_with_token", "signin_begin"}) & defined_in(plain_binary)


@pytest.mark.parametrize("command", [("routes",), ("doctor", "list"), ("--help",)])
def test_no_table_speaks_of_it(plain_binary: Path, command: tuple[str, ...]) -> None:
    done = subprocess.run([plain_binary, *command], capture_output=True, text=True, check=True)
    assert done.stdout and not [line for line in done.stdout.splitlines() if re.search(r"globus|endpoint|/transfer", line, re.IGNORECASE)]


def test_settings_that_ask_for_it_are_refused(plain_binary: Path, sandbox: Sandbox) -> None:
    done = subprocess.run([plain_binary, "settings", "check", "--settings", sandbox.layout.settings], capture_output=True, text=True)
    assert done.returncode != 0 and "ENABLE_GLOBUS is true, but this program was built without Globus" in done.stdout + done.stderr


def test_it_says_how_it_was_built(binary: Path, plain_binary: Path) -> None:
    said = [json.loads(subprocess.run([path, "version", "--json"], capture_output=True, text=True, check=True).stdout) for path in (binary, plain_binary)]
    assert [each.pop("globus") for each in said] == [True, False] and said[0] == said[1]


def test_the_portal_has_no_page_and_no_module_of_it_alone(plain_binary: Path) -> None:
    names = {file.name for file in (plain_binary.parent / "www").rglob("*") if file.is_file()}
    assert {"home.html", "collection.js"} < names
    assert not [name for name in names if re.match(r"(endpoints|transfers?\.|transfercancel)", name)]
