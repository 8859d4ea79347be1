"""``submission_id``, ``transfer`` and ``delete``: a wish becomes exactly one task (§2.5)."""

from __future__ import annotations

import hashlib
from typing import Any

from ..messages import Reply, Request, json_reply
from ..world import World
from . import access
from .errors import bad_request, transfer_error
from .mover import start
from .results import result
from .tasks import DAY, Item, Task

MAX_PENDING = 100


def submission_id(world: World, request: Request) -> Reply:
    user = access.calling_user(world, request)
    value = world.tasks.new_submission_id(user.id)
    return json_reply({"DATA_TYPE": "submission_id", "value": value})


def submit(world: World, request: Request) -> Reply:
    """Accept a new submission, or answer a repeated one with the task it already became."""
    user, body = access.calling_user(world, request), request.json()
    if body is None:
        raise bad_request("The body has to be a JSON object", request.path)
    existing = _known_submission(world, request, user, body)
    if existing:
        return _result(request, existing, "Duplicate",
                       "This submission has been received already and is being processed")
    data = body.get("DATA")
    items = [_item(request, item) for item in data] if isinstance(data, list) else []
    if not items:
        raise transfer_error(400, "ClientError.BadRequest.NoTransferItems",
                             "A transfer needs at least one item", request.path)
    _check_options(request, body)
    _check_endpoints(world, request, user, body, "source_endpoint", "destination_endpoint")
    return _accept(world, request, Task(user, body, items, world.now()), "transfer")


def delete(world: World, request: Request) -> Reply:
    """The same for files to be deleted; each path is an item with nowhere to go."""
    user, body = access.calling_user(world, request), request.json()
    if body is None:
        raise bad_request("The body has to be a JSON object", request.path)
    existing = _known_submission(world, request, user, body)
    if existing:
        return _result(request, existing, "Duplicate",
                       "This submission has been received already and is being processed",
                       "delete_result")
    data = body.get("DATA")
    items = [_delete_item(request, item) for item in data] if isinstance(data, list) else []
    if body.get("DATA_TYPE") != "delete" or not items:
        raise bad_request("A delete needs at least one item", request.path)
    _check_options(request, body)
    _check_endpoints(world, request, user, body, "endpoint")
    return _accept(world, request, Task(user, body, items, world.now()), "delete")


def _accept(world: World, request: Request, task: Task, kind: str) -> Reply:
    if len(world.tasks.active(task.user.id)) >= MAX_PENDING:
        raise transfer_error(409, "ClientError.Conflict.TooManyPendingJobs",
                             f"You already have {MAX_PENDING} pending tasks", request.path)
    task.deadline = task.requested_at + DAY
    world.tasks.add(task)
    start(world, task)
    return _result(request, task, "Accepted",
                   f"The {kind} has been accepted and a task has been created and queued",
                   f"{kind}_result")


def _known_submission(world: World, request: Request, user: access.User,
                      body: dict[str, Any]) -> Task | None:
    """The task of a repeated submission; an id that was not handed to this user is refused."""
    given = str(body.get("submission_id") or "")
    if world.tasks.submission_owners.get(given) != user.id:
        raise bad_request(f"Unknown submission_id '{given}'", request.path)
    task = world.tasks.by_submission.get(given)
    if task and task.submission != body:
        raise bad_request("submission_id was used for a different request", request.path)
    return task


def _item(request: Request, item: Any) -> Item:
    if not isinstance(item, dict):
        raise bad_request("An item of DATA has to be an object", request.path)
    source, destination = _path(item.get("source_path")), _path(item.get("destination_path"))
    if item.get("DATA_TYPE") != "transfer_item" or not (source and destination):
        raise bad_request("A transfer_item needs source_path and destination_path", request.path)
    algorithm = str(item.get("checksum_algorithm") or "md5").lower().replace("-", "")
    if item.get("external_checksum") and algorithm not in hashlib.algorithms_guaranteed:
        raise bad_request(f"Unknown checksum_algorithm '{algorithm}'", request.path)
    recursive = bool(item.get("recursive"))
    if not recursive and (source.endswith("/") or destination.endswith("/")):
        raise bad_request("The paths of a file must not end with '/'", request.path)
    return Item(source, destination, recursive, item.get("external_checksum"), algorithm)


def _delete_item(request: Request, item: Any) -> Item:
    path = _path(item.get("path")) if isinstance(item, dict) else ""
    if not path or item.get("DATA_TYPE") != "delete_item":
        raise bad_request("A delete_item needs a path", request.path)
    return Item(path, path)


def _path(value: Any) -> str:
    """A path as it has to be written, or ''."""
    return value if isinstance(value, str) and value.startswith(("/", "~")) else ""


def _check_options(request: Request, body: dict[str, Any]) -> None:
    label, sync_level = body.get("label"), body.get("sync_level")
    if label is not None and (
            not isinstance(label, str) or len(label) > 128 or label != label.strip()
            or "\n" in label or "\r" in label):
        raise bad_request("label has to be at most 128 characters on one line", request.path)
    if sync_level is not None and (isinstance(sync_level, bool) or sync_level not in range(4)):
        raise bad_request("sync_level has to be 0, 1, 2 or 3", request.path)


def _check_endpoints(world: World, request: Request, user: access.User,
                     body: dict[str, Any], *names: str) -> None:
    """Only what concerns a whole endpoint is refused now; paths are the task's business."""
    assert request.token is not None
    for name in names:
        endpoint = access.find_endpoint(world, user, str(body.get(name) or ""), request.path)
        access.require_usable(endpoint, user, request.path)
        access.require_consent_and_session(
            world, endpoint, request.token, "Transfer", request.path)


def _result(request: Request, task: Task, code: str, message: str,
            data_type: str = "transfer_result") -> Reply:
    link = {"DATA_TYPE": "link", "href": f"/v0.10/task/{task.id}?format=json", "rel": "related",
            "resource": "task", "title": "related task"}
    return result(request, code, message, 202, data_type, task_id=task.id, task_link=link,
                  submission_id=task.submission["submission_id"])
