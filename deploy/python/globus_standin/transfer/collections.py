"""Making and changing collections: what a setup without a browser calls (§3.3)."""

from __future__ import annotations

import uuid
from typing import Any

from ..messages import Reply, Request
from ..model import GCP_GUEST, GCP_MAPPED, Endpoint
from ..world import World
from .access import calling_user, find_administered, find_endpoint
from .errors import bad_request, permission_denied
from .results import result

# The one subscription there is; DEFAULT means it.
SUBSCRIPTION_ID = "50b50000-0000-4000-8000-000000000001"
EDITABLE = (
    "description", "organization", "department", "keywords", "contact_email", "contact_info",
    "info_link", "public", "default_directory", "force_encryption", "disable_verify",
    "force_verify", "user_message", "user_message_link",
)


def create_mapped(world: World, request: Request) -> Reply:
    """A collection of Globus Connect Personal, offline until its program is set up with the key."""
    user, body = calling_user(world, request), _body(request)
    setup_key = str(uuid.uuid4())
    endpoint = world.add_endpoint({
        "id": str(uuid.uuid4()), "entity_type": GCP_MAPPED, "owner_id": user.id,
        "display_name": str(body.get("display_name") or ""),
        "document": {**_editable(body), "subscription_id": body.get("subscription_id"),
                     "gcp_connected": False, "gcp_paused": False,
                     "globus_connect_setup_key": setup_key},
    })
    return _created(request, endpoint, "Endpoint created", globus_connect_setup_key=setup_key)


def create_guest(world: World, request: Request) -> Reply:
    """A guest collection on a mapped one, which has to be the caller's and have a subscription."""
    user, body = calling_user(world, request), _body(request)
    host_id = str(body.get("host_endpoint") or body.get("host_endpoint_id") or "")
    host = find_endpoint(world, user, host_id, request.path)
    path = str(body.get("host_path") or "")
    if host.owner_id not in user.identities or host.get("subscription_id") is None:
        raise permission_denied(
            "Guest collections need a mapped collection of yours with a subscription", request.path)
    if not path.startswith("/"):
        raise bad_request("host_path has to be absolute", request.path)
    endpoint = world.add_endpoint({
        "id": str(uuid.uuid4()), "entity_type": GCP_GUEST, "owner_id": user.id,
        "display_name": str(body.get("display_name") or ""), "root": host.root / path.lstrip("/"),
        "document": {**_editable(body), "public": True, "host_path": path,
                     "gcp_connected": host.get("gcp_connected"),
                     "mapped_collection_id": host.id,
                     "mapped_collection_display_name": host.display_name,
                     "subscription_id": host.get("subscription_id")},
    })
    return _created(request, endpoint, "Shared endpoint created successfully")


def update(world: World, request: Request, endpoint_id: str) -> Reply:
    endpoint, body = find_administered(world, request, endpoint_id), _body(request)
    if "display_name" in body:
        endpoint.display_name = str(body["display_name"])
    endpoint.document |= _editable(body)
    return result(request, "Updated", "Endpoint updated successfully")


def delete(world: World, request: Request, endpoint_id: str) -> Reply:
    endpoint = find_administered(world, request, endpoint_id)
    endpoint.deleted = True
    return result(request, "Deleted", "Endpoint deleted successfully")


def set_subscription(world: World, request: Request, endpoint_id: str) -> Reply:
    """``DEFAULT``, an id, or null."""
    endpoint = find_administered(world, request, endpoint_id)
    wanted = _body(request).get("subscription_id")
    endpoint.document["subscription_id"] = SUBSCRIPTION_ID if wanted == "DEFAULT" else wanted
    return result(request, "Updated", "Endpoint updated successfully")


def _body(request: Request) -> dict[str, Any]:
    body = request.json()
    if body is None:
        raise bad_request("The body has to be a JSON object", request.path)
    return body


def _editable(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in EDITABLE if name in body}


def _created(request: Request, endpoint: Endpoint, message: str, **members: Any) -> Reply:
    return result(request, "Created", message, 201, "endpoint_create_result", id=endpoint.id,
                  **members)
