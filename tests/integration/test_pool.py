"""The pools behind nginx: signals, deaths, full queues. tests/integration/http_pool_test.py speaks to a pool directly."""

from __future__ import annotations

import contextlib
import hashlib
import re
import select
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from pool import SlowUpload, is_uploading, kill, restart_pool, uploading, wait_for_workers, workers
from pushing import BOUNDARY, Pusher
from wire import Wire

PushMaker = Callable[..., Pusher]
CONTENT = hashlib.shake_128(b"pool").digest(3_000_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
WORKERS = 4


@pytest.fixture(autouse=True)
def whole_again(sandbox: Sandbox) -> Iterator[None]:
    """Whatever a test did to the pools, the next one finds them whole."""
    yield
    for pool in ("api", "upload"):
        if not sandbox.processes.alive(pool):
            restart_pool(sandbox, pool)
        wait_for_workers(sandbox, pool, WORKERS)


@pytest.fixture
def upload(pusher: PushMaker, sandbox: Sandbox) -> tuple[Pusher, SlowUpload]:
    """An upload of which half has arrived."""
    p = pusher()
    slow = SlowUpload(p, CONTENT)
    slow.send(0.5)
    wait_for("the upload to begin", lambda: is_uploading(sandbox))
    return p, slow


# -- signals and deaths -------------------------------------------------------------------------

def test_sigterm_lets_an_upload_in_flight_finish_and_ends_with_0(sandbox: Sandbox, upload: tuple[Pusher, SlowUpload]) -> None:
    p, slow = upload
    parent = sandbox.processes.send("upload", signal.SIGTERM)
    idle = set(workers(sandbox, "upload")) - {is_uploading(sandbox)}
    wait_for("idle workers to leave", lambda: not idle & set(workers(sandbox, "upload")))
    answer = slow.finish()
    assert answer.status == 200, answer.body
    wait_for("the pool to end", lambda: not parent.alive)
    assert '"stopped"' in last_log(sandbox, "upload") or "stopped" in last_log(sandbox, "upload")
    restart_pool(sandbox, "upload")
    assert p.stored_digest() == DIGEST


def last_log(sandbox: Sandbox, name: str) -> str:
    return "\n".join((sandbox.layout.log / f"{name}.log").read_text().splitlines()[-20:])


def test_sighup_replaces_the_workers_and_keeps_the_upload(sandbox: Sandbox, upload: tuple[Pusher, SlowUpload]) -> None:
    p, slow = upload
    old = set(workers(sandbox, "upload"))
    busy = is_uploading(sandbox)
    parent = sandbox.processes.send("upload", signal.SIGHUP)
    wait_for("a new generation", lambda: len(set(workers(sandbox, "upload")) - old) == WORKERS)
    assert busy in workers(sandbox, "upload") and parent.alive
    assert slow.finish().status == 200 and p.stored_digest() == DIGEST
    wait_for_workers(sandbox, "upload", WORKERS, without=old)


def test_sighup_reads_the_settings_again(sandbox: Sandbox) -> None:
    settings = sandbox.settings()
    try:
        sandbox.program.write_settings({**settings, "REGISTRY_NAME": "Another name"})
        sandbox.processes.send("api", signal.SIGHUP)
        wait_for("the new name", lambda: requests.get(f"{sandbox.url}/api/me", timeout=60).json()["site"]["registry_name"] == "Another name")
    finally:
        sandbox.program.write_settings(settings)
        sandbox.processes.send("api", signal.SIGHUP)
    wait_for("the old name", lambda: requests.get(f"{sandbox.url}/api/me", timeout=60).json()["site"]["registry_name"] != "Another name")


def test_sighup_with_wrong_settings_keeps_the_old_ones(sandbox: Sandbox) -> None:
    settings, before = sandbox.settings(), set(workers(sandbox, "api"))
    try:
        sandbox.program.write_settings({**settings, "NO_SUCH_SETTING": "1"})
        sandbox.processes.send("api", signal.SIGHUP)
        wait_for("the complaint", lambda: "NO_SUCH_SETTING" in last_log(sandbox, "api"))
    finally:
        sandbox.program.write_settings(settings)
    assert set(workers(sandbox, "api")) == before and sandbox.is_ready()


def test_no_request_fails_while_settings_are_read_again(sandbox: Sandbox) -> None:
    with requests.Session() as http:
        for turn in range(60):
            if turn % 20 == 0:
                sandbox.processes.send("api", signal.SIGHUP)
            assert http.get(f"{sandbox.url}/api/me", timeout=60).status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR1, signal.SIGWINCH, signal.SIGALRM])
def test_a_signal_to_the_worker_does_not_break_its_upload(sandbox: Sandbox, upload: tuple[Pusher, SlowUpload], number: int) -> None:
    p, slow = upload
    worker = is_uploading(sandbox)
    if number != signal.SIGTERM and not is_caught(worker, number):
        pytest.skip("its default ends the process, as for every program")
    kill(worker, number)
    slow.send(0.8)
    kill(worker, number)
    assert slow.finish().status == 200 and p.stored_digest() == DIGEST


