"""The main flow through the official command line client, as a person and as an application."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from standin_harness import (
    ALICE, BOBS, CLIENT_ID, CLIENT_SECRET, LAPTOP, SHERLOCK, SOURCE, STANFORD_GUEST, TRANSFER_ALL,
    ZURICH, Standin,
)

GLOBUS = str(Path(sys.executable).with_name("globus"))
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path, standin: Standin) -> dict[str, str]:
    """An environment with a home of its own, pointed at the stand-in and nothing else."""
    return {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
            "GLOBUS_SDK_SERVICE_URL_AUTH": f"{standin.url}/",
            "GLOBUS_SDK_SERVICE_URL_TRANSFER": f"{standin.url}/"}


@pytest.fixture
def globus(home: dict[str, str]) -> Run:
    def run(*arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([GLOBUS, *arguments], env=home, text=True, timeout=20,
                              capture_output=True, **options)
    return run


def link_login(standin: Standin, home: dict[str, str], *command: str) -> str:
    """A login by link: follow it as the person would, copy the code from the page, paste it."""
    process = subprocess.Popen([GLOBUS, *command, "--no-local-server"], env=home, text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdin and process.stdout
    url = next(line for line in process.stdout if line.startswith(standin.url)).strip()
    page = requests.get(url, timeout=10)
    assert "Authorization Code" in page.text
    code = page.text.partition("<code>")[2].partition("</code>")[0]
    process.stdin.write(code + "\n")
    process.stdin.close()
    output = process.stdout.read()
    assert process.wait(20) == 0, output
    return output


def test_a_person_logs_in_transfers_steps_up_and_logs_out(
        standin: Standin, home: dict[str, str], globus: Run) -> None:
    standin.control("auto", identity=ALICE)
    assert "You have successfully logged in" in link_login(standin, home, "login")
    assert globus("whoami").stdout == "alice@uni.example\n"

    found = json.loads(globus("endpoint", "search", "Stanford", "-F", "json").stdout)
    assert STANFORD_GUEST in {item["id"] for item in found["DATA"]}
    mine = json.loads(globus("endpoint", "search", "--filter-scope", "my-endpoints", "-F", "json").stdout)
    assert LAPTOP in {item["id"] for item in mine["DATA"]}
    assert globus("ls", STANFORD_GUEST).returncode == 0

    (standin.images / "a.sif").write_bytes(b"image")
    submitted = json.loads(globus(
        "transfer", f"{SOURCE}:/a.sif", f"{LAPTOP}:/~/b.sif", "--sync-level", "checksum",
        "--verify-checksum", "--encrypt-data", "--label", "Singularity Registry Transfer",
        "-F", "json").stdout)
    task = submitted["task_id"]
    assert globus("task", "wait", task, "--timeout", "10", "--polling-interval", "1").returncode == 0
    assert "SUCCEEDED" in globus("task", "show", task).stdout
    assert "SUCCEEDED" in globus("task", "event-list", task).stdout
    assert (standin.root_of(LAPTOP) / "home/alice/b.sif").read_bytes() == b"image"

    refused = globus("transfer", f"{SOURCE}:/a.sif", f"{BOBS}:/~/b.sif")
    assert refused.returncode != 0 and "PermissionDenied" in refused.stderr

    needs_consent = globus("ls", SHERLOCK)
    assert "globus session consent" in needs_consent.stdout + needs_consent.stderr
    scope = f"{TRANSFER_ALL}[*https://auth.globus.org/scopes/{SHERLOCK}/data_access]"
    link_login(standin, home, "session", "consent", scope)
    assert globus("ls", SHERLOCK).returncode == 0

    assert globus("logout", "--yes").returncode == 0
    assert globus("ls", LAPTOP).returncode != 0
    assert {e["status"] for e in standin.calls("revoke")} == {200}


def test_an_application_works_with_its_own_credentials(
        standin: Standin, home: dict[str, str], globus: Run) -> None:
    home |= {"GLOBUS_CLI_CLIENT_ID": CLIENT_ID, "GLOBUS_CLI_CLIENT_SECRET": CLIENT_SECRET}
    assert globus("whoami").stdout.strip() == f"{CLIENT_ID}@clients.auth.globus.org"
    assert globus("ls", ZURICH).stdout == "données/\n"

    standin.control("hold", after_bytes=2)
    (standin.images / "a.sif").write_bytes(b"image")
    submitted = json.loads(globus(
        "transfer", f"{SOURCE}:/a.sif", f"{ZURICH}:/a.sif", "-F", "json").stdout)
    assert globus("task", "cancel", submitted["task_id"]).stdout.startswith("The task has been cancelled")
    assert "CANCELED" in globus("task", "event-list", submitted["task_id"]).stdout

    created = globus("endpoint", "permission", "create", f"{SOURCE}:/tacos/", "--permissions", "r",
                     "--identity", "bob@uni.example", "-F", "json")
    rule = json.loads(created.stdout)["access_id"]
    assert "/tacos/" in globus("endpoint", "permission", "list", SOURCE).stdout
    assert globus("endpoint", "permission", "delete", SOURCE, rule).returncode == 0
