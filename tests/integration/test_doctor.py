"""The doctor: all well on a sandbox, and each thing that can be wrong found and named."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sandbox.sandbox import Sandbox
from sandbox.standin import Control
from sandbox.waiting import free_port

from certificates import Authority
from pushing import Pusher
from world import DTN, LAPTOP, REFERENCE, SHERLOCK, SOURCE

EVERYBODY = {"principal_type": "all_authenticated_users", "principal": "", "path": "/", "permissions": "r"}


class Patient:
    """A registry, and the doctor with other settings than it runs with."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def ask(self, **settings: str) -> tuple[dict[str, dict[str, Any]], int]:
        """What was found, by check, and the exit code."""
        file = self.sandbox.layout.state / "doctor.conf"
        file.touch(mode=0o600)
        file.write_text("".join(f"{key}={value}\n" for key, value in (self.sandbox.settings() | settings).items()))
        command = [str(self.sandbox.program.binary), "doctor", "--json", "--settings", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", env=self.sandbox.program.environment, timeout=120)
        assert done.stderr == "" and done.returncode in (0, 1), done.stderr
        for secret in ("SOCIAL_AUTH_GLOBUS_SECRET", "SECRET_KEY"):
            assert (self.sandbox.settings() | settings)[secret] not in done.stdout
        return {item["check"]: item for item in json.loads(done.stdout)["items"]}, done.returncode

    def finds(self, check: str, result: str, words: str, **settings: str) -> dict[str, dict[str, Any]]:
        """That this check says so; a problem decides the exit code and comes with a remedy."""
        found, code = self.ask(**settings)
        assert (found[check]["result"], words in found[check]["text"]) == (result, True), found[check]
        assert bool(found[check]["remedy"]) == (result in ("problem", "warning")), found[check]
        assert code == any(item["result"] == "problem" for item in found.values())
        return found


@pytest.fixture
def patient(sandbox: Sandbox, globus: Control, pusher: Callable[..., Pusher]) -> Patient:
    assert pusher().push(b"an image for the doctor").status_code == 200
    return Patient(sandbox)


@pytest.fixture(scope="module")
def guarded(make_sandbox: Callable[..., Sandbox]) -> Iterator[Patient]:
    sandbox = make_sandbox(settings={"GLOBUS_SOURCE_ACCESS": "per-user"})
    yield Patient(sandbox)
    sandbox.down()


def test_a_healthy_registry_is_told_so(patient: Patient, globus: Control) -> None:
    found, code = patient.ask(MAX_IMAGE_SIZE="1000000")
    assert {name for name, item in found.items() if item["result"] != "ok"} == {"certificate"} and code == 0, found
    assert found["certificate"]["result"] == "skipped", "there is none on loopback"
    assert not list(patient.sandbox.layout.images.glob("transload-doctor-*"))
    assert rules(globus) == [EVERYBODY], "what was tried is taken away again"


def rules(globus: Control) -> list[dict[str, Any]]:
    source = next(endpoint for endpoint in globus.get("world")["endpoints"] if endpoint["id"] == SOURCE)
    return [{key: rule[key] or "" for key in EVERYBODY} for rule in source["rules"]]


def test_people_read_one_line_a_check_and_the_remedy_below(patient: Patient) -> None:
    patient.sandbox.standin.control.post("endpoint", id=SOURCE, read_only=False, rules=[EVERYBODY | {"permissions": "rw"}])
    done = patient.sandbox.program.run("doctor", check=False)
    lines = done.stdout.splitlines()
    assert done.returncode == 1 and lines[0].startswith("ok       settings")
    at = next(i for i, line in enumerate(lines) if line.startswith("problem  read_only"))
    assert "config-paths" in lines[at + 1] and lines[at + 1].startswith(" " * 24)


def test_settings_that_are_wrong(patient: Patient) -> None:
    found = patient.finds("settings", "problem", "API_WORKERS", API_WORKERS="many")
    assert {item["result"] for name, item in found.items() if name != "settings"} == {"skipped"}
    found = patient.finds("settings", "warning", "SOCIAL_AUTH_GLOBUS_USERNAME should be", SOCIAL_AUTH_GLOBUS_USERNAME="somebody@uni.example")
    assert found["database"]["result"] == "ok"
    command = [str(patient.sandbox.program.binary), "doctor", "--json", "--settings", "/nonexistent.conf"]
    done = subprocess.run(command, capture_output=True, text=True, env=patient.sandbox.program.environment, timeout=30)
    assert done.returncode == 1 and "/nonexistent.conf" in json.loads(done.stdout)["items"][0]["text"]


def test_what_does_not_run(patient: Patient, globus: Control) -> None:
    with psycopg.connect(patient.sandbox.database.url, autocommit=True) as db:
        db.execute("update processes set seen_at = now() - interval '4 minutes' where role <> 'api'")
        patient.finds("processes", "problem", "Not seen for three minutes: upload, agent.")
        db.execute("update processes set seen_at = now()")


def test_a_database_that_is_away(patient: Patient) -> None:
    found = patient.finds("database", "problem", "database", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert found["source"]["result"] == "ok", "the rest is looked at all the same"
    assert found["readable"]["result"] == "skipped"


def test_a_schema_that_is_not_this_programs(patient: Patient) -> None:
    empty = patient.sandbox.settings()["DATABASE_URL"].removesuffix("/transload") + "/postgres"
    found = patient.finds("database", "problem", "schema", DATABASE_URL=empty)
    assert "transload migrate" in found["database"]["remedy"] and found["readable"]["result"] == "skipped"


def test_a_store_that_cannot_be_written(patient: Patient) -> None:
    patient.finds("store", "problem", "", IMAGES_ROOT="/proc")


def test_a_store_that_is_not_there(patient: Patient) -> None:
    found = patient.finds("store", "problem", "", IMAGES_ROOT="/nonexistent")
    assert found["space"]["result"] == "skipped"


def test_too_little_space(patient: Patient) -> None:
    patient.finds("space", "warning", "less than the largest image", MAX_IMAGE_SIZE="1125899906842624")


@pytest.mark.parametrize("url, words", [("http://127.0.0.1:1", "does not answer"), ("http://registry.example.org", "does not answer"), ("globus", "not as this registry does")])
def test_an_address_that_does_not_lead_here(patient: Patient, url: str, words: str) -> None:
    url = patient.sandbox.standin.url if url == "globus" else url
    found = patient.finds("public_url", "problem", words, DOMAIN_NAME=url)
    assert found["routing"]["result"] == found["uploads"]["result"] == "skipped"


@pytest.fixture
def nginx(patient: Patient) -> Iterator[Callable[[str, str], None]]:
    """Another text in nginx's locations, until the test ends."""
    file = patient.sandbox.layout.nginx / "transload-locations.conf"
    before = file.read_text()

    def change(old: str, new: str) -> None:
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
        patient.sandbox.nginx.stop()
        patient.sandbox.nginx.start()

    yield change
    file.write_text(before)
    patient.sandbox.nginx.stop()
    patient.sandbox.nginx.start()


@pytest.mark.parametrize("days, result, words", [("90", "ok", "is trusted"), ("10", "warning", "ends in")])
def test_a_certificate_and_its_end(patient: Patient, nginx: Callable[[str, str], None], tmp_path: Path, days: str, result: str, words: str) -> None:
    ca = Authority(tmp_path)
    url = listen_with(nginx, *ca.issue("registry", days=days))
    found = patient.finds("public_url", "problem", "certificate", DOMAIN_NAME=url)
    assert found["certificate"]["result"] == "skipped", "nobody here trusts it"
    found = patient.finds("certificate", result, words, DOMAIN_NAME=url, CA_FILE=str(ca.certificate))
    left = int(re.search(r"(\d+) days", found["certificate"]["text"])[1])  # type: ignore[index]
    assert left in (int(days) - 1, int(days)) and found["public_url"]["result"] == found["uploads"]["result"] == "ok"


def test_a_certificate_that_ended(patient: Patient, nginx: Callable[[str, str], None], tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    url = listen_with(nginx, *ca.issue("registry", days="-1"))
    patient.finds("public_url", "problem", "certificate has expired", DOMAIN_NAME=url, CA_FILE=str(ca.certificate))


def listen_with(nginx: Callable[[str, str], None], certificate: Path, key: Path) -> str:
    """nginx speaks TLS with it, too, at the address that comes back."""
    port = free_port()
    nginx("# Transload, server level", f"listen 127.0.0.1:{port} ssl;\nssl_certificate {certificate};\nssl_certificate_key {key};\n#")
    return f"https://127.0.0.1:{port}"


def test_a_body_limit_that_is_too_small(patient: Patient, nginx: Callable[[str, str], None]) -> None:
    nginx("client_max_body_size 101g;", "client_max_body_size 1m;")
    patient.finds("uploads", "problem", "for its size")


def test_a_body_limit_below_the_largest_image(patient: Patient, nginx: Callable[[str, str], None]) -> None:
    nginx("client_max_body_size 101g;", "client_max_body_size 1g;")
    patient.finds("uploads", "problem", "5000000000 bytes", MAX_IMAGE_SIZE="5000000000")
    patient.finds("uploads", "ok", "MAX_IMAGE_SIZE pass", MAX_IMAGE_SIZE="1000000000")


def test_images_that_nginx_hands_to_everybody(patient: Patient, nginx: Callable[[str, str], None]) -> None:
    nginx("location ^~ /_images/ {\n    internal;", "location ^~ /_images/ {\n    autoindex on;")
    patient.finds("routing", "problem", "/_images/")


def test_an_upload_pool_that_is_stopped(patient: Patient) -> None:
    patient.sandbox.processes.stop("upload")
    try:
        patient.finds("uploads", "problem", "502")
    finally:
        patient.sandbox.program.start_pool("upload")


@pytest.mark.parametrize("seconds, words", [(-3600, "s ahead of that of Globus"), (600, "s behind that of Globus")])
def test_a_clock_that_is_wrong(patient: Patient, globus: Control, seconds: int, words: str) -> None:
    globus.post("clock", advance_s=seconds)
    patient.finds("clock", "problem", words)


def test_a_secret_that_is_wrong_and_a_globus_that_is_away_are_told_apart(patient: Patient, globus: Control) -> None:
    found = patient.finds("client", "problem", "", SOCIAL_AUTH_GLOBUS_SECRET="not-the-secret-at-all")
    assert "SOCIAL_AUTH_GLOBUS_SECRET" in found["client"]["remedy"]
    assert {found[check]["result"] for check in ("redirect_uris", "source", "access", "readable", "read_only")} == {"skipped"}
    globus.fail("token: client_credentials", sample="service_unavailable", times=9)
    found = patient.finds("client", "problem", "")
    assert "reach" in found["client"]["remedy"]


def test_redirect_uris_that_are_not_registered_are_named(patient: Patient) -> None:
    elsewhere = "https://registry.example.org"
    found = patient.finds("redirect_uris", "problem", f"{elsewhere}/globus_auth/login, ", DOMAIN_NAME=elsewhere)
    assert found["redirect_uris"]["text"].count("http") == 6 and "stranger" not in found["redirect_uris"]["text"]


def test_redirect_uris_of_which_nothing_can_be_told(patient: Patient, globus: Control) -> None:
    globus.fail("authorize", sample="service_unavailable", times=3)
    patient.finds("redirect_uris", "warning", "did not say")
    globus.fail("authorize", status=302, body="", times=7)
    patient.finds("redirect_uris", "skipped", "until somebody signs in")


@pytest.mark.parametrize("source, result, words", [
    (LAPTOP, "problem", "not"), (SHERLOCK, "warning", "mapped collection"), (DTN, "problem", "no collection"),
    ("e0000000-0000-4000-8000-00000000ffff", "problem", ""),
])
def test_a_source_of_the_wrong_kind(patient: Patient, globus: Control, source: str, result: str, words: str) -> None:
    if source == LAPTOP:
        globus.post("endpoint", id=LAPTOP, public=True)
        words = "serves only its owner"
    patient.finds("source", result, words, PLUGIN_GLOBUS_ENDPOINT=source)


def test_a_source_that_sleeps(patient: Patient, globus: Control) -> None:
    globus.post("endpoint", id=SOURCE, gcp_connected=False)
    patient.finds("source", "problem", "not connected")
    globus.post("endpoint", id=SOURCE, gcp_connected=True, gcp_paused=True)
    patient.finds("source", "problem", "paused")


def test_a_fence_that_is_no_fence(guarded: Patient) -> None:
    control = guarded.sandbox.standin.control
    control.post("endpoint", id=SOURCE, rules=[EVERYBODY | {"path": "/7/"}])
    guarded.finds("access", "problem", "/7/ of the source")
    group = "90000000-0000-4000-8000-000000000001"
    control.post("endpoint", id=SOURCE, rules=[{"principal_type": "group", "principal": group, "path": "/", "permissions": "r"}])
    guarded.finds("access", "warning", group)
    guarded.finds("access", "problem", "only a guest collection has rules", PLUGIN_GLOBUS_ENDPOINT=SHERLOCK)
    control.reset()
    control.fail("access list", sample="service_unavailable", times=9)
    guarded.finds("access", "problem", "maintenance")
    control.reset()


def test_rules_that_are_not_what_the_setting_says(patient: Patient, globus: Control, guarded: Patient) -> None:
    globus.post("endpoint", id=SOURCE, rules=[])
    patient.finds("access", "problem", "no rule lets everybody read")
    guarded.finds("access", "ok", "rule of their own")
    guarded.sandbox.standin.control.post("endpoint", id=SOURCE, rules=[EVERYBODY])
    guarded.finds("access", "problem", "private images too")
    guarded.sandbox.standin.control.reset()
    guarded.sandbox.standin.control.fail("access list", sample="permission_denied", times=1)
    guarded.finds("access", "problem", "may not manage")
    globus.post("endpoint", id=SOURCE, rules=[EVERYBODY])
    globus.fail("access list", sample="permission_denied", times=1)
    patient.finds("access", "warning", "not shown")


def test_a_collection_that_serves_something_else(patient: Patient) -> None:
    patient.finds("readable", "problem", "not found there", PLUGIN_GLOBUS_ENDPOINT=REFERENCE)
    patient.finds("readable", "problem", "/elsewhere/", GLOBUS_SOURCE_PATH="/elsewhere/")


def test_a_registry_without_an_image_and_one_with_a_fence(guarded: Patient) -> None:
    everybody = {"GLOBUS_SOURCE_ACCESS": "public"}
    guarded.finds("readable", "skipped", "no image yet")
    control = guarded.sandbox.standin.control
    control.post("endpoint", id=SOURCE, rules=[EVERYBODY])
    guarded.finds("readable", "ok", "can be listed", **everybody)
    guarded.finds("readable", "problem", "", **everybody, GLOBUS_SOURCE_PATH="/elsewhere/")
    control.reset()


def test_a_source_that_can_be_written(patient: Patient, globus: Control, guarded: Patient) -> None:
    globus.post("endpoint", id=SOURCE, read_only=False)
    patient.finds("read_only", "problem", "images can be written")
    assert not list(patient.sandbox.layout.images.glob("transload-doctor-*")), "what was made is removed"
    assert rules(globus) == [EVERYBODY]
    guarded.finds("read_only", "ok", "even with a rule for it")
    guarded.sandbox.standin.control.post("endpoint", id=SOURCE, read_only=False)
    guarded.finds("read_only", "problem", "images can be written")
    guarded.sandbox.standin.control.reset()


@pytest.mark.parametrize("refused, worked", [
    ([], "making a folder, renaming a file, writing a file, deleting a file was tried"),
    (["mkdir"], ": renaming a file, writing a file, deleting a file was tried"),
    (["mkdir", "submit", "submit delete"], ": renaming a file was tried"),
    (["mkdir", "rename", "submit"], ": deleting a file was tried"),
    (["mkdir", "rename", "submit delete"], ": writing a file was tried"),
])
def test_each_way_to_write_is_found_by_itself(patient: Patient, globus: Control, refused: list[str], worked: str) -> None:
    globus.post("endpoint", id=SOURCE, read_only=False)
    for call in refused:
        globus.fail(call, sample="path_not_allowed", times=1)
    patient.finds("read_only", "problem", worked)
    assert not list(patient.sandbox.layout.images.glob("transload-doctor-*"))


def test_an_answer_that_is_lost_hides_nothing(patient: Patient, globus: Control, guarded: Patient) -> None:
    globus.post("endpoint", id=SOURCE, read_only=False)
    globus.fail("mkdir", after="reply", status=503, body={"code": "ServiceUnavailable"}, times=1)
    patient.finds("read_only", "problem", "making a folder was tried")
    control = guarded.sandbox.standin.control
    control.fail("access create", after="accept", times=1)
    guarded.finds("read_only", "ok", "refused")
    assert rules(control) == [], "the right is found and taken back though nobody told its id"
    control.fail("access delete", sample="service_unavailable", times=9)
    guarded.finds("read_only", "warning", "may still be there")
    control.reset()


def test_what_was_neither_refused_nor_done_is_not_called_well(patient: Patient, globus: Control) -> None:
    globus.fail("mkdir", sample="gc_disconnected", times=1)
    patient.finds("read_only", "warning", "not running there")
    globus.post("hold")
    found = patient.finds("read_only", "warning", "writing a file, deleting a file", GLOBUS_TIMEOUT="2")
    assert "making" not in found["read_only"]["text"] and "renaming" not in found["read_only"]["text"]
    tasks = globus.get("tasks")
    assert [task["status"] for task in tasks["tasks"]] == ["FAILED"] * len(tasks["tasks"]), "none goes on when the doctor has left"
    globus.reset()
    patient.finds("read_only", "warning", "does not show", GLOBUS_SOURCE_PATH="/elsewhere/")


def test_a_run_that_died_leaves_nothing_for_the_next(patient: Patient, globus: Control) -> None:
    client, images = patient.sandbox.settings()["SOCIAL_AUTH_GLOBUS_KEY"], patient.sandbox.layout.images
    globus.post("endpoint", id=SOURCE, rules=[EVERYBODY, {"principal_type": "identity", "principal": client, "path": "/", "permissions": "rw"}])
    for name, age_s in (("transload-doctor-old", 7200), ("transload-doctor-young", 60)):
        (images / name / "made").mkdir(parents=True)
        (images / name / "kept").write_text("doctor")
        os.utime(images / name, (time.time() - age_s,) * 2)
    patient.ask()
    assert rules(globus) == [EVERYBODY]
    assert [path.name for path in images.glob("transload-doctor-*")] == ["transload-doctor-young"], "another may be at work there"
    shutil.rmtree(images / "transload-doctor-young")


def test_without_globus_only_the_rest_is_looked_at(patient: Patient) -> None:
    found, code = patient.ask(ENABLE_GLOBUS="false", LOGIN_METHODS="local")
    assert code == 0 and found["client"]["result"] == found["source"]["result"] == "skipped"
