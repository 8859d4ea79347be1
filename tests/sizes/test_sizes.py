"""Images of every size that once broke something: around 2 and 4 GiB, where counters of 31 and 32 bits end, and 10 GiB.

`./tests/run sizes`: not among the default layers, because it moves some 40 GB. At most 13 GiB are on the disk at once. Up to 4 GiB the
real client pushes a file and pulls it; the 10 GiB are generated while they are sent and compared while they come, and never stored twice.
"""

from __future__ import annotations

import hashlib
import http.client
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import requests

from sandbox.client import SregistryClient
from sandbox.layout import REPOSITORY
from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from pattern import BLOCK, Pattern, file_digest
from pushing import BOUNDARY, Part, Pusher, form

GIB = 1 << 30
BY_CLIENT = [1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 2 * GIB - 1, 2 * GIB, 2 * GIB + 1, 4 * GIB - 1, 4 * GIB, 4 * GIB + 1]
ROOM = 14 * GIB
Report = Callable[[str, int, float], None]

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(autouse=True)
def room() -> None:
    free = shutil.disk_usage(REPOSITORY).free
    if free < ROOM:
        pytest.fail(f"{free / GIB:.0f} GiB are free here; this needs {ROOM / GIB:.0f}")


@pytest.fixture
def work(sandbox: Sandbox) -> Iterator[Path]:
    """A directory on the sandbox's disk, emptied whatever happens (/tmp may be memory)."""
    path = sandbox.layout.state / "sizes"
    path.mkdir()
    yield path
    shutil.rmtree(path)


@pytest.fixture
def push(sandbox: Sandbox, db: psycopg.Connection) -> Iterator[Pusher]:
    """alice's image; deleted afterwards, and the test ends when the disk has its room back."""
    made = Pusher(sandbox.url, "alice", sandbox.user("alice")["token"], "sizes")
    yield made
    requests.delete(f"{made.base_url}/api/container/{made.uri}", headers={"Authorization": made.sign("delete")}, timeout=60)
    db.execute("update images set created_at = created_at - interval '2 days'")  # the sweep leaves young ones alone
    wait_for("the sweep", lambda: swept(sandbox), 120)


def swept(sandbox: Sandbox) -> bool:
    sandbox.program.run("agent", "once")
    return not any(path.is_file() for path in sandbox.layout.images.rglob("*"))


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    """Say how long it took; no test judges it."""

    def say(what: str, size: int, began: float) -> None:
        seconds = time.monotonic() - began
        with capsys.disabled():
            print(f"\n{what:20} {size:12} bytes {seconds:7.1f} s {size / seconds / 1e6:6.0f} MB/s", end="", flush=True)

    return say


@pytest.mark.parametrize("size", BY_CLIENT)
def test_the_real_client_pushes_and_pulls(sandbox: Sandbox, push: Pusher, work: Path, report: Report, size: int) -> None:
    client = SregistryClient(sandbox.options.sregistry, work / "sregistry.json")
    client.write_secrets(sandbox.url, "alice", sandbox.user("alice")["token"])
    source, target = work / "source.sif", work / "pulled.sif"
    Pattern(size).write(source)
    digest = file_digest(source)

    began = time.monotonic()
    pushed = client.push(source, push.uri)
    report("push by the client", size, began)
    assert pushed.returncode == 0 and "Upload Complete" in pushed.stdout, pushed.stdout[-2000:]
    source.unlink()
    manifest = push.manifest().json()
    assert (manifest["size"], manifest["version"]) == (size, f"sha256.{digest}")
    assert manifest["metadata"]["size_mb"] == -(-size // (1 << 20))

    began = time.monotonic()
    pulled = client.pull(push.uri, target)
    report("pull by the client", size, began)
    assert pulled.returncode == 0 and target.stat().st_size == size, pulled.stdout[-2000:]
    assert file_digest(target) == digest


def upload(push: Pusher, pattern: Pattern) -> tuple[int, bytes]:
    """Step 2 with a body that is made while it is sent."""
    head = form([*push.parts(push.ticket(), b"")[:-1], Part("file1", b"", "image.sif")], end=False)[:-2]
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()

    def body() -> Iterator[bytes]:
        yield head
        yield from pattern.blocks()
        yield tail

    connection = http.client.HTTPConnection(urlsplit(push.base_url).netloc, timeout=600)
    connection.request("POST", "/upload", body(), {
        "Authorization": push.sign("upload"), "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(len(head) + pattern.size + len(tail))})
    answer = connection.getresponse()
    return answer.status, answer.read()


def compare(url: str, pattern: Pattern) -> str:
    """Download, block by block against what was sent; the digest of what came."""
    whole, expected = hashlib.sha256(), pattern.blocks()
    with requests.get(url, stream=True, timeout=600) as answer:
        assert answer.status_code == 200 and int(answer.headers["Content-Length"]) == pattern.size
        for number, block in enumerate(read_blocks(answer.raw.read)):
            assert block == next(expected), f"block {number} differs"
            whole.update(block)
    assert next(expected, None) is None, "the download is short"
    return whole.hexdigest()


def read_blocks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while block := read(BLOCK):
        while len(block) < BLOCK and (more := read(BLOCK - len(block))):
            block += more
        yield block


def test_ten_gib_come_back(push: Pusher, report: Report) -> None:
    pattern = Pattern(10 * GIB)
    began = time.monotonic()
    assert upload(push, pattern) == (200, b'{"message":"Upload Complete"}')
    report("push", pattern.size, began)
    manifest = push.manifest().json()
    assert manifest["size"] == pattern.size and manifest["metadata"]["size_mb"] == 10240

    began = time.monotonic()
    digest = compare(manifest["image"], pattern)
    report("pull", pattern.size, began)
    assert manifest["version"] == f"sha256.{digest}"


@pytest.mark.parametrize("start", [2 * GIB - 3, 4 * GIB - 3])
def test_ranges_beyond_32_bits(push: Pusher, start: int) -> None:
    pattern = Pattern(4 * GIB + 10)
    assert upload(push, pattern)[0] == 200
    part = requests.get(push.manifest().json()["image"], headers={"Range": f"bytes={start}-{start + 5}"}, timeout=60)
    around = b"".join(block for number, block in enumerate(pattern.blocks()) if number in (start // BLOCK, start // BLOCK + 1))
    assert part.status_code == 206 and part.content == around[start % BLOCK:][:6]
