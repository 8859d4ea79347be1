"""The work of a task, in a thread of its own: real bytes from one directory to another (§2.7)."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ..messages import Refusal
from ..model import GCP_TYPES, GCSV5_MAPPED
from ..world import World
from . import access
from .files import Location, locate
from .tasks import ACTIVE, DAY, FAILED, INACTIVE, SUCCEEDED, SUSPENDING, Item, Task

MAX_RUNNING = 3
CHUNK = 256 * 1024
TICK = 0.05

FATAL = ("FILE_NOT_FOUND", "EXTERNAL_CHECKSUM_MISMATCH")
QUOTA = ("QUOTA_EXCEEDED", "NO_SPACE_LEFT")
OS_CODES = {
    errno.EACCES: "PERMISSION_DENIED", errno.EPERM: "PERMISSION_DENIED",
    errno.EROFS: "PERMISSION_DENIED", errno.ENOSPC: "NO_SPACE_LEFT",
    errno.EDQUOT: "QUOTA_EXCEEDED", errno.ENOTDIR: "NOT_A_DIRECTORY",
    errno.EISDIR: "IS_A_DIRECTORY", errno.ENOENT: "FILE_NOT_FOUND",
}


class Stopped(Exception):
    """The task came to its end elsewhere: canceled, scripted, expired, or the world was reset."""


class Trouble(Exception):
    """Something went wrong that an event reports; whether it is fatal depends on the code."""

    def __init__(self, code: str, details: str) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def start(world: World, task: Task) -> None:
    threading.Thread(target=Mover(world, task).run, daemon=True, name=f"mover {task.id}").start()


class Mover:
    """Carries one task through. Every look at shared state happens under the world's lock."""

    def __init__(self, world: World, task: Task) -> None:
        self.world = world
        self.task = task
        self.source = world.endpoints[task.endpoint_ids[0]]
        self.destination = world.endpoints[task.endpoint_ids[1]]
        self.report_again_at = 0.0

    def run(self) -> None:
        try:
            self._wait_for_turn()
            work = self._remove if self.task.is_delete else self._transfer
            for item in self.task.items:
                self._carry_out(item, work)
            self._succeed()
        except Stopped:
            pass

    # -- the states of the task -----------------------------------------------------------------

    def _wait_for_turn(self) -> None:
        """Three of a user's transfers run at once; the rest queue in the order they came."""
        with self.world.lock:
            self._check_alive()
            while self._others_before_me() >= MAX_RUNNING or self._held():
                self.world.changed.wait(self.world.settings.retry_seconds)
                self._check_alive()
            self.task.started, self.task.condition = True, "OK"
            self.task.log(self.world.timestamp(), "STARTED", "started", {"type": "DELETE" if self.task.is_delete else "TRANSFER"})

    def _others_before_me(self) -> int:
        return self.world.tasks.active(self.task.user.id).index(self.task)

    def _held(self) -> bool:
        return self.world.hold_after_bytes == 0 and not self.task.started

    def _check_alive(self) -> None:
        if self.task.stopped or self.task.finished:
            raise Stopped
        if self.world.now() >= self.task.deadline:
            self.task.finish(self.world, FAILED, "EXPIRED", "expired")
            raise Stopped

    def _succeed(self) -> None:
        with self.world.lock:
            self._check_alive()
            details = {"bytes_transferred": self.task.bytes_transferred}
            self.task.log(self.world.timestamp(), "PROGRESS", "progress", details)
            self.task.finish(self.world, SUCCEEDED, "SUCCEEDED", "succeeded")

    # -- one item, as often as it takes -----------------------------------------------------------

    def _carry_out(self, item: Item, work: Callable[[Item], None]) -> None:
        """Retry until the item is done; only fatal trouble and the deadline end the task."""
        while True:
            try:
                work(item)
                return
            except OSError as error:
                code = OS_CODES.get(error.errno or 0, "ENDPOINT_ERROR")
                self._report(Trouble(code, os.strerror(error.errno or 0)))
            except Refusal:
                self._report(Trouble("INVALID_PATH_NAME", f"{item.source_path} or its destination"))
            except Trouble as trouble:
                self._report(trouble)

    def _transfer(self, item: Item) -> None:
        with self.world.lock:
            self._check_alive()
            pairs = self._expand(item)
        for pair in pairs:
            self._move(item, *pair)

    def _remove(self, item: Item) -> None:
        """One file; what lies in a directory would need ``recursive``."""
        with self.world.lock:
            self._check_alive()
            place = locate(self.destination, self.task.user.username, item.source_path)
            self._require_rights(place, place)
            if not place.real.exists() and not self.task.submission.get("ignore_missing"):
                raise Trouble("FILE_NOT_FOUND", f"No such file or directory: {place.shown}")
            place.real.unlink(missing_ok=True)
            self.task.files = len(self.task.items)

    def _report(self, trouble: Trouble) -> None:
        """A fatal error ends the task; any other shows as its condition until the next try.

        A change elsewhere may wake the task early; the same trouble is then not counted again.
        """
        with self.world.lock:
            self._check_alive()
            task, description = self.task, trouble.code.lower().replace("_", " ")
            fails_on_quota = task.submission.get("fail_on_quota_errors") and trouble.code in QUOTA
            if trouble.code in FATAL or fails_on_quota:
                task.finish(self.world, FAILED, trouble.code, trouble.details,
                            {"code": trouble.code, "description": description})
                raise Stopped
            if trouble.code != task.condition or time.monotonic() >= self.report_again_at:
                task.faults += 1
                task.log(self.world.timestamp(), trouble.code, description, trouble.details,
                         is_error=True)
                self.report_again_at = time.monotonic() + self.world.settings.retry_seconds
            task.condition = trouble.code
            task.status = INACTIVE if trouble.code in SUSPENDING else ACTIVE
            self.world.changed.wait(self.world.settings.retry_seconds)

    def _expand(self, item: Item) -> list[tuple[Location, Location]]:
        """The files of an item: itself, or everything below it."""
        username = self.task.user.username
        source = locate(self.source, username, item.source_path)
        destination = locate(self.destination, username, item.destination_path)
        self._require_rights(source, destination)
        if not source.real.exists():
            raise Trouble("FILE_NOT_FOUND", f"No such file or directory: {source.shown}")
        if not item.recursive:
            if source.real.is_dir():
                raise Trouble("IS_A_DIRECTORY", f"{source.shown} is a directory")
            self.task.files = max(self.task.files, len(self.task.items))
            return [(source, destination)]
        names = sorted(p.relative_to(source.real) for p in source.real.rglob("*") if p.is_file())
        self.task.files, self.task.directories = len(names), 1
        return [(_below(source, name), _below(destination, name)) for name in names]

    def _require_rights(self, source: Location, destination: Location) -> None:
        """What stands against moving these bytes right now; asked again for every chunk."""
        user = self.task.user
        for endpoint in (self.source, self.destination):
            if endpoint.fault:
                raise Trouble(endpoint.fault, f"Error on {endpoint.display_name}")
            if endpoint.entity_type in GCP_TYPES and not endpoint.get("gcp_connected"):
                raise Trouble("GC_NOT_CONNECTED", f"{endpoint.display_name} is not connected")
            if endpoint.entity_type in GCP_TYPES and endpoint.get("gcp_paused"):
                raise Trouble("GC_PAUSED", f"{endpoint.display_name} is paused")
            if endpoint.entity_type == GCSV5_MAPPED and not access.has_account(endpoint, user):
                raise Trouble("PERMISSION_DENIED", "No local account is mapped to your identities")
        wanted = ((self.source, source, "r"), (self.destination, destination, "w"))
        for endpoint, place, right in wanted:
            if not access.may(self.world, endpoint, user, place.path, right):
                raise Trouble("PERMISSION_DENIED", f"Path not allowed: {place.shown}")

    # -- one file ---------------------------------------------------------------------------------

    def _move(self, item: Item, source: Location, destination: Location) -> None:
        """Copy under a temporary name, compare checksums, and only then give it its name."""
        if destination.real.is_dir():
            raise Trouble("IS_A_DIRECTORY", f"{destination.shown} is a directory")
        if self._is_in_sync(source.real, destination.real):
            self._verify(item, destination.real)
            with self.world.lock:
                self.task.files_skipped += 1
            return
        part = destination.real.with_name(f".{destination.real.name}.{self.task.id[:8]}.part")
        try:
            self._copy(source, destination, part)
            self._verify(item, part)
            with self.world.lock:
                self._check_alive()
                part.replace(destination.real)
                self._record_success(item, source, destination)
        finally:
            part.unlink(missing_ok=True)

    def _copy(self, source: Location, destination: Location, part: Path) -> None:
        with self.world.lock:
            self._check_alive()
            part.parent.mkdir(parents=True, exist_ok=True)
            incoming, outgoing = source.real.open("rb"), part.open("wb")
        with incoming, outgoing:
            while chunk := incoming.read(self._allowance(source, destination)):
                outgoing.write(chunk)
                self._account_for(len(chunk))

    def _allowance(self, source: Location, destination: Location) -> int:
        """How many bytes may move now; waits while the task is held, paused or suspended."""
        with self.world.lock:
            while True:
                self._check_alive()
                if self.task.suspended or self._paused():
                    self.task.deadline = max(self.task.deadline, self.world.now() + DAY)
                else:
                    self._require_rights(source, destination)
                    self.task.status, self.task.condition = ACTIVE, "OK"
                    limit = self.world.hold_after_bytes
                    if limit is None:
                        return self._chunk_size()
                    if self.task.bytes_transferred < limit:
                        return min(self._chunk_size(), limit - self.task.bytes_transferred)
                self.world.changed.wait(self.world.settings.retry_seconds)

    def _paused(self) -> bool:
        return any(e.pause_message is not None for e in (self.source, self.destination))

    def _chunk_size(self) -> int:
        speed = self.world.settings.bytes_per_second
        return max(1, min(CHUNK, int(speed * TICK))) if speed else CHUNK

    def _account_for(self, count: int) -> None:
        """Count the bytes, and wait as long as they take at the set speed."""
        with self.world.lock:
            self.task.bytes_transferred += count
            speed = self.world.settings.bytes_per_second
            until = time.monotonic() + (count / speed if speed else 0)
            while (left := until - time.monotonic()) > 0:
                self._check_alive()
                self.world.changed.wait(left)
                if self.world.settings.bytes_per_second != speed:
                    return

    def _is_in_sync(self, source: Path, destination: Path) -> bool:
        """Whether the sync level says that nothing has to be copied (§2.5)."""
        level = self.task.submission.get("sync_level")
        if level is None or not destination.exists():
            return False
        ours, theirs = source.stat(), destination.stat()
        same_size = ours.st_size == theirs.st_size
        if level == 0:
            return True
        if level == 1 or not same_size:
            return same_size
        if level == 2:
            return ours.st_mtime <= theirs.st_mtime
        return _digest(source, "sha256") == _digest(destination, "sha256")

    def _verify(self, item: Item, copy: Path) -> None:
        """The submission's own checksum has to be the copy's (§2.5)."""
        with self.world.lock:
            self.task.bytes_checksummed += copy.stat().st_size
        if not item.external_checksum:
            return
        found = _digest(copy, item.checksum_algorithm)
        if found != item.external_checksum.lower():
            raise Trouble("EXTERNAL_CHECKSUM_MISMATCH",
                          f"expected {item.external_checksum}, found {found}")

    def _record_success(self, item: Item, source: Location, destination: Location) -> None:
        self.task.files_transferred += 1
        self.task.successes.append({
            "DATA_TYPE": "successful_transfer", "source_path": source.shown,
            "destination_path": destination.shown, "size": destination.real.stat().st_size,
            "checksum": item.external_checksum, "dynamic": False,
            "checksum_algorithm": item.checksum_algorithm if item.external_checksum else None})


def _below(place: Location, name: Path) -> Location:
    return Location(f"{place.shown}/{name}", f"{place.path}/{name}", place.real / name)


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
