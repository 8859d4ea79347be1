"""What the tests of the running registry share: one private sandbox a session, people in it, Globus under control.

Everything listens on loopback, on ports the kernel gave out, below a directory that is removed at the end.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from sandbox.image import make_image
from sandbox.layout import REPOSITORY, Options
from sandbox.sandbox import Sandbox
from sandbox.standin import Control
from sandbox.waiting import free_port

from person import Person
from pool import wait_for_workers
from pushing import Pusher

SANITIZERS = {
    "ASAN_OPTIONS": "abort_on_error=0:exitcode=99:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
}
REPORTS = re.compile(r"ERROR: (Address|Leak)Sanitizer|runtime error:|SUMMARY: \w+Sanitizer")
IDENTITY = "alice@uni.example"


@pytest.fixture(scope="session")
def binary() -> Path:
    """The program under test: $TRANSLOAD_BINARY, else the sanitizer build."""
    path = Path(os.environ.get("TRANSLOAD_BINARY", REPOSITORY / "build/asan/transload"))
    assert path.exists(), f"{path} is not there; ./tests/run builds it"
    return path


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With a program that was built without Globus, what asks for Globus is left out, and said so."""
    if os.environ.get("TRANSLOAD_WITHOUT_GLOBUS"):
        left_out = [item for item in items if "globus" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def plain_binary() -> Path:
    """The same program, built without Globus."""
    path = REPOSITORY / "build/plain/transload"
    assert path.exists(), f"{path} is not there; ./tests/run builds it"
    return path


@pytest.fixture(scope="session")
def make_sandbox(binary: Path) -> Iterator[Callable[..., Sandbox]]:
    """A function that starts a sandbox of its own; keyword arguments are fields of Options. All are removed at the end."""
    parent = REPOSITORY / "var/tests"
    parent.mkdir(parents=True, exist_ok=True)
    made: list[Sandbox] = []

    def make(**options: object) -> Sandbox:
        state = Path(tempfile.mkdtemp(prefix="s", dir=parent))
        state.chmod(0o755)  # PostgreSQL's own user has to pass through
        environment = {**SANITIZERS, "TRANSLOAD_CRASH_FILE": str(state / "crash"), "TRANSLOAD_CLOCK_FILE": str(state / "clock")}
        sandbox = Sandbox(Options(**{"state": state, "binary": binary, "port": free_port(), "durable": False,
                                     "environment": environment, **options}))
        made.append(sandbox)
        sandbox.up()
        return sandbox

    yield make
    for sandbox in made:
        sandbox.down()
    reports = [report for sandbox in made for report in sanitizer_reports(sandbox)]
    for sandbox in made:
        if not reports:
            sandbox.wipe()
            shutil.rmtree(sandbox.layout.state, ignore_errors=True)
    assert not reports, "\n".join(reports)


def sanitizer_reports(sandbox: Sandbox) -> list[str]:
    """Logs of the program in which a sanitizer speaks."""
    logs = [sandbox.layout.log / f"{name}.log" for name in ("api", "upload", "agent")]
    return [f"{log}: {line}" for log in logs if log.exists() for line in log.read_text(errors="replace").splitlines() if REPORTS.search(line)]


@pytest.fixture(scope="session")
def sandbox(make_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """The registry most tests share. A test that stops a part of it starts it again."""
    return make_sandbox()


@pytest.fixture(scope="session")
def url(sandbox: Sandbox) -> str:
    return sandbox.url


@pytest.fixture
def globus(sandbox: Sandbox) -> Control:
    """Globus in its first state, where alice is logged in."""
    control = sandbox.standin.control
    control.reset()
    control.auto(IDENTITY)
    return control


@pytest.fixture
def db(sandbox: Sandbox) -> Iterator[psycopg.Connection]:
    with psycopg.connect(sandbox.database.url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def person(sandbox: Sandbox) -> Callable[[str], Person]:
    """Sign somebody in, in a session of their own."""

    def sign_in(name: str) -> Person:
        return Person(sandbox.url, name, sandbox.user(name)["password"]).sign_in()

    return sign_in


@pytest.fixture
def connected(person: Callable[[str], Person], globus: Control, db: psycopg.Connection) -> Person:
    """alice, connected to Globus afresh."""
    db.execute("delete from globus_links")
    alice = person("alice")
    alice.connect()
    return alice


_numbers = itertools.count(1)


@pytest.fixture
def pusher(sandbox: Sandbox) -> Callable[..., Pusher]:
    """Somebody who pushes to a collection of a name that no other test has; alice unless said otherwise."""

    def make(username: str = "alice", **fields: str) -> Pusher:
        number = next(_numbers)
        return Pusher(sandbox.url, username, sandbox.user(username)["token"], **{"collection": f"col{number}-{os.getpid()}", **fields})

    return make


@pytest.fixture
def crash(sandbox: Sandbox) -> Iterator[Callable[[str], Path]]:
    """Arm a point: the next process to pass it is killed there, once, and the file is gone."""
    file = sandbox.layout.state / "crash"

    def arm(point: str) -> Path:
        file.write_text(point)
        return file

    yield arm
    file.unlink(missing_ok=True)
    for pool in ("api", "upload"):
        wait_for_workers(sandbox, pool, 4)


@pytest.fixture(scope="session")
def sif(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small real SIF image."""
    return make_image(tmp_path_factory.mktemp("image") / "avocados.simg", 300_000)
