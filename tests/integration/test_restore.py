"""The drill of docs/backup.md: back up while people push and delete, restore elsewhere, prove the pair whole; and each damage named."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sandbox.sandbox import Sandbox

from person import Person
from pushing import Pusher

IMAGE_BYTES = 300_000


@pytest.fixture(scope="module")
def registry(make_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """A registry nobody else pushes to."""
    return make_sandbox(users=("alice",))


def content_of(seed: str) -> bytes:
    return hashlib.shake_128(seed.encode()).digest(IMAGE_BYTES)


@dataclass
class Life:
    """What goes on while somebody makes a backup: new tags, tags that move, tags that go."""

    registry: Sandbox
    pushed: int = 0
    deleted: int = 0
    refused: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, person: Person, number: int) -> None:
        user = self.registry.user("alice")
        with psycopg.connect(self.registry.database.url, autocommit=True) as db:
            while not self.stop.is_set():
                self.push(Pusher(self.registry.url, "alice", user["token"], f"life{number}", tag=f"t{self.pushed % 7}"))
                if self.pushed % 5 == 0:
                    self.delete(person, db, f"life{number}")

    def push(self, p: Pusher) -> None:
        answer = p.push(content_of(f"{p.collection} {self.pushed}"))
        if answer.status_code != 200:
            self.refused.append(answer.text)
        self.pushed += 1

    def delete(self, person: Person, db: psycopg.Connection, collection: str) -> None:
        found = db.execute("select k.id from containers k join collections c on c.id = k.collection_id where c.name = %s "
                           "order by k.id limit 1", [collection]).fetchone()
        answer = person.request("DELETE", f"/api/portal/containers/{found[0]}")
        self.deleted += answer.status_code == 204

    def wait(self, more: int) -> None:
        """Until so many more were pushed."""
        goal, end = self.pushed + more, time.monotonic() + 60
        while self.pushed < goal:
            assert time.monotonic() < end, "nobody pushes any more"
            time.sleep(0.01)


@contextlib.contextmanager
def life(registry: Sandbox) -> Iterator[Life]:
    going = Life(registry)
    people = [Person(registry.url, "alice", registry.user("alice")["password"]).sign_in() for _ in range(2)]
    threads = [threading.Thread(target=going.run, args=(person, number)) for number, person in enumerate(people)]
    for thread in threads:
        thread.start()
    try:
        going.wait(10)
        yield going
    finally:
        going.stop.set()
        for thread in threads:
            thread.join(60)
    assert not going.refused, "a backup disturbs nobody"


@dataclass
class Backup:
    """The commands of docs/backup.md, with what each took."""

    registry: Sandbox
    place: Path
    seconds: dict[str, float] = field(default_factory=dict)

    def timed(self, step: str, *command: str | Path) -> None:
        began = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        self.seconds[step] = time.monotonic() - began

    def copy(self, step: str) -> None:
        (self.place / "images").mkdir(parents=True, exist_ok=True)
        self.timed(step, "rsync", "-aH", "--exclude", "/.parts", f"{self.registry.layout.images}/", f"{self.place}/images/")

    def dump(self) -> None:
        self.timed("pg_dump", "pg_dump", "-Fc", "-f", self.place / "transload.dump", self.registry.database.url)

    def restore(self, name: str) -> Restored:
        """Into a new database and a new directory, which the copy itself stays apart from."""
        with psycopg.connect(self.registry.database.url, autocommit=True) as db:
            db.execute(f"drop database if exists {name}")
            db.execute(f"create database {name}")
        url = self.registry.database.url.removesuffix("/transload") + f"/{name}"
        self.timed("pg_restore", "pg_restore", "--no-owner", "--dbname", url, self.place / "transload.dump")
        images = self.place / name
        self.timed("copy back", "rsync", "-aH", f"{self.place}/images/", f"{images}/")
        return Restored(self.registry, name, url, images)


@dataclass
class Restored:
    """A pair that no service runs on."""

    registry: Sandbox
    name: str
    url: str
    images: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        settings = self.images.parent / f"{self.name}.conf"
        values = {**self.registry.settings(), "DATABASE_URL": self.url, "IMAGES_ROOT": str(self.images), "ENABLE_GLOBUS": "false"}
        settings.touch(mode=0o600)
        settings.write_text("".join(f"{key}={value}\n" for key, value in values.items()))
        program = self.registry.program
        return subprocess.run([program.binary, *command, "--settings", settings], capture_output=True, text=True, timeout=300, cwd="/",
                              env={"PATH": "/usr/bin:/bin", **program.environment})

    def check(self, *options: str) -> tuple[int, list[dict[str, Any]], dict[str, Any]]:
        """Exit code, findings, summary."""
        done = self.run("restore", "check", "--json", *options)
        assert done.returncode in (0, 1), done.stderr
        *findings, summary = (json.loads(line) for line in done.stdout.splitlines())
        return done.returncode, findings, summary

    def rows(self) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as db:
            return db.execute("select i.collection_id || '/sha256.' || encode(sha256, 'hex') || '.sif', c.name || '/' || k.name || ':' || k.tag "
                              "from images i join containers k on k.image_id = i.id join collections c on c.id = k.collection_id "
                              "order by i.id").fetchall()


@pytest.fixture(scope="module")
def backup(registry: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Backup:
    """Made in the order of docs/backup.md while people push, overwrite and delete."""
    made = Backup(registry, tmp_path_factory.mktemp("backup"))
    with life(registry) as going:
        made.copy("first copy")
        going.wait(5)
        made.dump()
        going.wait(5)
        made.copy("second copy")
        going.wait(5)
    assert going.deleted > 0
    return made


@pytest.fixture
def restored(backup: Backup, request: pytest.FixtureRequest) -> Iterator[Restored]:
    pair = backup.restore(f"drill_{os.getpid()}")
    yield pair
    shutil.rmtree(pair.images)


def test_a_backup_in_the_documented_order_is_whole(backup: Backup, restored: Restored, capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    code, findings, summary = restored.check()
    backup.seconds["restore check"] = time.monotonic() - began
    assert (code, summary["whole"]) == (0, True), findings
    assert summary["images"] >= 20 and summary["bytes"] == summary["images"] * IMAGE_BYTES, "each byte was read"
    assert {finding["kind"] for finding in findings} <= {"orphan", "unneeded"}, "what came after the dump is no loss"
    assert summary["orphan"] > 0, "somebody pushed between the dump and the second copy"
    with capsys.disabled():
        print(f"\ndrill: {summary['images']} images, {summary['bytes'] / 1e6:.0f} MB: "
              + ", ".join(f"{step} {seconds:.2f} s" for step, seconds in backup.seconds.items()))


def test_files_before_the_dump_alone_lose_what_was_pushed_meanwhile(registry: Sandbox, tmp_path: Path) -> None:
    """Why the order is what it is; and that the check would see a wrong one."""
    wrong = Backup(registry, tmp_path)
    with life(registry) as going:
        wrong.copy("the only copy")
        going.wait(8)
        wrong.dump()
    pair = wrong.restore(f"wrong_{os.getpid()}")
    code, findings, summary = pair.check()
    lost = [finding for finding in findings if finding["kind"] == "lost"]
    assert (code, summary["whole"]) == (1, False) and len(lost) == summary["lost"] > 0
    assert all(finding["problem"] == "its file is missing" and finding["images"].startswith("life") for finding in lost)


def test_each_damage_is_named(restored: Restored) -> None:
    rows = restored.rows()
    (missing, missing_uri), (flipped, flipped_uri), (cut, cut_uri) = rows[:3]
    (restored.images / missing).unlink()
    with (restored.images / flipped).open("r+b") as file:
        file.seek(IMAGE_BYTES - 1)
        byte = file.read(1)[0]
        file.seek(IMAGE_BYTES - 1)
        file.write(bytes([byte ^ 0x80]))
    os.truncate(restored.images / cut, IMAGE_BYTES - 1)
    (restored.images / "1" / "core.1234").write_text("a foreign file")

    before = [(path, path.stat().st_mtime_ns) for path in sorted(restored.images.rglob("*"))]
    code, findings, summary = restored.check()
    named = {(finding["path"], finding["kind"], finding["problem"], finding["images"]) for finding in findings
             if finding["kind"] not in ("orphan", "unneeded")}
    assert named == {
        (missing, "lost", "its file is missing", missing_uri),
        (flipped, "lost", "its bytes have changed", flipped_uri),
        (cut, "lost", "its file has another size", cut_uri),
        ("1/core.1234", "foreign", "this program did not put it there", None),
    }
    assert (code, summary["whole"], summary["lost"], summary["foreign"]) == (1, False, 3, 1)
    assert [(path, path.stat().st_mtime_ns) for path in sorted(restored.images.rglob("*"))] == before, "it changes nothing"

    quick = {finding["path"] for finding in restored.check("--quick")[1] if finding["kind"] == "lost"}
    assert quick == {missing, cut}, "sizes only"


def test_what_people_read(restored: Restored) -> None:
    (path, uri), *_ = restored.rows()
    (restored.images / path).unlink()
    done = restored.run("restore", "check")
    assert done.returncode == 1
    assert f"lost      {path}  its file is missing: {uri}\n" in done.stdout
    *_, remedy, last = done.stdout.splitlines()
    assert "transload images gc" in remedy and last.startswith("not whole: ") and ", 1 lost, 0 foreign, 0 refused, " in last


def test_a_store_that_is_not_there_is_not_a_thousand_losses(restored: Restored) -> None:
    for path in restored.images.iterdir():
        shutil.rmtree(path)
    done = restored.run("restore", "check")
    assert done.returncode == 75 and "is its file system mounted?" in done.stderr and not done.stdout


def test_after_the_clean_up_of_the_manual_nothing_is_found(restored: Restored) -> None:
    """The steps of docs/backup.md after restore check; then the pair is exactly what its rows say."""
    with psycopg.connect(restored.url, autocommit=True) as db:
        db.execute("update images set created_at = created_at - interval '2 hours'")
    assert restored.run("migrate").returncode == 0
    assert restored.run("images", "gc").returncode == 0
    code, findings, summary = restored.check()
    assert (code, findings, summary["orphan"]) == (0, [], 0)
    assert summary["files"] == summary["images"]
