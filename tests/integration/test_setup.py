"""``transload globus setup``: the source collection made or taken without a browser on the server, and safe to run again."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.sandbox import Sandbox
from sandbox.standin import Control

from world import BOB, CAROL, DTN, REFERENCE, SOURCE

HOST = "e0000000-0000-4000-8000-000000000777"
SUBSCRIPTION = "50b50000-0000-4000-8000-000000000001"
CAROL_ID = "ca201000-0000-4000-8000-000000000003"
EVERYBODY = ("all_authenticated_users", "/", "r")
READS = {"token: client_credentials", "get endpoint", "access list"}


class Desk:
    """An administrator with a terminal: settings of his own, the files of Globus Connect Personal, and a browser elsewhere."""

    def __init__(self, sandbox: Sandbox, globus: Control, directory: Path) -> None:
        self.sandbox, self.globus = sandbox, globus
        self.settings = directory / "transload.conf"
        self.gcp = directory / "lta"
        self.gcp.mkdir()
        (self.gcp / "client-id.txt").write_text(f"{HOST}\n")
        (self.gcp / "config-paths").write_text("~/,0,1\n")
        self.write()

    def write(self, **settings: str) -> None:
        values = self.sandbox.settings() | {"ENABLE_GLOBUS": "false", "LOGIN_METHODS": "local", "PLUGIN_GLOBUS_ENDPOINT": ""} | settings
        lines = [f"{key}={value}" for key, value in sorted(values.items()) if value]
        self.settings.write_text("\n".join(["# by hand", *lines, "#PLUGIN_GLOBUS_ENDPOINT=", "# the end", ""]))
        self.settings.chmod(0o640)

    def run(self, *arguments: str, identity: str = CAROL, paste: str | None = None, crash: str = "") -> tuple[subprocess.CompletedProcess[str], bool]:
        """One run; whether it asked for a sign-in, which the browser elsewhere then does."""
        command = [str(self.sandbox.program.binary), "globus", "setup", "--json", "--gcp", str(self.gcp), "--settings", str(self.settings), *arguments]
        armed = self.settings.with_name("crash")
        if crash:
            armed.write_text(crash)
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/",
                                   env=self.sandbox.program.environment | {"TRANSLOAD_CRASH_FILE": str(armed)})
        said = self.read_until(process, b"address: ")
        asked = b"address: " in said
        if asked:
            url = next(line.strip() for line in said.decode().splitlines() if "/oauth2/authorize" in line)
            process.stdin.write(((self.sign_in(url, identity) if paste is None else paste) + "\n").encode())
            process.stdin.flush()
        out, err = process.communicate(timeout=60)
        armed.unlink(missing_ok=True)
        return subprocess.CompletedProcess(command, process.returncode, out.decode(), (said + err).decode()), asked

    @staticmethod
    def read_until(process: subprocess.Popen[bytes], end: bytes) -> bytes:
        said, until = b"", time.monotonic() + 60
        while end not in said and time.monotonic() < until:
            if not select.select([process.stderr], [], [], 1)[0]:
                continue
            piece = os.read(process.stderr.fileno(), 65536)
            if not piece:
                break
            said += piece
        return said

    def sign_in(self, url: str, identity: str) -> str:
        """The address on which the browser ends."""
        self.globus.auto(identity)
        answer = requests.get(url, allow_redirects=False, timeout=60)
        assert answer.status_code in (302, 303), answer.text
        return answer.headers["Location"]

    def source(self) -> dict[str, Any]:
        """What Globus has as the recorded collection."""
        line = next(line for line in self.settings.read_text().splitlines() if line.startswith("PLUGIN_GLOBUS_ENDPOINT="))
        return next(e for e in self.globus.get("world")["endpoints"] if e["id"] == line.partition("=")[2])

    def guests(self) -> list[dict[str, Any]]:
        return [e for e in self.globus.get("world")["endpoints"] if e["on"] == HOST]


@pytest.fixture(scope="module", autouse=True)
def nobody_else(sandbox: Sandbox) -> Iterator[None]:
    """The agent talks to Globus too, and calls are counted here."""
    sandbox.processes.stop("agent")
    yield
    sandbox.program.start_agent()


@pytest.fixture
def desk(sandbox: Sandbox, globus: Control, tmp_path: Path) -> Desk:
    globus.post("endpoint", id=HOST, owner_id=CAROL_ID, entity_type="GCP_mapped_collection", root="/", subscription_id=SUBSCRIPTION, gcp_connected=True)
    return Desk(sandbox, globus, tmp_path)


def outcomes(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode in (0, 1) and done.stdout, done.stderr
    return [step["outcome"] for step in json.loads(done.stdout)["steps"]]


def rules(source: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(rule["principal_type"], rule["path"], rule["permissions"]) for rule in source["rules"]]


def test_the_first_run_makes_all_of_it(desk: Desk) -> None:
    done, asked = desk.run()
    assert asked and done.returncode == 0, done.stderr
    assert outcomes(done) == ["done"] * 5
    source = desk.source()
    assert source["entity_type"] == "GCP_guest_collection" and source["host_path"] == f"{desk.sandbox.layout.images}/"
    client = desk.sandbox.settings()["SOCIAL_AUTH_GLOBUS_KEY"]
    assert [(role["principal"], role["role"]) for role in source["roles"]] == [(client, "access_manager")]
    assert rules(source) == [EVERYBODY]
    assert (desk.gcp / "config-paths").read_text() == f"~/,0,1\n{desk.sandbox.layout.images}/,1,0\n"
    text = desk.settings.read_text()
    assert text.startswith("# by hand\n") and text.endswith("# the end\n") and text.count("PLUGIN_GLOBUS_ENDPOINT") == 1
    assert desk.settings.stat().st_mode & 0o777 == 0o640
    assert len(json.loads(done.stdout)["redirect_uris"]) == 6


def test_the_second_run_changes_nothing_and_asks_for_no_sign_in(desk: Desk) -> None:
    desk.run()
    before, calls = (desk.settings.read_text(), (desk.gcp / "config-paths").read_text()), len(desk.globus.calls())
    done, asked = desk.run()
    assert not asked and done.returncode == 0 and set(outcomes(done)) == {"was so"}
    assert (desk.settings.read_text(), (desk.gcp / "config-paths").read_text()) == before
    assert {call["call"] for call in desk.globus.calls()[calls:]} <= READS


@pytest.mark.parametrize("crash", ["setup:before_create", "setup:after_create", "setup:after_record", "setup:after_role"])
def test_a_run_that_died_is_finished_by_the_next(desk: Desk, crash: str) -> None:
    died, _ = desk.run(crash=crash)
    assert died.returncode < 0, died.stderr
    done, _ = desk.run()
    assert done.returncode == 0, done.stderr
    assert len(desk.guests()) == 1 and rules(desk.source()) == [EVERYBODY]
    assert len(desk.source()["roles"]) == 1


def test_nothing_of_the_sign_in_is_left(desk: Desk) -> None:
    desk.run()
    assert len(desk.globus.calls("revoke")) >= 2
    issued = desk.globus.calls("token: authorization_code")
    assert len(issued) == 1


def test_per_user_makes_no_rule_for_all(desk: Desk) -> None:
    desk.write(GLOBUS_SOURCE_ACCESS="per-user")
    done, _ = desk.run()
    assert done.returncode == 0 and rules(desk.source()) == []
    desk.globus.post("endpoint", id=desk.source()["id"], rules=[{"principal_type": "all_authenticated_users", "principal": "", "path": "/", "permissions": "r"}])
    done, _ = desk.run()
    assert done.returncode == 1 and "to do" in outcomes(done), "what opens the images is told, not touched"
    assert rules(desk.source()) == [EVERYBODY]


def test_a_collection_that_is_there_is_taken(desk: Desk) -> None:
    done, asked = desk.run("--collection", SOURCE)
    assert not asked and done.returncode == 0, done.stderr
    assert desk.source()["id"] == SOURCE and desk.guests() == []


def test_a_personal_collection_is_only_what_the_source_lies_on(desk: Desk) -> None:
    done, _ = desk.run("--collection", HOST)
    assert done.returncode == 0 and desk.source()["on"] == HOST


def test_a_collection_without_the_role_is_told(desk: Desk) -> None:
    done, _ = desk.run("--collection", REFERENCE)
    assert done.returncode == 1
    (left,) = [step["text"] for step in json.loads(done.stdout)["steps"] if step["outcome"] == "to do" and "Access manager" in step["text"]]
    assert "clients.auth.globus.org" in left


@pytest.mark.parametrize("paste, words", [("", "no code"), ("https://registry.example.org/globus/login?code=x&state=setup.other", "no code"), ("not-a-code-of-globus", "did not accept")])
def test_what_is_no_code_changes_nothing(desk: Desk, paste: str, words: str) -> None:
    before = desk.settings.read_text()
    done, _ = desk.run(paste=paste)
    assert done.stdout == "" and words in done.stderr, done.stderr
    assert desk.settings.read_text() == before and desk.guests() == []


def test_the_wrong_person_and_a_missing_subscription_are_told(desk: Desk) -> None:
    done, _ = desk.run(identity=BOB)
    assert done.stdout == "" and "must be yours" in done.stderr
    desk.globus.post("endpoint", id=HOST, subscription_id=None)
    done, _ = desk.run()
    assert done.stdout == "" and "subscription" in done.stderr and desk.guests() == []


def test_a_settings_file_that_cannot_be_written_gets_its_line_told(desk: Desk) -> None:
    text = desk.settings.read_text()
    directory = desk.settings.with_name("transload.conf.new")
    directory.mkdir()
    done, _ = desk.run()
    assert done.returncode == 1
    (left,) = [step["text"] for step in json.loads(done.stdout)["steps"] if step["outcome"] == "to do"]
    assert f"PLUGIN_GLOBUS_ENDPOINT={desk.guests()[0]['id']}" in left and desk.settings.read_text() == text


def test_without_globus_connect_personal_it_says_what_to_name(desk: Desk) -> None:
    (desk.gcp / "client-id.txt").unlink()
    done, asked = desk.run()
    assert not asked and done.returncode and "--collection" in done.stderr
    done, _ = desk.run("--host", "x")
    assert "--host needs" in done.stderr


def test_the_status_tells_what_there_is(desk: Desk) -> None:
    desk.run()

    def status(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(desk.sandbox.program.binary), "globus", "status", *arguments, "--settings", str(desk.settings)]
        return subprocess.run(command, capture_output=True, text=True, cwd="/", env=desk.sandbox.program.environment, timeout=60)

    said = json.loads(status("--json").stdout)
    assert said == {"id": desk.source()["id"], "name": "Transload sandbox images", "owner": CAROL, "kind": "GCP_guest_collection", "access": "public",
                    "rules": "managed by this registry", "readers": "everybody"}
    assert f"owner    {CAROL}" in status().stdout
    desk.write()
    assert status().returncode != 0 and "transload globus setup" in status().stderr
    desk.write(PLUGIN_GLOBUS_ENDPOINT=DTN)
    assert json.loads(status("--json").stdout)["kind"] == "GCSv5_endpoint"


def test_the_page_at_the_end_shows_the_code_and_uses_nothing_up(desk: Desk) -> None:
    for path in ("/globus/login", "/globus/login/"):
        page = requests.get(f"{desk.sandbox.url}{path}?code=abc&state=setup.xyz", timeout=60, allow_redirects=False)
        assert page.status_code == 200 and "/pages/code.js" in page.text and "abc" not in page.text
    assert desk.globus.calls("token: authorization_code") == []
