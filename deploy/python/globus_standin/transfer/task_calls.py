"""The calls about tasks: get, list, update, cancel, events, results, pause rules (§2.6)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from ..messages import Reply, Request, json_reply
from ..model import Endpoint
from ..world import World
from .access import calling_user
from .errors import bad_request, transfer_error
from .listing import clauses, matches_pattern, order, select_fields, window
from .results import result
from .tasks import FAILED, Task


def get_task(world: World, request: Request, task_id: str) -> Reply:
    task = _own_task(world, request, task_id)
    return json_reply(select_fields(request, [task.document(world)])[0])


def task_list(world: World, request: Request) -> Reply:
    """The caller's tasks, newest first unless asked otherwise."""
    limit, offset = window(request, default_limit=10, highest=1000)
    tasks = [t.document(world) for t in world.tasks.of(calling_user(world, request).id)]
    for key, wanted in clauses(request):
        tasks = [t for t in tasks if _matches(request, t, key, wanted)]
    tasks = order(request, tasks, "request_time DESC")
    shown = select_fields(request, tasks[offset : offset + limit])
    return json_reply({"DATA_TYPE": "task_list", "DATA": shown, "length": len(shown),
                       "limit": limit, "offset": offset, "total": len(tasks)})


def _matches(request: Request, task: dict[str, Any], key: str, wanted: str) -> bool:
    if key in ("task_id", "status", "type"):
        return task[key] in wanted.split(",")
    if key == "label":
        return matches_pattern(task["label"] or "", wanted, fold_case=True)
    if key in ("request_time", "completion_time"):
        begin, _, end = wanted.partition(",")
        moment = task[key] or ""
        return bool(moment) and begin <= moment and (not end or moment <= end)
    raise bad_request(f"Unknown filter '{key}'", request.path)


def update_task(world: World, request: Request, task_id: str) -> Reply:
    """Label and deadline, only while it runs."""
    task, body = _own_task(world, request, task_id), request.json() or {}
    if task.finished:
        raise transfer_error(409, "ClientError.Conflict", "The task is complete", request.path)
    if "label" in body:
        task.scripted["label"] = body["label"]
    if "deadline" in body:
        task.deadline = _moment(request, body["deadline"])
    return result(request, "Updated", "Task updated successfully")


def _moment(request: Request, text: Any) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (TypeError, ValueError):
        raise bad_request("deadline has to be an ISO 8601 time", request.path) from None


def cancel(world: World, request: Request, task_id: str) -> Reply:
    """Stops a task that runs; one that is over answers as the settings say (§6)."""
    task = _own_task(world, request, task_id)
    if task.finished:
        if world.settings.finished_cancel_status >= 400:
            raise transfer_error(world.settings.finished_cancel_status, "Conflict",
                                 "The task completed before the cancel request", request.path)
        return result(request, "TaskComplete", "The task completed before the cancel request")
    task.canceled = True
    task.finish(world, FAILED, "CANCELED", "Canceled by the task owner")
    return result(request, "Canceled", "The task has been cancelled successfully.")


def event_list(world: World, request: Request, task_id: str) -> Reply:
    task = _own_task(world, request, task_id)
    limit, offset = window(request, default_limit=10, highest=1000)
    events = [] if task.scripted.get("history_deleted") else list(task.events)
    for key, wanted in clauses(request):
        if key != "is_error":
            raise bad_request(f"Unknown filter '{key}'", request.path)
        events = [e for e in events if e["is_error"] == (wanted == "1")]
    shown = events[offset : offset + limit]
    return json_reply({"DATA_TYPE": "event_list", "DATA": shown, "length": len(shown),
                       "limit": limit, "offset": offset, "total": len(events)})


def successful_transfers(world: World, request: Request, task_id: str) -> Reply:
    task = _own_task(world, request, task_id)
    if not task.finished:
        raise bad_request("The task is not complete yet", request.path)
    return _marked(request, "successful_transfers", task.successes)


def skipped_errors(world: World, request: Request, task_id: str) -> Reply:
    task = _own_task(world, request, task_id)
    return _marked(request, "skipped_errors", task.skipped_errors)


def _marked(request: Request, data_type: str, rows: list[dict[str, Any]]) -> Reply:
    """A page of a marker-paged list."""
    marker, size = int(request.param("marker") or 0), 100
    following = marker + size if marker + size < len(rows) else None
    return json_reply({"DATA_TYPE": data_type, "marker": marker, "next_marker": following,
                       "DATA": rows[marker : marker + size]})


def pause_info(world: World, request: Request, task_id: str) -> Reply:
    """The pause rules of both ends, as an owner without a role sees them."""
    task = _own_task(world, request, task_id)
    source, destination = (world.endpoints[e] for e in task.endpoint_ids)
    paused = [e for e in (source, destination) if e.pause_message is not None]
    return json_reply({
        "DATA_TYPE": "pause_info_limited",
        "pause_rules": [_pause_rule(world, endpoint) for endpoint in paused],
        "source_pause_message": source.pause_message,
        "destination_pause_message": destination.pause_message,
        "source_pause_message_share": None, "destination_pause_message_share": None,
    })


def _pause_rule(world: World, endpoint: Endpoint) -> dict[str, Any]:
    flags = ("pause_ls", "pause_mkdir", "pause_rename", "pause_symlink", "pause_task_delete",
             "pause_task_transfer_read", "pause_task_transfer_write")
    return {"DATA_TYPE": "pause_rule_limited",
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, endpoint.id)),
            "message": endpoint.pause_message, "start_time": world.timestamp(),
            "endpoint_id": endpoint.id, "endpoint_display_name": endpoint.display_name,
            "identity_id": None, **dict.fromkeys(flags, True)}


def _own_task(world: World, request: Request, task_id: str) -> Task:
    """Somebody else's task looks like none."""
    task = world.tasks.get(task_id)
    if task is None or task.user.id != calling_user(world, request).id:
        raise transfer_error(404, "TaskNotFound", f"No task with id '{task_id}'", request.path)
    return task
