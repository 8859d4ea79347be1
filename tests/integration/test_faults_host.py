"""What the host can do: a clock that jumps, a full disk below PostgreSQL, memory that ends. The stated outcome, and recovery without a restart
(docs/faults.md)."""

from __future__ import annotations

import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import requests

from sandbox.sandbox import Sandbox
from sandbox.standin import Control

from conftest import SANITIZERS
from person import Person
from pool import everybody, restart_pool, wait_for_workers, workers
from pushing import Pusher
from test_parts import CONTENT, Upload
from world import STANFORD_GUEST

HOUR_S, DAY_S = 3600, 86400


@pytest.fixture(scope="module")
def sandbox(make_sandbox: Callable[..., Sandbox]) -> Iterator[Sandbox]:
    sandbox = make_sandbox(users=("alice",))
    yield sandbox
    sandbox.down()


# ---- the clock of the application host ----------------------------------------------------------


@pytest.fixture
def jump(sandbox: Sandbox) -> Iterator[Callable[[int], None]]:
    """The clock of every process of the service is wrong by so many seconds, from now on; the database's is right."""
    file = sandbox.layout.state / "clock"
    yield lambda seconds: file.write_text(str(seconds)) and None
    file.unlink(missing_ok=True)


@pytest.mark.parametrize("seconds, client_fits", [(HOUR_S, True), (-2 * HOUR_S, False), (DAY_S, False), (-DAY_S, False)], ids=["+1h", "-2h", "+1d", "-1d"])
def test_a_clock_that_jumps_ends_no_session_and_loses_nothing(sandbox: Sandbox, connected: Person, pusher: Callable[..., Pusher],
                                                              jump: Callable[[int], None], seconds: int, client_fits: bool) -> None:
    before, image = everybody(sandbox), pusher()
    assert image.push(b"before the jump").status_code == 200
    link = image.manifest().json()["image"]
    upload = Upload(connected, pusher())
    assert upload.put(0, CONTENT[:1000]).ok
    jump(seconds)
    assert connected.json("/api/me")["user"]["username"] == "alice", "a session ends by the database's clock"
    assert Person(sandbox.url, "alice", sandbox.user("alice")["password"]).sign_in().csrf
    assert connected.get("/api/globus/endpoints?scope=my-endpoints").status_code == 200, "so does a token"
    assert requests.get(image.manifest().json()["image"], timeout=60).status_code == 200, "one clock signs and reads"
    assert requests.get(link, timeout=60).status_code == (200 if seconds < 0 else 403)
    asked = image.ask()
    if not client_fits:
        assert asked.status_code == 403 and "check the clock" in asked.json()["detail"], asked.text
    else:
        assert asked.status_code == 200
    sandbox.program.run("agent", "once")
    assert upload.finish(upload.received()).ok, "and nothing is swept that is needed"
    jump(0)
    assert requests.get(link, timeout=60).status_code == 200 and pusher().push(b"after the jump").status_code == 200
    assert everybody(sandbox) == before


def test_parts_of_an_upload_outlive_a_clock_days_ahead(sandbox: Sandbox, connected: Person, pusher: Callable[..., Pusher], jump: Callable[[int], None]) -> None:
    upload = Upload(connected, pusher())
    assert upload.put(0, CONTENT[:1000]).ok
    jump(3 * DAY_S)
    sandbox.program.run("agent", "once")
    assert upload.finish(1000).ok


# ---- memory -------------------------------------------------------------------------------------


@pytest.fixture
def tight(sandbox: Sandbox) -> Iterator[list[int]]:
    """Workers of the api pool that get no further large piece of memory. AddressSanitizer says so to the program instead of ending it."""
    options = {"ASAN_OPTIONS": SANITIZERS["ASAN_OPTIONS"] + ":allocator_may_return_null=1"}
    sandbox.processes.stop("api")
    sandbox.program.start_pool("api", options)
    pids = wait_for_workers(sandbox, "api", 4)
    yield pids
    for pid in workers(sandbox, "api"):
        resource.prlimit(pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))  # the look for leaks at the end needs some
    restart_pool(sandbox, "api")


def limit_memory(pid: int) -> None:
    size_kib = next(int(line.split()[1]) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmSize"))
    resource.prlimit(pid, resource.RLIMIT_AS, ((size_kib + 512) * 1024, resource.RLIM_INFINITY))


def test_a_worker_out_of_memory_loses_one_request_and_is_replaced(sandbox: Sandbox, tight: list[int], connected: Person, globus: Control) -> None:
    for pid in tight:
        limit_memory(pid)
    globus.fail("ls", status=200, body="[" + "0," * 1_900_000 + "0]")
    assert connected.get(f"/api/globus/endpoints/{STANFORD_GUEST}/ls").status_code in (502, 500, 503)
    left = wait_for_workers(sandbox, "api", 4)
    assert len(set(left) & set(tight)) == 3, "the others live"
    log = (sandbox.layout.log / "api.log").read_text()
    assert "event=out_of_memory" in log and "event=worker_ended" in log
    assert connected.get(f"/api/globus/endpoints/{STANFORD_GUEST}/ls").status_code == 200
    assert {requests.get(f"{sandbox.url}/api/portal/collections", timeout=60).status_code for _ in range(8)} == {200}


# ---- the disk below PostgreSQL ------------------------------------------------------------------


@pytest.fixture
def small_tablespace(sandbox: Sandbox) -> Iterator[Path]:
    """The database lies on a file system of its own that can be filled; the write-ahead log does not."""
    place = sandbox.database.root / "small"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", place], capture_output=True).returncode != 0:
        pytest.skip("cannot mount a file system here")
    data = place / "data"
    data.mkdir()
    shutil.chown(data, sandbox.database.account)
    move(sandbox, f"create tablespace small location '{data}'", "alter database transload set tablespace small")
    yield place
    (place / "ballast").unlink(missing_ok=True)
    move(sandbox, "alter database transload set tablespace pg_default", "drop tablespace small")
    subprocess.run(["umount", "--lazy", place], check=False)


def move(sandbox: Sandbox, *statements: str) -> None:
    """With nobody in the database; the service connects again by itself."""
    with psycopg.connect(sandbox.database.url.removesuffix("transload") + "postgres", autocommit=True) as db:
        db.execute("alter database transload allow_connections false")
        db.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = 'transload'")
        for statement in statements:
            db.execute(statement)
        db.execute("alter database transload allow_connections true")


def test_a_full_disk_below_the_database_refuses_changes_and_loses_nothing(sandbox: Sandbox, small_tablespace: Path, pusher: Callable[..., Pusher]) -> None:
    kept = pusher()
    assert kept.push(b"before").status_code == 200
    before = everybody(sandbox)
    ballast = small_tablespace / "ballast"
    fill(ballast)
    more = pusher()
    refused = next(answer for answer in (more.ask() for _ in range(5000)) if answer.status_code != 200)  # each needs a row, and soon a page
    assert refused.status_code == 503 and "no space left" in refused.json()["detail"] and refused.headers["Retry-After"], refused.text
    assert requests.get(kept.manifest().json()["image"], timeout=60).content == b"before", "reading goes on"
    ballast.unlink()
    assert more.push(b"after").status_code == 200 and kept.stored_digest()
    assert everybody(sandbox) == before


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"\0" * (1 << 20))
        except OSError:
            pass
