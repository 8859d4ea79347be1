"""A pool of the sandbox seen from outside: its parent, its workers, uploads that take their time."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from pushing import BOUNDARY, Pusher, form
from wire import Answer, Wire


def workers(sandbox: Sandbox, pool: str) -> list[int]:
    """Process ids of a pool's workers that are ready for requests or at work on them, in order."""
    known = sandbox.processes.known(pool)
    return sorted(pid for pid in known.children if _waits_for_events(pid)) if known else []


def _waits_for_events(pid: int) -> bool:
    """What a zombie does not, nor a worker that is not yet ready, nor the child that only writes the pool's row."""
    try:
        return any(os.readlink(entry).startswith("anon_inode:[eventpoll]") for entry in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False


def wait_for_workers(sandbox: Sandbox, pool: str, count: int, without: set[int] = frozenset()) -> list[int]:
    """Until there are so many workers, none of them among ``without``."""

    def there() -> list[int] | None:
        now = workers(sandbox, pool)
        return now if len(now) == count and not set(now) & without else None

    return wait_for(f"{count} workers of {pool}", there, 30)


def everybody(sandbox: Sandbox) -> dict[str, list[int]]:
    """The agent and every worker: what stays the same when nothing had to be started again."""
    return {"agent": [sandbox.processes.known("agent").pid] if sandbox.processes.alive("agent") else [],
            **{pool: workers(sandbox, pool) for pool in ("api", "upload")}}


def restart_pool(sandbox: Sandbox, pool: str) -> None:
    """However it was ended before: start it, and wait until requests pass."""
    if sandbox.processes.alive(pool):
        sandbox.processes.stop(pool)
    sandbox.program.start_pool(pool)
    wait_for("readiness", sandbox.is_ready, 60)


def kill(pid: int, number: int = signal.SIGKILL) -> None:
    os.kill(pid, number)


class SlowUpload:
    """Step 2 of a push, by hand: begun, continued, and finished when the test says so."""

    def __init__(self, pusher: Pusher, content: bytes) -> None:
        self.body = form(pusher.parts(pusher.ticket(), content))
        self.wire = Wire(pusher.base_url)
        self.wire.begin("POST", "/upload", {
            "Authorization": pusher.sign("upload"), "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Content-Length": str(len(self.body)),
        })

    def send(self, share: float) -> None:
        """Go on until this share of the body is sent."""
        self.wire.send(self.body[self.wire.sent:int(len(self.body) * share)])

    def finish(self) -> Answer:
        self.send(1)
        return self.wire.answer()


def uploading(sandbox: Sandbox) -> list[int]:
    """Workers that have an unnamed file of the images' file system open: they are in the middle of an upload."""
    return [pid for pid in workers(sandbox, "upload") if has_unnamed_image(sandbox, pid)]


def is_uploading(sandbox: Sandbox) -> int | None:
    """One of them."""
    return next(iter(uploading(sandbox)), None)


def has_unnamed_image(sandbox: Sandbox, pid: int) -> bool:
    images = os.stat(sandbox.layout.images).st_dev
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            status = descriptor.stat()
            target = os.readlink(descriptor)
        except OSError:
            continue
        if target.endswith(" (deleted)") and status.st_dev == images and str(sandbox.layout.images) in target:
            return True
    return False