def is_caught(pid: int, number: int) -> bool:
    """Blocked, ignored or handled."""
    status = Path(f"/proc/{pid}/status").read_text()
    masks = [int(re.search(rf"^{name}:\s*([0-9a-f]+)", status, re.M)[1], 16) for name in ("SigBlk", "SigIgn", "SigCgt")]
    return number == signal.SIGWINCH or any(mask >> (number - 1) & 1 for mask in masks)


@pytest.mark.parametrize("pool", ["api", "upload"])
def test_a_worker_that_dies_is_replaced(sandbox: Sandbox, pool: str) -> None:
    before = set(wait_for_workers(sandbox, pool, WORKERS))
    for pid in before:
        kill(pid)
    wait_for_workers(sandbox, pool, WORKERS, without=before)
    assert sandbox.is_ready()
    assert "worker_ended" in (sandbox.layout.log / f"{pool}.log").read_text()


def test_a_killed_upload_leaves_nothing(sandbox: Sandbox, upload: tuple[Pusher, SlowUpload]) -> None:
    p, slow = upload
    before = {path for path in sandbox.layout.images.rglob("*")}
    kill(is_uploading(sandbox))
    assert slow.wire.answer().status == 502
    assert p.stored_digest() is None and {path for path in sandbox.layout.images.rglob("*")} == before


def test_a_client_that_hangs_up_leaves_nothing(sandbox: Sandbox, upload: tuple[Pusher, SlowUpload]) -> None:
    p, slow = upload
    before = {path for path in sandbox.layout.images.rglob("*")}
    slow.wire.cut()
    wait_for("the worker to notice", lambda: is_uploading(sandbox) is None)
    assert p.stored_digest() is None and {path for path in sandbox.layout.images.rglob("*")} == before
    assert len(workers(sandbox, "upload")) == WORKERS


# -- refusing early, and waiting in the queue ---------------------------------------------------

def test_a_refusal_does_not_wait_for_the_body(sandbox: Sandbox, pusher: PushMaker) -> None:
    p = pusher()
    p.ticket()
    with Wire(sandbox.url) as wire:
        wire.begin("POST", "/upload", {"Authorization": p.sign("pull"), "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
                                       "Content-Length": str(1 << 30)})
        assert wire.send_until_answered(b"\0" * 65_536, 1 << 30)
        assert wire.sent < 16 << 20, f"{wire.sent} bytes were taken before the refusal"
        answer = wire.answer()
    assert answer.status == 403 and b"bad_signature" in answer.body


def test_an_upload_without_a_length_is_refused(sandbox: Sandbox, pusher: PushMaker) -> None:
    p = pusher()
    p.ticket()
    answer = p.send(iter([b"x" * 1000]), {})
    assert answer.status_code in (400, 411) and answer.json()["detail"]


@contextlib.contextmanager
def stopped(pids: list[int]) -> Iterator[None]:
    """Processes that stand still."""
    for pid in pids:
        kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            kill(pid, signal.SIGCONT)


def test_requests_wait_in_the_queue_when_all_workers_are_busy(sandbox: Sandbox) -> None:
    """200 at once with nobody to answer: not one of them is turned away."""
    wires = []
    with stopped(wait_for_workers(sandbox, "api", WORKERS)):
        for _ in range(200):
            wire = Wire(sandbox.url)
            wire.begin("GET", "/healthz", {})
            wires.append(wire)
        early = select.select([wire.socket for wire in wires], [], [], 0.5)[0]
        assert not early, f"{len(early)} were answered by nobody"
    statuses = {wire.answer().status for wire in wires}
    for wire in wires:
        wire.socket.close()
    assert statuses == {200}


def test_a_push_waits_its_turn_when_all_upload_workers_are_busy(sandbox: Sandbox, pusher: PushMaker) -> None:
    """Slow pushes hold every worker: the next one is neither refused nor lost, and the API does not notice."""
    first = [pusher() for _ in range(WORKERS)]
    slow = [SlowUpload(p, CONTENT) for p in first]
    for one in slow:
        one.send(0.5)
    wait_for("every worker to have an upload", lambda: len(uploading(sandbox)) == WORKERS)
    late = pusher()
    waiting = SlowUpload(late, CONTENT[:100_000])
    waiting.send(1)
    assert requests.get(f"{sandbox.url}/api/me", timeout=10).status_code == 200
    assert not select.select([waiting.wire.socket], [], [], 0.5)[0], "it was answered by nobody"
    assert slow[0].finish().status == 200
    assert waiting.finish().status == 200
    assert [one.finish().status for one in slow[1:]] == [200] * (WORKERS - 1)
    assert late.stored_digest() == hashlib.sha256(CONTENT[:100_000]).hexdigest()


def test_a_stopped_upload_pool_does_not_stop_the_portal(sandbox: Sandbox) -> None:
    with stopped(wait_for_workers(sandbox, "upload", WORKERS)):
        assert requests.get(f"{sandbox.url}/api/portal/collections", timeout=20).status_code == 200
