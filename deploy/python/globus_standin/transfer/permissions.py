"""Access rules of guest collections, and roles (§2.8, §2.9)."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any, TypeVar

from ..messages import Reply, Request, json_reply
from ..model import AccessRule, Endpoint, Role
from ..world import World
from .access import (
    ADMINISTRATOR, ALL_ROLES, CAN_MANAGE_RULES, calling_user, effective_roles, find_administered,
    find_endpoint,
)
from .errors import bad_request, permission_denied, transfer_error
from .results import result

MAX_RULES = 1000
Entry = TypeVar("Entry", AccessRule, Role)
NO_PRINCIPAL = ("all_authenticated_users", "anonymous")


def access_list(world: World, request: Request, endpoint_id: str) -> Reply:
    """The rules, after the implicit ``rw`` of those whose role gives it."""
    endpoint = _managed(world, request, endpoint_id)
    holders: list[tuple[str, str | None, str]] = [(endpoint.owner_id, None, ADMINISTRATOR)]
    holders += [(r.principal, r.id, r.role) for r in endpoint.roles if r.role in CAN_MANAGE_RULES]
    implicit = [
        {"DATA_TYPE": "access", "id": None, "principal_type": "identity", "principal": principal,
         "path": "/", "permissions": "rw", "role_id": role_id, "role_type": role,
         "create_time": None, "expiration_date": None}
        for principal, role_id, role in holders
    ]
    rows = implicit + [_document(rule) for rule in endpoint.rules]
    return json_reply({"DATA_TYPE": "access_list", "endpoint": endpoint.id, "length": len(rows),
                       "DATA": rows})


def access_get(world: World, request: Request, endpoint_id: str, rule_id: str) -> Reply:
    endpoint = _managed(world, request, endpoint_id)
    return json_reply(_document(_find(request, endpoint.rules, rule_id)))


def access_create(world: World, request: Request, endpoint_id: str) -> Reply:
    """201 Created; the same principal on the same path again is 409 ``Exists``."""
    endpoint = _managed(world, request, endpoint_id)
    body = request.json() or {}
    kind, principal = body.get("principal_type"), str(body.get("principal") or "")
    _check(request, body, kind, principal)
    path = str(body["path"])
    if any((r.principal_type, r.principal, r.path) == (kind, principal, path)
           for r in endpoint.rules):
        raise transfer_error(409, "Exists", "The principal has a rule on this path", request.path)
    if len(endpoint.rules) >= MAX_RULES:
        raise transfer_error(409, "LimitExceeded", f"More than {MAX_RULES} rules", request.path)
    rule = world.new_rule(str(kind), principal, path, body["permissions"],
                          body.get("expiration_date"))
    endpoint.rules.append(rule)
    return result(request, "Created", "Access rule created successfully.", 201,
                  "access_create_result", access_id=rule.id)


def _check(request: Request, body: dict[str, Any], kind: Any, principal: str) -> None:
    path = body.get("path")
    if not isinstance(path, str) or not (path.startswith("/") and path.endswith("/")):
        raise bad_request("path has to begin and end with '/'", request.path)
    if body.get("permissions") not in ("r", "rw"):
        raise bad_request("permissions has to be 'r' or 'rw'", request.path)
    known = kind in ("identity", "group", *NO_PRINCIPAL)
    if not known or bool(principal) == (kind in NO_PRINCIPAL):
        raise bad_request("principal_type and principal do not fit together", request.path)
    if body.get("notify_message") and not body.get("notify_email"):
        raise bad_request("notify_message needs notify_email", request.path)


def access_update(world: World, request: Request, endpoint_id: str, rule_id: str) -> Reply:
    endpoint = _managed(world, request, endpoint_id)
    rule, body = _find(request, endpoint.rules, rule_id), request.json() or {}
    if body.get("permissions") not in ("r", "rw"):
        raise bad_request("permissions has to be 'r' or 'rw'", request.path)
    rule.permissions = body["permissions"]
    return result(request, "Updated", "Access rule updated successfully.")


def access_delete(world: World, request: Request, endpoint_id: str, rule_id: str) -> Reply:
    endpoint = _managed(world, request, endpoint_id)
    endpoint.rules.remove(_find(request, endpoint.rules, rule_id))
    return result(request, "Deleted", "Access rule deleted successfully.")


def _find(request: Request, entries: list[Entry], entry_id: str) -> Entry:
    """The rule or role with this id."""
    for entry in entries:
        if entry.id == entry_id:
            return entry
    raise transfer_error(404, "ClientError.NotFound", f"No entry '{entry_id}'", request.path)


def _document(rule: AccessRule) -> dict[str, Any]:
    return {"DATA_TYPE": "access", **asdict(rule), "role_id": None, "role_type": None}


def _managed(world: World, request: Request, endpoint_id: str) -> Endpoint:
    """A guest collection whose rules the caller may manage."""
    user = calling_user(world, request)
    endpoint = find_endpoint(world, user, endpoint_id, request.path)
    if not endpoint.is_guest:
        raise transfer_error(409, "ClientError.Conflict",
                             "Only guest collections have access rules", request.path)
    if not CAN_MANAGE_RULES & set(effective_roles(endpoint, user)):
        raise permission_denied("You may not manage this collection's permissions", request.path)
    return endpoint


def role_list(world: World, request: Request, endpoint_id: str) -> Reply:
    endpoint = find_administered(world, request, endpoint_id)
    rows = [{"DATA_TYPE": "role", **asdict(role)} for role in endpoint.roles]
    return json_reply({"DATA_TYPE": "role_list", "DATA": rows})


def role_create(world: World, request: Request, endpoint_id: str) -> Reply:
    """Any role needs a subscription; GCSv5 manages its own elsewhere (§2.9)."""
    endpoint = find_administered(world, request, endpoint_id)
    body = request.json() or {}
    if endpoint.get("subscription_id") is None or endpoint.entity_type.startswith("GCSv5"):
        raise permission_denied("Roles need a subscription on the collection", request.path)
    if body.get("principal_type") not in ("identity", "group") or body.get("role") not in ALL_ROLES:
        raise bad_request("Unknown principal_type or role", request.path)
    role = Role(str(uuid.uuid4()), body["principal_type"], str(body.get("principal")), body["role"])
    endpoint.roles.append(role)
    return json_reply({"DATA_TYPE": "role", **asdict(role)}, 201)


def role_get(world: World, request: Request, endpoint_id: str, role_id: str) -> Reply:
    endpoint = find_administered(world, request, endpoint_id)
    return json_reply({"DATA_TYPE": "role", **asdict(_find(request, endpoint.roles, role_id))})


def role_delete(world: World, request: Request, endpoint_id: str, role_id: str) -> Reply:
    endpoint = find_administered(world, request, endpoint_id)
    endpoint.roles.remove(_find(request, endpoint.roles, role_id))
    return result(request, "Deleted", "Role deleted successfully.")
