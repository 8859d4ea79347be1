"""The control API: what a test may change and see. Not a part of Globus."""

from __future__ import annotations

import uuid
from dataclasses import asdict, fields
from typing import Any

from . import faults
from .auth.tokens import ACCESS, REFRESH
from .messages import Refusal, Reply, Request, json_reply
from .model import GCP_MAPPED, Endpoint, Identity, Settings
from .samples import SAMPLES
from .transfer.tasks import ACTIVE, FAILED, INACTIVE, SUCCEEDED, TERMINAL, Task
from .world import World

ENDPOINT_MEMBERS = {
    "display_name", "entity_type", "owner_id", "home", "local_users", "allowed_domains",
    "read_only", "deleted", "pause_message", "fault",
}


def auto(world: World, request: Request) -> Reply:
    """Answer authorize at once as an identity, or with ``deny``; null shows the page again.

    ``state`` sends another state back than the one that came, null none at all.
    """
    body = _body(request)
    _only(body, {"identity", "deny", "state"})
    world.auto = {name: body[name] for name in ("deny", "state") if name in body}
    if body.get("identity") is not None:
        world.auto["identity"] = _identity(world, body["identity"]).id
    elif not body.get("deny"):
        world.auto = {}
    return json_reply({"auto": world.auto})


def fail(world: World, request: Request) -> Reply:
    """Spoil the next ``times`` calls of a kind; see ``faults.Fault`` for the fields."""
    body = _body(request)
    names = faults.call_names(str(body.pop("call", "")))
    unknown = set(names) - world.known_calls
    if unknown:
        raise _bad(f"unknown call: {', '.join(sorted(unknown))}",
                   known=sorted(world.known_calls))
    _only(body, {f.name for f in fields(faults.Fault)} - {"calls"})
    if body.get("sample") is not None and body["sample"] not in SAMPLES:
        raise _bad(f"unknown sample: {body['sample']}", known=sorted(SAMPLES))
    if body.get("after") not in (None, "accept", "reply"):
        raise _bad("after has to be 'accept', 'reply' or null")
    fault = faults.Fault(calls=names, **body)
    world.faults.add(fault)
    return json_reply(asdict(fault))


def endpoint(world: World, request: Request) -> Reply:
    """Change an endpoint or add one: members of its document, or of the stand-in's own."""
    body = _body(request)
    endpoint_id = str(body.pop("id", "") or uuid.uuid4())
    rules, tree = body.pop("rules", None), body.pop("tree", {})
    found = world.endpoints.get(endpoint_id) or _new_endpoint(world, endpoint_id, body, tree)
    if rules is not None:
        found.rules = [world.new_rule(**rule) for rule in rules]
    for name, value in body.items():
        if name in ENDPOINT_MEMBERS:
            setattr(found, name, value)
        else:
            found.document[name] = value
    return json_reply(_endpoint(world, found))


def _new_endpoint(world: World, endpoint_id: str, body: dict[str, Any],
                  tree: dict[str, str | None]) -> Endpoint:
    """A public personal collection of the first identity, unless the fields say otherwise."""
    entry = {"id": endpoint_id, "tree": tree, "owner_id": world.people()[0].id,
             "entity_type": GCP_MAPPED, "display_name": "A collection",
             "document": {"public": True}}
    if "root" in body:
        entry["root"] = body.pop("root")
    return world.add_endpoint(entry)


def task(world: World, request: Request) -> Reply:
    """Script a task: a terminal status ends it, other members override what its document says."""
    body = _body(request)
    found = world.tasks.get(str(body.pop("task_id", "")))
    if found is None:
        raise _bad("unknown task_id")
    status = body.pop("status", None)
    if status not in (None, ACTIVE, INACTIVE, *TERMINAL):
        raise _bad("unknown status")
    if status in TERMINAL:
        _end(world, found, status, body.pop("fatal_error", None))
    elif status == INACTIVE:
        found.scripted["status"] = INACTIVE
    elif status == ACTIVE:
        found.scripted.pop("status", None)
    found.scripted |= body
    return json_reply(found.document(world))


def _end(world: World, found: Task, status: str, fatal_error: dict[str, str] | None) -> None:
    if status == SUCCEEDED:
        found.finish(world, SUCCEEDED, "SUCCEEDED", "succeeded")
    else:
        code = fatal_error["code"] if fatal_error else "EXPIRED"
        found.finish(world, FAILED, code, code.lower().replace("_", " "), fatal_error)


