"""What an image says of itself: images made with siftool, mksquashfs, mke2fs and a fingerprint, pushed and shown."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from sandbox.image import DEFINITION, LABELS, make_image
from sandbox.sandbox import Sandbox

from person import Person
from pushing import BOUNDARY, Pusher, form
from wire import Wire
from wishes import container_id

PushMaker = Callable[..., Pusher]
KEY = "433FE984155206BD962725E20E8713472A879943"


def run(*command: str | Path) -> None:
    subprocess.run([str(word) for word in command], check=True, capture_output=True, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})


@pytest.fixture(scope="module")
def sif(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image with everything: what make_image() puts in, what Apptainer keeps for inspection, and a signature."""
    directory = tmp_path_factory.mktemp("facts")
    path = make_image(directory / "image.sif")
    inspected = {"data": {"attributes": {"labels": {"Author": "vs", "org.label-schema.build-arch": "amd64"}}}, "type": "container"}
    (directory / "inspect-metadata.json").write_text(json.dumps(inspected))
    (directory / "signature").write_text("-----BEGIN PGP SIGNED MESSAGE-----\n")
    run("siftool", "add", path, directory / "inspect-metadata.json", "--datatype", "6",
        "--filename", "inspect-metadata.json")
    run("siftool", "add", path, directory / "signature", "--datatype", "5", "--signentity", KEY, "--signhash", "2", "--link", "3")
    return path


def facts_of(sandbox: Sandbox, db: psycopg.Connection, p: Pusher) -> dict[str, Any]:
    answer = requests.get(f"{sandbox.url}/api/portal/containers/{container_id(db, p)}/facts", timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()["facts"]


def pushed(sandbox: Sandbox, db: psycopg.Connection, p: Pusher, content: bytes) -> dict[str, Any]:
    assert p.push(content).status_code == 200
    return facts_of(sandbox, db, p)


def test_a_sif_image_is_described_as_siftool_made_it(sandbox: Sandbox, db: psycopg.Connection, pusher: PushMaker, sif: Path) -> None:
    facts = pushed(sandbox, db, pusher(), sif.read_bytes())
    assert facts["format"] == "sif" and facts["architecture"] == "amd64" and facts["remark"] is None
    assert facts["definition"] == DEFINITION
    built = time.mktime(time.strptime(facts["built_at"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert abs(built - sif.stat().st_mtime) < 60
    assert {label["name"]: label["value"] for label in facts["labels"]} == {
        **LABELS, "Author": "vs", "org.label-schema.build-arch": "amd64"}
    kinds = [(o["id"], o["kind"]) for o in facts["objects"]]
    assert kinds == [(1, "definition file"), (2, "labels"), (3, "partition"), (4, "JSON"), (5, "signature")]
    partition, signature = facts["objects"][2], facts["objects"][4]
    assert (partition["file_system"], partition["role"], partition["architecture"]) == ("squashfs", "primary system", "amd64")
    assert partition["size"] > 64 * 1024 and facts["objects"][3]["name"] == "inspect-metadata.json"
    assert (signature["hash"], signature["fingerprint"]) == ("SHA-384", KEY)


def test_what_is_no_sif_is_stored_and_said_to_be_what_it_is(sandbox: Sandbox, db: psycopg.Connection, pusher: PushMaker,
                                                            tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root/file").write_text("x")
    run("mksquashfs", tmp_path / "root", tmp_path / "squashfs", "-quiet", "-no-progress")
    run("mke2fs", "-q", "-t", "ext3", tmp_path / "ext3", "1024k")
    launch = b"#!/usr/bin/env run-singularity\n"
    cases = {"squashfs": (tmp_path / "squashfs").read_bytes(), "ext3": (tmp_path / "ext3").read_bytes(), "unknown": b"hello"}
    for expected, content in cases.items():
        facts = pushed(sandbox, db, pusher(), content)
        assert facts["format"] == expected and facts["objects"] == [] and facts["remark"] is None
        assert pushed(sandbox, db, pusher(), launch + content)["format"] == expected  # as Singularity 2 wrote them


def test_a_broken_image_says_why(sandbox: Sandbox, db: psycopg.Connection, pusher: PushMaker, sif: Path) -> None:
    facts = pushed(sandbox, db, pusher(), sif.read_bytes()[:-4096])
    assert facts["format"] == "unknown" and facts["definition"] is None
    assert facts["remark"] == "one of its objects lies outside the file: it is cut off or damaged"


def test_the_definition_file_is_for_readers_only(sandbox: Sandbox, db: psycopg.Connection, pusher: PushMaker, sif: Path,
                                                 person: Callable[[str], Person]) -> None:
    p, alice, bob = pusher(), person("alice"), person("bob")
    assert p.push(sif.read_bytes()).ok
    path = f"/containers/{container_id(db, p)}/download/recipe"
    public = requests.get(sandbox.url + path, timeout=60)
    assert public.text == DEFINITION and public.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert public.headers["X-Content-Type-Options"] == "nosniff"
    db.execute("update collections set is_private = true where name = %s", [p.collection])
    assert alice.get(path).text == DEFINITION
    assert bob.get(path).status_code == 404 and requests.get(sandbox.url + path, timeout=60).status_code == 404


def test_the_agent_reads_images_that_no_push_brought(sandbox: Sandbox, db: psycopg.Connection, pusher: PushMaker, sif: Path) -> None:
    p = pusher()
    before = pushed(sandbox, db, p, sif.read_bytes())
    db.execute("""with i as (update images set facts_at = null where id = (select image_id from containers where id = %s) returning id),
                  f as (delete from image_facts using i where image_id = i.id)
                  delete from image_labels using i where image_id = i.id""", [container_id(db, p)])
    assert facts_of(sandbox, db, p) is None
    sandbox.program.run("agent", "once")
    assert facts_of(sandbox, db, p) == before


@pytest.fixture(scope="module")
def strict(make_sandbox: Callable[..., Sandbox]) -> Iterator[Sandbox]:
    yield make_sandbox(settings={"REQUIRE_SIF": "true"})


def test_require_sif_refuses_the_rest_with_the_reason(strict: Sandbox, sif: Path) -> None:
    def answer(content: bytes) -> requests.Response:
        return Pusher(strict.url, "alice", strict.user("alice")["token"], "strict").push(content)

    for content, why in ((b"hsqs" + bytes(4000), "bare squashfs"), (b"x", "it is none"), (sif.read_bytes()[:-4096], "cut off")):
        refused = answer(content)
        assert refused.status_code == 400 and refused.json()["field"] == "file1"
        assert why in refused.json()["detail"] and "apptainer build" in refused.json()["detail"]
    assert not list(strict.layout.images.rglob("*.sif"))
    assert answer(sif.read_bytes()).status_code == 200


def test_require_sif_refuses_before_the_rest_is_sent(strict: Sandbox) -> None:
    """Of a body that is announced as large, only the beginning is sent: the answer is there all the same."""
    p = Pusher(strict.url, "alice", strict.user("alice")["token"], "strict", "early")
    begun = form(p.parts(p.ticket(), bytes(4096)), end=False)
    with Wire(strict.url) as wire:
        wire.begin("POST", "/upload", {"Authorization": p.sign("upload"), "Content-Length": str(1 << 30),
                                       "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
        wire.send(begun)
        assert wire.send_until_answered(bytes(65536), 1 << 28)
        refused = wire.answer()
    assert refused.status == 400 and b"SIF" in refused.body and wire.sent < 1 << 28
