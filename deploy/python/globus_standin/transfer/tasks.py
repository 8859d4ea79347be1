"""A transfer task: its life, its events and its document (§2.6, §2.7, Appendix B)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..world import World
    from .access import User

ACTIVE, INACTIVE, SUCCEEDED, FAILED = "ACTIVE", "INACTIVE", "SUCCEEDED", "FAILED"
TERMINAL = (SUCCEEDED, FAILED)
DAY = 86400

# Errors that no waiting can mend without new credentials: the task is suspended (§2.6).
SUSPENDING = ("AUTH", "NO_CREDENTIALS", "INVALID_SERVICE_CREDENTIAL")


@dataclass(frozen=True)
class Item:
    """One ``transfer_item`` of the submission (§2.5)."""

    source_path: str
    destination_path: str
    recursive: bool = False
    external_checksum: str | None = None
    checksum_algorithm: str = "md5"


@dataclass
class Task:
    """One submission that was accepted. ``scripted`` members override the true ones."""

    user: User
    submission: dict[str, Any]
    items: list[Item]
    requested_at: float
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    deadline: float = 0.0
    status: str = ACTIVE
    condition: str = "Queued"
    started: bool = False
    completed_at: float | None = None
    fatal_error: dict[str, str] | None = None
    files: int = 0
    directories: int = 0
    files_transferred: int = 0
    files_skipped: int = 0
    bytes_transferred: int = 0
    bytes_checksummed: int = 0
    faults: int = 0
    canceled: bool = False
    stopped: bool = False
    events: list[dict[str, Any]] = field(default_factory=list)
    successes: list[dict[str, Any]] = field(default_factory=list)
    skipped_errors: list[dict[str, Any]] = field(default_factory=list)
    scripted: dict[str, Any] = field(default_factory=dict)

    @property
    def is_delete(self) -> bool:
        return self.submission.get("DATA_TYPE") == "delete"

    @property
    def endpoint_ids(self) -> tuple[str, str]:
        """A delete has one endpoint, which stands for both."""
        if self.is_delete:
            return self.submission["endpoint"], self.submission["endpoint"]
        return self.submission["source_endpoint"], self.submission["destination_endpoint"]

    @property
    def finished(self) -> bool:
        return self.status in TERMINAL

    @property
    def suspended(self) -> bool:
        """Whether a script holds it: nothing moves until the script lets go."""
        return bool(self.scripted.get("is_paused")) or self.scripted.get("status") == INACTIVE

    def log(self, moment: str, code: str, description: str, details: Any = None,
            is_error: bool = False) -> None:
        """Newest first; structured details travel as a JSON string."""
        text = details if isinstance(details, str) else json.dumps(details or {})
        self.events.insert(0, {"DATA_TYPE": "event", "code": code, "description": description,
                               "details": text, "is_error": is_error, "time": moment})

    def finish(self, world: World, status: str, code: str, description: str,
               fatal_error: dict[str, str] | None = None) -> None:
        """Enter a terminal state; a script that suspended the task has no say any more."""
        for name in ("status", "is_paused"):
            self.scripted.pop(name, None)
        self.status, self.completed_at, self.fatal_error = status, world.now(), fatal_error
        self.log(world.timestamp(), code, description, is_error=fatal_error is not None)
        world.changed.notify_all()

    def document(self, world: World) -> dict[str, Any]:
        return {**self._identification(world), **self._progress(world), **self._condition(world),
                **self._subtasks(), **self._options(), **self.scripted}

    def _identification(self, world: World) -> dict[str, Any]:
        document: dict[str, Any] = {
            "DATA_TYPE": "task", "task_id": self.id, "type": "DELETE" if self.is_delete else "TRANSFER", "command": "API 0.10",
            "label": self.submission.get("label"), "owner_id": self.user.id,
            "username": "u_" + self.user.id.replace("-", "")[:10],
            "request_time": world.timestamp(self.requested_at),
            "completion_time": world.timestamp(self.completed_at) if self.completed_at else None,
            "deadline": world.timestamp(self.deadline), "history_deleted": False,
            "source_base_path": None, "destination_base_path": None,
            "canceled_by_admin": None, "canceled_by_admin_message": None,
        }
        for side, endpoint_id in zip(("source", "destination"), self.endpoint_ids, strict=True):
            endpoint = world.endpoints[endpoint_id]
            document |= {f"{side}_endpoint": f"u_{endpoint.owner_id[:8]}#{endpoint.id}",
                         f"{side}_endpoint_id": endpoint.id,
                         f"{side}_endpoint_display_name": endpoint.display_name}
        return document

    def _progress(self, world: World) -> dict[str, Any]:
        seconds = max((self.completed_at or world.now()) - self.requested_at, 0.001)
        return {
            "status": self.status, "files": self.files, "directories": self.directories,
            "symlinks": 0, "files_transferred": self.files_transferred,
            "files_skipped": self.files_skipped, "bytes_transferred": self.bytes_transferred,
            "bytes_checksummed": self.bytes_checksummed, "faults": self.faults,
            "effective_bytes_per_second": int(self.bytes_transferred / seconds),
        }

    def _condition(self, world: World) -> dict[str, Any]:
        """``nice_status*`` and ``is_ok`` describe a task that runs; afterwards they are null."""
        condition = None if self.finished else self.condition
        is_ok = condition in ("OK", "Queued")
        paused = not self.finished and any(
            world.endpoints[e].pause_message is not None for e in self.endpoint_ids)
        return {
            "nice_status": condition,
            "nice_status_short_description": condition if is_ok or not condition else
            condition.lower().replace("_", " "),
            "nice_status_details": None,
            "nice_status_expires_in": None if self.finished else -1,
            "is_ok": None if self.finished else is_ok,
            "is_paused": paused, "fatal_error": self.fatal_error,
        }

    def _subtasks(self) -> dict[str, int]:
        """Two for each item: looking at it and moving it."""
        total = 2 * max(self.files, len(self.items))
        done = total if self.status == SUCCEEDED else min(
            total, self.files_transferred + self.files_skipped + bool(self.started))
        left = total - done
        waiting = not self.finished and self.condition not in ("OK", "Queued")
        expired = self.finished and not (self.canceled or self.fatal_error)
        return {
            "subtasks_total": total, "subtasks_succeeded": done,
            "subtasks_pending": 0 if self.finished or waiting else left,
            "subtasks_retrying": left if waiting else 0,
            "subtasks_failed": left if self.finished and self.fatal_error else 0,
            "subtasks_canceled": left if self.finished and self.canceled else 0,
            "subtasks_expired": left if expired else 0,
            "subtasks_skipped_errors": len(self.skipped_errors),
        }

    def _options(self) -> dict[str, Any]:
        """What the submission asked for, with the defaults of the raw API."""
        defaults: dict[str, Any] = {
            "sync_level": None, "verify_checksum": False, "encrypt_data": False,
            "preserve_timestamp": False, "skip_source_errors": False, "fail_on_quota_errors": False,
            "delete_destination_extra": False, "recursive_symlinks": "ignore", "filter_rules": None,
        }
        return {name: self.submission.get(name, value) for name, value in defaults.items()}


class TaskList:
    """All tasks, and the submission ids they were accepted under (§2.5)."""

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self.submission_owners: dict[str, str] = {}
        self.by_submission: dict[str, Task] = {}

    def __iter__(self) -> Iterator[Task]:
        return iter(self.tasks.values())

    def get(self, task_id: str) -> Task | None:
        return self.tasks.get(task_id)

    def new_submission_id(self, owner: str) -> str:
        submission_id = str(uuid.uuid4())
        self.submission_owners[submission_id] = owner
        return submission_id

    def add(self, task: Task) -> None:
        self.tasks[task.id] = task
        self.by_submission[task.submission["submission_id"]] = task

    def of(self, owner: str) -> list[Task]:
        """Only the current primary identity's own tasks are ever listed (§2)."""
        return [task for task in self if task.user.id == owner]

    def active(self, owner: str) -> list[Task]:
        return [task for task in self.of(owner) if not task.finished]

    def stop_all(self) -> None:
        """Make every mover let go: the world they worked in is about to disappear."""
        for task in self:
            task.stopped = True