def hold(world: World, request: Request) -> Reply:
    """Keep tasks from moving more than ``after_bytes`` until ``{"hold": false}``."""
    body = _body(request)
    _only(body, {"hold", "after_bytes"})
    world.hold_after_bytes = int(body.get("after_bytes") or 0) if body.get("hold", True) else None
    return json_reply({"hold": world.hold_after_bytes is not None,
                       "after_bytes": world.hold_after_bytes})


def speed(world: World, request: Request) -> Reply:
    body = _body(request)
    _only(body, {"bytes_per_second"})
    world.settings.bytes_per_second = int(body["bytes_per_second"])
    return json_reply(body)


def expire_tokens(world: World, request: Request) -> Reply:
    """End the live tokens of a kind; an ended refresh token answers ``invalid_grant``."""
    body = _body(request)
    kind, identity = body.get("kind", ACCESS), body.get("identity")
    if kind not in (ACCESS, REFRESH):
        raise _bad("kind has to be 'access' or 'refresh'")
    identity_id = _identity(world, identity).id if identity is not None else None
    return json_reply({"expired": world.tokens.expire(identity_id, kind)})


def rotate_keys(world: World, request: Request) -> Reply:
    world.keys.rotate()
    return json_reply(world.keys.jwks(world.settings.key_ids))


def settings(world: World, request: Request) -> Reply:
    body = _body(request)
    _only(body, {f.name for f in fields(Settings)})
    for name, value in body.items():
        kind = type(getattr(world.settings, name))
        setattr(world.settings, name, kind(value))
    return json_reply(asdict(world.settings))


def clock(world: World, request: Request) -> Reply:
    """Let time pass at once: codes, tokens, sessions and deadlines grow older."""
    world.clock_offset += float(_body(request).get("advance_s", 0))
    return json_reply({"offset_s": world.clock_offset, "now": world.timestamp()})


def reset(world: World, request: Request) -> Reply:
    world.reset()
    return json_reply({"reset": True})


def show_log(world: World, request: Request) -> Reply:
    """Every request seen, oldest first; ``?call=`` picks one kind."""
    wanted = request.param("call")
    return json_reply({"entries": [e for e in world.log if not wanted or e["call"] == wanted]})


def show_tasks(world: World, request: Request) -> Reply:
    """Everybody's tasks with their submissions and events."""
    return json_reply({"tasks": [
        {**t.document(world), "submission": t.submission, "events": t.events}
        for t in world.tasks
    ]})


def show_world(world: World, request: Request) -> Reply:
    """What the sandbox writes down for outside tools."""
    return json_reply({
        "url": world.base_url, "control_url": f"{world.base_url}/control",
        "client_id": world.config.client_id, "source_id": world.config.source_id,
        "redirect_uris": world.clients[world.config.client_id].redirect_uris,
        "identities": [asdict(identity) for identity in world.identities.values()],
        "endpoints": [_endpoint(world, e) for e in world.endpoints.values()],
        "settings": asdict(world.settings),
    })


def _endpoint(world: World, found: Endpoint) -> dict[str, Any]:
    owner = world.identities.get(found.owner_id)
    return {"id": found.id, "display_name": found.display_name, "root": str(found.root),
            "owner": owner.username if owner else found.owner_id, "entity_type": found.entity_type,
            "rules": [asdict(rule) for rule in found.rules],
            "roles": [asdict(role) for role in found.roles],
            "on": found.get("mapped_collection_id"), "host_path": found.get("host_path")}


def _identity(world: World, wanted: Any) -> Identity:
    """By id or by username."""
    for identity in world.identities.values():
        if wanted in (identity.id, identity.username):
            return identity
    raise _bad(f"unknown identity: {wanted}")


def _body(request: Request) -> dict[str, Any]:
    body = request.json()
    if body is None:
        raise _bad("the body has to be a JSON object")
    return body


def _only(body: dict[str, Any], allowed: set[str]) -> None:
    """A misspelled switch must not look as if it worked."""
    if unknown := set(body) - allowed:
        raise _bad(f"unknown field: {', '.join(sorted(unknown))}", known=sorted(allowed))


def _bad(detail: str, **members: Any) -> Refusal:
    return Refusal(json_reply({"detail": detail, **members}, 400))
